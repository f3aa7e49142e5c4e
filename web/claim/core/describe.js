/**
 * @file What a coupon says in words: its benefit, when it may be used, how it stands, why it cannot
 * be had. Pure; knows the wire and the words, not the page that shows them.
 */

import { beginning, dateTime, duration, ending, span, timeOfDay, yuan, zhe } from "./format.js";

/** @typedef {import("./wire.js").Coupon} Coupon */
/** @typedef {import("./wire.js").Benefit} Benefit */
/** @typedef {import("./text.js").Text} Text */
/** @typedef {{before: string, figure: string, after: string}} Figure */
/** @typedef {import("./wire.js").Periods} Periods */
/** @typedef {{label: string, lines: string[]}} Row */
/** @typedef {{title: string, detail: string}} Notice */
/** @typedef {{number: string, benefit: string, state: "used" | "open" | "later", note: string}} Round */

/**
 * How many times the coupon may be used; 1 for a coupon that is used once.
 * @param {Coupon} coupon
 */
export function roundsTotal(coupon) {
  return coupon.usage_mode === "SINGLE" ? 1 : (coupon.rounds?.total_count ?? coupon.benefits.length);
}

/**
 * The benefit of a round. A list that is shorter than the rounds goes on with its last entry, as
 * the equal mode of the platform means it.
 * @param {Coupon} coupon
 * @param {number} index from 0
 * @returns {Benefit}
 */
function benefitOf(coupon, index) {
  const benefit = coupon.benefits[Math.min(index, coupon.benefits.length - 1)];
  // An answer without a benefit never passes the check in wire.js.
  if (!benefit) throw new Error("a coupon has at least one benefit");
  return benefit;
}

/**
 * Index of the round that is used next; the last one when all are used.
 * @param {Coupon} coupon
 */
function openRound(coupon) {
  return Math.min(coupon.rounds?.used_count ?? 0, roundsTotal(coupon) - 1);
}

/**
 * The benefit that the face shows large.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {Figure}
 */
export function figure(coupon, text) {
  const benefit = benefitOf(coupon, openRound(coupon));
  switch (coupon.type) {
    case "NORMAL":
      return text.normal(yuan(benefit.discount_amount ?? 0));
    case "DISCOUNT":
      return text.discount(zhe(benefit.percent_off ?? 0), benefit.percent_off ?? 0);
    case "EXCHANGE":
      return benefit.exchange_price ? text.exchange(yuan(benefit.exchange_price)) : text.exchangeFree;
  }
}

/**
 * @param {Coupon} coupon
 * @param {Benefit} benefit
 * @param {Text} text
 */
function conditionOf(coupon, benefit, text) {
  if (benefit.threshold > 0) return text.threshold(yuan(benefit.threshold));
  return coupon.type === "EXCHANGE" ? "" : text.noThreshold;
}

/**
 * What has to be spent for the benefit. Empty for an exchange without a threshold: there the price
 * says it all.
 * @param {Coupon} coupon
 * @param {Text} text
 */
export function condition(coupon, text) {
  return conditionOf(coupon, benefitOf(coupon, openRound(coupon)), text);
}

/**
 * The words on the small labels: scope, type and, for several uses, their number.
 * @param {Coupon} coupon
 * @param {Text} text
 */
export function labels(coupon, text) {
  const total = roundsTotal(coupon);
  return [text.scope[coupon.scope], text.type[coupon.type], total > 1 ? text.roundsAll(total) : ""].filter(Boolean);
}

/**
 * @param {Coupon} coupon
 * @param {Benefit} benefit
 * @param {Text} text
 */
function benefitLine(coupon, benefit, text) {
  const what =
    coupon.type === "NORMAL"
      ? text.lineNormal(yuan(benefit.discount_amount ?? 0))
      : coupon.type === "DISCOUNT"
        ? text.lineDiscount(zhe(benefit.percent_off ?? 0), benefit.percent_off ?? 0)
        : benefit.exchange_price
          ? text.lineExchange(yuan(benefit.exchange_price))
          : text.lineFree;
  return [what, conditionOf(coupon, benefit, text)].filter(Boolean).join(" · ");
}

/**
 * The heading over the rounds, or null for a coupon that is used once.
 * @param {Coupon} coupon
 * @param {Text} text
 */
export function roundsTitle(coupon, text) {
  const total = roundsTotal(coupon);
  if (total === 1) return null;
  if (!coupon.coupon_state) return text.roundsAll(total);
  const used = coupon.rounds?.used_count ?? 0;
  return used >= total ? text.roundsUsed(total) : text.roundOf(used + 1, total);
}

/**
 * The pause between two uses in words; empty when the server does not say.
 * @param {Coupon} coupon
 * @param {Text} text
 */
export function interval(coupon, text) {
  const days = coupon.rounds?.interval_days;
  return days === undefined || days === null ? "" : text.interval(days);
}

/**
 * One entry per round.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {Round[]}
 */
export function rounds(coupon, text) {
  const used = coupon.rounds?.used_count ?? 0;
  const next = coupon.rounds?.next_begin_time;
  return Array.from({ length: roundsTotal(coupon) }, (_, index) => {
    const state = index < used ? "used" : index === used ? "open" : "later";
    const waits = state === "open" && next;
    return {
      number: text.roundNumber(index + 1),
      benefit: benefitLine(coupon, benefitOf(coupon, index), text),
      state,
      note: waits ? text.roundNextFrom(beginning(next)) : text.roundState[state],
    };
  });
}

/**
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {string}
 */
function validityLine(coupon, text) {
  const { valid_begin_time: from, valid_end_time: to, validity } = coupon;
  if (from && to) return span(from, to);
  if (validity.kind === "window") return span(validity.begin, validity.end);
  const { available_days: days, wait_days: wait, available_seconds: seconds } = validity;
  if (days) {
    if (wait) return text.waitDays(wait, days);
    return days === 1 ? text.sameDay : text.days(days);
  }
  if (seconds) return text.within(text.duration(duration(seconds)));
  return text.untilEnd(ending(validity.end));
}

/**
 * The small print as label and lines.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {Row[]}
 */
export function rows(coupon, text) {
  const relative = coupon.validity.kind === "after_receive" && !coupon.valid_end_time;
  const list = [
    { label: text.validity, lines: [validityLine(coupon, text)] },
    { label: text.period, lines: relative ? [span(coupon.validity.begin, coupon.validity.end)] : [] },
    { label: text.hours, lines: periodLines(coupon.periods, text) },
    { label: text.packages, lines: packageLines(coupon, text) },
    { label: text.goods, lines: split(coupon.goods_description) },
    { label: text.stores, lines: split(coupon.store_description) },
    { label: text.usage, lines: split(coupon.usage_description) },
  ];
  return list.filter((row) => row.lines.length > 0);
}

/** Days as the wire writes them, in the order of a week. */
const WEEK = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/**
 * The days of the week and the hours, or the periods, in which the coupon may be used.
 * @param {Periods | undefined} periods
 * @param {Text} text
 * @returns {string[]}
 */
function periodLines(periods, text) {
  const lines = (periods?.irregular ?? []).map(({ begin, end }) => span(begin, end));
  const weekly = periods?.weekly;
  if (!weekly) return lines;
  const indexes = weekly.days.map((day) => WEEK.indexOf(day)).filter((index) => index >= 0);
  const days = runs(indexes.sort((a, b) => a - b)).map(([first, last]) => text.weekdays(first, last));
  const hours = weekly.hours.map(({ begin, end }) => `${timeOfDay(begin, "begin")}–${timeOfDay(end, "end")}`);
  const isDaily = indexes.length === WEEK.length;
  return [...lines, [isDaily ? text.everyDay : days.join(text.comma), hours.join(text.comma)].filter(Boolean).join(" ")];
}

/**
 * Neighbouring numbers drawn together: 0 1 2 4 → [0, 2] [4, 4].
 * @param {number[]} numbers in rising order
 * @returns {[number, number][]}
 */
function runs(numbers) {
  /** @type {[number, number][]} */
  const list = [];
  for (const number of numbers) {
    const last = list[list.length - 1];
    if (last && number <= last[1] + 1) last[1] = number;
    else list.push([number, number]);
  }
  return list;
}

/** More than this would push the button out of sight; the shop's own page has the whole list. */
const PACKAGES_SHOWN = 4;
const CHOICES_SHOWN = 4;

/**
 * What the coupon buys, one line for each package.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {string[]}
 */
function packageLines(coupon, text) {
  const packages = coupon.combo_packages ?? [];
  const lines = packages.slice(0, PACKAGES_SHOWN).map(({ name, pick_count: picks, choices }) => {
    const names = choices.slice(0, CHOICES_SHOWN).map((one) => (one.count > 1 ? `${one.name}×${one.count}` : one.name));
    const rest = choices.length > CHOICES_SHOWN ? text.andMore(choices.length) : "";
    return text.packageLine(name, picks, choices.length, names.join(text.comma) + rest);
  });
  return packages.length > PACKAGES_SHOWN ? [...lines, text.morePackages(packages.length)] : lines;
}

/**
 * The lines of a text that a merchant wrote.
 * @param {string | undefined} prose
 */
export function split(prose) {
  return (prose ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/**
 * How a claimed coupon stands.
 * @param {Coupon} coupon
 * @param {Text} text
 * @returns {Notice}
 */
export function standing(coupon, text) {
  const state = coupon.coupon_state;
  const words = state && text.state[state];
  if (!words) return { title: text.claimed, detail: "" };
  const begin = coupon.valid_begin_time ? beginning(coupon.valid_begin_time) : "";
  const end = coupon.valid_end_time ? dateTime(coupon.valid_end_time) : "";
  const next = coupon.rounds?.next_begin_time;
  const used = coupon.rounds?.used_count ?? 0;
  // In a chain of coupons the one in hand may be used while the next one is not issued.
  if (state === "USED" && coupon.rounds && used < roundsTotal(coupon)) return { title: words.title, detail: text.roundUsed(used) };
  if (state === "EFFECTIVE" && next) return { title: words.title, detail: text.state.PENDING.detail(beginning(next)) };
  return { title: words.title, detail: words.detail(begin, end) };
}

/**
 * Why a coupon cannot be had. A reason this page does not know gets the general words.
 * @param {string} reason
 * @param {Text} text
 * @returns {Notice}
 */
export function unavailability(reason, text) {
  const isKnown = Object.keys(text.reason).includes(reason);
  return isKnown ? text.reason[/** @type {keyof Text["reason"]} */ (reason)] : text.reasonOther;
}
