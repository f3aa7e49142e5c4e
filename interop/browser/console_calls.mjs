/**
 * @file The calls that the console's walk shows: a merchant who pre-sends, users who claim, confirms, uses and a return over
 * some hours of the rules' clock, coupons that nobody confirms, and calls that go wrong.
 */

import { createSign, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const PRE_SEND = "/v3/marketing/busifavor/product-coupons/pre-send";
const NOTIFY_CONFIGS = "/v3/marketing/partner/product-coupon/notify-configs";
const HOUR_SECONDS = 3600;
/** The receiver takes all notifications but those of every seventh coupon. */
const FAILS_EVERY = 7;
/** Coupons of each hour, so that the chart has a shape. */
const HOURS = [2, 4, 3, 6, 9, 7, 11, 8];

/** Thrown when the platform or a page is not what it should be; the message says in words what was seen. */
export class Unexpected extends Error {}

export function expect(truth, words) {
  if (!truth) throw new Unexpected(words);
}

/** The merchant of a sandbox. */
export class Merchant {
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.numbers = 0;
  }

  /** Makes a call, a POST when there is a body; `signed` is the body that is signed, which a careless client leaves out. */
  async call(target, body, signed = body ?? "") {
    const method = body === undefined ? "GET" : "POST";
    const { base_url, merchant } = this.sandbox;
    const [timestamp, nonce] = [Math.floor(Date.now() / 1000).toString(), randomBytes(16).toString("hex")];
    this.key ??= await readFile(merchant.private_key_file, "utf8");
    const message = `${method}\n${target}\n${timestamp}\n${nonce}\n${signed}\n`;
    const signature = createSign("RSA-SHA256").update(message).sign(this.key, "base64");
    const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${merchant.mchid}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${merchant.serial_no}",signature="${signature}"`;
    const headers = { Authorization: authorization, "Content-Type": "application/json", Accept: "application/json" };
    const response = await fetch(base_url + target, { method, headers, body });
    return { status: response.status, body: await response.json().catch(() => ({})) };
  }

  number(what) {
    this.numbers += 1;
    return `CONSOLE_${what}_${this.numbers}`;
  }

  async preSend(number, stock_id, openid, signed) {
    const body = JSON.stringify({ stock_id, appid: this.sandbox.appid, openid, send_request_no: number });
    return this.call(PRE_SEND, body, signed ?? body);
  }

  /** A coupon that the user has received. */
  async claimed(stock_id, openid, number = this.number("SEND")) {
    const sent = await this.preSend(number, stock_id, openid);
    expect(sent.status === 200, `the pre-send was answered ${sent.status}: ${JSON.stringify(sent.body)}`);
    const headers = { "Content-Type": "application/json" };
    const received = await fetch(`${this.sandbox.base_url}/claim/v1/receive`, { method: "POST", headers, body: JSON.stringify({ token: sent.body.token }) });
    expect(received.status === 200, `the claim was answered ${received.status}`);
    return { stock_id, openid, number, code: await this.codeOf(openid, number) };
  }

  /** The code of a coupon, which the claim component shows only once it is confirmed. */
  async codeOf(openid, number) {
    const { brand, appid } = this.sandbox;
    const { body } = await this.call(`/v3/marketing/partner/product-coupon/users/${openid}/coupons?brand_id=${brand.brand_id}&appid=${appid}`);
    const coupon = body.user_coupon_list?.find(({ send_request_no }) => send_request_no === number);
    expect(coupon, `the coupon of ${number} is in the list of its user: ${JSON.stringify(body)}`);
    return coupon.coupon_code;
  }

  /** Confirms, uses or returns a coupon. */
  async act(what, coupon, more = {}) {
    const { sandbox } = this;
    const fields = { product_coupon_id: sandbox.product_coupons.single, stock_id: coupon.stock_id, appid: sandbox.appid, out_request_no: this.number(what.toUpperCase()), brand_id: sandbox.brand.brand_id };
    const target = `/v3/marketing/partner/product-coupon/users/${coupon.openid}/coupons/${coupon.code}/${what}`;
    const { status, body } = await this.call(target, JSON.stringify({ ...fields, ...more }));
    expect(status === 200, `${what} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}

/** Moves the rules' clock forward, or only asks for it. */
async function clock(sandbox, seconds) {
  const headers = { Authorization: `Bearer ${sandbox.admin_token}`, "Content-Type": "application/json" };
  const options = seconds ? { method: "POST", headers, body: JSON.stringify({ advance_seconds: seconds }) } : { headers };
  const response = await fetch(`${sandbox.base_url}/_quan/clock`, options);
  expect(response.status === 200, `the clock was answered ${response.status}`);
  return (await response.json()).now;
}

/** Receives the merchant's notifications; some of them it answers with an error each time. */
async function startReceiver() {
  const known = new Map();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const { id } = JSON.parse(body);
      if (!known.has(id)) known.set(id, known.size + 1);
      const is_failing = known.get(id) % FAILS_EVERY === 0;
      response.writeHead(is_failing ? 500 : 200, { "Content-Type": "application/json", Connection: "close" });
      response.end(JSON.stringify(is_failing ? { code: "FAIL", message: "库存系统超时" } : { code: "SUCCESS" }));
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/notify`;
}

/** Some hours of a shop, ending with a coupon that nobody confirmed and with calls that went wrong. */
export async function makeTraffic(sandbox) {
  const merchant = new Merchant(sandbox);
  const stock = sandbox.stocks.single;
  const told = await merchant.call(NOTIFY_CONFIGS, JSON.stringify({ notify_url: await startReceiver() }));
  expect(told.status === 200, `the notify URL was answered ${told.status}: ${JSON.stringify(told.body)}`);
  let stuck = null;
  let user = 0;
  for (const count of HOURS) {
    const coupons = [];
    for (let at = 0; at < count; at += 1) coupons.push(await merchant.claimed(stock, `oConsoleWalk_User_${(user += 1)}`));
    const now = await clock(sandbox);
    // Most coupons are confirmed, every other one is used, now and then one is returned.
    for (const [at, coupon] of coupons.entries()) {
      if (at === 4) {
        stuck = coupon;
        continue;
      }
      await merchant.act("confirm", coupon);
      if (at % 2 === 0) await merchant.act("use", coupon, { use_time: now, associated_order_info: { transaction_id: `4200001234${coupon.number}` } });
      if (at % 6 === 0) await merchant.act("return", coupon);
    }
    await clock(sandbox, HOUR_SECONDS);
  }
  await merchant.claimed(stock, sandbox.openids[0]);
  const wrong = await merchant.preSend("CONSOLE_E2E_2", stock, sandbox.openids[0], "");
  expect(wrong.status === 401, `the wrong signature was answered ${wrong.status}`);
  await merchant.preSend("CONSOLE_E2E_3", "9999999999999999", sandbox.openids[0]);
  return { merchant, stuck };
}
