/**
 * @file `openClaim`: the calling shape of `wx.openBusinessView` for this component, so that a mini
 * program changes one name. The page that calls it has `<quan-claim id="quan-claim" />` in its wxml.
 */

/** @typedef {import("./core/result.js").ReturnObject} ReturnObject */
/** @typedef {{errMsg: string, extraData?: ReturnObject["extraData"]}} Failure */
/**
 * What `App.onShow` gets from WeChat when its own component closes.
 * @typedef {{scene: number, referrerInfo: {appId: string, extraData: ReturnObject["extraData"]}}} Shown
 */
/**
 * @typedef {object} Settings
 * @property {string} server the platform, such as `https://coupons.example`
 * @property {string} appId what `referrerInfo.appId` says; that of the official component by default
 * @property {string} selector where the component is in the page
 * @property {(shown: Shown) => void} onShow gets what the official component delivers to `onShow`;
 *   the app's own `onShow` by default
 */
/**
 * @typedef {object} OpenClaim
 * @property {string} [businessType] taken and not used: this component has one business
 * @property {{action: string, token: string}} extraData
 * @property {(result: ReturnObject) => void} [success] the component was open and is closed now
 * @property {(failure: Failure) => void} [fail] nothing could be opened
 * @property {(result: ReturnObject | Failure) => void} [complete] after either
 */

/** A mini program that was returned from another one. */
const SCENE_BACK = 1038;

/** @type {Settings} */
const settings = {
  server: "",
  appId: "wxe2f280194b94c0aa",
  selector: "#quan-claim",
  onShow(shown) {
    const app = getApp();
    if (app && typeof app.onShow === "function") app.onShow(/** @type {any} */ (shown));
  },
};

/**
 * Sets what is the same for every claim; once, in `app.js`.
 * @param {Partial<Settings>} changes
 */
function configureClaim(changes) {
  Object.assign(settings, changes);
}

/**
 * Opens the component over the page.
 * @param {OpenClaim} options
 */
function openClaim({ extraData, success, fail, complete }) {
  const refuse = (/** @type {Failure} */ failure) => {
    if (fail) fail(failure);
    if (complete) complete(failure);
  };
  const problem = problemOf(extraData);
  if (problem) return refuse({ errMsg: `openClaim:fail ${problem}` });
  const pages = getCurrentPages();
  const page = pages[pages.length - 1];
  const component = page && page.selectComponent(settings.selector);
  if (!component) return refuse({ errMsg: `openClaim:fail the page has no ${settings.selector}` });
  const done = (/** @type {ReturnObject} */ result, /** @type {boolean} */ opened) => {
    if (!opened) return refuse(result);
    if (success) success(result);
    if (complete) complete(result);
    settings.onShow({ scene: SCENE_BACK, referrerInfo: { appId: settings.appId, extraData: result.extraData } });
  };
  const isOpen = component.open({ token: extraData.token, server: settings.server, done });
  if (!isOpen) refuse({ errMsg: "openClaim:fail a claim is open already" });
}

/**
 * What is wrong with a call, or nothing.
 * @param {OpenClaim["extraData"] | undefined} extraData
 */
function problemOf(extraData) {
  if (!settings.server) return "call configureClaim({ server }) first";
  if (!extraData || extraData.action !== "receiveCoupon") return "extraData.action must be receiveCoupon";
  if (typeof extraData.token !== "string" || extraData.token === "") return "extraData.token must be a pre-send token";
  return "";
}

module.exports = { configureClaim, openClaim };
