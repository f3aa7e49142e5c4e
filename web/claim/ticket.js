/**
 * @file The face of the coupon: cover with brand and picture, benefit, rounds, small print, code.
 * Knows the DOM and the words for a coupon; not the page around it or how it came to be shown.
 */

import { code128 } from "./code128.js";
import { condition, figure, interval, labels, rounds, roundsTitle, rows } from "./describe.js";
import { el, picture, svg } from "./dom.js";
import { price } from "./format.js";
import { qr } from "./qr.js";

/** @typedef {import("./wire.js").Coupon} Coupon */
/** @typedef {import("./text.js").Text} Text */

/** The quiet zones that the standards ask for, in modules. */
const QR_QUIET = 4;
const BARCODE_QUIET = 10;
const BARCODE_HEIGHT = 40;

/**
 * @param {Coupon} coupon
 * @param {Text} text
 * @param {{isFaded: boolean}} look faded: the coupon cannot be had or used any more
 * @returns {HTMLElement}
 */
export function ticket(coupon, text, { isFaded }) {
  return el(
    "article",
    { class: `ticket ${tint(coupon.background_color)}${isFaded ? " faded" : ""}`, "aria-label": coupon.name },
    cover(coupon, text),
    offer(coupon, text),
    roundList(coupon, text),
    el("div", { class: "tear", "aria-hidden": "true" }),
    code(coupon, text),
    el("dl", { class: "rows" }, ...rows(coupon, text).map(row)),
  );
}

/**
 * The class of a colour: only the ten of the platform exist, the default stands for the rest.
 * @param {string} color
 */
function tint(color) {
  return /^Color(0[1-9]0|100)$/.test(color) ? `tint-${color.slice(5)}` : "tint-020";
}

/**
 * @param {Coupon} coupon
 * @param {Text} text
 */
function cover(coupon, text) {
  const initial = () => el("span", { class: "initial", "aria-hidden": "true" }, [...coupon.brand_name][0] ?? "");
  return el(
    "div",
    { class: "cover" },
    picture(coupon.background_url, { class: "backdrop" }),
    el(
      "div",
      { class: "brand" },
      picture(coupon.brand_logo_url, { class: "logo" }, initial()) ?? initial(),
      el("span", { class: "brand-name" }, coupon.brand_name),
    ),
    picture(coupon.image_url, { class: "picture", alt: text.couponPicture(coupon.name) }),
  );
}

/**
 * @param {Coupon} coupon
 * @param {Text} text
 */
function offer(coupon, text) {
  const { before, figure: number, after } = figure(coupon, text);
  const original = coupon.original_price;
  return el(
    "div",
    { class: "offer" },
    el("h1", { class: "name" }, coupon.name),
    el("ul", { class: "labels" }, ...labels(coupon, text).map((label) => el("li", {}, label))),
    el(
      "p",
      { class: "benefit" },
      el(
        "strong",
        { class: "figure" },
        before ? el("span", { class: "figure-before" }, before) : null,
        el("span", { class: figureClass(number) }, number),
        after ? el("span", { class: "figure-after" }, after) : null,
      ),
      el(
        "span",
        { class: "condition" },
        condition(coupon, text) || null,
        original ? el("span", { class: "original" }, `${text.originalPrice} `, el("s", {}, `¥${price(original)}`)) : null,
      ),
    ),
  );
}

/**
 * Words and very long amounts are set smaller, so that the figure stays on one line at 360 px.
 * @param {string} number
 */
function figureClass(number) {
  return /^[\d.]{1,7}$/.test(number) ? "figure-number" : "figure-word";
}

/**
 * @param {Coupon} coupon
 * @param {Text} text
 */
function roundList(coupon, text) {
  const title = roundsTitle(coupon, text);
  if (title === null) return null;
  const pause = interval(coupon, text);
  return el(
    "section",
    { class: "rounds", "aria-label": text.rounds },
    el("h2", { class: "rounds-title" }, title),
    el(
      "ol",
      { class: "round-list" },
      ...rounds(coupon, text).map((round) =>
        el(
          "li",
          { class: `round ${coupon.coupon_state ? round.state : "later"}`, "aria-current": round.state === "open" && coupon.coupon_state ? "step" : null },
          el("span", { class: "round-number" }, round.number),
          el("span", { class: "round-benefit" }, round.benefit),
          coupon.coupon_state ? el("span", { class: "round-note" }, round.note) : null,
        ),
      ),
    ),
    pause ? el("p", { class: "rounds-pause" }, pause) : null,
  );
}

/** @param {import("./describe.js").Row} one */
function row(one) {
  return el(
    "div",
    { class: "row" },
    el("dt", {}, one.label),
    el("dd", {}, ...one.lines.map((line) => el("p", {}, line))),
  );
}

/**
 * The code for the counter. The server sends it only while it is to be shown.
 * @param {Coupon} coupon
 * @param {Text} text
 */
function code(coupon, text) {
  const value = coupon.coupon_code;
  if (!value || coupon.code_display_mode === "INVISIBLE" || coupon.coupon_state !== "EFFECTIVE") return null;
  const drawing = coupon.code_display_mode === "QRCODE" ? square(value, text) : stripes(value, text);
  return el(
    "section",
    { class: "code", "aria-label": text.couponCode },
    drawing,
    el("p", { class: "code-value" }, value.replace(/(.{4})(?=.)/g, "$1 ")),
    el("p", { class: "code-hint" }, text.showCode),
  );
}

/**
 * @param {string} value
 * @param {Text} text
 */
function square(value, text) {
  const symbol = qr(value);
  if (!symbol) return null;
  const side = symbol.size + 2 * QR_QUIET;
  const path = symbol.dark
    .flatMap((cells, y) => cells.map((isDark, x) => (isDark ? `M${x + QR_QUIET} ${y + QR_QUIET}h1v1h-1z` : "")))
    .join("");
  return drawing("qrcode", text.qrcode, side, side, path);
}

/**
 * @param {string} value
 * @param {Text} text
 */
function stripes(value, text) {
  const symbol = code128(value);
  if (!symbol) return null;
  const path = symbol.bars.map(({ x, width }) => `M${x + BARCODE_QUIET} 0h${width}v${BARCODE_HEIGHT}h-${width}z`).join("");
  return drawing("barcode", text.barcode, symbol.width + 2 * BARCODE_QUIET, BARCODE_HEIGHT, path);
}

/**
 * @param {string} className
 * @param {string} label
 * @param {number} width
 * @param {number} height
 * @param {string} path
 */
function drawing(className, label, width, height, path) {
  return svg(
    "svg",
    {
      class: className,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: className === "barcode" ? "none" : "xMidYMid",
      role: "img",
      "aria-label": label,
      "shape-rendering": "crispEdges",
    },
    svg("path", { d: path }),
  );
}
