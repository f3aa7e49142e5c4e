/**
 * @file `openClaim` in the calling shape of `wx.openBusinessView`: which callback comes, with what,
 * and what `onShow` of the app gets.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { claimed, coupon, opened, PRODUCTS, received, refusal } from "./coupons.mjs";
import { COMPONENT, mount, play, press, require, SERVER, settle, words } from "./weixin.mjs";

const { configureClaim, openClaim } = require(path.join(path.dirname(COMPONENT), "open-claim.js"));

let log;
let mounted;
const shown = [];
const page = { selectComponent: (selector) => (selector === "#quan-claim" ? mounted?.component.instance : null) };
before(() => {
  globalThis.getCurrentPages = () => [page];
  globalThis.getApp = () => ({ onShow: (options) => shown.push(options) });
});
// A claim that is left open counts its token's time, and the program would live as long.
after(() => mounted.unmount());
beforeEach(() => {
  mounted?.unmount();
  mounted = mount();
  log = [];
  shown.length = 0;
  configureClaim({ server: SERVER, appId: "wxe2f280194b94c0aa" });
});

function open(token, changes = {}) {
  const note = (name) => (result) => log.push([name, result]);
  openClaim({ businessType: "receiveCoupon", extraData: { action: "receiveCoupon", token }, success: note("success"), fail: note("fail"), complete: note("complete"), ...changes });
  return settle();
}
const order = () => log.map(([name]) => name);
const afterGuard = () => new Promise((resolve) => setTimeout(resolve, 650));

test("success comes when the component is closed, then complete, then onShow of the app", async () => {
  await open(play({ open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] }));
  await press(mounted.component, ".primary");
  assert.deepEqual(order(), []);
  await press(mounted.component, ".round-button");
  assert.deepEqual(order(), ["success", "complete"]);
  const [[, result]] = log;
  assert.deepEqual([result.errMsg, result.extraData.action, result.extraData.claimed], ["ok", "closePage", true]);
  assert.deepEqual(shown, [{ scene: 1038, referrerInfo: { appId: "wxe2f280194b94c0aa", extraData: result.extraData } }]);
});

test("去使用 closes with the product's path", async () => {
  configureClaim({ appId: "wx0000000000000009" });
  await open(play({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS.slice(0, 1) })] }));
  await afterGuard();
  await press(mounted.component, ".primary");
  assert.deepEqual(order(), ["success", "complete"]);
  const { extraData, appId } = shown[0].referrerInfo;
  assert.deepEqual([appId, extraData.action, extraData.productPath], ["wx0000000000000009", "selectProduct", "pages/item?id=1"]);
});

test("fail only when nothing could be opened; a token that dies later is a success with its reason", async () => {
  await open(play({ open: [refusal(410, "TOKEN_EXPIRED")] }));
  await press(mounted.component, ".round-button");
  assert.deepEqual(order(), ["fail", "complete"]);
  assert.equal(log[0][1].errMsg, "token_expired");
  assert.deepEqual(shown, []);
  log = [];
  await open(play({ open: [opened("CLAIMABLE", coupon())], receive: [refusal(410, "TOKEN_EXPIRED")] }));
  await press(mounted.component, ".primary");
  await press(mounted.component, ".round-button");
  assert.deepEqual(order(), ["success", "complete"]);
  assert.deepEqual([log[0][1].errMsg, log[0][1].extraData.claimed], ["token_expired", false]);
});

test("whoever is told of the end may open the next claim at once", async () => {
  const next = play({ open: [opened("CLAIMABLE", coupon())] });
  const script = { open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"))] };
  await open(play(script), { complete: () => void open(next) });
  await press(mounted.component, ".round-button");
  assert.deepEqual(order(), ["success"]);
  assert.match(words(mounted.component), /立即领取/);
});

test("leaving the page with the back button closes the claim", async () => {
  await open(play({ open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] }));
  await press(mounted.component, ".primary");
  mounted.unmount();
  assert.deepEqual(order(), ["success", "complete"]);
  assert.deepEqual([log[0][1].extraData.action, log[0][1].extraData.claimed], ["closePage", true]);
  assert.equal(shown.length, 1);
  mounted = undefined;
});

test("a call that cannot open says what to do", async () => {
  const rows = [
    [() => open(""), "openClaim:fail extraData.token must be a pre-send token"],
    [() => open("T", { extraData: { action: "useCoupon", token: "T" } }), "openClaim:fail extraData.action must be receiveCoupon"],
    [() => open("T", { extraData: undefined }), "openClaim:fail extraData.action must be receiveCoupon"],
    [() => (configureClaim({ server: "" }), open("T")), "openClaim:fail call configureClaim({ server }) first"],
    [() => (configureClaim({ selector: "#elsewhere" }), open("T")), "openClaim:fail the page has no #elsewhere"],
  ];
  for (const [call, errMsg] of rows) {
    log = [];
    await call();
    assert.deepEqual(log, [["fail", { errMsg }], ["complete", { errMsg }]]);
    configureClaim({ server: SERVER, selector: "#quan-claim" });
  }
});

test("one claim at a time", async () => {
  const token = play({ open: [opened("CLAIMABLE", coupon())] });
  await open(token);
  await open(token);
  assert.deepEqual(log.at(0), ["fail", { errMsg: "openClaim:fail a claim is open already" }]);
});
