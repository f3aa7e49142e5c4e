// Made from web/claim by `cargo xtask miniprogram`: change it there.

/**
 * @file The bodies of the claim calls as the server sends them, and the check that an answer has
 * the shape the page relies on. Field names are the wire's. Nothing here knows the page, the
 * browser or the language.
 */

/** @typedef {"NORMAL" | "DISCOUNT" | "EXCHANGE"} CouponType */
/** @typedef {"SINGLE" | "SEQUENTIAL" | "PROGRESSIVE_BUNDLE"} UsageMode */
/** @typedef {"NOTENOUGH" | "DAYLIMIT" | "MAXQUOTA" | "NOTRUNNING" | "POOL_EMPTY"} Reason */
/**
 * @typedef {"CONFIRMING" | "PENDING" | "EFFECTIVE" | "USED" | "EXPIRED" | "DELETED" | "DEACTIVATED"} CouponState
 */

/**
 * One benefit. Money in fen; the member that the coupon type has is present.
 * @typedef {object} Benefit
 * @property {number} threshold minimum spend, 0 for none
 * @property {number} [discount_amount] NORMAL
 * @property {number} [percent_off] DISCOUNT: per cent taken off, 1–99
 * @property {number} [exchange_price] EXCHANGE: what is paid, 0 for free
 */

/**
 * When the coupon may be used, as far as it is known before the claim.
 * @typedef {object} Validity
 * @property {"window" | "after_receive"} kind
 * @property {string} begin RFC 3339
 * @property {string} end RFC 3339, inclusive
 * @property {number} [available_days] calendar days, the first one included
 * @property {number} [wait_days] days from the claim to the first valid one
 * @property {number} [available_seconds]
 */

/**
 * The rounds of a coupon that is used several times.
 * @typedef {object} Rounds
 * @property {number} total_count
 * @property {number} used_count
 * @property {number} [interval_days] 0: the next round may be used the same day
 * @property {string} [next_begin_time] set while the open round has not begun
 */

/**
 * When within its validity the coupon may be used; absent when always.
 * @typedef {object} Periods
 * @property {{days: string[], hours: DayHours[]}} [weekly] MONDAY … SUNDAY, whole days without hours
 * @property {{begin: string, end: string}[]} [irregular] RFC 3339, inclusive
 */
/** @typedef {{begin: number, end: number}} DayHours seconds of the day, inclusive */

/**
 * A code as it is drawn: SVG path data over a field of modules, the quiet zone included.
 * @typedef {{width: number, height: number, path: string}} Drawing
 */

/**
 * One package of what a coupon for one product buys: so many of its choices.
 * @typedef {object} ComboPackage
 * @property {string} name
 * @property {number} pick_count
 * @property {{name: string, count: number}[]} choices
 */

/**
 * Everything the page shows of a coupon.
 * @typedef {object} Coupon
 * @property {string} brand_name
 * @property {string} [brand_logo_url]
 * @property {string} name
 * @property {string} image_url
 * @property {string} background_url
 * @property {string} background_color Color010 … Color100
 * @property {UsageMode} usage_mode
 * @property {"ALL" | "SINGLE" | "CATEGORY"} scope
 * @property {CouponType} type
 * @property {Benefit[]} benefits one per round, length 1 when used once
 * @property {number} [original_price] fen
 * @property {Validity} validity
 * @property {string} usage_description
 * @property {string} [store_description]
 * @property {string} [goods_description] what it may be used for, of a merchant coupon
 * @property {ComboPackage[]} [combo_packages]
 * @property {Periods} [periods]
 * @property {"INVISIBLE" | "BARCODE" | "QRCODE"} code_display_mode
 * @property {CouponState} [coupon_state] once claimed
 * @property {string} [valid_begin_time] once claimed
 * @property {string} [valid_end_time] once claimed
 * @property {string} [coupon_code] only while it is to be shown
 * @property {Drawing} [code_drawing] with `coupon_code`
 * @property {Rounds} [rounds]
 * @property {string} [send_request_no]
 * @property {string} [stock_id]
 */

/**
 * One thing the coupon can be used for.
 * @typedef {object} Product
 * @property {string} name
 * @property {number} price fen
 * @property {string} [image_url]
 * @property {string} [mini_program_path]
 * @property {string} [mini_program_appid]
 */

/**
 * @typedef {object} OpenAnswer
 * @property {"CLAIMABLE" | "CLAIMED" | "UNAVAILABLE"} status
 * @property {Reason} [reason]
 * @property {Coupon} coupon
 * @property {Product[]} products
 * @property {string} expires_at RFC 3339
 * @property {string} server_time RFC 3339
 */

/**
 * @typedef {object} ReceiveAnswer
 * @property {"CLAIMED"} status
 * @property {boolean} first_time
 * @property {Coupon} coupon
 * @property {Product[]} products
 */

/**
 * @typedef {object} StateAnswer
 * @property {CouponState} coupon_state
 * @property {string} valid_begin_time
 * @property {string} valid_end_time
 */

/** @typedef {Record<string, unknown>} Body */

/**
 * @param {unknown} value
 * @returns {value is Body}
 */
function isBody(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string" && value !== "";
}

/** @param {unknown} value */
function isTime(value) {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** @param {unknown} value */
function isCount(value) {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * @param {unknown} value
 * @param {(present: unknown) => boolean} check
 */
function isAbsentOr(value, check) {
  return value === undefined || value === null || check(value);
}

/** The member of a benefit that each type of coupon is about. */
const BENEFIT_MEMBER = /** @type {const} */ ({
  NORMAL: "discount_amount",
  DISCOUNT: "percent_off",
  EXCHANGE: "exchange_price",
});

/**
 * @param {unknown} value
 * @param {unknown} type
 */
function isBenefit(value, type) {
  if (!isBody(value) || !isCount(value.threshold)) return false;
  if (type !== "NORMAL" && type !== "DISCOUNT" && type !== "EXCHANGE") return false;
  const amount = value[BENEFIT_MEMBER[type]];
  return isCount(amount) && (type !== "DISCOUNT" || Number(amount) <= 100);
}

/** @param {unknown} value */
function isValidity(value) {
  return (
    isBody(value) &&
    (value.kind === "window" || value.kind === "after_receive") &&
    isTime(value.begin) &&
    isTime(value.end) &&
    isAbsentOr(value.available_days, isCount) &&
    isAbsentOr(value.wait_days, isCount) &&
    isAbsentOr(value.available_seconds, isCount)
  );
}

/** @param {unknown} value */
function isRounds(value) {
  return (
    isBody(value) &&
    isCount(value.total_count) &&
    isCount(value.used_count) &&
    isAbsentOr(value.interval_days, isCount) &&
    isAbsentOr(value.next_begin_time, isTime)
  );
}

/** @param {unknown} value */
function isPeriods(value) {
  if (!isBody(value)) return false;
  const { weekly, irregular } = value;
  return (
    isAbsentOr(weekly, (week) => isBody(week) && isListOf(week.days, isText) && isListOf(week.hours, isHours)) &&
    isAbsentOr(irregular, (list) => isListOf(list, (one) => isBody(one) && isTime(one.begin) && isTime(one.end)))
  );
}

/** @param {unknown} value */
function isHours(value) {
  return isBody(value) && isCount(value.begin) && isCount(value.end) && Number(value.end) < 86400;
}

/** @param {unknown} value */
function isPackage(value) {
  return (
    isBody(value) &&
    isText(value.name) &&
    isCount(value.pick_count) &&
    isListOf(value.choices, (one) => isBody(one) && isText(one.name) && isCount(one.count))
  );
}

/** @param {unknown} value */
function isDrawing(value) {
  return isBody(value) && isCount(value.width) && isCount(value.height) && typeof value.path === "string" && /^[MhvzHV\d -]+$/.test(value.path);
}

/**
 * @param {unknown} value
 * @param {(item: unknown) => boolean} check
 */
function isListOf(value, check) {
  return Array.isArray(value) && value.every(check);
}

/** @param {unknown} value */
function isCoupon(value) {
  return (
    isBody(value) &&
    isText(value.brand_name) &&
    isText(value.name) &&
    Array.isArray(value.benefits) &&
    value.benefits.length > 0 &&
    value.benefits.every((benefit) => isBenefit(benefit, value.type)) &&
    isAbsentOr(value.original_price, isCount) &&
    isValidity(value.validity) &&
    isAbsentOr(value.valid_begin_time, isTime) &&
    isAbsentOr(value.valid_end_time, isTime) &&
    isAbsentOr(value.rounds, isRounds) &&
    isAbsentOr(value.periods, isPeriods) &&
    isAbsentOr(value.combo_packages, (list) => isListOf(list, isPackage)) &&
    isAbsentOr(value.code_drawing, isDrawing)
  );
}

/** @param {unknown} value */
function isProduct(value) {
  return isBody(value) && isText(value.name) && isCount(value.price);
}

/**
 * Whether a body is an answer of `open` that can be shown.
 * @param {unknown} value
 * @returns {value is OpenAnswer}
 */
function isOpenAnswer(value) {
  return (
    isBody(value) &&
    (value.status === "CLAIMABLE" || value.status === "CLAIMED" || value.status === "UNAVAILABLE") &&
    isCoupon(value.coupon) &&
    Array.isArray(value.products) &&
    value.products.every(isProduct) &&
    isTime(value.expires_at) &&
    isTime(value.server_time)
  );
}

/**
 * Whether a body is an answer of `receive` that can be shown.
 * @param {unknown} value
 * @returns {value is ReceiveAnswer}
 */
function isReceiveAnswer(value) {
  return (
    isBody(value) &&
    value.status === "CLAIMED" &&
    typeof value.first_time === "boolean" &&
    isCoupon(value.coupon) &&
    Array.isArray(value.products) &&
    value.products.every(isProduct)
  );
}

/**
 * Whether a body is an answer of `state`.
 * @param {unknown} value
 * @returns {value is StateAnswer}
 */
function isStateAnswer(value) {
  return (
    isBody(value) &&
    isText(value.coupon_state) &&
    isTime(value.valid_begin_time) &&
    isTime(value.valid_end_time)
  );
}

module.exports = { isBody, isOpenAnswer, isReceiveAnswer, isStateAnswer };
