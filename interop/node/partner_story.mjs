/**
 * @file The whole story of a service provider with the community SDK for Node.js: create a product coupon, pre-send,
 * claim, confirm, use, return, use again and query, then a chain of three coupons. Every answer is verified by the
 * SDK. Prints one line of JSON of what it saw.
 *
 * Usage: node partner_story.mjs <sandbox.json>
 */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { clientOf, tell } from "./sdk.mjs";

const FACE = "v3/marketing/partner/product-coupon";
const DAY_MS = 86_400_000;

const number = (kind) => `NODE_${kind}_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
/** An instant as the API writes it. */
const instant = (ms) => `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

/** What stocks and bundles share. */
function common({ appid }) {
  return {
    coupon_code_mode: "WECHATPAY",
    stock_send_rule: { max_count: 100, max_count_per_user: 5 },
    usage_rule_display_info: { coupon_usage_method_list: ["OFFLINE"], usage_description: "到店出示券码即可使用。" },
    coupon_display_info: { code_display_mode: "QRCODE" },
    notify_config: { notify_appid: appid },
    store_scope: "NONE",
  };
}

function period() {
  return {
    available_begin_time: instant(Date.now() - DAY_MS),
    available_end_time: instant(Date.now() + 90 * DAY_MS),
    available_days: 30,
  };
}

function display({ base_url }, name) {
  return {
    name,
    image_url: `${base_url}/_quan/samples/coffee.svg`,
    background_url: `${base_url}/_quan/samples/background.svg`,
  };
}

function singleOf(sandbox) {
  return {
    brand_id: sandbox.brand.brand_id, out_request_no: number("PC"), scope: "ALL", type: "NORMAL", usage_mode: "SINGLE",
    single_usage_info: { normal_coupon: { threshold: 3000, discount_amount: 800 } },
    display_info: display(sandbox, "满30减8"),
    stock: { ...common(sandbox), single_usage_rule: { coupon_available_period: period() } },
  };
}

function chainOf(sandbox) {
  return {
    brand_id: sandbox.brand.brand_id, out_request_no: number("PC"), scope: "ALL", type: "DISCOUNT",
    usage_mode: "PROGRESSIVE_BUNDLE", progressive_bundle_usage_info: { count: 3, interval_days: 0 },
    display_info: display(sandbox, "三次递增折扣"),
    stock_bundle: {
      ...common(sandbox),
      progressive_bundle_usage_rule: {
        coupon_available_period: period(),
        discount_coupon_list: [10, 20, 30].map((percent_off) => ({ threshold: 0, percent_off })),
      },
    },
  };
}

/** What the claim page does when the user presses the button. */
async function claim(base_url, token) {
  const answer = await fetch(`${base_url}/claim/v1/receive`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

async function walk(sandbox) {
  const wxpay = clientOf(sandbox);
  const brand_id = sandbox.brand.brand_id;
  const [openid] = sandbox.openids;
  const post = async (tail, body) => (await wxpay.chain(`${FACE}/${tail}`).post({ brand_id, ...body })).data;
  const users = `users/${openid}`;

  const made = await post("product-coupons", singleOf(sandbox));
  const ids = {
    product_coupon_id: made.product_coupon_id, stock_id: made.stock.stock_id, appid: sandbox.appid,
  };
  const { token } = await post(`${users}/pre-send-coupon`, { ...ids, send_request_no: number("SEND"), attach: "node" });
  const claimed = await claim(sandbox.base_url, token);
  assert.equal(claimed.first_time, true);
  const params = { brand_id, appid: sandbox.appid, stock_id: ids.stock_id };
  const { data: list } = await wxpay.chain(`${FACE}/${users}/coupons`).get({ params });
  assert.equal(list.total_count, 1);
  const [coupon] = list.user_coupon_list;
  assert.equal(coupon.coupon_state, "CONFIRMING");

  const one = `${users}/coupons/${coupon.coupon_code}`;
  const use = () => ({
    ...ids, out_request_no: number("USE"), use_time: instant(Date.now()),
    associated_order_info: { transaction_id: "4200000000000000000000000001" }, saved_amount: 800,
  });
  const states = [coupon.coupon_state];
  for (const [command, body] of [
    ["confirm", { ...ids, out_request_no: number("CONF") }],
    ["use", use()],
    ["return", { ...ids, out_request_no: number("RET") }],
    ["use", use()],
  ]) {
    states.push((await post(`${one}/${command}`, body)).coupon_state);
  }
  const { data: queried } = await wxpay.chain(`${FACE}/${one}`).get({ params: { brand_id, ...ids } });
  assert.equal(queried.attach, "node");
  states.push(queried.coupon_state);
  return { states, chain: await chain(sandbox, post, users) };
}

/** A chain of three coupons: each use issues the next one. */
async function chain(sandbox, post, users) {
  const made = await post("product-coupons", chainOf(sandbox));
  const { product_coupon_id, stock_bundle } = made;
  const sent = await post(`${users}/coupon-bundles`, {
    product_coupon_id, stock_bundle_id: stock_bundle.stock_bundle_id, appid: sandbox.appid,
    send_request_no: number("BUNDLE"),
  });
  const seen = [];
  let [coupon] = sent.user_product_coupon_list;
  for (let index = 0; index < 3; index += 1) {
    const ids = { product_coupon_id, stock_id: stock_bundle.stock_list[index].stock_id, appid: sandbox.appid };
    const one = `${users}/coupons/${coupon.coupon_code}`;
    await post(`${one}/confirm`, { ...ids, out_request_no: number("CONF") });
    const used = await post(`${one}/use`, {
      ...ids, out_request_no: number("USE"), use_time: instant(Date.now()),
      associated_order_info: { transaction_id: "4200000000000000000000000002" },
    });
    seen.push(used.user_product_coupon_bundle_info.used_count);
    if (index < 2) {
      const next = stock_bundle.stock_list[index + 1].stock_id;
      coupon = await openCouponOf(sandbox, users, next);
    }
  }
  return seen;
}

/** The one coupon of the user of a stock of the chain. */
async function openCouponOf(sandbox, users, stock_id) {
  const params = { brand_id: sandbox.brand.brand_id, appid: sandbox.appid, stock_id };
  const { data } = await clientOf(sandbox).chain(`${FACE}/${users}/coupons`).get({ params });
  assert.equal(data.user_coupon_list.length, 1, JSON.stringify(data));
  return data.user_coupon_list[0];
}

await tell("partner_story.mjs", walk);
