/**
 * @file The two sheets that rise over a claimed coupon: what to use it for, and how it is used.
 * Modal dialogs, so that focus stays inside and Escape closes. Knows the DOM and the words.
 */

import { split } from "./describe.js";
import { button, el, icon, picture } from "./dom.js";
import { price } from "./format.js";
import { choices } from "./page.js";

/** @typedef {import("./wire.js").Product} Product */
/** @typedef {import("./page.js").Claimed} Claimed */
/** @typedef {import("./page.js").PageEvent} PageEvent */
/** @typedef {import("./text.js").Text} Text */

/**
 * The sheet of a page, not yet shown, or null.
 * @param {Claimed} page
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 * @returns {HTMLDialogElement | null}
 */
export function sheet(page, text, dispatch) {
  switch (page.sheet) {
    case "none":
      return null;
    case "products":
      return productSheet(page, text, dispatch);
    case "how_to_use":
      return howToUseSheet(page, text, dispatch);
  }
}

/**
 * @param {string} title
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 * @param {...Node} content
 */
function frame(title, text, dispatch, ...content) {
  const dismiss = () => dispatch({ type: "dismiss" });
  const dialog = el(
    "dialog",
    { class: "sheet", "aria-labelledby": "sheet-title" },
    el(
      "div",
      { class: "sheet-body" },
      el(
        "div",
        { class: "sheet-head" },
        el("h2", { id: "sheet-title", tabindex: "-1" }, title),
        button("round-button", [icon("cross")], dismiss, { "aria-label": text.close }),
      ),
      ...content,
    ),
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss();
  });
  // The body covers the whole dialog: a tap on the dialog itself is a tap beside it.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dismiss();
  });
  return dialog;
}

/**
 * @param {Claimed} page
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 */
function productSheet(page, text, dispatch) {
  const items = choices(page.offer).map((product, index) =>
    el(
      "li",
      {},
      button("product", [...productCard(product), icon("chevron")], () => dispatch({ type: "choose", index })),
    ),
  );
  return frame(text.chooseProduct, text, dispatch, el("ul", { class: "products" }, ...items));
}

/**
 * @param {Product} product
 * @returns {import("./dom.js").Child[]}
 */
function productCard(product) {
  const blank = el("span", { class: "product-picture blank", "aria-hidden": "true" }, [...product.name][0] ?? "");
  return [
    picture(product.image_url, { class: "product-picture", loading: "lazy" }, blank),
    el(
      "span",
      { class: "product-text" },
      el("span", { class: "product-name" }, product.name),
      el("span", { class: "product-price" }, `¥${price(product.price)}`),
    ),
  ];
}

/**
 * @param {Claimed} page
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 */
function howToUseSheet(page, text, dispatch) {
  const { coupon } = page.offer;
  const lead = page.chosen ? text.howToUseProduct(page.chosen.name) : text.howToUseAny;
  const lines = [...split(coupon.usage_description), ...split(coupon.store_description)];
  return frame(
    text.howToUse,
    text,
    dispatch,
    ...(page.chosen ? [el("div", { class: "product chosen" }, ...productCard(page.chosen))] : []),
    el("p", { class: "sheet-lead" }, lead),
    el("div", { class: "sheet-prose" }, ...lines.map((line) => el("p", {}, line))),
    button("primary", [text.gotIt], () => dispatch({ type: "dismiss" })),
  );
}
