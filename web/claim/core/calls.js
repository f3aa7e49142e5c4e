/**
 * @file The three calls of the component to its server, and what their answers mean. The token
 * travels in the body and nowhere else: not in an address, a header or a log. Knows the wire and the
 * statuses; how a body is posted is the carrier's (fetch, wx.request), and so is the time limit.
 */

import { isBody, isOpenAnswer, isReceiveAnswer, isStateAnswer } from "./wire.js";

/** @typedef {import("./page.js").Problem} Problem */
/** @typedef {{status: number, text: string}} Reply */
/**
 * Posts a JSON text to `/claim/v1/<call>`; rejects when no reply came within TIMEOUT_MS.
 * @typedef {(call: "open" | "receive" | "state", body: string) => Promise<Reply>} Send
 */
/**
 * @template T
 * @typedef {{answer: T} | {problem: Problem} | {unavailable: string}} Outcome
 */

/** A call that takes longer is given up; every call may be repeated safely. */
export const TIMEOUT_MS = 10000;

/**
 * What the coupon is and whether it can be had. Has no effect on the server.
 * @param {Send} send
 * @param {string} token
 * @param {string} lang
 */
export function open(send, token, lang) {
  return call(send, "open", { token, lang }, isOpenAnswer);
}

/**
 * Issues the coupon, or answers what an earlier call issued.
 * @param {Send} send
 * @param {string} token
 */
export function receive(send, token) {
  return call(send, "receive", { token }, isReceiveAnswer);
}

/**
 * How the claimed coupon stands.
 * @param {Send} send
 * @param {string} token
 */
export function state(send, token) {
  return call(send, "state", { token }, isStateAnswer);
}

/**
 * @template T
 * @param {Send} send
 * @param {"open" | "receive" | "state"} name
 * @param {Record<string, string>} body
 * @param {(value: unknown) => value is T} check
 * @returns {Promise<Outcome<T>>}
 */
async function call(send, name, body, check) {
  try {
    return read(await send(name, JSON.stringify(body)), check);
  } catch {
    // Offline, a broken connection or the time limit: for the person all the same.
    return { problem: "network" };
  }
}

/**
 * @template T
 * @param {Reply} reply
 * @param {(value: unknown) => value is T} check
 * @returns {Outcome<T>}
 */
function read(reply, check) {
  const value = parse(reply.text);
  if (reply.status >= 200 && reply.status < 300) return check(value) ? { answer: value } : { problem: "server" };
  const { code, reason } = isBody(value) ? value : /** @type {import("./wire.js").Body} */ ({});
  // A body that a proxy wrote has no code; then the status alone speaks.
  if (code === "UNAVAILABLE" || reply.status === 409) {
    return { unavailable: typeof reason === "string" ? reason : "" };
  }
  return { problem: problemOf(reply.status) };
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
