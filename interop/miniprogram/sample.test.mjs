/**
 * @file The sample mini program from its button to the product that was chosen: login, the shop's
 * server, the component, the page that is gone to, and what the app is told.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { claimed, coupon, opened, PRODUCTS, received } from "./coupons.mjs";
import { callsOf, COMPONENT, mount, play, press, require, settle, shop } from "./weixin.mjs";

const ROOT = path.resolve(path.dirname(COMPONENT), "../..");
let app;
let definition;
globalThis.App = (options) => (app = options);
globalThis.Page = (options) => (definition = options);
globalThis.getApp = () => app;
require(path.join(ROOT, "app.js"));
require(path.join(ROOT, "sample/shop/shop.js"));

/** The page of the shop, with the component in it. */
function open() {
  const mounted = mount();
  const page = { ...definition, data: { ...definition.data }, setData: (changes) => Object.assign(page.data, changes), selectComponent: () => mounted.component.instance };
  globalThis.getCurrentPages = () => [page];
  return { page, ...mounted };
}

test("one button leads from the shop to the chosen product", async () => {
  const gone = [];
  Object.assign(globalThis.wx, { login: ({ success }) => success({ code: "LOGIN" }), navigateTo: ({ url }) => gone.push(url) });
  const asked = [];
  const answer = claimed(coupon(), "EFFECTIVE");
  const token = play({ open: [opened("CLAIMABLE", coupon(), { products: PRODUCTS.slice(0, 1) })], receive: [received(answer, { products: PRODUCTS.slice(0, 1) })] });
  shop.answer = (url, data) => (asked.push([url, data]), { statusCode: 200, data: { token } });
  app.onLaunch();
  const { page, component, unmount } = open();
  page.onGet();
  await settle();
  assert.deepEqual(asked, [[`${app.globalData.shop}/coupon-token`, { code: "LOGIN" }]]);
  assert.equal(callsOf(token, "open")[0].url, "http://127.0.0.1:8686/claim/v1/open");
  await press(component, ".primary");
  await new Promise((resolve) => setTimeout(resolve, 650));
  await press(component, ".primary");
  assert.deepEqual(gone, ["/pages/item?id=1"]);
  assert.equal(page.data.news, "券已放入卡包");
  assert.equal(app.globalData.brought.action, "selectProduct");
  unmount();
});

test("what does not work is said, and the button comes back", async () => {
  const { page, unmount } = open();
  shop.answer = () => ({ statusCode: 502, data: {} });
  page.onGet();
  await settle();
  assert.deepEqual([page.data.news, page.data.isAsking], ["暂时不能领取，请稍后再试", false]);
  globalThis.wx.login = ({ fail }) => fail({ errMsg: "login:fail" });
  page.onGet();
  assert.deepEqual([page.data.news, page.data.isAsking], ["登录失败，请重试", false]);
  app.onShow({ scene: 1038, referrerInfo: { appId: "wxother", extraData: { action: "closePage" } } });
  assert.equal(app.globalData.brought.action, "selectProduct", "another mini program brings nothing");
  unmount();
});
