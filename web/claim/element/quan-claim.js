/**
 * @file `<quan-claim token server>`: the claim component as a custom element, for pages of others.
 * Everything is inside a shadow root, so no style leaks either way; what happens is told by events
 * whose `detail` is the return object. Knows the element's attributes, events and life.
 *
 * Attributes: `token` (the property of that name is preferred: it leaves no trace in the document),
 * `server` (the platform's origin; by default where this file came from), `lang` (`zh-CN` or `en`).
 */

import { screenOf } from "../core/screen.js";
import { createSession } from "../core/session.js";
import { textFor } from "../core/text.js";
import { BROWSER, sender } from "../view/browser.js";
import { createView, shell } from "../view/view.js";
import { CSS } from "./style.js";

/** @typedef {import("../core/page.js").Left} Left */
/** @typedef {import("../core/result.js").Milestone} Milestone */
/** @typedef {import("../core/result.js").ReturnObject} ReturnObject */
/** @typedef {import("../core/session.js").Session} Session */

/** Where this file came from; its claim calls are beside it. */
const HERE = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

/** Events whose default action a page may prevent: it has taken over then. */
const CANCELABLE = ["close", "select-product"];

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** One sheet for all elements; a constructed one needs no permission of the page's content policy. */
function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}

export class QuanClaim extends HTMLElement {
  static observedAttributes = ["token", "server", "lang"];

  /** @type {string | null} */
  #token = null;
  /** @type {Session | null} */
  #session = null;
  /** Whether the page took the person over. */
  #isTaken = false;
  #isPlanned = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [styles()];
  }

  /** The pre-send token. Setting it begins a claim; until there is one, the element waits. */
  get token() {
    return this.#token ?? this.getAttribute("token");
  }

  set token(value) {
    this.#token = value === null || value === undefined ? null : String(value);
    this.#plan();
  }

  /** The platform's origin, with a path before `/claim` if it has one. */
  get server() {
    return this.getAttribute("server") ?? "";
  }

  set server(value) {
    this.setAttribute("server", value);
  }

  connectedCallback() {
    // A property that was set before the element was known hides the one of the class.
    if (Object.prototype.hasOwnProperty.call(this, "token")) {
      const early = this.token;
      Reflect.deleteProperty(this, "token");
      this.token = early;
    }
    document.addEventListener("visibilitychange", this.#seen);
    this.#plan();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#seen);
    this.#session?.end();
    this.#session = null;
  }

  attributeChangedCallback() {
    this.#plan();
  }

  #seen = () => this.#session?.seen();

  /** Attributes come one by one; the claim begins once, when all of them are there. */
  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (this.isConnected) this.#begin();
    });
  }

  #begin() {
    const root = this.shadowRoot;
    const address = this.#address();
    if (!root || !address) {
      console.error("quan-claim: give the attribute server, such as https://coupons.example");
      return;
    }
    this.#session?.end();
    this.hidden = false;
    const text = textFor(this.getAttribute("lang"));
    const { root: page, live } = shell();
    root.replaceChildren(page, live);
    const session = createSession({
      ...BROWSER,
      lang: text.lang,
      send: sender(new URL("v1/", address).href),
      draw: (shown, remainingMs) => view(screenOf(shown, remainingMs, text, true), true),
      tell: (milestone, result) => this.#tell(milestone, result),
      leave: (left) => this.#leave(left),
    });
    const view = createView({ root: page, live, base: new URL("/", address).href, text, dispatch: session.dispatch });
    this.#session = session;
    // Without a token it is on its way: the skeleton waits for it.
    if (this.token !== null) session.begin(this.token);
  }

  /** The folder of the claim calls: that of `server`, else that of this file. */
  #address() {
    try {
      return this.server ? new URL("claim/", `${this.server.replace(/\/+$/, "")}/`).href : new URL(".", HERE).href;
    } catch {
      return null;
    }
  }

  /**
   * @param {Milestone} milestone
   * @param {ReturnObject} detail
   */
  #tell(milestone, detail) {
    const cancelable = CANCELABLE.includes(milestone);
    const event = new CustomEvent(`claim-${milestone}`, { detail, bubbles: true, composed: true, cancelable });
    this.#isTaken = !this.dispatchEvent(event) && cancelable;
  }

  /**
   * What happens when the page does not take over: a close ends the claim and hides the element, 去使用 explains how.
   * @param {Left} left
   * @returns {boolean}
   */
  #leave(left) {
    if (this.#isTaken) return true;
    if (left.action !== "closePage") return false;
    this.#session?.end();
    this.hidden = true;
    return true;
  }
}

if (!customElements.get("quan-claim")) customElements.define("quan-claim", QuanClaim);
