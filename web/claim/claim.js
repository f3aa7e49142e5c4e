/**
 * @file The claim page as it runs in a browser: takes the token out of the address, runs the state
 * machine and does what its pages ask for. The only file that knows all the others. The token
 * lives in this module's memory and is never stored or shown.
 */

import * as api from "./api.js";
import { createExit, listedOrigins } from "./exit.js";
import { START, isPolling, remaining } from "./page.js";
import { transition } from "./state.js";
import { textFor } from "./text.js";
import { createView } from "./view.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").PageEvent} PageEvent */

/** How often the merchant's confirm is asked for; the number of times is bounded by POLLS_MAX. */
const POLL_EVERY_MS = 2000;
/** How long a second press is held back after the person was handed over; then the page lives on. */
const HANDED_OVER_MS = 1000;
/** The countdown is told in seconds. */
const TICK_EVERY_MS = 1000;

const text = textFor(new URLSearchParams(location.search).get("lang"));
document.documentElement.lang = text.lang;
document.title = text.pageTitle;

let token = "";
/** @type {string | null} */
let returnTo = null;
/** @type {Page} */
let page = START;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pollTimer;

const exit = createExit(window, listedOrigins(document), () => returnTo);
const view = createView(found("#page"), found(".live"), text, dispatch, exit.canLeave);

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function found(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/** @param {PageEvent} event */
function dispatch(event) {
  const before = page;
  page = transition(before, event);
  if (page !== before || (event.type === "tick" && page.kind === "claimable")) view.render(page, remaining(page, performance.now()));
  if (page !== before) act(before, page);
}

/**
 * Does what the new page asks for.
 * @param {Page} before
 * @param {Page} after
 */
function act(before, after) {
  const isNew = after.attempt !== before.attempt;
  if (after.kind === "loading" && isNew) void open(after.attempt);
  if (after.kind === "claiming" && isNew) void receive(after.attempt);
  if (after.kind === "claimed" && after.refresh && !(before.kind === "claimed" && before.refresh)) void open(after.attempt);
  if (after.kind === "left") {
    if (exit.leave(after)) setTimeout(() => dispatch({ type: "came_back" }), HANDED_OVER_MS);
    else dispatch({ type: "no_exit" });
  }
  plan();
}

/** @param {number} attempt */
async function open(attempt) {
  const sentAt = performance.now();
  const outcome = await api.open(token, text.lang);
  const now = performance.now();
  if ("answer" in outcome) {
    const { answer } = outcome;
    // Only the difference of two server times counts, and from the moment of asking: the page
    // never believes in a token that the server holds for dead.
    const deadline = sentAt + (Date.parse(answer.expires_at) - Date.parse(answer.server_time));
    dispatch({ type: "opened", attempt, answer, deadline, now });
  } else {
    refuse(outcome, attempt);
  }
}

/** @param {number} attempt */
async function receive(attempt) {
  const outcome = await api.receive(token);
  if ("answer" in outcome) dispatch({ type: "received", attempt, answer: outcome.answer, now: performance.now() });
  else refuse(outcome, attempt);
}

/**
 * @param {{problem: import("./page.js").Problem} | {unavailable: string}} outcome
 * @param {number} attempt
 */
function refuse(outcome, attempt) {
  if ("unavailable" in outcome) dispatch({ type: "unavailable", attempt, reason: outcome.unavailable });
  else dispatch({ type: "refused", attempt, problem: outcome.problem });
}

/** @param {number} attempt */
async function poll(attempt) {
  const outcome = await api.state(token);
  pollTimer = undefined;
  if ("answer" in outcome) dispatch({ type: "polled", attempt, answer: outcome.answer });
  else dispatch({ type: "poll_failed", attempt, problem: "problem" in outcome ? outcome.problem : "invalid" });
  // An answer that belongs to an older page changes nothing, but the asking must go on.
  plan();
}

/** Keeps exactly one poll under way while the page wants one and is looked at. */
function plan() {
  if (!isPolling(page) || pollTimer !== undefined || document.hidden) return;
  pollTimer = setTimeout(() => {
    if (isPolling(page) && !document.hidden) void poll(page.attempt);
    else pollTimer = undefined;
  }, POLL_EVERY_MS);
}

/** Takes token and return address out of the fragment, and the fragment out of the address bar. */
function takeFragment() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const given = fields.get("token");
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  if (given) {
    token = given;
    returnTo = fields.get("return");
    dispatch({ type: "token" });
  } else if (page.kind === "waiting") {
    returnTo = fields.get("return");
    dispatch({ type: "no_token" });
  }
}

window.addEventListener("hashchange", takeFragment);
document.addEventListener("visibilitychange", plan);
window.addEventListener("pagehide", () => {
  if (page.kind !== "left") exit.abandoned(page);
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  exit.cameBack();
  dispatch({ type: "came_back" });
});
setInterval(() => dispatch({ type: "tick", now: performance.now() }), TICK_EVERY_MS);
takeFragment();
