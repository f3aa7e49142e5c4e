/**
 * @file The demo of `<quan-claim>`: gives it the token of the address and writes down its events.
 */

const coupon = document.querySelector("quan-claim");
const events = document.querySelector("#events");
const fields = new URLSearchParams(location.hash.slice(1));
if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);

for (const name of ["open", "success", "already", "unavailable", "select-product", "close", "error"]) {
  document.addEventListener(`claim-${name}`, (event) => {
    if (events && event instanceof CustomEvent) events.append(`claim-${name} ${JSON.stringify(event.detail)}\n`);
  });
}
if (coupon) Reflect.set(coupon, "token", fields.get("token"));
