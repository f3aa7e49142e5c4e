/**
 * @file The claim page as it runs in a browser: takes the token out of the address and brings the
 * session, the view and the ways out together.
 */

import { screenOf } from "../core/screen.js";
import { createSession } from "../core/session.js";
import { textFor } from "../core/text.js";
import { BROWSER, sender } from "../view/browser.js";
import { createView } from "../view/view.js";
import { createExit, listedOrigins } from "./exit.js";

/** Where this script came from, `…/claim/page.js`, so that a path prefix before /claim works too. */
const here = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.origin;
const text = textFor(new URLSearchParams(location.search).get("lang"));
document.documentElement.lang = text.lang;
document.title = text.pageTitle;

/** @type {string | null} */
let returnTo = null;

const exit = createExit(window, listedOrigins(document), () => returnTo, () => session.dispatch({ type: "close" }));
const session = createSession({
  ...BROWSER,
  lang: text.lang,
  send: sender(new URL("v1/", here).href),
  draw: (page, remainingMs) => view(screenOf(page, remainingMs, text, exit.canLeave()), exit.canLeave()),
  tell: (milestone, result) => exit.passed(milestone, result),
  leave: exit.leave,
});
const view = createView({
  root: found("#page"),
  live: found(".live"),
  base: location.origin,
  text,
  dispatch(event) {
    exit.touched();
    session.dispatch(event);
  },
});

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function found(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/** Takes token and return address out of the fragment, and the fragment out of the address bar. */
function takeFragment() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const given = fields.get("token");
  if (location.hash !== "") history.replaceState(history.state, "", location.pathname + location.search);
  if (!given && session.page().kind !== "waiting") return;
  returnTo = fields.get("return");
  session.begin(given);
}

window.addEventListener("hashchange", takeFragment);
document.addEventListener("visibilitychange", session.seen);
window.addEventListener("pagehide", () => exit.abandoned(session.page()));
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  exit.cameBack();
  session.dispatch({ type: "came_back" });
});
takeFragment();
