/**
 * @file What a claim session needs of a browser, for the page and the custom element alike: fetch,
 * timers, a clock that never goes back, and whether the page is looked at.
 */

import { TIMEOUT_MS } from "../core/calls.js";

/** @typedef {import("../core/calls.js").Send} Send */

/**
 * Posts claim calls below an address such as `https://coupons.example/claim/v1/`.
 * @param {string} base
 * @returns {Send}
 */
export function sender(base) {
  return async (call, body) => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(new URL(call, base), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: giveUp.signal,
      });
      return { status: response.status, text: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The parts of a host that every browser gives. */
export const BROWSER = {
  now: () => performance.now(),
  later: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  cancel: (/** @type {unknown} */ timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
  isSeen: () => !document.hidden,
};
