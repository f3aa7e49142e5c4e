/**
 * @file The face of the coupon: cover with brand and picture, benefit, rounds, small print, code.
 * Knows the DOM and how a face is laid out; every word comes with it.
 */

import { el, picture, svg } from "./dom.js";

/** @typedef {import("../core/screen.js").Face} Face */

/**
 * @param {Face} face
 * @param {string} base the platform's address, for pictures
 * @returns {HTMLElement}
 */
export function ticket(face, base) {
  return el(
    "article",
    { class: `ticket tint-${face.tint}${face.faded ? " faded" : ""}`, "aria-label": face.name },
    cover(face, base),
    offer(face),
    roundList(face.rounds),
    el("div", { class: "tear", "aria-hidden": "true" }),
    code(face.code),
    el("dl", { class: "rows" }, ...face.rows.map(row)),
  );
}

/**
 * @param {Face} face
 * @param {string} base
 */
function cover(face, base) {
  const initial = () => el("span", { class: "initial", "aria-hidden": "true" }, face.brandInitial);
  return el(
    "div",
    { class: face.bare ? "cover bare" : "cover" },
    picture(face.backdrop, base, { class: "backdrop" }),
    el(
      "div",
      { class: "brand" },
      picture(face.logo, base, { class: "logo" }, initial()) ?? initial(),
      el("span", { class: "brand-name" }, face.brand),
    ),
    picture(face.picture, base, { class: "picture", alt: face.pictureLabel }),
  );
}

/** @param {Face} face */
function offer(face) {
  const { before, number, after, isWord } = face.figure;
  const { original } = face;
  return el(
    "div",
    { class: "offer" },
    el("h1", { class: "name" }, face.name),
    el("ul", { class: "labels" }, ...face.labels.map((label) => el("li", { class: "label" }, label))),
    el(
      "p",
      { class: "benefit" },
      el(
        "strong",
        { class: "figure" },
        before ? el("span", { class: "figure-before" }, before) : null,
        el("span", { class: isWord ? "figure-word" : "figure-number" }, number),
        after ? el("span", { class: "figure-after" }, after) : null,
      ),
      el(
        "span",
        { class: "condition" },
        face.condition || null,
        original ? el("span", { class: "original" }, `${original.label} `, el("s", {}, original.price)) : null,
      ),
    ),
  );
}

/** @param {Face["rounds"]} rounds */
function roundList(rounds) {
  if (!rounds) return null;
  const lines = rounds.list.map((round) =>
    el(
      "li",
      { class: `round ${round.look}`, "aria-current": round.current ? "step" : null },
      el("span", { class: "round-number" }, round.number),
      el("span", { class: "round-benefit" }, round.benefit),
      round.note ? el("span", { class: "round-note" }, round.note) : null,
    ),
  );
  return el(
    "section",
    { class: "rounds", "aria-label": rounds.label },
    el("h2", { class: "rounds-title" }, rounds.title),
    el("ol", { class: "round-list" }, ...lines),
    rounds.pause ? el("p", { class: "rounds-pause" }, rounds.pause) : null,
  );
}

/** @param {import("../core/screen.js").Row} one */
function row(one) {
  return el(
    "div",
    { class: "row" },
    el("dt", { class: "row-label" }, one.label),
    el("dd", { class: "row-text" }, ...one.lines.map((line) => el("p", {}, line))),
  );
}

/** @param {Face["code"]} shown */
function code(shown) {
  if (!shown) return null;
  const { kind, label, width, height, path, value, hint } = shown.code;
  const drawing = svg(
    "svg",
    {
      class: kind,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: kind === "barcode" ? "none" : "xMidYMid",
      role: "img",
      "aria-label": label,
      "shape-rendering": "crispEdges",
    },
    svg("path", { d: path, fill: "#000" }),
  );
  return el(
    "section",
    { class: "code", "aria-label": shown.label },
    drawing,
    el("p", { class: "code-value" }, value),
    el("p", { class: "code-hint" }, hint),
  );
}
