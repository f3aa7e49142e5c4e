/**
 * @file What a page of the state machine looks like, in words and plain values: every text, which
 * button, what is faded. The carriers only draw it, so that all of them say and offer the same. Pure
 * and plain enough to be handed to a mini program's `setData`.
 */

import { condition, figure, interval, labels, rounds, roundsTitle, rows, split, standing, unavailability } from "./describe.js";
import { price } from "./format.js";
import { choices, isAlive } from "./page.js";

/** @typedef {import("./page.js").Claimed} Claimed */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").Product} Product */
/** @typedef {import("./page.js").Staying} Staying */
/** @typedef {import("./text.js").Text} Text */
/** @typedef {import("./wire.js").Coupon} Coupon */
/** @typedef {import("./describe.js").Row} Row */
/** @typedef {"check" | "clock" | "mark"} Icon */
/** @typedef {{icon: Icon, tone: "good" | "calm", title: string, detail: string, alone: boolean}} Notice */
/** @typedef {{number: string, benefit: string, note: string, look: "used" | "open" | "later", current: boolean}} RoundLine */
/** @typedef {{label: string, title: string, pause: string, list: RoundLine[]}} RoundList */
/** @typedef {{kind: "qrcode" | "barcode", label: string, width: number, height: number, path: string, value: string, hint: string}} Code */
/** @typedef {{name: string, price: string, picture: string, initial: string}} Card */
/**
 * The ticket.
 * @typedef {object} Face
 * @property {string} name
 * @property {string} brand
 * @property {string} brandInitial stands where there is no logo
 * @property {string} logo
 * @property {string} picture
 * @property {string} pictureLabel
 * @property {string} backdrop
 * @property {boolean} bare there is no picture at all
 * @property {string} tint "010" … "100"
 * @property {boolean} faded it cannot be had or used any more
 * @property {string[]} labels
 * @property {{before: string, number: string, after: string, isWord: boolean}} figure
 * @property {string} condition
 * @property {{label: string, price: string} | null} original
 * @property {RoundList | null} rounds
 * @property {{label: string, code: Code} | null} code
 * @property {Row[]} rows
 */
/**
 * The one button: what it does when pressed, and how it looks.
 * @typedef {object} Act
 * @property {"none" | "claim" | "use" | "retry" | "close"} press
 * @property {"primary" | "plain"} look
 * @property {string} label
 * @property {boolean} busy
 * @property {string} above a line above the button: time left, or that it takes long
 * @property {string} below a line below the button
 */
/**
 * @typedef {object} Sheet
 * @property {"products" | "how_to_use"} kind
 * @property {string} title
 * @property {Card[]} cards
 * @property {string} lead
 * @property {string[]} lines
 */
/**
 * @typedef {object} Screen
 * @property {string} kind for tests and styles: the page, a failed one with its problem
 * @property {boolean} busy
 * @property {boolean} skeleton
 * @property {string} slow said over the skeleton when the answer takes long
 * @property {Notice | null} notice
 * @property {Face | null} ticket
 * @property {Act} act
 * @property {Sheet | null} sheet
 * @property {string} announcement what a screen reader is told
 */

/** The time left is told only when it begins to matter; a running clock all along would press. */
const COUNTDOWN_FROM_MS = 60000;

/**
 * @param {Page} page
 * @param {number | null} remainingMs
 * @param {Text} text
 * @param {boolean} closes whether there is somewhere to go back to
 * @returns {Screen}
 */
export function screenOf(page, remainingMs, text, closes) {
  const shown = page.kind === "left" ? page.from : page;
  const skeleton = shown.kind === "waiting" || shown.kind === "loading";
  const offer = offerOf(shown);
  const notice = noticeOf(shown, text, offer === null);
  return {
    kind: shown.kind === "failed" ? `failed-${shown.problem}` : shown.kind,
    busy: skeleton,
    skeleton,
    slow: shown.kind === "loading" && shown.slow ? text.slow : "",
    notice,
    ticket: offer && faceOf(offer.coupon, isFaded(shown), text),
    act: actOf(shown, remainingMs, text, closes),
    sheet: shown.kind === "claimed" ? sheetOf(shown, text) : null,
    announcement: announcement(shown, notice, text),
  };
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

/** @param {Staying} page */
function isFaded(page) {
  return page.kind === "unavailable" || (page.kind === "claimed" && !isAlive(page.offer.coupon));
}

/**
 * @param {Staying} page
 * @param {Text} text
 * @param {boolean} alone without a ticket the notice is the page
 * @returns {Notice | null}
 */
function noticeOf(page, text, alone) {
  switch (page.kind) {
    case "waiting":
    case "loading":
    case "claimable":
    case "claiming":
      return null;
    case "claimed": {
      const { coupon } = page.offer;
      const words = standing(coupon, text);
      if (isAlive(coupon)) return { icon: "check", tone: "good", ...words, alone };
      return { icon: coupon.coupon_state === "USED" ? "check" : "mark", tone: "calm", ...words, alone };
    }
    case "unavailable":
      return { icon: "clock", tone: "calm", ...unavailability(page.reason, text), alone };
    case "failed": {
      const { title, detail } = text.problem[page.problem];
      const icon = page.problem === "expired" || page.problem === "busy" ? "clock" : "mark";
      return { icon, tone: "calm", title, detail: page.retry === "receive" ? text.retryIsSafe : detail, alone };
    }
  }
}

/**
 * @param {Coupon} coupon
 * @param {boolean} faded
 * @param {Text} text
 * @returns {Face}
 */
function faceOf(coupon, faded, text) {
  const { before, figure: number, after } = figure(coupon, text);
  return {
    name: coupon.name,
    brand: coupon.brand_name,
    brandInitial: initial(coupon.brand_name),
    logo: coupon.brand_logo_url ?? "",
    picture: coupon.image_url ?? "",
    pictureLabel: text.couponPicture(coupon.name),
    backdrop: coupon.background_url ?? "",
    bare: !coupon.image_url && !coupon.background_url,
    tint: /^Color(0[1-9]0|100)$/.test(coupon.background_color) ? coupon.background_color.slice(5) : "020",
    faded,
    labels: labels(coupon, text),
    // Words and very long amounts are set smaller, so that the figure stays on one line at 360 px.
    figure: { before, number, after, isWord: !/^[\d.]{1,7}$/.test(number) },
    condition: condition(coupon, text),
    original: coupon.original_price ? { label: text.originalPrice, price: `¥${price(coupon.original_price)}` } : null,
    rounds: roundListOf(coupon, text),
    code: codeOf(coupon, text),
    rows: rows(coupon, text),
  };
}

/**
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {RoundList | null}
 */
function roundListOf(coupon, text) {
  const title = roundsTitle(coupon, text);
  if (title === null) return null;
  const isHeld = Boolean(coupon.coupon_state);
  const list = rounds(coupon, text).map(({ number, benefit, note, state }) => ({
    number,
    benefit,
    note: isHeld ? note : "",
    look: isHeld ? state : /** @type {const} */ ("later"),
    current: isHeld && state === "open",
  }));
  return { label: text.rounds, title, pause: interval(coupon, text), list };
}

/**
 * The code for the counter. The server sends it only while it is to be shown.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {Face["code"]}
 */
function codeOf(coupon, text) {
  const { coupon_code: value, code_drawing: drawing, code_display_mode: mode } = coupon;
  if (!value || !drawing || mode === "INVISIBLE" || coupon.coupon_state !== "EFFECTIVE") return null;
  const kind = mode === "QRCODE" ? "qrcode" : "barcode";
  return {
    label: text.couponCode,
    code: { kind, label: text[kind], ...drawing, value: value.replace(/(.{4})(?=.)/g, "$1 "), hint: text.showCode },
  };
}

/** @type {Act} */
const NO_ACT = { press: "none", look: "plain", label: "", busy: false, above: "", below: "" };

/**
 * @param {Staying} page
 * @param {number | null} remainingMs
 * @param {Text} text
 * @param {boolean} closes
 * @returns {Act}
 */
function actOf(page, remainingMs, text, closes) {
  /** @type {Act} */
  const back = closes ? { ...NO_ACT, press: "close", label: text.back } : NO_ACT;
  switch (page.kind) {
    case "waiting":
    case "loading":
      return NO_ACT;
    case "claimable":
    case "claiming": {
      const busy = page.kind === "claiming";
      const isNear = remainingMs !== null && remainingMs <= COUNTDOWN_FROM_MS;
      const timeLeft = isNear ? text.secondsLeft(Math.ceil(remainingMs / 1000)) : "";
      const above = page.kind === "claiming" && page.slow ? text.slowClaim : timeLeft;
      const below = text.offeredBy(page.offer.coupon.brand_name);
      return { press: "claim", look: "primary", label: busy ? text.claiming : text.claim, busy, above, below };
    }
    case "claimed": {
      const { coupon } = page.offer;
      if (!isAlive(coupon)) return back;
      // Before the coupon is good the way to the shop is open, but it is not what the page urges.
      const isReady = coupon.coupon_state === "EFFECTIVE" && !coupon.rounds?.next_begin_time;
      return { ...NO_ACT, press: "use", look: isReady ? "primary" : "plain", label: text.use };
    }
    case "unavailable":
      return back;
    case "failed":
      return page.retry === "none" ? back : { ...NO_ACT, press: "retry", look: "primary", label: text.retry };
  }
}

/**
 * @param {Claimed} page
 * @param {Text} text
 * @returns {Sheet | null}
 */
function sheetOf(page, text) {
  switch (page.sheet) {
    case "none":
      return null;
    case "products":
      return { kind: "products", title: text.chooseProduct, cards: choices(page.offer).map(cardOf), lead: "", lines: [] };
    case "how_to_use": {
      const { coupon } = page.offer;
      return {
        kind: "how_to_use",
        title: text.howToUse,
        cards: page.chosen ? [cardOf(page.chosen)] : [],
        lead: page.chosen ? text.howToUseProduct(page.chosen.name) : text.howToUseAny,
        lines: [...split(coupon.usage_description), ...split(coupon.store_description)],
      };
    }
  }
}

/**
 * @param {Product} product
 * @returns {Card}
 */
function cardOf(product) {
  return { name: product.name, price: `¥${price(product.price)}`, picture: product.image_url ?? "", initial: initial(product.name) };
}

/** @param {string} name */
function initial(name) {
  return Array.from(name)[0] ?? "";
}

/**
 * @param {Staying} page
 * @param {Notice | null} notice
 * @param {Text} text
 */
function announcement(page, notice, text) {
  if (notice) return `${notice.title} ${notice.detail}`.trim();
  if (page.kind === "claiming") return page.slow ? text.slowClaim : text.claiming;
  if (page.kind !== "claimable") return page.kind === "loading" && page.slow ? text.slow : text.loading;
  const { before, figure: number, after } = figure(page.offer.coupon, text);
  return `${page.offer.coupon.brand_name} ${page.offer.coupon.name} ${before}${number}${after}`;
}
