/**
 * @file The three calls of the page to its server. The token travels in the body and nowhere else:
 * not in an address, a header or a log. Knows HTTP and the wire; not the page or the words.
 */

import { isBody, isOpenAnswer, isReceiveAnswer, isStateAnswer } from "./wire.js";

/** @typedef {import("./page.js").Problem} Problem */
/**
 * @template T
 * @typedef {{answer: T} | {problem: Problem} | {unavailable: string}} Outcome
 */

/** A call that takes longer is given up; every call may be repeated safely. */
const TIMEOUT_MS = 10_000;

/** `/claim/v1/` seen from `/claim/assets/api.js`, so that a path prefix before `/claim` works too. */
const BASE = new URL("../v1/", import.meta.url);

/**
 * What the coupon is and whether it can be had. Has no effect on the server.
 * @param {string} token
 * @param {string} lang
 */
export function open(token, lang) {
  return call("open", { token, lang }, isOpenAnswer);
}

/**
 * Issues the coupon, or answers what an earlier call issued.
 * @param {string} token
 */
export function receive(token) {
  return call("receive", { token }, isReceiveAnswer);
}

/**
 * How the claimed coupon stands.
 * @param {string} token
 */
export function state(token) {
  return call("state", { token }, isStateAnswer);
}

/**
 * @template T
 * @param {string} path
 * @param {Record<string, string>} body
 * @param {(value: unknown) => value is T} check
 * @returns {Promise<Outcome<T>>}
 */
async function call(path, body, check) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(new URL(path, BASE), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: giveUp.signal,
    });
    return await read(response, check);
  } catch {
    // Offline, a broken connection or the time limit: for the person all the same.
    return { problem: "network" };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @template T
 * @param {Response} response
 * @param {(value: unknown) => value is T} check
 * @returns {Promise<Outcome<T>>}
 */
async function read(response, check) {
  const text = await response.text();
  const value = parse(text);
  if (response.ok) return check(value) ? { answer: value } : { problem: "server" };
  const { code, reason } = isBody(value) ? value : {};
  // A body that a proxy wrote has no code; then the status alone speaks.
  if (code === "UNAVAILABLE" || response.status === 409) {
    return { unavailable: typeof reason === "string" ? reason : "" };
  }
  return { problem: problemOf(response.status) };
}

/**
 * @param {number} status
 * @returns {Problem}
 */
function problemOf(status) {
  switch (status) {
    case 400:
    case 404:
      return "invalid";
    case 403:
      return "identity";
    case 410:
      return "expired";
    case 429:
      return "busy";
    default:
      return "server";
  }
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
