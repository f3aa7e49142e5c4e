// Made from web/claim by `cargo xtask miniprogram`: change it there.

/**
 * @file The pages of the claim and the events that move them, as shapes, with the questions that
 * others ask of a page. Pure data; how one page follows another is in state.js.
 */

/** @typedef {import("./wire.js").Coupon} Coupon */
/** @typedef {import("./wire.js").Product} Product */
/** @typedef {import("./wire.js").OpenAnswer} OpenAnswer */
/** @typedef {import("./wire.js").ReceiveAnswer} ReceiveAnswer */
/** @typedef {import("./wire.js").StateAnswer} StateAnswer */

/** @typedef {{coupon: Coupon, products: Product[]}} Offer */
/**
 * Why a call brought no answer: `missing` no token was given, `expired` and `invalid` speak of the
 * token, `identity` of the person, `busy` asks to slow down, `server` and `network` are no fault of
 * the person, `too_old` of the app around the component.
 * @typedef {"missing" | "expired" | "invalid" | "identity" | "busy" | "server" | "network" | "too_old"} Problem
 */
/** @typedef {"none" | "products" | "how_to_use"} Sheet */

/** @typedef {{kind: "waiting", attempt: number}} Waiting */
/** @typedef {{kind: "loading", attempt: number, slow: boolean}} Loading */
/**
 * `deadline` is when the token dies, on the monotonic clock of the `now` of the events, in ms.
 * @typedef {{kind: "claimable", attempt: number, offer: Offer, deadline: number}} Claimable
 */
/** @typedef {{kind: "claiming", attempt: number, offer: Offer, deadline: number, slow: boolean}} Claiming */
/**
 * @typedef {object} Claimed
 * @property {"claimed"} kind
 * @property {number} attempt
 * @property {Offer} offer
 * @property {boolean} firstTime whether this very page issued the coupon
 * @property {number} since when the page was entered, monotonic ms
 * @property {number} polls how often the state was asked for
 * @property {boolean} settled no more asking: confirmed, given up, or the token is dead
 * @property {boolean} refresh the code is to be shown and has to be fetched by another open
 * @property {Sheet} sheet
 * @property {Product | null} chosen what the how-to-use sheet speaks about
 */
/** @typedef {{kind: "unavailable", attempt: number, reason: string, offer: Offer | null}} Unavailable */
/**
 * `retry` names the call that may safely be repeated.
 * @typedef {object} Failed
 * @property {"failed"} kind
 * @property {number} attempt
 * @property {Problem} problem
 * @property {"none" | "open" | "receive"} retry
 * @property {Offer | null} offer
 * @property {number} deadline
 */
/** @typedef {Claimable | Claiming | Claimed | Unavailable | Failed | Loading | Waiting} Staying */
/** @typedef {"closePage" | "selectProduct" | "selectGlobalCoupon"} Action */
/** @typedef {{kind: "left", attempt: number, action: Action, product: Product | null, from: Staying}} Left */
/** @typedef {Staying | Left} Page */

/**
 * @typedef {{type: "token"}
 *   | {type: "no_token"}
 *   | {type: "too_old"}
 *   | {type: "slow", attempt: number}
 *   | {type: "opened", attempt: number, answer: OpenAnswer, deadline: number, now: number}
 *   | {type: "received", attempt: number, answer: ReceiveAnswer, now: number}
 *   | {type: "refused", attempt: number, problem: Problem}
 *   | {type: "unavailable", attempt: number, reason: string}
 *   | {type: "polled", attempt: number, answer: StateAnswer}
 *   | {type: "poll_failed", attempt: number, problem: Problem}
 *   | {type: "tick", now: number}
 *   | {type: "claim"}
 *   | {type: "retry"}
 *   | {type: "use", now: number}
 *   | {type: "choose", index: number}
 *   | {type: "dismiss"}
 *   | {type: "close"}
 *   | {type: "no_exit"}
 *   | {type: "came_back"}} PageEvent
 */

/** With the pauses below this is a minute and a half: a merchant who needs longer needs much longer. */
const POLLS_MAX = 12;

/** A confirm usually takes a second or two; later ones are asked for more and more rarely. */
const POLL_DELAYS_MS = [2000, 2000, 4000, 6000, 8000];
const POLL_DELAY_LAST_MS = 10000;

/** After so long a call is called slow; the person is told that it goes on. */
const SLOW_AFTER_MS = 3000;

/** The countdown is told in seconds. */
const TICK_EVERY_MS = 1000;

/** How long a second press is held back after the person was handed over; then the page lives on. */
const HANDED_OVER_MS = 1000;

/**
 * The second tap of a double tap on 立即领取 must not press 去使用, which takes the same place.
 */
const USE_GUARD_MS = 600;

/** @type {Page} */
const START = { kind: "waiting", attempt: 0 };

/**
 * Milliseconds until the token dies, or null when the page does not depend on it any more.
 * @param {Page} page
 * @param {number} now monotonic ms
 * @returns {number | null}
 */
function remaining(page, now) {
  return page.kind === "claimable" ? Math.max(0, page.deadline - now) : null;
}

/**
 * Whether the merchant's confirm is still to be asked for.
 * @param {Page} page
 * @returns {page is Claimed}
 */
function isPolling(page) {
  return page.kind === "claimed" && !page.settled;
}

/**
 * The pause before the next question for the confirm. The server lets ten calls a minute pass for
 * one token, and ten at once; this stays below it with `open`, `receive` and a retry.
 * @param {number} polls how often it was asked for
 */
function pollDelay(polls) {
  return POLL_DELAYS_MS[polls] ?? POLL_DELAY_LAST_MS;
}

/**
 * The products that lead somewhere; the others are only shown.
 * @param {Offer} offer
 */
function choices(offer) {
  return offer.products.filter((product) => Boolean(product.mini_program_path));
}

/**
 * Whether the coupon is, or will become, good for something.
 * @param {Coupon} coupon
 */
function isAlive(coupon) {
  const state = coupon.coupon_state;
  return state !== "USED" && state !== "EXPIRED" && state !== "DELETED" && state !== "DEACTIVATED";
}

module.exports = { POLLS_MAX, SLOW_AFTER_MS, TICK_EVERY_MS, HANDED_OVER_MS, USE_GUARD_MS, START, remaining, isPolling, pollDelay, choices, isAlive };
