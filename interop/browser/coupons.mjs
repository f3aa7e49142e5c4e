/**
 * @file The coupons that the fake server plays, one builder per kind, with defaults a person would
 * believe. A test names only what matters to it.
 */

const BEGIN = "2026-03-01T00:00:00+08:00";
const END = "2026-05-31T23:59:59+08:00";
export const VALID_BEGIN = "2026-03-20T10:15:00+08:00";
export const VALID_END = "2026-04-18T23:59:59+08:00";

/** A money-off coupon of a coffee shop, before the claim. */
export function coupon(changes = {}) {
  return {
    brand_name: "山间咖啡",
    brand_logo_url: "/samples/logo.svg",
    name: "大杯拿铁立减券",
    image_url: "/samples/coffee.svg",
    background_url: "/samples/background.svg",
    background_color: "Color060",
    usage_mode: "SINGLE",
    scope: "SINGLE",
    type: "NORMAL",
    benefits: [{ threshold: 2800, discount_amount: 950 }],
    original_price: 2800,
    validity: { kind: "after_receive", begin: BEGIN, end: END, available_days: 30 },
    usage_description: "到店点单时出示本券，或在小程序下单时选用。\n每单限用一张，不与其他优惠同享。",
    store_description: "全国门店（机场、车站店除外）",
    code_display_mode: "INVISIBLE",
    send_request_no: "SEND-20260320-0001",
    stock_id: "1000000013",
    ...changes,
  };
}

/** A discount on a whole shop. */
export function discount(changes = {}) {
  return coupon({
    name: "全场八五折券",
    image_url: "/samples/cake.svg",
    background_color: "Color090",
    scope: "ALL",
    type: "DISCOUNT",
    benefits: [{ threshold: 0, percent_off: 15 }],
    original_price: undefined,
    validity: { kind: "window", begin: BEGIN, end: END },
    ...changes,
  });
}

/** An exchange coupon that starts some days after the claim. */
export function exchange(changes = {}) {
  return coupon({
    name: "草莓蛋糕兑换券",
    image_url: "/samples/cake.svg",
    background_color: "Color100",
    type: "EXCHANGE",
    benefits: [{ threshold: 0, exchange_price: 990 }],
    original_price: 3200,
    validity: { kind: "after_receive", begin: BEGIN, end: END, available_days: 3, wait_days: 2 },
    ...changes,
  });
}

/** A coupon that is used three times, each time for more. */
export function sequential(changes = {}) {
  return coupon({
    name: "珍珠奶茶三次优惠",
    image_url: "/samples/bubble-tea.svg",
    background_color: "Color030",
    usage_mode: "SEQUENTIAL",
    type: "DISCOUNT",
    benefits: [
      { threshold: 0, percent_off: 10 },
      { threshold: 0, percent_off: 20 },
      { threshold: 0, percent_off: 35 },
    ],
    original_price: 1800,
    rounds: { total_count: 3, used_count: 0, interval_days: 1 },
    ...changes,
  });
}

/** A chain of coupons: each use brings the next one, for more off. */
export function bundle(changes = {}) {
  return coupon({
    name: "蛋糕三次递增减",
    image_url: "/samples/cake.svg",
    background_color: "Color050",
    usage_mode: "PROGRESSIVE_BUNDLE",
    scope: "ALL",
    benefits: [
      { threshold: 6000, discount_amount: 600 },
      { threshold: 6000, discount_amount: 900 },
      { threshold: 6000, discount_amount: 1200 },
    ],
    original_price: undefined,
    rounds: { total_count: 3, used_count: 0, interval_days: 1 },
    ...changes,
  });
}

/** A drawing that stands for any code: no reader has to read it. */
export const DRAWING = { width: 29, height: 29, path: "M4 4h7v1h-7zM4 10h7v1h-7zM4 5h1v5h-1zM10 5h1v5h-1zM6 6h3v3h-3zM18 4h7v1h-7zM4 24h7v1h-7zM14 14h5v5h-5z" };

/** The same coupon in someone's hands. */
export function claimed(base, coupon_state, changes = {}) {
  return { ...base, coupon_state, valid_begin_time: VALID_BEGIN, valid_end_time: VALID_END, ...changes };
}

export const PRODUCTS = [
  { name: "大杯热拿铁", price: 2800, image_url: "/samples/coffee.svg", mini_program_path: "pages/item?id=1", mini_program_appid: "wx0000000000000001" },
  { name: "草莓奶油蛋糕", price: 3250, image_url: "/samples/cake.svg", mini_program_path: "pages/item?id=2", mini_program_appid: "wx0000000000000001" },
  { name: "黑糖珍珠奶茶", price: 1805, image_url: "/samples/bubble-tea.svg", mini_program_path: "pages/item?id=3" },
];

/** The platform's clock is years away from the device's on purpose: only differences may count. */
export const SERVER_TIME = "2026-03-20T10:15:00+08:00";

/** A server time so many seconds after SERVER_TIME. */
export function later(seconds) {
  return new Date(Date.parse(SERVER_TIME) + seconds * 1000).toISOString();
}

/** An answer of `open`. */
export function opened(status, face, changes = {}) {
  return { status: 200, body: { status, coupon: face, products: [], expires_at: later(300), server_time: SERVER_TIME, ...changes } };
}

/** An answer of `receive`. */
export function received(face, changes = {}) {
  return { status: 200, body: { status: "CLAIMED", first_time: true, coupon: face, products: [], ...changes } };
}

/** An answer of `state`. */
export function stateIs(coupon_state) {
  return { status: 200, body: { coupon_state, valid_begin_time: VALID_BEGIN, valid_end_time: VALID_END } };
}

/** A refusal of any call. */
export function refusal(status, code, reason) {
  return { status, body: { code, message: "拒绝", ...(reason ? { reason } : {}) } };
}
