/**
 * @file The pure parts of the claim page: the state machine as tables of event and page, formats
 * on both sides of their limits, codes read back by a reader that is not ours, and the ways out.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import path from "node:path";
import { pathToFileURL } from "node:url";
import zxing from "@zxing/library";
import { bundle, claimed, coupon, discount, exchange, later, opened, PRODUCTS, received, sequential, SERVER_TIME, stateIs } from "./coupons.mjs";

const FILES = process.env.QUAN_CLAIM_FILES ?? path.resolve(import.meta.dirname, "../../target/claim-files");
const CODES = JSON.parse(await readFile(path.join(FILES, "codes.json"), "utf8"));
const WEB = process.env.QUAN_WEB_DIR ?? path.resolve(import.meta.dirname, "../../web");
const load = (name) => import(pathToFileURL(path.join(WEB, "claim", name)).href);
const { transition } = await load("core/state.js");
const { START, POLLS_MAX, SLOW_AFTER_MS, USE_GUARD_MS, choices, isPolling, pollDelay, remaining } = await load("core/page.js");
const format = await load("core/format.js");
const describe = await load("core/describe.js");
const { textFor } = await load("core/text.js");
const exit = await load("page/exit.js");
const { resultOf, milestones } = await load("core/result.js");
const { screenOf } = await load("core/screen.js");
const wire = await load("core/wire.js");
const ZH = textFor(null);

/** Runs events one after another; `attempt` is filled in where a test leaves it out. */
function walk(events, from = START) {
  return events.reduce((page, event) => {
    const isAnswer = ["opened", "received", "refused", "unavailable", "polled", "poll_failed"].includes(event.type);
    return transition(page, isAnswer ? { attempt: page.attempt, ...event } : event);
  }, from);
}

const openedAs = (status, face, changes = {}) => ({ type: "opened", answer: opened(status, face, changes).body, deadline: 300_000, now: 0 });
const LOADING = walk([{ type: "token" }]);
const CLAIMABLE = walk([openedAs("CLAIMABLE", coupon(), { products: PRODUCTS })], LOADING);
const CLAIMING = walk([{ type: "claim" }], CLAIMABLE);
const got = (state, changes = {}, now = 1000) => ({ type: "received", answer: received(claimed(coupon(), state), changes).body, now });
const CONFIRMING = walk([got("CONFIRMING")], CLAIMING);
const EFFECTIVE = walk([got("EFFECTIVE", { products: PRODUCTS })], CLAIMING);
const AFTER_GUARD = 1000 + USE_GUARD_MS;

test("one event leads from one page to the next", () => {
  const answer = opened("UNAVAILABLE", coupon(), { reason: "DAYLIMIT" }).body;
  const rows = [
    [START, { type: "no_token" }, { kind: "failed", problem: "missing", retry: "none" }],
    [START, { type: "token" }, { kind: "loading", attempt: 1 }],
    [LOADING, openedAs("CLAIMABLE", coupon()), { kind: "claimable" }],
    [LOADING, openedAs("CLAIMED", claimed(coupon(), "USED")), { kind: "claimed", firstTime: false, settled: true }],
    [LOADING, { type: "opened", answer, deadline: 1, now: 0 }, { kind: "unavailable", reason: "DAYLIMIT" }],
    [LOADING, { ...openedAs("CLAIMABLE", coupon()), now: 300_000 }, { kind: "failed", problem: "expired", retry: "none" }],
    [LOADING, { type: "unavailable", reason: "NOTRUNNING" }, { kind: "unavailable", offer: null }],
    [LOADING, { type: "slow", attempt: 1 }, { kind: "loading", slow: true }],
    [CLAIMING, { type: "slow", attempt: 2 }, { kind: "claiming", slow: true }],
    [START, { type: "too_old" }, { kind: "failed", problem: "too_old", retry: "none" }],
    [LOADING, { type: "refused", problem: "invalid" }, { kind: "failed", retry: "none" }],
    [LOADING, { type: "refused", problem: "network" }, { kind: "failed", retry: "open" }],
    [CLAIMABLE, { type: "tick", now: 299_999 }, { kind: "claimable" }],
    [CLAIMABLE, { type: "tick", now: 300_000 }, { kind: "failed", problem: "expired" }],
    [CLAIMABLE, { type: "claim" }, { kind: "claiming", attempt: 2 }],
    [CLAIMING, { type: "tick", now: 300_000 }, { kind: "claiming" }],
    [CLAIMING, { type: "refused", problem: "network" }, { kind: "failed", retry: "receive" }],
    [CLAIMING, { type: "refused", problem: "busy" }, { kind: "failed", retry: "receive" }],
    [CLAIMING, { type: "refused", problem: "identity" }, { kind: "failed", retry: "none" }],
    [CLAIMING, { type: "unavailable", reason: "NOTENOUGH" }, { kind: "unavailable", reason: "NOTENOUGH" }],
    [CLAIMING, got("CONFIRMING"), { kind: "claimed", firstTime: true, settled: false }],
    [CLAIMING, got("EFFECTIVE", { first_time: false }), { kind: "claimed", firstTime: false, settled: true }],
    [EFFECTIVE, { type: "use", now: AFTER_GUARD - 1 }, { kind: "claimed", sheet: "none" }],
    [EFFECTIVE, { type: "use", now: AFTER_GUARD }, { kind: "claimed", sheet: "products" }],
    [EFFECTIVE, { type: "close" }, { kind: "left", action: "closePage" }],
  ];
  for (const [page, event, expected] of rows) {
    const after = walk([event], page);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(after[key], value, `${page.kind} × ${event.type}: ${key}`);
  }
});

test("an event without meaning on a page leaves the very same page", () => {
  const deaf = {
    waiting: [START, [{ type: "claim" }, { type: "retry" }, { type: "tick", now: 9e9 }, { type: "use", now: 9e9 }, { type: "dismiss" }]],
    claiming: [CLAIMING, [{ type: "claim" }, { type: "retry" }, { type: "use", now: 9e9 }, { type: "choose", index: 0 }]],
    claimed: [EFFECTIVE, [{ type: "claim" }, { type: "choose", index: 0 }, { type: "retry" }, { type: "came_back" }]],
  };
  for (const [name, [page, events]] of Object.entries(deaf)) {
    for (const event of events) assert.equal(transition(page, event), page, `${name} × ${event.type}`);
  }
});

test("an answer for an older attempt is dropped", () => {
  const again = walk([{ type: "token" }], LOADING);
  assert.equal(transition(again, { ...openedAs("CLAIMABLE", coupon()), attempt: LOADING.attempt }), again);
  assert.equal(transition(CLAIMING, { type: "refused", attempt: CLAIMABLE.attempt, problem: "network" }), CLAIMING);
});

test("a retry repeats the call that failed", () => {
  assert.equal(walk([{ type: "refused", problem: "server" }, { type: "retry" }], LOADING).kind, "loading");
  const again = walk([{ type: "refused", problem: "network" }, { type: "retry" }], CLAIMING);
  assert.equal(again.kind, "claiming");
  assert.equal(again.attempt, CLAIMING.attempt + 1);
});

test("confirming is asked for until it is answered, given up or forbidden", () => {
  assert.ok(isPolling(CONFIRMING));
  const waiting = { type: "polled", answer: stateIs("CONFIRMING").body };
  const almost = walk(new Array(POLLS_MAX - 1).fill(waiting), CONFIRMING);
  assert.ok(isPolling(almost));
  assert.ok(!isPolling(walk([waiting], almost)));
  const confirmed = walk([{ type: "polled", answer: stateIs("EFFECTIVE").body }], CONFIRMING);
  assert.equal(confirmed.offer.coupon.coupon_state, "EFFECTIVE");
  assert.ok(!isPolling(confirmed) && !confirmed.refresh);
  assert.ok(isPolling(walk([{ type: "poll_failed", problem: "network" }], CONFIRMING)));
  assert.ok(!isPolling(walk([{ type: "poll_failed", problem: "expired" }], CONFIRMING)));
  assert.ok(!isPolling(walk(new Array(POLLS_MAX).fill({ type: "poll_failed", problem: "server" }), CONFIRMING)));
});

test("a code that is to be shown is fetched once the coupon is good", () => {
  const face = coupon({ code_display_mode: "QRCODE" });
  const before = walk([openedAs("CLAIMED", claimed(face, "CONFIRMING"))], LOADING);
  const confirmed = walk([{ type: "polled", answer: stateIs("EFFECTIVE").body }], before);
  assert.ok(confirmed.refresh);
  const shown = walk([openedAs("CLAIMED", claimed(face, "EFFECTIVE", { coupon_code: "C1" }))], confirmed);
  assert.equal(shown.offer.coupon.coupon_code, "C1");
  assert.ok(!shown.refresh);
  assert.ok(!walk([{ type: "refused", problem: "expired" }], confirmed).refresh);
});

test("去使用 leads to the only product, to a choice, or to the whole shop", () => {
  const use = { type: "use", now: AFTER_GUARD };
  const leaving = (products) => walk([got("EFFECTIVE", { products }), use], CLAIMING);
  assert.equal(leaving([]).action, "selectGlobalCoupon");
  assert.equal(leaving([{ name: "x", price: 1 }]).action, "selectGlobalCoupon");
  assert.equal(leaving([{ name: "x", price: 1 }, PRODUCTS[0]]).product, PRODUCTS[0]);
  const choice = leaving(PRODUCTS);
  assert.equal(choices(choice.offer).length, 3);
  const chosen = walk([{ type: "choose", index: 1 }], choice);
  assert.equal(chosen.action, "selectProduct");
  assert.equal(chosen.product, PRODUCTS[1]);
  assert.equal(walk([{ type: "choose", index: 3 }], choice), choice);
  assert.equal(walk([{ type: "dismiss" }], choice).sheet, "none");
  const stranded = walk([{ type: "no_exit" }], chosen);
  assert.equal(stranded.sheet, "how_to_use");
  assert.equal(stranded.chosen, PRODUCTS[1]);
  assert.equal(walk([{ type: "came_back" }], chosen).kind, "claimed");
});

test("a coupon that is over cannot be used from here", () => {
  for (const state of ["USED", "EXPIRED", "DELETED", "DEACTIVATED"]) {
    const page = walk([openedAs("CLAIMED", claimed(coupon(), state))], LOADING);
    assert.equal(walk([{ type: "use", now: 9e9 }], page), page, state);
  }
});

test("the time left follows the server's times alone", () => {
  assert.equal(remaining(CLAIMABLE, 1000), 299_000);
  assert.equal(remaining(CLAIMABLE, 400_000), 0);
  assert.equal(remaining(EFFECTIVE, 0), null);
  assert.equal(Date.parse(later(300)) - Date.parse(SERVER_TIME), 300_000);
});

test("fen are written as yuan without a float", () => {
  const rows = [
    [0, "0", "0"],
    [1, "0.01", "0.01"],
    [10, "0.1", "0.10"],
    [99, "0.99", "0.99"],
    [100, "1", "1"],
    [101, "1.01", "1.01"],
    [110, "1.1", "1.10"],
    [1000, "10", "10"],
    [29, "0.29", "0.29"],
    [113_999, "1139.99", "1139.99"],
    [Number.MAX_SAFE_INTEGER, "90071992547409.91", "90071992547409.91"],
  ];
  for (const [fen, short, tag] of rows) {
    assert.equal(format.yuan(fen), short);
    assert.equal(format.price(fen), tag);
  }
  for (const fen of [-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1, "100"]) assert.throws(() => format.yuan(fen), RangeError);
});

test("per cent off is written as 折", () => {
  const rows = [[1, "9.9"], [5, "9.5"], [10, "9"], [15, "8.5"], [30, "7"], [50, "5"], [91, "0.9"], [95, "0.5"], [99, "0.1"], [0, "10"], [100, "0"]];
  for (const [off, tenths] of rows) assert.equal(format.zhe(off), tenths);
  for (const off of [-1, 101, 1.5]) assert.throws(() => format.zhe(off), RangeError);
});

test("times are written in +08:00 wherever they were written", () => {
  assert.equal(format.dateTime("2025-08-05T16:30:00Z"), "2025.08.06\u00a000:30");
  assert.equal(format.span("2025-08-04T00:00:00+08:00", "2025-08-13T23:59:59+08:00"), "2025.08.04 – 2025.08.13");
  assert.equal(format.span("2025-08-04T00:00:00+08:00", "2025-08-13T23:59:58+08:00"), "2025.08.04\u00a000:00 – 2025.08.13\u00a023:59");
  assert.equal(format.beginning("2025-08-05T16:00:00Z"), "2025.08.06");
  assert.equal(format.ending("2025-12-31T15:59:59Z"), "2025.12.31");
  assert.deepEqual(format.duration(90_061), { days: 1, hours: 1, minutes: 1, seconds: 1 });
});

test("benefits, conditions and labels in words", () => {
  const say = (face, text = ZH) => {
    const { before, figure, after } = describe.figure(face, text);
    return [`${before}${figure}${after}`, describe.condition(face, text)];
  };
  assert.deepEqual(say(coupon()), ["¥9.5", "满28元可用"]);
  assert.deepEqual(say(discount()), ["8.5折", "无门槛"]);
  assert.deepEqual(say(exchange()), ["¥9.9兑换", ""]);
  assert.deepEqual(say(exchange({ benefits: [{ threshold: 100, exchange_price: 0 }] })), ["免费兑换", "满1元可用"]);
  assert.deepEqual(say(discount(), textFor("en-GB")), ["15% off", "No minimum spend"]);
  assert.deepEqual(describe.labels(sequential(), ZH), ["单品券", "折扣券", "共 3 次优惠"]);
});

test("rounds in words", () => {
  const inHand = (used_count, more = {}) => claimed(sequential({ rounds: { total_count: 3, used_count, interval_days: 2, ...more } }), "EFFECTIVE");
  assert.equal(describe.roundsTitle(coupon(), ZH), null);
  assert.equal(describe.roundsTitle(sequential(), ZH), "共 3 次优惠");
  assert.equal(describe.roundsTitle(inHand(0), ZH), "第 1 次 / 共 3 次");
  assert.equal(describe.roundsTitle(inHand(2), ZH), "第 3 次 / 共 3 次");
  assert.equal(describe.roundsTitle(inHand(3), ZH), "3 次优惠已全部使用");
  assert.deepEqual(describe.rounds(inHand(1), ZH).map((round) => round.state), ["used", "open", "later"]);
  assert.equal(describe.rounds(inHand(1, { next_begin_time: "2026-03-22T00:00:00+08:00" }), ZH)[1].note, "2026.03.22 起可用");
  assert.equal(describe.figure(inHand(2), ZH).figure, "6.5");
  const equal = sequential({ benefits: [{ threshold: 0, percent_off: 50 }, { threshold: 0, percent_off: 10 }] });
  assert.deepEqual(describe.rounds(equal, ZH).map((round) => round.benefit), ["5折 · 无门槛", "9折 · 无门槛", "9折 · 无门槛"]);
  assert.deepEqual([0, 1, 2].map((interval_days) => describe.interval(sequential({ rounds: { total_count: 3, used_count: 0, interval_days } }), ZH)), [
    "用完一次，即可使用下一次",
    "用完一次，次日可使用下一次",
    "用完一次，2 天后可使用下一次",
  ]);
});

test("a chain of coupons in words", () => {
  const inHand = (state, used_count, more = {}) => claimed(bundle({ rounds: { total_count: 3, used_count, interval_days: 1, ...more } }), state);
  assert.ok(wire.isOpenAnswer(opened("CLAIMABLE", bundle()).body));
  assert.deepEqual(describe.labels(bundle(), ZH), ["全场可用", "满减券", "共 3 次优惠"]);
  assert.equal(describe.roundsTitle(bundle(), ZH), "共 3 次优惠");
  assert.equal(describe.roundsTitle(inHand("CONFIRMING", 1), ZH), "第 2 次 / 共 3 次");
  assert.equal(describe.figure(inHand("CONFIRMING", 1), ZH).figure, "9");
  assert.deepEqual(describe.standing(inHand("USED", 3), ZH), { title: "已使用", detail: "这张券已使用" });
  assert.deepEqual(describe.standing(inHand("USED", 1), ZH), { title: "已使用", detail: "第 1 次已使用，下一次的券尚未发放" });
  assert.equal(describe.standing(inHand("USED", 1), textFor("en-GB")).detail, "Use 1 is done, and the next coupon is not there yet");
  assert.deepEqual(describe.standing(claimed(coupon(), "USED"), ZH), { title: "已使用", detail: "这张券已使用" });
  const next = inHand("PENDING", 1, { next_begin_time: "2026-03-22T00:00:00+08:00" });
  assert.equal(describe.rounds(next, ZH)[1].note, "2026.03.22 起可用");
});

test("validity in words", () => {
  const line = (validity) => describe.rows(coupon({ validity: { kind: "after_receive", begin: "2026-03-01T00:00:00+08:00", end: "2026-05-31T23:59:59+08:00", ...validity } }), ZH)[0].lines[0];
  assert.equal(line({ available_days: 1 }), "领取当日有效");
  assert.equal(line({ available_days: 30, wait_days: 0 }), "领取后 30 天内有效（含当日）");
  assert.equal(line({ available_days: 3, wait_days: 1 }), "领取 1 天后生效，有效 3 天");
  assert.equal(line({ available_seconds: 5400 }), "领取后 1 小时 30 分钟 内有效");
  assert.equal(line({}), "领取后至 2026.05.31 有效");
  assert.equal(line({ kind: "window" }), "2026.03.01 – 2026.05.31");
  assert.equal(describe.unavailability("SOMETHING_NEW", ZH).title, "暂时无法领取");
  assert.equal(describe.unavailability("toString", ZH).title, "暂时无法领取");
});

/** A picture of modules for the reader. */
function bitmap(width, height, isDark) {
  const pixels = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) pixels[y * width + x] = isDark(x, y) ? 0 : 255;
  return new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(pixels, width, height)));
}

/** The modules of a drawing: the path is made of rectangles only. */
function modules({ width, height, path }) {
  const dark = Array.from({ length: height }, () => new Array(width).fill(false));
  const rectangles = path.split("z").filter(Boolean).map((one) => /^M(\d+) (\d+)h(\d+)v(\d+)h-\3$/.exec(one).slice(1).map(Number));
  for (const [x, y, w, h] of rectangles) for (let dy = 0; dy < h; dy += 1) dark[y + dy].fill(true, x, x + w);
  return dark;
}

test("codes as the platform draws them are read back by a reader that is not ours", () => {
  assert.ok(CODES.length > 5);
  for (const { code, QRCODE, BARCODE } of CODES) {
    for (const [reader, drawing] of [[new zxing.QRCodeReader(), QRCODE], [new zxing.Code128Reader(), BARCODE]]) {
      const dark = modules(drawing);
      const read = bitmap(drawing.width * 4, drawing.height * 4, (x, y) => dark[Math.floor(y / 4)][Math.floor(x / 4)]);
      assert.equal(reader.decode(read).getText(), code);
    }
    const face = coupon({ code_display_mode: "QRCODE", coupon_code: code, code_drawing: QRCODE });
    assert.ok(wire.isOpenAnswer(opened("CLAIMED", claimed(face, "EFFECTIVE")).body), "a drawing of the platform is taken");
  }
});

test("the return object names the deed and never the code", () => {
  const page = walk([{ type: "use", now: AFTER_GUARD }, { type: "choose", index: 0 }], EFFECTIVE);
  assert.deepEqual(resultOf(page), {
    errMsg: "ok",
    extraData: {
      action: "selectProduct",
      productPath: "pages/item?id=1",
      productAppid: "wx0000000000000001",
      claimed: true,
      ext: { status: "CLAIMED", stockId: "1000000013", sendRequestNo: "SEND-20260320-0001", couponState: "EFFECTIVE" },
    },
  });
  const closed = (problem) => resultOf(walk([{ type: "refused", problem }, { type: "close" }], LOADING)).errMsg;
  assert.deepEqual(["expired", "invalid", "identity"].map(closed), ["token_expired", "token_invalid", "identity_mismatch"]);
  const soldOut = walk([{ type: "unavailable", reason: "NOTENOUGH" }, { type: "close" }], CLAIMING);
  assert.equal(resultOf(soldOut).extraData.ext.reason, "NOTENOUGH");
});

test("a return address counts only when its origin is listed", () => {
  const listed = ["https://shop.example"];
  assert.equal(exit.listedReturn("https://shop.example/a", listed)?.href, "https://shop.example/a");
  for (const address of [null, "", "/a", "https://shop.example.evil/a", "http://shop.example/a", "https://shop.example:444/", "https://a@shop.example/", "javascript:alert(1)", "data:text/html,x"]) {
    assert.equal(exit.listedReturn(address, listed), null, String(address));
  }
  const result = resultOf(walk([{ type: "close" }], EFFECTIVE));
  const to = (address) => exit.returnAddress(new URL(address), result);
  assert.equal(to("https://shop.example/a?b=1"), "https://shop.example/a?b=1#action=closePage&claimed=true&errMsg=ok");
  assert.equal(to("https://shop.example/#/coupons"), "https://shop.example/#/coupons?action=closePage&claimed=true&errMsg=ok");
});

test("an answer that could not be shown is not taken", () => {
  const good = opened("CLAIMABLE", coupon()).body;
  assert.ok(wire.isOpenAnswer(good));
  assert.ok(wire.isReceiveAnswer(received(claimed(coupon(), "CONFIRMING")).body));
  assert.ok(wire.isStateAnswer(stateIs("EFFECTIVE").body));
  const bad = [null, [], {}, { ...good, status: "OTHER" }, { ...good, expires_at: "soon" }, { ...good, products: [{ name: "x", price: -1 }] }];
  const faces = [coupon({ benefits: [] }), coupon({ benefits: [{ threshold: 0, percent_off: 10 }] }), coupon({ type: "OTHER" }), discount({ benefits: [{ threshold: 0, percent_off: 101 }] })];
  for (const body of [...bad, ...faces.map((face) => opened("CLAIMABLE", face).body)]) assert.ok(!wire.isOpenAnswer(body), JSON.stringify(body));
});

test("the questions for the confirm stay below ten calls a minute for a token", () => {
  // A bucket of ten calls that gains one every 6 s; open and receive come first, within a second.
  let bucket = 8;
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    bucket = Math.min(10, bucket + pollDelay(polls) / 6000) - 1;
    assert.ok(bucket >= 2, `room for a retry after ${polls} polls: ${bucket}`);
  }
});

test("milestones are passed once, in order", () => {
  const rows = [
    [LOADING, openedAs("CLAIMABLE", coupon()), ["open"]],
    [LOADING, openedAs("CLAIMED", claimed(coupon(), "EFFECTIVE")), ["open", "already"]],
    [LOADING, openedAs("UNAVAILABLE", coupon(), { reason: "DAYLIMIT" }), ["open", "unavailable"]],
    [LOADING, { type: "refused", problem: "expired" }, ["error"]],
    [LOADING, { type: "slow", attempt: 1 }, []],
    [CLAIMING, got("CONFIRMING"), ["success"]],
    [CLAIMING, got("CONFIRMING", { first_time: false }), ["already"]],
    [CLAIMING, { type: "unavailable", reason: "NOTENOUGH" }, ["unavailable"]],
    [CLAIMABLE, { type: "tick", now: 300_000 }, ["error"]],
    [CONFIRMING, { type: "polled", answer: stateIs("EFFECTIVE").body }, []],
    [EFFECTIVE, { type: "close" }, ["close"]],
    [walk([{ type: "use", now: AFTER_GUARD }], EFFECTIVE), { type: "choose", index: 0 }, ["select-product"]],
    [walk([{ type: "close" }], EFFECTIVE), { type: "came_back" }, []],
  ];
  for (const [before, event, expected] of rows) assert.deepEqual(milestones(before, walk([event], before)), expected, `${before.kind} ${event.type}`);
});

test("every page has its screen, and an English one says the same", () => {
  const pages = [START, LOADING, walk([{ type: "slow", attempt: 1 }], LOADING), CLAIMABLE, CLAIMING, CONFIRMING, EFFECTIVE, walk([{ type: "use", now: AFTER_GUARD }], EFFECTIVE)];
  for (const page of pages) {
    const [zh, en] = [ZH, textFor("en")].map((text) => screenOf(page, remaining(page, 0), text, true));
    assert.equal(zh.kind, en.kind);
    assert.ok(zh.announcement !== "" && zh.announcement !== en.announcement, page.kind);
    assert.deepEqual([zh.act.press, zh.act.look, zh.act.busy], [en.act.press, en.act.look, en.act.busy]);
  }
  assert.equal(screenOf(CLAIMABLE, 60_001, ZH, false).act.above, "");
  assert.equal(screenOf(CLAIMABLE, 60_000, ZH, false).act.above, "请在 60 秒内领取");
  assert.equal(screenOf(walk([{ type: "refused", problem: "expired" }], CLAIMING), null, ZH, false).ticket, null, "a dead token shows nothing");
});

test("periods, packages and goods in words", () => {
  const line = (changes, label, text = ZH) => describe.rows(coupon(changes), text).find((row) => row.label === label)?.lines;
  const weekly = (days, hours = []) => ({ periods: { weekly: { days, hours } } });
  assert.deepEqual(line(weekly(["MONDAY", "TUESDAY", "WEDNESDAY", "FRIDAY"], [{ begin: 21600, end: 36000 }]), "可用时段"), ["周一至周三、周五 06:00–10:00"]);
  assert.deepEqual(line(weekly(["SUNDAY", "SATURDAY"]), "可用时段"), ["周六、周日"]);
  const daily = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
  assert.deepEqual(line(weekly(daily, [{ begin: 0, end: 35999 }, { begin: 61200, end: 86399 }]), "可用时段"), ["每天 00:00–10:00、17:00–24:00"]);
  assert.deepEqual(line({ periods: { irregular: [{ begin: "2026-05-01T00:00:00+08:00", end: "2026-05-05T23:59:59+08:00" }] } }, "可用时段"), ["2026.05.01 – 2026.05.05"]);
  const choice = (name, count = 1) => ({ name, count });
  const packages = [{ name: "饮品", pick_count: 1, choices: [choice("拿铁"), choice("美式", 2)] }, { name: "点心", pick_count: 5, choices: "甲乙丙丁戊".split("").map((name) => choice(name)) }];
  assert.deepEqual(line({ combo_packages: packages }, "套餐内容"), ["饮品（2选1）：拿铁、美式×2", "点心：甲、乙、丙、丁 等5款"]);
  assert.deepEqual(line({ combo_packages: new Array(6).fill(packages[0]) }, "套餐内容").at(-1), "共 6 组，详见商家页面");
  assert.deepEqual(line({ goods_description: "全场饮品" }, "适用商品"), ["全场饮品"]);
  assert.deepEqual(line(weekly(["MONDAY", "TUESDAY"]), "Hours", textFor("en")), ["Mon–Tue"]);
  const bad = [{ periods: { weekly: { days: "MONDAY", hours: [] } } }, { periods: { irregular: [{ begin: "x", end: "y" }] } }, { combo_packages: [{ name: "x" }] }, { code_drawing: { width: 1, height: 1, path: "url(x)" } }];
  for (const changes of bad) assert.ok(!wire.isOpenAnswer(opened("CLAIMABLE", coupon(changes)).body), JSON.stringify(changes));
});
