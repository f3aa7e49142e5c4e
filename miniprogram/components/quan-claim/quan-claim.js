/**
 * @file The claim component for WeChat mini programs. Draws what the shared core says and passes
 * presses on; begins when it has `token` and `server`, or when `open` is called by `openClaim`.
 *
 * Events: opened, success, already, unavailable, selectproduct, close, error; `detail` is the return
 * object. A close and 去使用 end the component's view, as with the official one: the page navigates.
 */

const { screenOf } = require("./core/screen.js");
const { createSession } = require("./core/session.js");
const { textFor } = require("./core/text.js");
const { WECHAT, isTooOld, sender } = require("./session-host.js");

/** @typedef {import("./core/screen.js").Screen} Screen */
/** @typedef {import("./core/result.js").ReturnObject} ReturnObject */
/** @typedef {import("./core/result.js").Milestone} Milestone */
/** @typedef {import("./core/page.js").PageEvent} PageEvent */
/**
 * `done` is called once, when the view is closed; `opened` says whether a coupon was seen.
 * @typedef {{token: string, server: string, done: (result: ReturnObject, opened: boolean) => void}} Opening
 */
/**
 * @typedef {object} Claim
 * @property {import("./core/session.js").Session} session
 * @property {string} server
 * @property {Opening["done"] | null} done
 * @property {boolean} opened
 * @property {Set<string>} broken addresses of pictures that did not load
 */

/** @type {Record<Milestone, string>} */
const EVENTS = {
  open: "opened",
  success: "success",
  already: "already",
  unavailable: "unavailable",
  "select-product": "selectproduct",
  close: "close",
  error: "error",
};

/** The claim of each component; a token has no place in the data, which tools show. @type {WeakMap<object, Claim>} */
const claims = new WeakMap();

/**
 * A drawing as a picture: a mini program has no SVG elements.
 * @param {Screen["ticket"]} ticket
 */
function codeImage(ticket) {
  if (!ticket || !ticket.code) return "";
  const { width, height, path, kind } = ticket.code.code;
  const ratio = kind === "barcode" ? ' preserveAspectRatio="none"' : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"${ratio} shape-rendering="crispEdges"><path d="${path}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/**
 * A picture's address as a mini program can load it: over TLS, or below the server.
 * @param {string} address
 * @param {string} server
 */
function pictureAddress(address, server) {
  const base = server.replace(/\/+$/, "");
  if (/^https:\/\//.test(address) || address.indexOf(`${base}/`) === 0) return address;
  return /^\/[^/]/.test(address) ? base + address : "";
}

/**
 * The screen with its pictures' addresses made whole, without those that did not load: a letter or the
 * colour has their place, and they are not asked for again at each drawing.
 * @param {Screen} screen
 * @param {Claim} claim
 * @returns {Screen}
 */
function withPictures(screen, { server, broken }) {
  const { ticket, sheet } = screen;
  const whole = (/** @type {string} */ given) => {
    const address = pictureAddress(given, server);
    return broken.has(address) ? "" : address;
  };
  return {
    ...screen,
    ticket: ticket && { ...ticket, logo: whole(ticket.logo), picture: whole(ticket.picture), backdrop: whole(ticket.backdrop) },
    sheet: sheet && { ...sheet, cards: sheet.cards.map((card) => ({ ...card, picture: whole(card.picture) })) },
  };
}

Component({
  options: { styleIsolation: "isolated" },
  properties: {
    token: { type: String, value: "" },
    server: { type: String, value: "" },
    lang: { type: String, value: "zh-CN" },
  },
  data: {
    isOpen: false,
    isOverlay: false,
    isSeen: true,
    screen: /** @type {Screen | null} */ (null),
    codeImage: "",
    closeLabel: "",
    gotItLabel: "",
  },
  observers: {
    "token, server, lang"(/** @type {string} */ token, /** @type {string} */ server) {
      if (token && server) this.begin({ token, server, done: null, isOverlay: false });
    },
  },
  lifetimes: {
    /** The page is left, by the back button for one: whoever opened the claim is told that it is closed. */
    detached() {
      this.send({ type: "close" });
      claims.get(this)?.session.end();
      claims.delete(this);
    },
  },
  pageLifetimes: {
    show() {
      this.setData({ isSeen: true });
      claims.get(this)?.session.seen();
    },
    hide() {
      this.setData({ isSeen: false });
    },
  },
  methods: {
    /**
     * Shows a claim over the page, for `openClaim`. False when one is shown already.
     * @param {Opening} opening
     * @returns {boolean}
     */
    open({ token, server, done }) {
      if (this.data.isOpen && this.data.isOverlay) return false;
      this.begin({ token, server, done, isOverlay: true });
      return true;
    },

    /** @param {{token: string, server: string, done: Opening["done"] | null, isOverlay: boolean}} opening */
    begin({ token, server, done, isOverlay }) {
      claims.get(this)?.session.end();
      const text = textFor(this.data.lang);
      this.setData({ isOpen: true, isOverlay, screen: null, codeImage: "", closeLabel: text.close, gotItLabel: text.gotIt });
      const session = createSession({
        ...WECHAT,
        lang: text.lang,
        send: sender(server),
        isSeen: () => this.data.isSeen,
        draw: (page, remainingMs) => this.draw(screenOf(page, remainingMs, text, true)),
        tell: (milestone, result) => this.tell(milestone, result),
        leave: () => true,
      });
      claims.set(this, { session, server, done, opened: false, broken: new Set() });
      if (isTooOld()) session.dispatch({ type: "too_old" });
      else session.begin(token);
    },

    /**
     * Hands over only what has changed: every change is copied to another thread.
     * @param {Screen} full
     */
    draw(full) {
      const claim = claims.get(this);
      if (!claim) return;
      const screen = withPictures(full, claim);
      /** @type {Record<string, unknown>} */
      const changes = {};
      const drawn = this.data.screen;
      for (const key of /** @type {(keyof Screen)[]} */ (Object.keys(screen))) {
        if (!drawn || JSON.stringify(drawn[key]) !== JSON.stringify(screen[key])) changes[`screen.${key}`] = screen[key];
      }
      if (!drawn) this.setData({ screen, codeImage: codeImage(screen.ticket) });
      else if (Object.keys(changes).length > 0) this.setData({ ...changes, codeImage: codeImage(screen.ticket) });
    },

    /**
     * A view that is over is closed before anybody is told of it, so that they may open the next claim.
     * @param {Milestone} milestone
     * @param {ReturnObject} result
     */
    tell(milestone, result) {
      const claim = claims.get(this);
      const isOver = milestone === "close" || milestone === "select-product";
      if (claim && milestone === "open") claim.opened = true;
      if (claim && isOver) {
        claim.session.end();
        this.setData({ isOpen: false });
      }
      this.triggerEvent(EVENTS[milestone], result);
      if (claim && claim.done && isOver) claim.done(result, claim.opened);
    },

    /** @param {PageEvent} event */
    send(event) {
      claims.get(this)?.session.dispatch(event);
    },

    onPress() {
      const press = this.data.screen && this.data.screen.act.press;
      if (!press || press === "none") return;
      this.send(press === "use" ? { type: "use", now: WECHAT.now() } : { type: press });
    },

    onClose() {
      this.send({ type: "close" });
    },

    onDismiss() {
      this.send({ type: "dismiss" });
    },

    /** @param {{currentTarget: {dataset: {index?: number}}}} event */
    onChoose(event) {
      this.send({ type: "choose", index: Number(event.currentTarget.dataset.index) });
    },

    /** Presses on a sheet stay on it. */
    onSheet() {},

    /** @param {{currentTarget: {dataset: {src?: string}}}} event */
    onPictureError(event) {
      claims.get(this)?.broken.add(String(event.currentTarget.dataset.src));
      if (this.data.screen) this.draw(this.data.screen);
    },
  },
});
