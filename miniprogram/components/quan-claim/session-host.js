/**
 * @file What a claim session needs of WeChat: requests, timers, a clock that never goes back, and
 * whether the base library is new enough. The shared half is in `core`.
 */

const { TIMEOUT_MS } = require("./core/calls.js");

/** The base library that the official component asks for. */
const BASE_LIBRARY_MIN = [2, 28, 1];

/**
 * Posts claim calls to a server such as `https://coupons.example`.
 * @param {string} server
 * @returns {import("./core/calls.js").Send}
 */
function sender(server) {
  const base = server.replace(/\/+$/, "");
  return (call, body) =>
    new Promise((resolve, reject) => {
      wx.request({
        url: `${base}/claim/v1/${call}`,
        method: "POST",
        header: { "content-type": "application/json" },
        data: JSON.parse(body),
        timeout: TIMEOUT_MS,
        success: ({ statusCode, data }) => resolve({ status: statusCode, text: typeof data === "string" ? data : JSON.stringify(data) }),
        fail: reject,
      });
    });
}

let last = 0;

/**
 * Milliseconds of a clock that never goes back. Only differences are used, so a device whose date is
 * wrong counts right; one whose date is moved while the page is open is put right by the server.
 */
function now() {
  last = Math.max(last, Date.now());
  return last;
}

/** Whether the base library is older than the component allows. */
function isTooOld() {
  const { SDKVersion } = wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
  const parts = String(SDKVersion).split(".").map(Number);
  for (let at = 0; at < BASE_LIBRARY_MIN.length; at += 1) {
    const [have, need] = [parts[at] || 0, BASE_LIBRARY_MIN[at] || 0];
    if (have !== need) return have < need;
  }
  return false;
}

/** The parts of a session's host that do not depend on a component. */
const WECHAT = {
  now,
  later: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  cancel: (/** @type {unknown} */ timer) => clearTimeout(/** @type {number} */ (timer)),
};

module.exports = { WECHAT, isTooOld, sender };
