// Made from web/claim by `cargo xtask miniprogram`: change it there.

/**
 * @file Numbers and times as a person reads them: fen as yuan, per cent off as 折, instants in the
 * platform's fixed offset of +08:00. Whole numbers only; no floating point, no time zone of the
 * device, no clock.
 */

/** Every wall-clock rule of the platform uses this offset; it has no daylight saving. */
const OFFSET_MS = 8 * 60 * 60 * 1000;

/**
 * Yuan without needless zeros: 1000 → "10", 950 → "9.5", 5 → "0.05".
 * @param {number} fen whole and not negative
 * @returns {string}
 * @throws {RangeError} when `fen` is not such a number
 */
function yuan(fen) {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`not an amount in fen: ${fen}`);
  const cents = fen % 100;
  // The difference is a multiple of 100, so the division is exact.
  const whole = String((fen - cents) / 100);
  if (cents === 0) return whole;
  const tail = String(cents).padStart(2, "0");
  return `${whole}.${tail.endsWith("0") ? tail.slice(0, 1) : tail}`;
}

/**
 * A price tag: whole yuan stay short, others keep both digits: 2800 → "28", 3250 → "32.50".
 * @param {number} fen whole and not negative
 * @returns {string}
 * @throws {RangeError} when `fen` is not such a number
 */
function price(fen) {
  const short = yuan(fen);
  return /\.\d$/.test(short) ? `${short}0` : short;
}

/**
 * What is left to pay, in tenths of the price, as Chinese shops write it: 30 → "7", 15 → "8.5".
 * @param {number} percentOff whole per cent taken off, 0–100
 * @returns {string} the number that stands before 折
 * @throws {RangeError} when `percentOff` is out of range
 */
function zhe(percentOff) {
  if (!Number.isInteger(percentOff) || percentOff < 0 || percentOff > 100) {
    throw new RangeError(`not a percentage: ${percentOff}`);
  }
  const paid = 100 - percentOff;
  const ones = paid % 10;
  const tens = (paid - ones) / 10;
  return ones === 0 ? String(tens) : `${tens}.${ones}`;
}

/**
 * The calendar parts of an instant in +08:00.
 * @param {string} time RFC 3339
 * @throws {RangeError} when `time` cannot be read
 */
function parts(time) {
  const at = new Date(Date.parse(time) + OFFSET_MS).toISOString();
  return { date: at.slice(0, 10).replace(/-/g, "."), minute: at.slice(11, 16), second: at.slice(11, 19) };
}

/**
 * "2025.08.13".
 * @param {string} time RFC 3339
 */
function date(time) {
  return parts(time).date;
}

/**
 * "2025.08.13 08:00", with a space that no line is broken at.
 * @param {string} time RFC 3339
 */
function dateTime(time) {
  const { date: day, minute } = parts(time);
  return `${day}\u00a0${minute}`;
}

/**
 * The begin of something: the time of day is left out when it is midnight.
 * @param {string} time RFC 3339
 */
function beginning(time) {
  return parts(time).second === "00:00:00" ? date(time) : dateTime(time);
}

/**
 * The last instant of something: the time of day is left out when it is the last second of the day.
 * @param {string} time RFC 3339, inclusive
 */
function ending(time) {
  return parts(time).second === "23:59:59" ? date(time) : dateTime(time);
}

/**
 * "2025.08.04 08:00 – 2025.08.13 08:00"; dates alone when both ends fall on whole days.
 * @param {string} begin RFC 3339
 * @param {string} end RFC 3339, inclusive
 */
function span(begin, end) {
  const wholeDays = parts(begin).second === "00:00:00" && parts(end).second === "23:59:59";
  return wholeDays ? `${date(begin)} – ${date(end)}` : `${dateTime(begin)} – ${dateTime(end)}`;
}

/**
 * Seconds split for reading, the smallest unit dropped when it is zero.
 * @param {number} seconds whole and not negative
 * @returns {{days: number, hours: number, minutes: number, seconds: number}}
 */
function duration(seconds) {
  const rest = seconds % 60;
  const minutesAll = (seconds - rest) / 60;
  const minutes = minutesAll % 60;
  const hoursAll = (minutesAll - minutes) / 60;
  const hours = hoursAll % 24;
  return { days: (hoursAll - hours) / 24, hours, minutes, seconds: rest };
}

/**
 * The time of day of a second: 21600 → "06:00". The last second of a day closes it: "24:00".
 * @param {number} second of the day, 0–86399
 * @param {"begin" | "end"} end an inclusive end that falls on the last second of a minute is that minute's end
 */
function timeOfDay(second, end) {
  const shown = end === "end" && second % 60 === 59 ? second + 1 : second;
  const { days, hours, minutes, seconds } = duration(shown);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const clock = `${two(days * 24 + hours)}:${two(minutes)}`;
  return seconds === 0 ? clock : `${clock}:${two(seconds)}`;
}

module.exports = { yuan, price, zhe, date, dateTime, beginning, ending, span, duration, timeOfDay };
