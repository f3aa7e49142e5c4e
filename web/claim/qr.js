/**
 * @file QR codes (ISO/IEC 18004) for coupon codes: byte mode, error correction level M, versions 1
 * to 3, which is all that 40 characters need and keeps every symbol in one error correction block.
 * Pure; the result is a square of modules that the page draws.
 */

/** Data and error correction codewords of level M by version. */
const VERSIONS = [
  { version: 1, data: 16, correction: 10 },
  { version: 2, data: 28, correction: 16 },
  { version: 3, data: 44, correction: 26 },
];

/** Mode and length take 12 bits, the end mark 4: two codewords beside the text. */
const OVERHEAD = 2;

/** @typedef {{size: number, dark: boolean[][]}} Square */
/** @typedef {{size: number, dark: boolean[][], fixed: boolean[][]}} Canvas */

/**
 * The modules of a code, `dark[y][x]`, without the quiet zone. Null when the text is too long.
 * @param {string} code
 * @returns {Square | null}
 */
export function qr(code) {
  const bytes = new TextEncoder().encode(code);
  const layout = VERSIONS.find(({ data }) => bytes.length + OVERHEAD <= data);
  if (!layout) return null;
  const words = dataWords(bytes, layout.data);
  const canvas = frame(layout.version);
  place(canvas, [...words, ...correctionWords(words, layout.correction)]);
  const masked = MASKS.map((_, mask) => withMask(canvas, mask));
  return masked.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count
 */
function dataWords(bytes, count) {
  // Four bits of mode (0100), eight of length, the text, four of end: always whole codewords.
  const nibbles = [4, bytes.length >> 4, bytes.length & 15];
  for (const byte of bytes) nibbles.push(byte >> 4, byte & 15);
  nibbles.push(0);
  const words = [];
  for (let at = 0; at < nibbles.length; at += 2) words.push(((nibbles[at] ?? 0) << 4) | (nibbles[at + 1] ?? 0));
  for (let pad = 0; words.length < count; pad += 1) words.push(pad % 2 === 0 ? 0xec : 0x11);
  return words;
}

/**
 * Product in GF(256) with the polynomial of the standard, 0x11d.
 * @param {number} a
 * @param {number} b
 */
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> bit) & 1) * a;
  }
  return product;
}

/**
 * Reed–Solomon remainder of the data words.
 * @param {number[]} words
 * @param {number} count
 */
function correctionWords(words, count) {
  let divisor = [1];
  let root = 1;
  for (let degree = 0; degree < count; degree += 1) {
    const by = root;
    const next = [...divisor, 0];
    divisor.forEach((factor, index) => {
      next[index + 1] = (next[index + 1] ?? 0) ^ times(factor, by);
    });
    divisor = next;
    root = times(root, 2);
  }
  const rest = [...words, ...new Array(count).fill(0)];
  for (let at = 0; at < words.length; at += 1) {
    const lead = rest[at] ?? 0;
    divisor.forEach((factor, index) => {
      rest[at + index] = (rest[at + index] ?? 0) ^ times(factor, lead);
    });
  }
  return rest.slice(words.length);
}

/**
 * An empty symbol with everything that does not depend on the text.
 * @param {number} version
 * @returns {Canvas}
 */
function frame(version) {
  const size = 17 + 4 * version;
  const grid = () => Array.from({ length: size }, () => new Array(size).fill(false));
  const canvas = { size, dark: grid(), fixed: grid() };
  for (let at = 0; at < size; at += 1) {
    set(canvas, at, 6, at % 2 === 0);
    set(canvas, 6, at, at % 2 === 0);
  }
  for (const [x, y] of /** @type {const} */ ([[3, 3], [size - 4, 3], [3, size - 4]])) target(canvas, x, y, 4, 2);
  // Versions 2 and 3 have one alignment mark, six modules in from the free corner.
  if (version > 1) target(canvas, size - 7, size - 7, 2, 1);
  for (const [x, y] of formatPlaces(size)) set(canvas, x, y, false);
  set(canvas, 8, size - 8, true);
  return canvas;
}

/**
 * @param {Canvas} canvas
 * @param {number} x
 * @param {number} y
 * @param {boolean} isDark
 */
function set(canvas, x, y, isDark) {
  const row = canvas.dark[y];
  const marks = canvas.fixed[y];
  if (!row || !marks || x < 0 || x >= canvas.size) return;
  row[x] = isDark;
  marks[x] = true;
}

/**
 * Rings around a point: one light ring at distance `light`, dark elsewhere up to `reach`; a finder
 * has another light ring, its border, at distance 4.
 * @param {Canvas} canvas
 * @param {number} cx
 * @param {number} cy
 * @param {number} reach
 * @param {number} light
 */
function target(canvas, cx, cy, reach, light) {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy));
      set(canvas, cx + dx, cy + dy, ring !== light && ring !== 4);
    }
  }
}

/**
 * Where the 15 format bits stand, both copies, the first bit of each copy first.
 * @param {number} size
 * @returns {[number, number][]}
 */
function formatPlaces(size) {
  /** @type {[number, number][]} */
  const near = [];
  for (let at = 0; at < 6; at += 1) near.push([at, 8]);
  near.push([7, 8], [8, 8], [8, 7]);
  for (let at = 5; at >= 0; at -= 1) near.push([8, at]);
  /** @type {[number, number][]} */
  const far = [];
  for (let at = 1; at <= 7; at += 1) far.push([8, size - at]);
  for (let at = 8; at >= 1; at -= 1) far.push([size - at, 8]);
  return [...near, ...far];
}

/**
 * Fills the free modules with the words, in the zigzag of the standard.
 * @param {Canvas} canvas
 * @param {number[]} words
 */
function place(canvas, words) {
  const { size, dark, fixed } = canvas;
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    // The column of the timing marks is stepped over.
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = dark[y];
        if (!row || fixed[y]?.[x]) continue;
        row[x] = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        bit += 1;
      }
    }
  }
}

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * A finished symbol: one mask applied and named in the format bits.
 * @param {Canvas} canvas
 * @param {number} mask
 * @returns {Square}
 */
function withMask(canvas, mask) {
  const { size, fixed } = canvas;
  const flips = MASKS[mask] ?? (() => false);
  const dark = canvas.dark.map((row, y) => row.map((cell, x) => (fixed[y]?.[x] ? cell : cell !== flips(x, y))));
  // Level M is 00, so the mask alone makes the five data bits; ten check bits follow.
  let check = mask << 10;
  for (let bit = 14; bit >= 10; bit -= 1) if ((check >> bit) & 1) check ^= 0x537 << (bit - 10);
  const format = ((mask << 10) | check) ^ 0x5412;
  formatPlaces(size).forEach(([x, y], index) => {
    const row = dark[y];
    if (row) row[x] = ((format >> (14 - (index % 15))) & 1) === 1;
  });
  return { size, dark };
}

/**
 * How hard a symbol is to read, by the four rules of the standard.
 * @param {Square} square
 */
function penalty({ size, dark }) {
  const rows = dark.map((row) => row.map((cell) => (cell ? "1" : "0")).join(""));
  const columns = rows.map((_, x) => rows.map((row) => row[x]).join(""));
  let total = 0;
  for (const line of [...rows, ...columns]) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) total += run.length - 2;
    for (let at = 0; at + 11 <= size; at += 1) {
      const piece = line.slice(at, at + 11);
      if (piece === "10111010000" || piece === "00001011101") total += 40;
    }
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) {
      const four = `${rows[y]?.slice(x - 1, x + 1)}${rows[y - 1]?.slice(x - 1, x + 1)}`;
      if (four === "0000" || four === "1111") total += 3;
    }
  }
  const darkCount = rows.join("").replaceAll("0", "").length;
  const percent = Math.floor((darkCount * 100) / (size * size));
  return total + Math.floor(Math.abs(percent - 50) / 5) * 10;
}
