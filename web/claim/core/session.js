/**
 * @file One claim from its token to its end: runs the state machine, makes the calls that its pages
 * ask for, asks for the confirm, counts the token's time. The same on every carrier; what differs
 * (how a body is posted, a timer, a clock, who draws) is the host. The token lives in the session's
 * memory and is never stored or shown.
 */

import { open, receive, state } from "./calls.js";
import { HANDED_OVER_MS, SLOW_AFTER_MS, START, TICK_EVERY_MS, isPolling, pollDelay, remaining } from "./page.js";
import { milestones, resultOf } from "./result.js";
import { transition } from "./state.js";

/** @typedef {import("./calls.js").Send} Send */
/** @typedef {import("./page.js").Left} Left */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").PageEvent} PageEvent */
/** @typedef {import("./result.js").Milestone} Milestone */
/** @typedef {import("./result.js").ReturnObject} ReturnObject */
/**
 * @typedef {object} Host
 * @property {string} lang
 * @property {Send} send
 * @property {() => number} now a clock that never goes back, in ms; only differences count
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(timer: unknown) => void} cancel
 * @property {() => boolean} isSeen whether a person may be looking
 * @property {(page: Page, remainingMs: number | null) => void} draw
 * @property {(milestone: Milestone, result: ReturnObject) => void} tell
 * @property {(left: Left) => boolean} leave hands the person over; false when nobody takes over
 */
/**
 * @typedef {object} Session
 * @property {(token: string | null) => void} begin begins anew with a token, or says that there is none
 * @property {(event: PageEvent) => void} dispatch
 * @property {() => Page} page
 * @property {() => void} seen the person looks again
 * @property {() => void} end stops everything; answers that still come are dropped
 */

/**
 * @param {Host} host
 * @returns {Session}
 */
export function createSession(host) {
  let token = "";
  let ended = false;
  /** @type {Page} */
  let page = START;
  /** @type {Map<string, unknown>} */
  const timers = new Map();

  /**
   * One timer of a name at a time.
   * @param {string} name
   * @param {number} ms
   * @param {() => void} run
   */
  function plan(name, ms, run) {
    if (timers.has(name)) return;
    timers.set(
      name,
      host.later(() => {
        timers.delete(name);
        run();
      }, ms),
    );
  }

  /** @param {string} name */
  function forget(name) {
    host.cancel(timers.get(name));
    timers.delete(name);
  }

  /** @param {PageEvent} event */
  function dispatch(event) {
    if (ended) return;
    const before = page;
    page = transition(before, event);
    if (page !== before || event.type === "tick") host.draw(page, remaining(page, host.now()));
    if (page !== before) act(before, page);
    follow();
  }

  /**
   * Does what the new page asks for.
   * @param {Page} before
   * @param {Page} after
   */
  function act(before, after) {
    for (const milestone of milestones(before, after)) host.tell(milestone, resultOf(after));
    const { attempt } = after;
    const isNew = attempt !== before.attempt;
    if (after.kind === "loading" && isNew) void ask(attempt);
    if (after.kind === "claiming" && isNew) void take(attempt);
    if ((after.kind === "loading" || after.kind === "claiming") && isNew) {
      forget("slow");
      plan("slow", SLOW_AFTER_MS, () => dispatch({ type: "slow", attempt }));
    }
    if (after.kind === "claimed" && after.refresh && !(before.kind === "claimed" && before.refresh)) void ask(attempt);
    if (after.kind === "left") {
      if (host.leave(after)) plan("back", HANDED_OVER_MS, () => dispatch({ type: "came_back" }));
      else dispatch({ type: "no_exit" });
    }
  }

  /** Keeps the one tick and the one poll under way that the page wants. */
  function follow() {
    if (page.kind === "claimable") plan("tick", TICK_EVERY_MS, () => dispatch({ type: "tick", now: host.now() }));
    if (isPolling(page) && host.isSeen()) {
      plan("poll", pollDelay(page.polls), () => {
        if (!ended && isPolling(page) && host.isSeen()) void poll(page.attempt);
      });
    }
  }

  /** @param {number} attempt */
  async function ask(attempt) {
    const sentAt = host.now();
    const outcome = await open(host.send, token, host.lang);
    if (!("answer" in outcome)) return refuse(outcome, attempt);
    const { answer } = outcome;
    // Only the difference of two server times counts, and from the moment of asking: the page
    // never believes in a token that the server holds for dead.
    const deadline = sentAt + (Date.parse(answer.expires_at) - Date.parse(answer.server_time));
    dispatch({ type: "opened", attempt, answer, deadline, now: host.now() });
  }

  /** @param {number} attempt */
  async function take(attempt) {
    const outcome = await receive(host.send, token);
    if ("answer" in outcome) dispatch({ type: "received", attempt, answer: outcome.answer, now: host.now() });
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
    const outcome = await state(host.send, token);
    if ("answer" in outcome) dispatch({ type: "polled", attempt, answer: outcome.answer });
    else dispatch({ type: "poll_failed", attempt, problem: "problem" in outcome ? outcome.problem : "invalid" });
  }

  return {
    begin(given) {
      token = given ?? "";
      for (const name of Array.from(timers.keys())) forget(name);
      dispatch(token === "" ? { type: "no_token" } : { type: "token" });
    },
    dispatch,
    page: () => page,
    seen: follow,
    end() {
      ended = true;
      token = "";
      for (const name of Array.from(timers.keys())) forget(name);
    },
  };
}
