// Made from web/claim by `cargo xtask miniprogram`: change it there.

/**
 * @file The claim page as a state machine: page × event → page. Pure: no DOM, no network, no clock
 * and no words, so that every carrier of the component (page, custom element, mini program) runs the
 * same machine. session.js reads from the page what is to be done: a page that is `loading` wants an
 * open call, `claiming` a receive call, `left` a way out.
 *
 * Every call carries the `attempt` of the page that asked for it. An answer with another number
 * belongs to a page that is gone, and is dropped.
 */

const { POLLS_MAX, USE_GUARD_MS, choices, isAlive } = require("./page.js");


/** @typedef {import("./wire.js").Product} Product */
/** @typedef {import("./wire.js").OpenAnswer} OpenAnswer */
/** @typedef {import("./wire.js").StateAnswer} StateAnswer */
/** @typedef {import("./page.js").Action} Action */
/** @typedef {import("./page.js").Claimed} Claimed */
/** @typedef {import("./page.js").Failed} Failed */
/** @typedef {import("./page.js").Left} Left */
/** @typedef {import("./page.js").Offer} Offer */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").PageEvent} PageEvent */
/** @typedef {import("./page.js").Problem} Problem */
/** @typedef {import("./page.js").Staying} Staying */

/**
 * The page after an event. An event that means nothing on this page returns the very same object.
 * @param {Page} page
 * @param {PageEvent} event
 * @returns {Page}
 */
function transition(page, event) {
  if ("attempt" in event && event.attempt !== page.attempt) return page;
  switch (event.type) {
    case "token":
      return { kind: "loading", attempt: page.attempt + 1, slow: false };
    case "no_token":
      return failed(page.attempt + 1, "missing", "none", null, 0);
    case "too_old":
      return failed(page.attempt + 1, "too_old", "none", null, 0);
    case "slow":
      return page.kind === "loading" || page.kind === "claiming" ? { ...page, slow: true } : page;
    case "opened":
      return opened(page, event.answer, event.deadline, event.now);
    case "received":
      return page.kind === "claiming" ? claimed(page.attempt, event.answer, event.answer.first_time, event.now) : page;
    case "refused":
      return refused(page, event.problem);
    case "unavailable":
      return unavailable(page, event.reason);
    case "polled":
      return polled(page, event.answer);
    case "poll_failed":
      return pollFailed(page, event.problem);
    case "tick":
      if (page.kind !== "claimable" || event.now < page.deadline) return page;
      return failed(page.attempt + 1, "expired", "none", page.offer, page.deadline);
    case "claim":
      return page.kind === "claimable" ? { ...page, kind: "claiming", attempt: page.attempt + 1, slow: false } : page;
    case "retry":
      return retried(page);
    case "use":
      return used(page, event.now);
    case "choose":
      return chosen(page, event.index);
    case "dismiss":
      return page.kind === "claimed" ? { ...page, sheet: "none", chosen: null } : page;
    case "close":
      return page.kind === "left" ? page : leave(page, "closePage", null);
    case "no_exit":
      return stranded(page);
    case "came_back":
      return page.kind === "left" ? page.from : page;
    default:
      return unreachable(event);
  }
}

/**
 * @param {number} attempt
 * @param {Problem} problem
 * @param {Failed["retry"]} retry
 * @param {Offer | null} offer
 * @param {number} deadline
 * @returns {Failed}
 */
function failed(attempt, problem, retry, offer, deadline) {
  return { kind: "failed", attempt, problem, retry, offer, deadline };
}

/**
 * @param {number} attempt
 * @param {Offer} answer
 * @param {boolean} firstTime
 * @param {number} now
 * @returns {Claimed}
 */
function claimed(attempt, answer, firstTime, now) {
  const { coupon, products } = answer;
  return {
    kind: "claimed",
    attempt,
    offer: { coupon, products },
    firstTime,
    since: now,
    polls: 0,
    settled: coupon.coupon_state !== "CONFIRMING",
    refresh: false,
    sheet: "none",
    chosen: null,
  };
}

/**
 * @param {Page} page
 * @param {OpenAnswer} answer
 * @param {number} deadline
 * @param {number} now
 * @returns {Page}
 */
function opened(page, answer, deadline, now) {
  const offer = { coupon: answer.coupon, products: answer.products };
  if (page.kind === "claimed") {
    return answer.status === "CLAIMED" ? { ...page, offer, refresh: false } : { ...page, refresh: false };
  }
  if (page.kind !== "loading") return page;
  switch (answer.status) {
    case "CLAIMED":
      return claimed(page.attempt, answer, false, now);
    case "UNAVAILABLE":
      return { kind: "unavailable", attempt: page.attempt, reason: answer.reason ?? "", offer };
    case "CLAIMABLE":
      if (now >= deadline) return failed(page.attempt, "expired", "none", offer, deadline);
      return { kind: "claimable", attempt: page.attempt, offer, deadline };
    default:
      return unreachable(answer.status);
  }
}

/**
 * @param {Page} page
 * @param {Problem} problem
 * @returns {Page}
 */
function refused(page, problem) {
  if (page.kind === "claimed") return { ...page, refresh: false };
  if (page.kind !== "loading" && page.kind !== "claiming") return page;
  const passing = problem === "network" || problem === "server" || problem === "busy";
  if (page.kind === "loading") return failed(page.attempt, problem, passing ? "open" : "none", null, 0);
  return failed(page.attempt, problem, passing ? "receive" : "none", page.offer, page.deadline);
}

/**
 * @param {Page} page
 * @param {string} reason
 * @returns {Page}
 */
function unavailable(page, reason) {
  if (page.kind === "loading") return { kind: "unavailable", attempt: page.attempt, reason, offer: null };
  if (page.kind === "claiming") return { kind: "unavailable", attempt: page.attempt, reason, offer: page.offer };
  return page;
}

/**
 * @param {Page} page
 * @param {StateAnswer} answer
 * @returns {Page}
 */
function polled(page, answer) {
  if (page.kind !== "claimed") return page;
  const polls = page.polls + 1;
  const coupon = { ...page.offer.coupon, ...answer };
  const confirmed = coupon.coupon_state !== "CONFIRMING";
  const showsCode = coupon.coupon_state === "EFFECTIVE" && coupon.code_display_mode !== "INVISIBLE";
  return {
    ...page,
    offer: { ...page.offer, coupon },
    polls,
    settled: confirmed || polls >= POLLS_MAX,
    refresh: showsCode && !coupon.coupon_code,
  };
}

/**
 * A poll that fails in passing counts and is repeated; a dead token ends the asking, quietly: the
 * coupon is the person's either way.
 * @param {Page} page
 * @param {Problem} problem
 * @returns {Page}
 */
function pollFailed(page, problem) {
  if (page.kind !== "claimed") return page;
  const polls = page.polls + 1;
  const passing = problem === "network" || problem === "server" || problem === "busy";
  return { ...page, polls, settled: !passing || polls >= POLLS_MAX };
}

/**
 * @param {Page} page
 * @returns {Page}
 */
function retried(page) {
  if (page.kind !== "failed" || page.retry === "none") return page;
  const attempt = page.attempt + 1;
  if (page.retry === "receive" && page.offer) {
    return { kind: "claiming", attempt, offer: page.offer, deadline: page.deadline, slow: false };
  }
  return { kind: "loading", attempt, slow: false };
}

/**
 * @param {Page} page
 * @param {number} now
 * @returns {Page}
 */
function used(page, now) {
  if (page.kind !== "claimed" || !isAlive(page.offer.coupon)) return page;
  if (now - page.since < USE_GUARD_MS) return page;
  const ways = choices(page.offer);
  const [only] = ways;
  if (!only) return leave(page, "selectGlobalCoupon", null);
  return ways.length === 1 ? leave(page, "selectProduct", only) : { ...page, sheet: "products" };
}

/**
 * @param {Page} page
 * @param {number} index among `choices`
 * @returns {Page}
 */
function chosen(page, index) {
  if (page.kind !== "claimed" || page.sheet !== "products") return page;
  const product = choices(page.offer)[index];
  return product ? leave({ ...page, sheet: "none" }, "selectProduct", product) : page;
}

/**
 * @param {Staying} page
 * @param {Action} action
 * @param {Product | null} product
 * @returns {Left}
 */
function leave(page, action, product) {
  return { kind: "left", attempt: page.attempt, action, product, from: page };
}

/**
 * Nobody is there to hand the person over to: the page explains itself how the coupon is used.
 * @param {Page} page
 * @returns {Page}
 */
function stranded(page) {
  if (page.kind !== "left") return page;
  if (page.from.kind !== "claimed" || page.action === "closePage") return page.from;
  return { ...page.from, sheet: "how_to_use", chosen: page.product };
}

/**
 * @param {never} value
 * @returns {never}
 */
function unreachable(value) {
  throw new Error(`no such case: ${JSON.stringify(value)}`);
}

module.exports = { transition };
