/**
 * @file The component of the mini program: every page in words, what is pressed, its events, what it
 * sends and when it stops.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle, claimed, coupon, discount, DRAWING, exchange, opened, PRODUCTS, received, refusal, sequential, stateIs } from "./coupons.mjs";
import { callsOf, mount, play, press, requests, SERVER, settle, setVersion, words } from "./weixin.mjs";

function includes(text, ...parts) {
  for (const part of parts) assert.ok(text.includes(part), `“${part}” in:\n${text}`);
}

/** A component that shows what a script answers. */
async function shown(script, properties = {}) {
  const token = play(script);
  const page = mount({ token, server: SERVER, ...properties });
  await settle();
  return { ...page, token };
}

const names = (told) => told.map(([name]) => name);
const afterGuard = () => new Promise((resolve) => setTimeout(resolve, 650));

test("a coupon is shown, claimed once for two taps, and told of", async () => {
  const { component, told, token, unmount } = await shown({ open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] });
  includes(words(component), "山间咖啡", "大杯拿铁立减券", "¥9.5", "满28元可用", "原价 ¥28", "领取后 30 天内有效（含当日）", "立即领取");
  const first = press(component, ".primary");
  const second = press(component, ".primary");
  await Promise.all([first, second]);
  includes(words(component), "已领取", "2026.04.18 23:59 前可用", "去使用");
  assert.equal(callsOf(token, "receive").length, 1);
  assert.deepEqual(names(told), ["opened", "success"]);
  assert.deepEqual(told[1][1].extraData, { action: "closePage", claimed: true, ext: { status: "CLAIMED", stockId: "1000000013", sendRequestNo: "SEND-20260320-0001", couponState: "EFFECTIVE" } });
  const [call] = callsOf(token, "open");
  assert.deepEqual([call.url, call.method, call.timeout, call.data], [`${SERVER}/claim/v1/open`, "POST", 10000, { token, lang: "zh-CN" }]);
  assert.ok(!requests.some(({ url }) => url.includes(token)), "a token is never in an address");
  assert.ok(!JSON.stringify({ ...component.data, token: "" }).includes(token), "nor in the data, but where the page put it");
  unmount();
});

test("every kind of benefit and both modes are told in the words of the web", async () => {
  const rounds = { total_count: 3, used_count: 1, interval_days: 1, next_begin_time: "2026-03-22T00:00:00+08:00" };
  const rows = [
    [opened("CLAIMABLE", discount()), ["8.5折", "无门槛", "全场可用"]],
    [opened("CLAIMABLE", exchange()), ["¥9.9兑换", "领取 2 天后生效，有效 3 天"]],
    [opened("CLAIMABLE", sequential()), ["共 3 次优惠", "9折 · 无门槛", "6.5折 · 无门槛", "用完一次，次日可使用下一次"]],
    [opened("CLAIMED", claimed(sequential({ rounds }), "EFFECTIVE")), ["第 2 次 / 共 3 次", "已用", "2026.03.22 起可用", "待解锁"]],
    [opened("CLAIMED", claimed(bundle({ rounds }), "PENDING")), ["第 2 次 / 共 3 次", "减9元 · 满60元可用", "2026.03.22 起可用"]],
    [opened("CLAIMED", claimed(coupon(), "USED")), ["已使用", "这张券已使用"]],
    [opened("CLAIMED", claimed(coupon(), "DEACTIVATED")), ["已失效"]],
    [opened("UNAVAILABLE", coupon(), { reason: "NOTENOUGH" }), ["已领完", "这批优惠券已全部领完"]],
    [opened("UNAVAILABLE", coupon(), { reason: "MAXQUOTA" }), ["已达领取上限"]],
    [refusal(410, "TOKEN_EXPIRED"), ["领取链接已过期"]],
    [refusal(404, "TOKEN_INVALID"), ["领取链接无效"]],
    [refusal(403, "IDENTITY_MISMATCH"), ["无法领取"]],
    [refusal(500, "SYSTEM_ERROR"), ["系统繁忙", "重试"]],
    [{ status: 0 }, ["网络不给力", "重试"]],
  ];
  for (const [answer, parts] of rows) {
    const { component, unmount } = await shown({ open: [answer], state: [stateIs("EFFECTIVE")] });
    includes(words(component), ...parts);
    unmount();
  }
});

test("English on request", async () => {
  const { component, unmount } = await shown({ open: [opened("CLAIMABLE", discount())] }, { lang: "en" });
  includes(words(component), "Get it now", "15% off", "Whole shop");
  unmount();
});

test("each page has its events", async () => {
  const rows = [
    [{ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"))] }, ["opened", "already"]],
    [{ open: [opened("UNAVAILABLE", coupon(), { reason: "DAYLIMIT" })] }, ["opened", "unavailable"]],
    [{ open: [refusal(410, "TOKEN_EXPIRED")] }, ["error"]],
  ];
  for (const [script, events] of rows) {
    const { told, unmount } = await shown(script);
    assert.deepEqual(names(told), events);
    unmount();
  }
});

test("a failed claim is repeated with the same token, on request only", async () => {
  const { component, token, unmount } = await shown({ open: [opened("CLAIMABLE", coupon())], receive: [{ status: 0 }, received(claimed(coupon(), "EFFECTIVE"))] });
  await press(component, ".primary");
  includes(words(component), "网络不给力", "重试不会重复领取");
  assert.equal(callsOf(token, "receive").length, 1);
  await press(component, ".primary");
  includes(words(component), "已领取");
  assert.equal(callsOf(token, "receive").length, 2);
  unmount();
});

test("products are chosen from a sheet, and the choice closes the component", async () => {
  const { component, told, unmount } = await shown({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS })] });
  await afterGuard();
  await press(component, ".primary");
  includes(words(component), "选择商品去使用", "草莓奶油蛋糕", "¥32.50");
  await press(component, ".shade");
  assert.ok(!words(component).includes("选择商品去使用"));
  await press(component, ".primary");
  component.querySelectorAll(".product")[1].dispatchEvent("tap");
  await settle();
  const [name, { extraData }] = told.at(-1);
  assert.deepEqual([name, extraData.action, extraData.productPath], ["selectproduct", "selectProduct", "pages/item?id=2"]);
  assert.equal(component.dom.querySelector(".quan-claim--ticket, .ticket"), null);
  unmount();
});

test("a code is a picture of its drawing, only while it is good", async () => {
  for (const [mode, kind] of [["QRCODE", "qrcode"], ["BARCODE", "barcode"]]) {
    const face = coupon({ code_display_mode: mode, coupon_code: "AbC12345678901", code_drawing: DRAWING });
    const { component, unmount } = await shown({ open: [opened("CLAIMED", claimed(face, "EFFECTIVE"))] });
    includes(words(component), "AbC1 2345 6789 01");
    const image = component.querySelector(`.${kind}`);
    assert.ok(image, kind);
    const svg = decodeURIComponent(component.data.codeImage);
    includes(svg, `viewBox="0 0 ${DRAWING.width} ${DRAWING.height}"`, DRAWING.path);
    assert.equal(svg.includes("preserveAspectRatio"), kind === "barcode");
    unmount();
  }
  const { component, unmount } = await shown({ open: [opened("CLAIMED", claimed(coupon({ code_display_mode: "QRCODE" }), "EFFECTIVE"))] });
  assert.equal(component.data.codeImage, "");
  unmount();
});

test("pictures come over TLS or from the server, and one that fails leaves its letter", async () => {
  const face = coupon({ brand_logo_url: "https://pictures.example/logo.png", image_url: "http://pictures.example/a.png", background_url: "/_quan/samples/background.svg" });
  const script = { open: [opened("CLAIMABLE", face)], receive: [received(claimed(face, "EFFECTIVE"))] };
  const { component, unmount } = await shown(script);
  const { logo, picture, backdrop } = component.data.screen.ticket;
  assert.deepEqual([logo, picture, backdrop], ["https://pictures.example/logo.png", "", `${SERVER}/_quan/samples/background.svg`]);
  component.querySelector(".logo").dispatchEvent("error");
  await settle();
  assert.equal(component.data.screen.ticket.logo, "");
  includes(words(component), "山山间咖啡");
  await press(component, ".primary");
  includes(words(component), "已领取", "山山间咖啡");
  assert.equal(component.data.screen.ticket.logo, "", "not asked for again at the next drawing");
  unmount();
});

test("a base library that is too old is told so, and nothing is asked", async () => {
  for (const [version, isTooOld] of [["2.28.0", true], ["2.9.9", true], ["1.99.9", true], ["2.28.1", false], ["3.0.0", false]]) {
    setVersion(version);
    const { component, token, unmount } = await shown({ open: [opened("CLAIMABLE", coupon())] });
    assert.equal(words(component).includes("微信版本过低"), isTooOld, version);
    assert.equal(callsOf(token, "open").length, isTooOld ? 0 : 1);
    unmount();
  }
  setVersion("2.33.0");
});

test("a component that is gone asks no more, and closing ends it", async () => {
  const script = () => ({ open: [opened("CLAIMED", claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING")] });
  const [gone, closed] = [await shown(script()), await shown(script())];
  gone.unmount();
  await press(closed.component, ".round-button");
  assert.equal(closed.told.at(-1)[0], "close");
  assert.equal(words(closed.component), "");
  await new Promise((resolve) => setTimeout(resolve, 2300));
  assert.deepEqual([callsOf(gone.token, "state").length, callsOf(closed.token, "state").length], [0, 0]);
});
