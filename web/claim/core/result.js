/**
 * @file What the component tells those who opened it: the return object that all carriers share,
 * and the milestones on the way. The coupon code is in neither; the merchant gets it from the
 * notification.
 */

/** @typedef {import("./page.js").Action} Action */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").Product} Product */
/** @typedef {import("./page.js").Problem} Problem */
/**
 * @typedef {object} ReturnObject
 * @property {string} errMsg "ok", or why nothing could be claimed
 * @property {object} extraData
 * @property {Action} extraData.action
 * @property {string} [extraData.productPath]
 * @property {string} [extraData.productAppid]
 * @property {boolean} extraData.claimed
 * @property {Record<string, string>} extraData.ext
 */
/**
 * `open` the coupon is shown; `success` this component issued it; `already` it had been issued;
 * `unavailable` it cannot be had; `error` a call failed or the token is dead; `select-product` 去使用;
 * `close` the person closed.
 * @typedef {"open" | "success" | "already" | "unavailable" | "error" | "select-product" | "close"} Milestone
 */

/** @type {Record<Problem, string>} */
const ERR_MSG = {
  missing: "token_invalid",
  expired: "token_expired",
  invalid: "token_invalid",
  identity: "identity_mismatch",
  busy: "rate_limited",
  server: "system_error",
  network: "network_error",
  too_old: "host_too_old",
};

/**
 * The return object of a page: of one that was left its deed, of any other what closing it now
 * would tell.
 * @param {Page} page
 * @returns {ReturnObject}
 */
export function resultOf(page) {
  const from = page.kind === "left" ? page.from : page;
  const action = page.kind === "left" ? page.action : "closePage";
  const product = page.kind === "left" ? page.product : null;
  /** @type {Record<string, string>} */
  const ext = { status: from.kind.toUpperCase() };
  const coupon = "offer" in from ? from.offer?.coupon : undefined;
  if (coupon?.stock_id) ext.stockId = coupon.stock_id;
  if (coupon?.send_request_no) ext.sendRequestNo = coupon.send_request_no;
  if (from.kind === "claimed" && coupon?.coupon_state) ext.couponState = coupon.coupon_state;
  if (from.kind === "unavailable" && from.reason) ext.reason = from.reason;
  return {
    errMsg: from.kind === "failed" ? ERR_MSG[from.problem] : "ok",
    extraData: {
      action,
      ...(product?.mini_program_path ? { productPath: product.mini_program_path } : {}),
      ...(product?.mini_program_appid ? { productAppid: product.mini_program_appid } : {}),
      claimed: from.kind === "claimed",
      ext,
    },
  };
}

/**
 * The milestones that a step from one page to another passes, in order.
 * @param {Page} before
 * @param {Page} after
 * @returns {Milestone[]}
 */
export function milestones(before, after) {
  if (after.kind === "left") return before.kind === "left" ? [] : [after.action === "closePage" ? "close" : "select-product"];
  if (before.kind === after.kind && before.attempt === after.attempt) return [];
  const opens = before.kind === "loading" && "offer" in after && after.offer !== null;
  /** @type {Milestone[]} */
  const list = opens && after.kind !== "failed" ? ["open"] : [];
  if (before.kind === "left") return [];
  if (after.kind === "claimed") return [...list, after.firstTime ? "success" : "already"];
  if (after.kind === "unavailable") return [...list, "unavailable"];
  if (after.kind === "failed") return [...list, "error"];
  return list;
}
