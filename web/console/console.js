/**
 * @file What the console does in the browser besides reading: live lists, previews of forms, progress,
 * copying, and questions before what cannot be undone. Pages are whole without it. Fragments come from
 * the server as HTML that it has escaped; they are fetched from this host only.
 */

const LIVE_EVERY_MS = 2000;
const TYPING_PAUSE_MS = 300;

/**
 * Replaces what an element holds by a fragment of the server. A failure leaves it as it is.
 * @param {Element} element
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<Response | null>}
 */
async function swap(element, address, options) {
  try {
    const response = await fetch(address, { ...options, credentials: "same-origin", redirect: "error", headers: { "Quan-Fragment": "1" } });
    if (!response.ok && response.status !== 422) return null;
    const text = await response.text();
    const template = document.createElement("template");
    template.innerHTML = text;
    if (element.innerHTML !== template.innerHTML) element.replaceChildren(template.content);
    return response;
  } catch {
    return null;
  }
}

/** Whether a person is in the middle of something inside the element. */
function isInUse(/** @type {Element} */ element) {
  const selection = document.getSelection();
  const isSelecting = Boolean(selection && !selection.isCollapsed && element.contains(selection.anchorNode));
  return isSelecting || element.contains(document.activeElement);
}

/** Keeps an element up to date until its fragment says that nothing more will come. */
function keepLive(/** @type {HTMLElement} */ element) {
  const address = element.dataset.live ?? "";
  const look = async () => {
    if (!document.hidden && !element.dataset.paused && !isInUse(element)) {
      const response = await swap(element, address);
      if (element.querySelector("[data-finished]") || response?.status === 404) return;
    }
    setTimeout(look, LIVE_EVERY_MS);
  };
  setTimeout(look, LIVE_EVERY_MS);
}

function makePause(/** @type {HTMLButtonElement} */ button) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(button.dataset.pause ?? ""));
  if (!element) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isPaused = !element.dataset.paused;
    if (isPaused) element.dataset.paused = "yes";
    else delete element.dataset.paused;
    button.setAttribute("aria-pressed", String(isPaused));
    button.textContent = (isPaused ? button.dataset.off : button.dataset.on) ?? "";
  });
}

function makeCopy(/** @type {HTMLButtonElement} */ button) {
  const source = document.querySelector(button.dataset.copy ?? "");
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  const label = button.textContent ?? "";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent ?? "");
    button.textContent = button.dataset.done ?? label;
    setTimeout(() => (button.textContent = label), TYPING_PAUSE_MS * 5);
  });
}

/** Shows what a form would make while it is filled in. */
function makePreview(/** @type {HTMLFormElement} */ form) {
  const target = document.querySelector(form.dataset.into ?? "");
  const address = form.dataset.preview ?? "";
  if (!target) return;
  let pause = 0;
  let latest = 0;
  const show = async () => {
    const mine = (latest += 1);
    const holder = document.createElement("div");
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    const response = await swap(holder, address, { method: "POST", body: fields });
    if (response && mine === latest) target.replaceChildren(...holder.childNodes);
  };
  const wait = () => {
    clearTimeout(pause);
    pause = setTimeout(show, TYPING_PAUSE_MS);
  };
  form.addEventListener("input", wait);
  form.addEventListener("change", wait);
  void show();
}

/** Shows the parts of a form that belong to what was chosen; without scripts all of them are there. */
function makeChoices(/** @type {HTMLFormElement} */ form) {
  const parts = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-when]"));
  const look = () => {
    const values = new Map([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    for (const part of parts) {
      const wanted = (part.dataset.when ?? "").split(" ").map((condition) => condition.split("="));
      const fits = wanted.every(([name, options]) => (options ?? "").split("|").includes(values.get(name ?? "") ?? ""));
      part.hidden = !fits;
      for (const field of part.querySelectorAll("input, select, textarea")) /** @type {HTMLInputElement} */ (field).disabled = !fits;
    }
  };
  form.addEventListener("change", look);
  look();
}

/** Asks before a form is sent that does what cannot be undone. */
function makeQuestion(/** @type {HTMLFormElement} */ form) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.ask ?? "")) event.preventDefault();
  });
}

/** A form is sent once, however often its button is pressed. */
function sendOnce(/** @type {HTMLFormElement} */ form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button:not([type=button])"));
    setTimeout(() => buttons.forEach((button) => (button.disabled = true)));
  });
}

/**
 * @template {Element} E
 * @param {string} selector
 * @param {(element: E) => void} make
 */
function each(selector, make) {
  for (const element of document.querySelectorAll(selector)) make(/** @type {E} */ (element));
}

// On a narrow page the navigation scrolls; where one is should be seen.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
each("[data-live]", keepLive);
each("button[data-pause]", makePause);
each("button[data-copy]", makeCopy);
each("form[data-choices]", makeChoices);
each("form[data-preview]", makePreview);
each("form[data-ask]", makeQuestion);
each("form[method=post]", sendOnce);
// Back in history the page comes as it was left: with buttons that may be pressed.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) each("button:disabled", (/** @type {HTMLButtonElement} */ button) => (button.disabled = false));
});
