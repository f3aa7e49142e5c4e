/**
 * @file Draws a page of the state machine. Regions are drawn anew only when what they show has
 * changed, so that pictures do not flicker and the focus stays where it is. Holds no state of the
 * claim; every press becomes an event.
 */

import { figure, standing, unavailability } from "./describe.js";
import { button, el, icon } from "./dom.js";
import { isAlive } from "./page.js";
import { sheet } from "./sheets.js";
import { ticket } from "./ticket.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").PageEvent} PageEvent */
/** @typedef {import("./page.js").Staying} Staying */
/** @typedef {import("./text.js").Text} Text */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {{icon: "check" | "clock" | "mark", tone: "good" | "calm", title: string, detail: string}} Notice */
/** @typedef {{render: (page: Page, remainingMs: number | null) => void}} View */

/** The time left is told only when it begins to matter; a running clock all along would press. */
const COUNTDOWN_FROM_MS = 60_000;

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

/**
 * @param {HTMLElement} root the element that holds the page
 * @param {HTMLElement} live the live region
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 * @param {() => boolean} canClose whether there is somewhere to go back to
 * @returns {View}
 */
export function createView(root, live, text, dispatch, canClose) {
  const main = part(root, ".main");
  const regions = {
    top: part(root, ".top"),
    notice: part(root, ".notice-place"),
    ticket: part(root, ".ticket-place"),
    act: part(root, ".act"),
  };
  const skeleton = [...regions.ticket.children];
  /** @type {Map<HTMLElement, string>} */
  const drawn = new Map();
  /** @type {HTMLDialogElement | null} */
  let dialog = null;

  /**
   * @param {HTMLElement} region
   * @param {string} key
   * @param {() => Child[]} draw
   */
  function update(region, key, draw) {
    if (drawn.get(region) === key) return false;
    drawn.set(region, key);
    region.replaceChildren(...draw().filter((child) => child !== null));
    return true;
  }

  /** @param {Staying} page */
  function drawSheet(page) {
    const wanted = page.kind === "claimed" ? page.sheet : "none";
    if (dialog?.dataset.sheet === wanted || (!dialog && wanted === "none")) return;
    dialog?.close();
    dialog?.remove();
    dialog = page.kind === "claimed" ? sheet(page, text, dispatch) : null;
    if (!dialog) return;
    dialog.dataset.sheet = wanted;
    root.append(dialog);
    dialog.showModal();
    part(dialog, "h2").focus();
  }

  return {
    render(page, remainingMs) {
      const shown = page.kind === "left" ? page.from : page;
      root.dataset.kind = shown.kind === "failed" ? `failed-${shown.problem}` : shown.kind;
      main.setAttribute("aria-busy", String(shown.kind === "loading" || shown.kind === "waiting"));
      const hadFocus = root.contains(document.activeElement);
      const closes = canClose();
      const notice = noticeOf(shown, text);
      update(regions.top, String(closes), () => [closes ? closeButton(text, dispatch) : null]);
      update(regions.notice, JSON.stringify(notice), () => [notice ? drawNotice(notice) : null]);
      drawTicket(update, regions.ticket, shown, text, skeleton);
      drawAct(update, regions.act, shown, text, dispatch, closes);
      tellTime(regions.act, remainingMs, text);
      drawSheet(shown);
      // What was focused may be gone; the reader goes on where the news is.
      if (hadFocus && !root.contains(document.activeElement)) regions.notice.querySelector("h2")?.focus();
      const words = announcement(shown, notice, text);
      if (live.textContent !== words) live.textContent = words;
    },
  };
}

/** @typedef {(region: HTMLElement, key: string, draw: () => Child[]) => boolean} Update */

/**
 * @param {Staying} page
 * @param {Text} text
 * @returns {Notice | null}
 */
function noticeOf(page, text) {
  switch (page.kind) {
    case "waiting":
    case "loading":
    case "claimable":
    case "claiming":
      return null;
    case "claimed": {
      const { coupon } = page.offer;
      const words = standing(coupon, text);
      if (!isAlive(coupon)) return { icon: coupon.coupon_state === "USED" ? "check" : "mark", tone: "calm", ...words };
      return { icon: "check", tone: "good", ...words };
    }
    case "unavailable":
      return { icon: "clock", tone: "calm", ...unavailability(page.reason, text) };
    case "failed": {
      const { title, detail } = text.problem[page.problem];
      const mark = page.problem === "expired" || page.problem === "busy" ? "clock" : "mark";
      return { icon: mark, tone: "calm", title, detail: page.retry === "receive" ? text.retryIsSafe : detail };
    }
  }
}

/** @param {Notice} notice */
function drawNotice(notice) {
  return el(
    "section",
    { class: `notice ${notice.tone}` },
    el("span", { class: "notice-icon" }, icon(notice.icon)),
    el("h2", { tabindex: "-1" }, notice.title),
    notice.detail ? el("p", {}, notice.detail) : null,
  );
}

/**
 * The offer of a page, where its face is worth showing: a token that is dead or not the person's
 * own shows nothing.
 * @param {Staying} page
 */
function offerOf(page) {
  if (page.kind === "waiting" || page.kind === "loading") return null;
  if (page.kind === "failed") return page.retry === "none" ? null : page.offer;
  return page.offer;
}

/**
 * @param {Update} update
 * @param {HTMLElement} region
 * @param {Staying} page
 * @param {Text} text
 * @param {Element[]} skeleton
 */
function drawTicket(update, region, page, text, skeleton) {
  if (page.kind === "waiting" || page.kind === "loading") {
    update(region, "skeleton", () => skeleton);
    return;
  }
  const offer = offerOf(page);
  const isFaded = page.kind === "unavailable" || (page.kind === "claimed" && !isAlive(page.offer.coupon));
  const key = offer ? JSON.stringify([offer.coupon, isFaded]) : "none";
  update(region, key, () => [offer ? ticket(offer.coupon, text, { isFaded }) : null]);
}

/**
 * @param {Update} update
 * @param {HTMLElement} region
 * @param {Staying} page
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 * @param {boolean} closes
 */
function drawAct(update, region, page, text, dispatch, closes) {
  const back = () => (closes ? button("plain", [text.back], () => dispatch({ type: "close" })) : null);
  const hint = () => el("p", { class: "time-left", hidden: true });
  switch (page.kind) {
    case "waiting":
    case "loading":
      update(region, "empty", () => []);
      return;
    case "claimable":
    case "claiming":
      update(region, "claim", () => [
        hint(),
        button("primary", [el("span", { class: "spinner", "aria-hidden": "true" }), el("span", { class: "label" })], () =>
          dispatch({ type: "claim" }),
        ),
        el("p", { class: "fine" }, text.offeredBy(page.offer.coupon.brand_name)),
      ]);
      return dress(region, page.kind === "claiming", text);
    case "claimed": {
      const { coupon } = page.offer;
      // Before the coupon is good the way to the shop is open, but it is not what the page urges.
      const isReady = coupon.coupon_state === "EFFECTIVE" && !coupon.rounds?.next_begin_time;
      const look = isAlive(coupon) ? (isReady ? "primary" : "plain") : "none";
      update(region, `use ${look} ${closes}`, () => [
        look === "none"
          ? back()
          : button(look, [text.use], () => dispatch({ type: "use", now: performance.now() })),
      ]);
      return;
    }
    case "unavailable":
      update(region, `back ${closes}`, () => [back()]);
      return;
    case "failed":
      update(region, `retry ${page.retry} ${closes}`, () => [
        page.retry === "none" ? back() : button("primary", [text.retry], () => dispatch({ type: "retry" })),
      ]);
  }
}

/**
 * The claim button at rest or at work. It stays focusable while it works; the machine drops the
 * presses.
 * @param {HTMLElement} region
 * @param {boolean} isBusy
 * @param {Text} text
 */
function dress(region, isBusy, text) {
  const press = part(region, "button");
  press.classList.toggle("busy", isBusy);
  press.setAttribute("aria-disabled", String(isBusy));
  part(press, ".label").textContent = isBusy ? text.claiming : text.claim;
}

/**
 * @param {HTMLElement} region
 * @param {number | null} remainingMs
 * @param {Text} text
 */
function tellTime(region, remainingMs, text) {
  const line = region.querySelector(".time-left");
  if (!(line instanceof HTMLElement)) return;
  const isNear = remainingMs !== null && remainingMs <= COUNTDOWN_FROM_MS;
  line.hidden = !isNear;
  if (isNear) line.textContent = text.secondsLeft(Math.ceil(remainingMs / 1000));
}

/**
 * @param {Text} text
 * @param {(event: PageEvent) => void} dispatch
 */
function closeButton(text, dispatch) {
  return button("round-button", [icon("cross")], () => dispatch({ type: "close" }), { "aria-label": text.close });
}

/**
 * What a screen reader is told when the page changes.
 * @param {Staying} page
 * @param {Notice | null} notice
 * @param {Text} text
 */
function announcement(page, notice, text) {
  if (notice) return `${notice.title} ${notice.detail}`.trim();
  if (page.kind === "claiming") return text.claiming;
  if (page.kind !== "claimable") return text.loading;
  const { before, figure: number, after } = figure(page.offer.coupon, text);
  return `${page.offer.coupon.brand_name} ${page.offer.coupon.name} ${before}${number}${after}`;
}
