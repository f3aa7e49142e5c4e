/**
 * @file Draws a screen into the DOM, in a page or in a shadow root. Regions are drawn anew only when
 * what they show has changed, so that pictures do not flicker and the focus stays where it is. Holds
 * no state of the claim; every press becomes an event.
 */

import { button, el, icon } from "./dom.js";
import { dialogOf } from "./sheets.js";
import { ticket } from "./ticket.js";

/** @typedef {import("../core/page.js").PageEvent} PageEvent */
/** @typedef {import("../core/screen.js").Act} Act */
/** @typedef {import("../core/screen.js").Notice} Notice */
/** @typedef {import("../core/screen.js").Screen} Screen */
/** @typedef {import("../core/text.js").Text} Text */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {(region: HTMLElement, key: string, draw: () => Child[]) => void} Update */
/**
 * @typedef {object} Stage
 * @property {HTMLElement} root the element that holds the page, as `shell` makes it
 * @property {HTMLElement} live the live region
 * @property {string} base the platform's address, for pictures
 * @property {Text} text
 * @property {(event: PageEvent) => void} dispatch
 */

/**
 * The elements that a view draws into, for a carrier that has no page of its own around them. The
 * same as in page/index.html, where they stand as markup so that something is seen before any script.
 * @returns {{root: HTMLElement, live: HTMLElement}}
 */
export function shell() {
  const bones = (/** @type {string} */ name) => el("div", { class: name }, el("i", { class: "bone" }), el("i", { class: "bone" }), el("i", { class: "bone" }));
  const skeleton = el("div", { class: "ticket skeleton", "aria-hidden": "true" }, el("div", { class: "cover" }), bones("offer"), el("div", { class: "tear" }), bones("rows"));
  const root = el(
    "div",
    { class: "quan-claim page" },
    el("header", { class: "top" }),
    el("main", { class: "main", "aria-busy": "true" }, el("div", { class: "notice-place" }), el("div", { class: "ticket-place" }, skeleton)),
    el("footer", { class: "act" }),
  );
  return { root, live: el("p", { class: "live", role: "status", "aria-live": "polite" }) };
}

/**
 * @param {Element} parent
 * @param {string} selector
 * @returns {HTMLElement}
 */
function part(parent, selector) {
  const found = parent.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** @param {HTMLElement} root */
function focused(root) {
  const home = root.getRootNode();
  const active = home instanceof Document || home instanceof ShadowRoot ? home.activeElement : null;
  return active && root.contains(active) ? active : null;
}

/**
 * @param {Stage} stage
 * @returns {(screen: Screen, closes: boolean) => void}
 */
export function createView({ root, live, base, text, dispatch }) {
  const main = part(root, ".main");
  const regions = {
    top: part(root, ".top"),
    notice: part(root, ".notice-place"),
    ticket: part(root, ".ticket-place"),
    act: part(root, ".act"),
  };
  const skeleton = [...regions.ticket.children];
  /** @type {Map<HTMLElement, string>} */
  const drawn = new Map([[regions.ticket, "skeleton"]]);
  /** @type {HTMLDialogElement | null} */
  let dialog = null;

  /** @type {Update} */
  const update = (region, key, draw) => {
    if (drawn.get(region) === key) return;
    drawn.set(region, key);
    region.replaceChildren(...draw().filter((child) => child !== null));
  };

  /** @param {Screen["sheet"]} sheet */
  function drawSheet(sheet) {
    const key = sheet ? JSON.stringify(sheet) : "";
    if ((dialog?.dataset.key ?? "") === key) return;
    dialog?.close();
    dialog?.remove();
    dialog = sheet && dialogOf(sheet, text, base, dispatch);
    if (!dialog) return;
    dialog.dataset.key = key;
    root.append(dialog);
    dialog.showModal();
    part(dialog, ".sheet-title").focus();
  }

  return (screen, closes) => {
    root.dataset.kind = screen.kind;
    root.lang = text.lang;
    root.classList.toggle("en", text.lang === "en");
    main.setAttribute("aria-busy", String(screen.busy));
    const hadFocus = focused(root) !== null;
    update(regions.top, String(closes), () => [closes ? closeButton(text, dispatch) : null]);
    update(regions.notice, JSON.stringify([screen.notice, screen.slow]), () => [drawNotice(screen.notice), slowLine(screen.slow)]);
    update(regions.ticket, screen.skeleton ? "skeleton" : JSON.stringify(screen.ticket), () =>
      screen.skeleton ? skeleton : [screen.ticket && ticket(screen.ticket, base)],
    );
    drawAct(update, regions.act, screen.act, dispatch);
    drawSheet(screen.sheet);
    // What was focused may be gone; the reader goes on where the news is.
    if (hadFocus && !focused(root)) regions.notice.querySelector("h2")?.focus();
    if (live.textContent !== screen.announcement) live.textContent = screen.announcement;
  };
}

/** @param {Notice | null} notice */
function drawNotice(notice) {
  if (!notice) return null;
  return el(
    "section",
    { class: `notice ${notice.tone}${notice.alone ? " alone" : ""}` },
    el("span", { class: "notice-icon" }, icon(notice.icon)),
    el("h2", { class: "notice-title", tabindex: "-1" }, notice.title),
    notice.detail ? el("p", { class: "notice-detail" }, notice.detail) : null,
  );
}

/** @param {string} words */
function slowLine(words) {
  return words ? el("p", { class: "slow" }, el("span", { class: "spinner", "aria-hidden": "true" }), words) : null;
}

/**
 * The one button with its lines. It stays in place, and focused, while only its words change; while
 * it is busy the machine drops the presses.
 * @param {Update} update
 * @param {HTMLElement} region
 * @param {Act} act
 * @param {(event: PageEvent) => void} dispatch
 */
function drawAct(update, region, act, dispatch) {
  const { press } = act;
  if (press === "none") return update(region, "none", () => []);
  update(region, `${press} ${act.look}`, () => [
    el("p", { class: "above" }),
    button(act.look, [el("span", { class: "spinner", "aria-hidden": "true" }), el("span", { class: "press-label" })], () =>
      dispatch(press === "use" ? { type: "use", now: performance.now() } : { type: press }),
    ),
    el("p", { class: "fine" }),
  ]);
  const pressed = part(region, "button");
  pressed.classList.toggle("busy", act.busy);
  if (act.busy) pressed.setAttribute("aria-disabled", "true");
  else pressed.removeAttribute("aria-disabled");
  tell(part(region, ".press-label"), act.label);
  tell(part(region, ".above"), act.above);
  tell(part(region, ".fine"), act.below);
}

/**
 * @param {HTMLElement} line
 * @param {string} words none hide the line
 */
function tell(line, words) {
  line.hidden = words === "";
  if (line.textContent !== words) line.textContent = words;
}

/**
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 */
function closeButton(text, dispatch) {
  return button("round-button", [icon("cross")], () => dispatch({ type: "close" }), { "aria-label": text.close });
}
