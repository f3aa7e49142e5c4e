/**
 * @file Code 128 (ISO/IEC 15417) for coupon codes: digits in pairs where that is shorter, else one
 * character a symbol. Pure; the result is a row of modules that the page draws.
 */

/**
 * Widths of bar, space, bar, space, bar, space of the symbols 0–105; the standard's table. The
 * stop symbol has one bar more and stands apart.
 */
const WIDTHS = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 " +
  "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 " +
  "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 " +
  "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 " +
  "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 " +
  "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 " +
  "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 " +
  "211232"
).split(" ");
const STOP = "2331112";

const CODE_C = 99;
const CODE_B = 100;
const START_B = 104;
const START_C = 105;

/** Printable ASCII; the platform's codes are a subset of it. */
const PRINTABLE = /^[ -~]+$/;

/**
 * The symbols for a text, start and check symbol included.
 * @param {string} code
 * @returns {number[]}
 */
function symbols(code) {
  /** @type {number[]} */
  const list = [];
  /** @type {"B" | "C" | null} */
  let set = null;
  let at = 0;
  while (at < code.length) {
    const digits = /^\d*/.exec(code.slice(at))?.[0].length ?? 0;
    const atEdge = at === 0 || at + digits === code.length;
    // A change of set costs a symbol: four digits pay for it at an edge, six in the middle.
    /** @type {boolean} */
    const inPairs = set === "C" ? digits >= 2 : digits >= (atEdge ? 4 : 6) && digits % 2 === 0;
    /** @type {"B" | "C"} */
    const wanted = inPairs ? "C" : "B";
    if (wanted !== set) {
      if (set === null) list.push(wanted === "C" ? START_C : START_B);
      else list.push(wanted === "C" ? CODE_C : CODE_B);
      set = wanted;
    }
    if (wanted === "C") {
      list.push(Number(code.slice(at, at + 2)));
      at += 2;
    } else {
      list.push(code.charCodeAt(at) - 32);
      at += 1;
    }
  }
  const sum = list.reduce((total, symbol, index) => total + symbol * Math.max(1, index), 0);
  return [...list, sum % 103];
}

/**
 * The bars of a code: the start and the width of each, in modules, and the width of the whole
 * without quiet zones. Null for a text that cannot be written.
 * @param {string} code
 * @returns {{bars: {x: number, width: number}[], width: number} | null}
 */
export function code128(code) {
  if (!PRINTABLE.test(code)) return null;
  const widths = symbols(code).map((symbol) => WIDTHS[symbol] ?? "").join("") + STOP;
  /** @type {{x: number, width: number}[]} */
  const bars = [];
  let x = 0;
  for (const [index, digit] of [...widths].entries()) {
    const width = Number(digit);
    if (index % 2 === 0) bars.push({ x, width });
    x += width;
  }
  return { bars, width: x };
}
