/**
 * @file The ways out of the page: a message to the window that embedded or opened it, a redirect to
 * the return address, each only towards origins that the operator has listed, or back to the mini
 * program around a web-view. What is handed back is the return object of all carriers.
 */

import { resultOf } from "../core/result.js";

/** @typedef {import("../core/page.js").Left} Left */
/** @typedef {import("../core/page.js").Page} Page */
/** @typedef {import("../core/result.js").Milestone} Milestone */
/** @typedef {import("../core/result.js").ReturnObject} ReturnObject */
/** @typedef {{postMessage: (result: ReturnObject) => void, navigateBack: () => void}} MiniProgram */

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
 * The mini program whose web-view this page is in. WeChat puts the bridge into the page itself; its
 * script library, which wraps the same calls, is used where a page around has loaded it.
 * @param {Window} win
 * @returns {MiniProgram | null}
 */
function miniProgram(win) {
  /** @type {any} */
  const host = win;
  const isInside = host.__wxjs_environment === "miniprogram" || /miniProgram/i.test(win.navigator.userAgent);
  if (!isInside || (!host.WeixinJSBridge && !host.wx?.miniProgram)) return null;
  /** @type {(name: string, arg: unknown) => void} */
  const call = (name, arg) => host.WeixinJSBridge.invoke("invokeMiniProgramAPI", { name, arg });
  return {
    postMessage: (result) => (host.wx?.miniProgram ? host.wx.miniProgram.postMessage({ data: result }) : call("postMessage", result)),
    navigateBack: () => (host.wx?.miniProgram ? host.wx.miniProgram.navigateBack({ delta: 1 }) : call("navigateBack", { delta: 1 })),
  };
}

/**
 * @param {Window} win
 * @param {string[]} origins
 * @param {() => string | null} returnTo the return address as it stands now
 * @param {() => void} close what the back button means
 */
export function createExit(win, origins, returnTo, close) {
  const isFramed = win.parent !== win;
  let isDelivered = false;
  /** Whether an entry of our own lies on the history, which the back button takes off. */
  let isGuarded = false;
  /** @type {string | null} */
  let leaving = null;

  /** @returns {Window | null} */
  const listener = () => {
    if (origins.length === 0) return null;
    return isFramed ? win.parent : /** @type {Window | null} */ (win.opener);
  };
  const returnUrl = () => (isFramed ? null : listedReturn(returnTo(), origins));

  /** @param {ReturnObject} result */
  const post = (result) => {
    isDelivered = true;
    // The browser delivers to the one origin that the listener has; to the others nothing is said.
    for (const origin of origins) listener()?.postMessage(result, origin);
  };

  /** @param {string} address */
  const redirect = (address) => {
    isDelivered = true;
    // Replaced, so that "back" does not lead to a page whose token is gone.
    if (!isGuarded) return win.location.replace(address);
    leaving = address;
    win.history.back();
  };

  win.addEventListener("popstate", () => {
    if (!isGuarded) return;
    isGuarded = false;
    if (leaving) win.location.replace(leaving);
    else close();
  });

  return {
    /** Whether leaving leads anywhere. */
    canLeave: () => listener() !== null || returnUrl() !== null || miniProgram(win) !== null,

    /**
     * The person has pressed something: from now on the browser lets "back" be ours, and it closes
     * the page like the cross does. Frames and popups need none of this: going away tells it.
     */
    touched() {
      if (isGuarded || !returnUrl()) return;
      isGuarded = true;
      win.history.pushState({ quanClaim: true }, "");
    },

    /**
     * Something has come about. A mini program gets its messages only when the person goes back, so
     * the last one that was posted must always say how things stand.
     * @param {Milestone} milestone
     * @param {ReturnObject} result
     */
    passed(milestone, result) {
      if (milestone !== "close" && milestone !== "select-product") miniProgram(win)?.postMessage(result);
    },

    /**
     * Hands the person back.
     * @param {Left} left
     * @returns {boolean} false when nobody is there to take over
     */
    leave(left) {
      const result = resultOf(left);
      const around = miniProgram(win);
      const to = returnUrl();
      const hears = listener() !== null;
      if (hears) post(result);
      if (around) {
        around.postMessage(result);
        around.navigateBack();
      } else if (to) {
        redirect(returnAddress(to, result));
      } else if (hears && !isFramed) {
        win.close();
      }
      return hears || to !== null || around !== null;
    },

    /**
     * The page goes away by other means, such as the back button: that is a closed page too.
     * @param {Page} page
     */
    abandoned(page) {
      if (page.kind === "left" || isDelivered || !listener()) return;
      post(resultOf(page));
    },

    /** The page is shown again. */
    cameBack() {
      isDelivered = false;
      leaving = null;
    },
  };
}
