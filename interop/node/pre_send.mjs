/**
 * @file Pre-sends with the community SDK for Node.js in its three call styles, with the verification of answers
 * on, and looks at one refused and one wrongly signed call. Prints one line of JSON of what it saw; the exit code
 * is 0 only when everything was as it should be.
 *
 * Usage: node pre_send.mjs <sandbox.json>
 */

import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { clientOf, tell } from "./sdk.mjs";

const PRE_SEND = "v3/marketing/busifavor/product-coupons/pre-send";

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

await tell("pre_send.mjs", walk);
