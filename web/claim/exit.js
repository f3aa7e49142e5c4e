/**
 * @file The ways out of the page: a message to the window that embedded or opened it, or a redirect
 * to the return address, each only towards origins that the operator has listed. What is handed
 * back is the return object that all carriers of the claim component share; the coupon code is not
 * in it.
 */

/** @typedef {import("./page.js").Left} Left */
/** @typedef {import("./page.js").Staying} Staying */
/** @typedef {import("./page.js").Problem} Problem */
/**
 * @typedef {object} ReturnObject
 * @property {string} errMsg "ok", or why nothing could be claimed
 * @property {object} extraData
 * @property {string} extraData.action
 * @property {string} [extraData.productPath]
 * @property {string} [extraData.productAppid]
 * @property {boolean} extraData.claimed
 * @property {Record<string, string>} extraData.ext
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
};

/**
 * @param {Left} left
 * @returns {ReturnObject}
 */
export function returnObject(left) {
  const { from, action, product } = left;
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
 * The return address when its origin is listed, else null. Only the web's own schemes are known, so
 * a listed origin can never be spoofed by a script address.
 * @param {string | null} address
 * @param {string[]} origins
 * @returns {URL | null}
 */
export function listedReturn(address, origins) {
  if (!address) return null;
  try {
    const url = new URL(address);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    return isWeb && !url.username && !url.password && origins.includes(url.origin) ? url : null;
  } catch {
    return null;
  }
}

/**
 * The return address with the result in its fragment. A fragment it already has is kept, because
 * single-page shops keep their route there.
 * @param {URL} url
 * @param {ReturnObject} result
 * @returns {string}
 */
export function returnAddress(url, result) {
  const { action, productPath, productAppid, claimed } = result.extraData;
  const fields = new URLSearchParams({ action });
  if (productPath) fields.set("productPath", productPath);
  if (productAppid) fields.set("productAppid", productAppid);
  fields.set("claimed", String(claimed));
  fields.set("errMsg", result.errMsg);
  const target = new URL(url);
  const kept = target.hash.slice(1);
  target.hash = kept === "" ? fields.toString() : `${kept}${/[?=]/.test(kept) ? "&" : "?"}${fields}`;
  return target.href;
}

/**
 * The listed origins: `<meta name="quan-return-origins" content="https://a https://b">`.
 * @param {Document} page
 * @returns {string[]}
 */
export function listedOrigins(page) {
  const content = page.querySelector('meta[name="quan-return-origins"]')?.getAttribute("content") ?? "";
  return content.split(/\s+/).filter(Boolean);
}

/**
 * @param {Window} win
 * @param {string[]} origins
 * @param {() => string | null} returnTo the return address as it stands now
 */
export function createExit(win, origins, returnTo) {
  const isFramed = win.parent !== win;
  let isDelivered = false;

  /** @returns {Window | null} */
  const listener = () => {
    if (origins.length === 0) return null;
    return isFramed ? win.parent : /** @type {Window | null} */ (win.opener);
  };

  /** @param {ReturnObject} result */
  const post = (result) => {
    isDelivered = true;
    // The browser delivers to the one origin that the listener has; to the others nothing is said.
    for (const origin of origins) listener()?.postMessage(result, origin);
  };

  return {
    /** Whether leaving leads anywhere. */
    canLeave: () => listener() !== null || listedReturn(returnTo(), origins) !== null,

    /**
     * Hands the person back.
     * @param {Left} left
     * @returns {boolean} false when nobody is there to take over
     */
    leave(left) {
      const result = returnObject(left);
      const to = isFramed ? null : listedReturn(returnTo(), origins);
      const hears = listener() !== null;
      if (hears) post(result);
      if (to) {
        isDelivered = true;
        // Replaced, so that "back" does not lead to a page whose token is gone.
        win.location.replace(returnAddress(to, result));
      } else if (hears && !isFramed) {
        win.close();
      }
      return hears || to !== null;
    },

    /**
     * The page goes away by other means, such as the back button: that is a closed page too.
     * @param {Staying} page
     */
    abandoned(page) {
      if (isDelivered || !listener()) return;
      post(returnObject({ kind: "left", attempt: page.attempt, action: "closePage", product: null, from: page }));
    },

    /** The page is shown again. */
    cameBack() {
      isDelivered = false;
    },
  };
}
