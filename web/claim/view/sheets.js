/**
 * @file The two sheets that rise over a claimed coupon: what to use it for, and how it is used.
 * Modal dialogs, so that focus stays inside and Escape closes. Knows the DOM; the words come along.
 */

import { button, el, icon, picture } from "./dom.js";

/** @typedef {import("../core/screen.js").Sheet} Sheet */
/** @typedef {import("../core/screen.js").Card} Card */
/** @typedef {import("../core/page.js").PageEvent} PageEvent */
/** @typedef {import("../core/text.js").Text} Text */

/**
 * A sheet, not yet shown.
 * @param {Sheet} sheet
 * @param {Text} text
 * @param {string} base the platform's address, for pictures
 * @param {(event: PageEvent) => void} dispatch
 * @returns {HTMLDialogElement}
 */
export function dialogOf(sheet, text, base, dispatch) {
  const content = sheet.kind === "products" ? products(sheet, base, dispatch) : howToUse(sheet, text, base, dispatch);
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
        el("h2", { id: "sheet-title", class: "sheet-title", tabindex: "-1" }, sheet.title),
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
 * @param {Sheet} sheet
 * @param {string} base
 * @param {(event: PageEvent) => void} dispatch
 * @returns {HTMLElement[]}
 */
function products(sheet, base, dispatch) {
  const items = sheet.cards.map((card, index) =>
    el(
      "li",
      { class: "product-item" },
      button("product", [...productCard(card, base), icon("chevron")], () => dispatch({ type: "choose", index })),
    ),
  );
  return [el("ul", { class: "products" }, ...items)];
}

/**
 * @param {Card} card
 * @param {string} base
 * @returns {import("./dom.js").Child[]}
 */
function productCard(card, base) {
  const blank = el("span", { class: "product-picture blank", "aria-hidden": "true" }, card.initial);
  return [
    picture(card.picture, base, { class: "product-picture", loading: "lazy" }, blank),
    el(
      "span",
      { class: "product-text" },
      el("span", { class: "product-name" }, card.name),
      el("span", { class: "product-price" }, card.price),
    ),
  ];
}

/**
 * @param {Sheet} sheet
 * @param {Text} text
 * @param {string} base
 * @param {(event: PageEvent) => void} dispatch
 * @returns {HTMLElement[]}
 */
function howToUse(sheet, text, base, dispatch) {
  return [
    ...sheet.cards.map((card) => el("div", { class: "product chosen" }, ...productCard(card, base))),
    el("p", { class: "sheet-lead" }, sheet.lead),
    el("div", { class: "sheet-prose" }, ...sheet.lines.map((line) => el("p", {}, line))),
    button("primary", [text.gotIt], () => dispatch({ type: "dismiss" })),
  ];
}
