/**
 * @file Pre-sends with the community SDK for Node.js in its three call styles, with the verification of answers
 * on, and looks at one refused and one wrongly signed call. Prints one line of JSON of what it saw; the exit code
 * is 0 only when everything was as it should be.
 *
 * Usage: node pre_send.mjs <sandbox.json>
 */

import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Rsa, Wechatpay } from "wechatpay-axios-plugin";

const PRE_SEND = "v3/marketing/busifavor/product-coupons/pre-send";

/** A client of the SDK; `change` replaces parts of a good configuration. */
function clientOf({ base_url, merchant, platform }, change = {}) {
  return new Wechatpay({
    baseURL: base_url,
    proxy: false,
    timeout: 10_000,
    mchid: merchant.mchid,
    serial: merchant.serial_no,
    privateKey: Rsa.from(readFileSync(merchant.private_key_file), Rsa.KEY_TYPE_PRIVATE),
    certs: {
      [platform.public_key_id]: Rsa.from(readFileSync(platform.public_key_file), Rsa.KEY_TYPE_PUBLIC),
      [platform.certificate_serial_no]: Rsa.from(readFileSync(platform.certificate_file), Rsa.KEY_TYPE_PUBLIC),
    },
    ...change,
  });
}

/** A body that pre-sends the single coupon to the first user under a number of its own. */
function bodyOf({ appid, openids, stocks }, change = {}) {
  const number = `NODE_${randomUUID().replaceAll("-", "")}`;
  return { stock_id: stocks.single, appid, openid: openids[0], send_request_no: number, ...change };
}

/** What a call that must succeed answers. The SDK throws when the signature of the answer does not hold. */
async function tokenOf(call) {
  const { status, headers, data } = await call;
  assert.equal(status, 200);
  assert.ok(typeof data.token === "string" && data.token.length > 0, "a token");
  return { status, serial: headers["wechatpay-serial"], token_length: data.token.length };
}

/** What a call that must be refused answers. */
async function refusalOf(call, status, code) {
  const error = await call.then(() => assert.fail("the call was not refused"), (thrown) => thrown);
  assert.ok(error.response, `an answer of the platform, not ${error.message}`);
  const { response } = error;
  assert.equal(response.status, status, JSON.stringify(response.data));
  assert.equal(response.data.code, code, JSON.stringify(response.data));
  assert.ok(typeof response.data.message === "string" && response.data.message.length > 0, "a message");
  assert.ok(response.headers["request-id"], "a Request-ID");
  return { status, code, message: response.data.message, request_id: response.headers["request-id"] };
}

/** All calls in order. */
async function walk(sandbox) {
  const wxpay = clientOf(sandbox);
  const byPublicKey = { headers: { "Wechatpay-Serial": sandbox.platform.public_key_id } };
  const forged = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const seen = {
    chained: await tokenOf(wxpay.v3.marketing.busifavor.productCoupons.preSend.post(bodyOf(sandbox))),
    chain: await tokenOf(wxpay.chain(PRE_SEND).post(bodyOf(sandbox))),
    index: await tokenOf(wxpay[PRE_SEND].post(bodyOf(sandbox))),
    by_public_key: await tokenOf(wxpay.chain(PRE_SEND).post(bodyOf(sandbox), byPublicKey)),
    unknown_stock: await refusalOf(
      wxpay.chain(PRE_SEND).post(bodyOf(sandbox, { stock_id: "1" })), 404, "RESOURCE_NOT_EXISTS",
    ),
    wrong_key: await refusalOf(
      clientOf(sandbox, { privateKey: forged }).chain(PRE_SEND).post(bodyOf(sandbox)), 401, "SIGN_ERROR",
    ),
  };
  // This SDK does not say which key it wants; the platform then signs with the certificate it has for the caller.
  assert.equal(seen.chained.serial, sandbox.platform.certificate_serial_no, "unasked, the certificate signs");
  assert.equal(seen.by_public_key.serial, sandbox.platform.public_key_id, "asked for, the public key signs");
  return seen;
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node pre_send.mjs <sandbox.json>");
  process.exit(2);
}
try {
  console.log(JSON.stringify({ ok: true, ...await walk(JSON.parse(readFileSync(file, "utf8"))) }));
} catch (error) {
  console.log(JSON.stringify({ ok: false, error: error.message }));
  process.exitCode = 1;
}
