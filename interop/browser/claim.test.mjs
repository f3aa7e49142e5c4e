/**
 * @file The claim page in a real browser against a server that plays every answer: each page in
 * words, double taps, dying tokens, lost networks, the keyboard alone, and the ways out. Every test
 * ends with a look at the browser's own complaints, of which there may be none.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage, screenshot } from "./browser.mjs";
import { bundle, claimed, coupon, discount, DRAWING, exchange, later, opened, PRODUCTS, received, refusal, sequential, stateIs } from "./coupons.mjs";
import { startFakeServer } from "./fake_server.mjs";

const WEB = process.env.QUAN_WEB_DIR ?? path.resolve(import.meta.dirname, "../../web");
const FILES = process.env.QUAN_CLAIM_FILES ?? path.resolve(import.meta.dirname, "../../target/claim-files");

let server;
let browser;
before(async () => {
  server = await startFakeServer(WEB, FILES);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

let tokens = 0;

/** Plays a script behind a token of its own, opens the page with it and hands both to the test. */
async function visit(script, options, body) {
  const { query = "", fragment = "", origins = "", settle = ".primary, .plain, .notice", clock = false, ...context } = options;
  const token = `TOKEN_${String((tokens += 1)).padStart(8, "0")}`;
  server.settings.origins = origins;
  server.script(token, script);
  const opened = await openPage(browser, context);
  if (clock) await opened.page.clock.install();
  try {
    await opened.page.goto(`${server.origin}/claim${query}#token=${token}${fragment}`);
    if (settle) await opened.page.waitForSelector(settle);
    await body({ ...opened, token, calls: (call) => server.callsOf(token, call) });
    assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.context.close();
  }
}

const title = (page) => page.locator(".notice h2").textContent();
const detail = (page) => page.locator(".notice p").textContent();
const pressLabel = (page) => page.locator(".act button").innerText();
/** The words with the spaces that no line is broken at made plain. */
const words = async (page) => (await page.locator("#page").innerText()).replaceAll("\u00a0", " ");
const kind = (page, wanted) => page.waitForSelector(`#page[data-kind="${wanted}"]`);
/** The guard against double taps is over. */
const afterGuard = (page) => page.waitForTimeout(650);

function includes(text, ...parts) {
  for (const part of parts) assert.ok(text.includes(part), `“${part}” in:\n${text}`);
}

test("loading is a skeleton, and the token is out of the address at once", async () => {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const answer = { ...opened("CLAIMABLE", coupon()), gate };
  await visit({ open: [answer] }, { settle: ".skeleton", query: "?lang=zh-CN" }, async ({ page, token, calls }) => {
    await kind(page, "loading");
    assert.equal(await page.locator("main").getAttribute("aria-busy"), "true");
    assert.equal(page.url(), `${server.origin}/claim?lang=zh-CN`);
    assert.ok(!(await page.content()).includes(token));
    await screenshot(page, "loading");
    release();
    await kind(page, "claimable");
    assert.equal(await page.locator("main").getAttribute("aria-busy"), "false");
    assert.equal(await page.locator(".skeleton").count(), 0);
    const [call] = calls("open");
    assert.deepEqual(call.body, { token, lang: "zh-CN" });
    assert.equal(call.headers.referer, undefined);
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
    assert.deepEqual(kept, [0, 0, ""]);
  });
});

test("claimable shows brand, picture, benefit, validity and 立即领取", async () => {
  await visit({ open: [opened("CLAIMABLE", coupon())] }, {}, async ({ page }) => {
    includes(await words(page), "山间咖啡", "大杯拿铁立减券", "满28元可用", "原价 ¥28", "领取后 30 天内有效（含当日）", "2026.03.01 – 2026.05.31", "全国门店", "每单限用一张");
    assert.equal(await page.locator(".figure").innerText(), "¥9.5");
    assert.equal(await pressLabel(page), "立即领取");
    for (const picture of [".backdrop", ".logo", ".picture"]) {
      await page.waitForFunction((selector) => document.querySelector(selector)?.naturalWidth > 0, picture);
    }
    assert.equal(await page.locator(".live").textContent(), "山间咖啡 大杯拿铁立减券 ¥9.5");
    await screenshot(page, "claimable");
  });
  await visit({ open: [opened("CLAIMABLE", coupon())] }, { colorScheme: "dark", viewport: { width: 360, height: 640 } }, ({ page }) => screenshot(page, "claimable-dark-360"));
  await visit({ open: [opened("CLAIMABLE", coupon())] }, { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 }, async ({ page }) => {
    assert.equal(await page.locator("#page").evaluate((element) => element.getBoundingClientRect().width), 480);
    await screenshot(page, "claimable-desktop");
  });
});

test("every type of benefit is told in its own words", async () => {
  const rows = [
    [discount(), ["全场八五折券", "8.5\n折", "无门槛", "全场可用", "2026.03.01 – 2026.05.31"]],
    [exchange(), ["草莓蛋糕兑换券", "9.9\n兑换", "领取 2 天后生效，有效 3 天", "原价 ¥32"]],
    [exchange({ benefits: [{ threshold: 0, exchange_price: 0 }] }), ["免费\n兑换"]],
  ];
  for (const [face, parts] of rows) {
    await visit({ open: [opened("CLAIMABLE", face)] }, {}, async ({ page }) => {
      includes((await words(page)).replaceAll(/(\d|费)\s*(折|兑换)/g, "$1\n$2"), ...parts);
      await screenshot(page, `claimable-${face.type.toLowerCase()}`);
    });
  }
});

test("a coupon for several uses lists its benefits and its pause, before and after the claim", async () => {
  await visit({ open: [opened("CLAIMABLE", sequential())] }, {}, async ({ page }) => {
    includes(await words(page), "共 3 次优惠", "9折 · 无门槛", "8折 · 无门槛", "6.5折 · 无门槛", "用完一次，次日可使用下一次");
    await screenshot(page, "claimable-sequential");
  });
  const rounds = { total_count: 3, used_count: 1, interval_days: 1, next_begin_time: "2026-03-22T00:00:00+08:00" };
  await visit({ open: [opened("CLAIMED", claimed(sequential({ rounds }), "EFFECTIVE"))] }, {}, async ({ page }) => {
    includes(await words(page), "第 2 次 / 共 3 次", "已用", "2026.03.22 起可用", "待解锁");
    assert.equal(await page.locator('[aria-current="step"]').count(), 1);
    assert.equal(await page.locator(".figure").innerText().then((text) => text.replace(/\s/g, "")), "8折");
    await screenshot(page, "claimed-sequential");
  });
});

test("a chain of coupons shows all its benefits and the coupon whose turn it is", async () => {
  await visit({ open: [opened("CLAIMABLE", bundle())] }, {}, async ({ page }) => {
    includes(await words(page), "全场可用", "满减券", "共 3 次优惠", "减6元 · 满60元可用", "减9元 · 满60元可用", "减12元 · 满60元可用", "用完一次，次日可使用下一次");
    await screenshot(page, "claimable-bundle");
  });
  const rounds = { total_count: 3, used_count: 1, interval_days: 1, next_begin_time: "2026-03-22T00:00:00+08:00" };
  await visit({ open: [opened("CLAIMED", claimed(bundle({ rounds }), "PENDING"))] }, {}, async ({ page }) => {
    includes(await words(page), "第 2 次 / 共 3 次", "已用", "2026.03.22 起可用", "待解锁");
    assert.equal(await page.locator(".figure").innerText().then((text) => text.replace(/\s/g, "")), "¥9");
    await screenshot(page, "claimed-bundle");
  });
  const waiting = claimed(bundle({ rounds: { total_count: 3, used_count: 1, interval_days: 0 } }), "USED");
  await visit({ open: [opened("CLAIMED", waiting)] }, {}, async ({ page }) => {
    includes(await words(page), "已使用", "第 1 次已使用，下一次的券尚未发放");
  });
});

test("a double tap sends one claim and does not press 去使用", async () => {
  const script = { open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING")] };
  await visit(script, {}, async ({ page, calls }) => {
    await page.locator(".primary").dblclick();
    await kind(page, "claimed");
    await page.locator(".act button").click();
    assert.equal(calls("receive").length, 1);
    assert.equal(await title(page), "已领取");
    assert.equal(await page.locator("dialog").count(), 0);
  });
});

test("claiming shows its work and keeps the ticket in place", async () => {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const script = { open: [opened("CLAIMABLE", coupon())], receive: [{ ...received(claimed(coupon(), "EFFECTIVE")), gate }] };
  await visit(script, {}, async ({ page, calls }) => {
    await page.locator(".ticket").evaluate((element) => (element.dataset.mark = "same"));
    await page.locator(".primary").click();
    await kind(page, "claiming");
    assert.equal(await pressLabel(page), "领取中");
    assert.equal(await page.locator(".primary").getAttribute("aria-disabled"), "true");
    assert.equal(await page.locator(".ticket").getAttribute("data-mark"), "same");
    assert.equal(await page.locator(".live").textContent(), "领取中");
    // The driver would wait for a disabled button; a person does not.
    await page.locator(".primary").click({ force: true });
    await screenshot(page, "claiming");
    release();
    await kind(page, "claimed");
    assert.equal(calls("receive").length, 1);
    await screenshot(page, "claimed-effective");
  });
});

test("a claimed coupon says how it stands", async () => {
  const rows = [
    ["CONFIRMING", "已领取", "商家确认中，确认后即可使用", "去使用"],
    ["PENDING", "已领取", "2026.03.20 10:15 起可用", "去使用"],
    ["EFFECTIVE", "已领取", "2026.04.18 23:59 前可用", "去使用"],
    ["USED", "已使用", "这张券已使用", null],
    ["EXPIRED", "已过期", "这张券已于 2026.04.18 23:59 过期", null],
    ["DEACTIVATED", "已失效", "商家已将这张券作废，如有疑问请联系商家", null],
    ["DELETED", "已删除", "你已删除这张券", null],
  ];
  for (const [state, head, line, press] of rows) {
    const script = { open: [opened("CLAIMED", claimed(coupon(), state))], state: [stateIs(state)] };
    await visit(script, {}, async ({ page }) => {
      assert.equal(await title(page), head);
      assert.equal((await detail(page)).replaceAll("\u00a0", " "), line);
      if (press) assert.equal(await pressLabel(page), press);
      else assert.equal(await page.locator(".act button").count(), 0);
      includes(await page.locator(".live").textContent(), head);
      includes(await words(page), "2026.03.20 10:15 – 2026.04.18 23:59");
      await screenshot(page, `claimed-${state.toLowerCase()}`);
    });
  }
});

test("confirming is asked for more and more rarely while the page is looked at, and ends with the confirm", async () => {
  const script = { open: [opened("CLAIMED", claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING"), refusal(500, "SYSTEM_ERROR"), stateIs("EFFECTIVE")] };
  await visit(script, { clock: true }, async ({ page, calls }) => {
    for (const count of [1, 2]) {
      const answered = page.waitForResponse(/\/claim\/v1\/state/);
      await page.clock.runFor(2000);
      await (await answered).finished();
      assert.equal(calls("state").length, count);
      assert.equal(await detail(page), "商家确认中，确认后即可使用");
    }
    await page.clock.runFor(4000);
    await page.waitForSelector("text=前可用");
    await page.clock.runFor(20_000);
    assert.equal(calls("state").length, 3);
  });
});

test("confirming is asked for 12 times at most", async () => {
  const script = { open: [opened("CLAIMED", claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING")] };
  await visit(script, { clock: true }, async ({ page, calls }) => {
    for (let round = 0; round < 200 && calls("state").length < 12; round += 1) {
      await page.clock.runFor(1000);
      await page.evaluate(() => undefined);
    }
    await page.clock.runFor(60_000);
    assert.equal(calls("state").length, 12);
    assert.equal(await title(page), "已领取");
  });
});

test("a code is shown only while it is good, as the stock wants it", async () => {
  for (const [mode, label] of [["QRCODE", "券码二维码"], ["BARCODE", "券码条形码"]]) {
    const face = coupon({ code_display_mode: mode });
    const script = {
      open: [opened("CLAIMED", claimed(face, "CONFIRMING")), opened("CLAIMED", claimed(face, "EFFECTIVE", { coupon_code: "AbC12345678901", code_drawing: DRAWING }))],
      state: [stateIs("EFFECTIVE")],
    };
    await visit(script, { viewport: { width: 390, height: 1000 } }, async ({ page, calls }) => {
      assert.equal(await page.locator(".code").count(), 0);
      await page.getByRole("img", { name: label }).waitFor();
      includes(await words(page), "AbC1 2345 6789 01", "使用时向店员出示");
      assert.equal(calls("open").length, 2);
      await screenshot(page, `claimed-${mode.toLowerCase()}`);
    });
  }
});

test("unavailable says why, whether found on opening or on claiming", async () => {
  const rows = [
    ["NOTENOUGH", "已领完", "这批优惠券已全部领完"],
    ["DAYLIMIT", "今日已领完", "今天的优惠券已领完，请明天再来"],
    ["MAXQUOTA", "已达领取上限", "你领取的数量已达到每人上限"],
    ["NOTRUNNING", "活动未开始或已结束", "这张券现在不能领取"],
    ["POOL_EMPTY", "暂时领完了", "券码已发完，商家补充后可再来领取"],
  ];
  for (const [reason, head, line] of rows) {
    await visit({ open: [opened("UNAVAILABLE", coupon(), { reason })] }, {}, async ({ page }) => {
      assert.deepEqual([await title(page), await detail(page)], [head, line]);
      assert.equal(await page.locator(".act button").count(), 0);
      assert.equal(await page.locator(".ticket.faded").count(), 1);
      await screenshot(page, `unavailable-${reason.toLowerCase()}`);
    });
    await visit({ open: [opened("CLAIMABLE", coupon())], receive: [refusal(409, "UNAVAILABLE", reason)] }, {}, async ({ page }) => {
      await page.locator(".primary").click();
      await kind(page, "unavailable");
      assert.equal(await title(page), head);
    });
  }
});

test("a call that is refused says so in words", async () => {
  const rows = [
    [refusal(404, "TOKEN_INVALID"), "invalid", "领取链接无效", "请返回商家页面，重新点击领取", false],
    [refusal(410, "TOKEN_EXPIRED"), "expired", "领取链接已过期", "请返回商家页面，重新点击领取", false],
    [refusal(403, "IDENTITY_MISMATCH"), "identity", "无法领取", "这张券发给了另一个账号，请换用当时的账号领取", false],
    [refusal(429, "RATELIMIT_EXCEEDED"), "busy", "操作太频繁", "请稍等片刻再试", true],
    [refusal(500, "SYSTEM_ERROR"), "server", "系统繁忙", "请稍后重试", true],
    [{ status: 502, body: "<html>bad gateway</html>" }, "server", "系统繁忙", "请稍后重试", true],
    [{ status: 200, body: { status: "CLAIMABLE" } }, "server", "系统繁忙", "请稍后重试", true],
  ];
  for (const [answer, problem, head, line, canRetry] of rows) {
    await visit({ open: [answer] }, {}, async ({ page }) => {
      await kind(page, `failed-${problem}`);
      assert.deepEqual([await title(page), await detail(page)], [head, line]);
      assert.equal(await page.locator(".act button").count(), canRetry ? 1 : 0);
      await screenshot(page, `failed-${problem}`);
    });
    if (answer.status === 200 || typeof answer.body === "string") continue;
    await visit({ open: [opened("CLAIMABLE", coupon())], receive: [answer, received(claimed(coupon(), "EFFECTIVE"))] }, {}, async ({ page }) => {
      await page.locator(".primary").click();
      await kind(page, `failed-${problem}`);
      assert.equal(await detail(page), canRetry ? "暂未收到领取结果，重试不会重复领取" : line);
      assert.equal(await page.locator(".ticket").count(), canRetry ? 1 : 0);
      if (!canRetry) return;
      await page.getByRole("button", { name: "重试" }).click();
      await kind(page, "claimed");
    });
  }
});

test("without a token the page sends the person back to the shop", async () => {
  const { context, page, complaints } = await openPage(browser);
  await page.goto(`${server.origin}/claim`);
  await kind(page, "failed-missing");
  assert.equal(await title(page), "请从商家页面打开");
  await screenshot(page, "failed-missing");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a token that dies while the page is open ends the claim, by the server's times", async () => {
  const answer = opened("CLAIMABLE", coupon(), { expires_at: later(90) });
  await visit({ open: [answer] }, { clock: true }, async ({ page, calls }) => {
    await page.clock.runFor(10_000);
    assert.equal(await page.locator(".above").isVisible(), false);
    await page.clock.runFor(40_000);
    // The display follows once a second, so it may be one behind.
    assert.match(await page.locator(".above").innerText(), /^请在 (39|40|41) 秒内领取$/);
    await screenshot(page, "claimable-countdown");
    await page.clock.runFor(41_000);
    await kind(page, "failed-expired");
    assert.equal(await title(page), "领取链接已过期");
    assert.equal(calls("receive").length, 0);
  });
});

test("a new token in the fragment begins anew and is taken away too", async () => {
  await visit({ open: [refusal(410, "TOKEN_EXPIRED")] }, {}, async ({ page, token }) => {
    server.script(`${token}_NEXT`, { open: [opened("CLAIMABLE", discount())] });
    await page.evaluate((next) => (location.hash = `token=${next}`), `${token}_NEXT`);
    await kind(page, "claimable");
    assert.equal(page.url(), `${server.origin}/claim`);
    includes(await words(page), "全场八五折券");
  });
});

test("offline, then a retry with the same token", async () => {
  await visit({ open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] }, {}, async ({ context, page, calls, token }) => {
    await context.setOffline(true);
    await page.locator(".primary").click();
    await kind(page, "failed-network");
    assert.deepEqual([await title(page), await detail(page)], ["网络不给力", "暂未收到领取结果，重试不会重复领取"]);
    await screenshot(page, "failed-network");
    await page.getByRole("button", { name: "重试" }).click();
    await kind(page, "failed-network");
    await context.setOffline(false);
    await page.getByRole("button", { name: "重试" }).click();
    await kind(page, "claimed");
    assert.deepEqual(calls("receive").map((call) => call.body), [{ token }]);
  });
});

test("a call that takes 10 s is given up", async () => {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const script = { open: [{ ...opened("CLAIMABLE", coupon()), gate }, opened("CLAIMABLE", coupon())] };
  await visit(script, { clock: true, settle: ".skeleton" }, async ({ page }) => {
    // In two halves: the page's clock runs on by itself meanwhile, so the margin must be wide.
    await page.clock.runFor(5_000);
    await kind(page, "loading");
    await page.clock.runFor(5_100);
    await kind(page, "failed-network");
    assert.equal(await detail(page), "请检查网络后重试");
    release();
    await page.getByRole("button", { name: "重试" }).click();
    await kind(page, "claimable");
  });
});

test("without anyone to go back to, 去使用 explains itself", async () => {
  await visit({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS })] }, {}, async ({ page }) => {
    await afterGuard(page);
    await page.getByRole("button", { name: "去使用" }).click();
    const sheet = page.getByRole("dialog", { name: "选择商品去使用" });
    await sheet.waitFor();
    includes(await sheet.innerText(), "大杯热拿铁", "¥28", "草莓奶油蛋糕", "¥32.50", "黑糖珍珠奶茶", "¥18.05");
    await screenshot(page, "product-choice");
    await sheet.getByRole("button", { name: /草莓奶油蛋糕/ }).click();
    const how = page.getByRole("dialog", { name: "使用方法" });
    await how.waitFor();
    includes(await how.innerText(), "草莓奶油蛋糕", "到店点单时出示本券", "全国门店");
    await screenshot(page, "how-to-use");
    await how.getByRole("button", { name: "知道了" }).click();
    await how.waitFor({ state: "detached" });
    assert.equal(await title(page), "已领取");
  });
});

test("the keyboard alone leads from the claim to its use", async () => {
  const face = claimed(coupon(), "EFFECTIVE");
  await visit({ open: [opened("CLAIMABLE", coupon())], receive: [received(face, { products: PRODUCTS })] }, {}, async ({ page }) => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "立即领取");
    await screenshot(page, "keyboard-focus");
    await page.keyboard.press("Enter");
    await kind(page, "claimed");
    assert.equal(await focused(), "已领取");
    await afterGuard(page);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "去使用");
    await page.keyboard.press("Space");
    await page.getByRole("dialog").waitFor();
    assert.equal(await focused(), "选择商品去使用");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await focused(), "去使用");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    includes(await focused(), "大杯热拿铁");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "使用方法" }).waitFor();
  });
});

test("a listed return address gets the person back with the deed in its fragment", async () => {
  server.pages.set("/shop", "<!doctype html><title>shop</title><link rel=icon href=data:,>");
  const back = `&return=${encodeURIComponent(`${server.otherOrigin}/shop?from=claim`)}`;
  const script = { open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS.slice(0, 1) })] };
  await visit(script, { fragment: back, origins: `https://a.example ${server.otherOrigin}` }, async ({ page }) => {
    await screenshot(page, "with-close");
    await afterGuard(page);
    await page.getByRole("button", { name: "去使用" }).click();
    await page.waitForURL(/\/shop/);
    const url = new URL(page.url());
    assert.equal(url.origin + url.pathname + url.search, `${server.otherOrigin}/shop?from=claim`);
    const fields = Object.fromEntries(new URLSearchParams(url.hash.slice(1)));
    assert.deepEqual(fields, { action: "selectProduct", productPath: "pages/item?id=1", productAppid: "wx0000000000000001", claimed: "true", errMsg: "ok" });
  });
  await visit({ open: [refusal(410, "TOKEN_EXPIRED")] }, { fragment: back, origins: server.otherOrigin }, async ({ page }) => {
    await page.getByRole("button", { name: "返回商家" }).click();
    await page.waitForURL(/\/shop.*action=closePage&claimed=false&errMsg=token_expired$/);
  });
});

test("an unlisted return address is ignored", async () => {
  const back = `&return=${encodeURIComponent(`${server.otherOrigin}/shop`)}`;
  await visit({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"))] }, { fragment: back, origins: "https://a.example" }, async ({ page }) => {
    assert.equal(await page.getByRole("button", { name: "关闭" }).count(), 0);
    await afterGuard(page);
    await page.getByRole("button", { name: "去使用" }).click();
    await page.getByRole("dialog", { name: "使用方法" }).waitFor();
    assert.equal(page.url(), `${server.origin}/claim`);
  });
});

/** A page of the merchant that embeds the claim page and keeps what it is told. */
async function embed(origins, script, body) {
  const token = `TOKEN_${String((tokens += 1)).padStart(8, "0")}`;
  server.settings.origins = origins;
  server.script(token, script);
  server.pages.set("/embed", `<!doctype html><title>m</title><link rel=icon href=data:,><script>window.told=[];addEventListener("message",e=>told.push([e.origin,e.data]))</script><iframe width=380 height=800 src="${server.origin}/claim#token=${token}"></iframe>`);
  const { context, page } = await openPage(browser);
  await page.goto(`${server.otherOrigin}/embed`);
  const frame = page.frameLocator("iframe");
  await frame.locator(".notice, .primary").first().waitFor();
  await body(page, frame);
  await context.close();
}

test("an embedding page of a listed origin is told, another one is not", async () => {
  const script = () => ({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"))] });
  await embed(server.otherOrigin, script(), async (page, frame) => {
    await afterGuard(page);
    await frame.getByRole("button", { name: "去使用" }).click();
    await page.waitForFunction(() => window.told.length > 0);
    const [[origin, result]] = await page.evaluate(() => window.told);
    assert.equal(origin, server.origin);
    assert.equal(result.errMsg, "ok");
    assert.deepEqual(result.extraData, {
      action: "selectGlobalCoupon",
      claimed: true,
      ext: { status: "CLAIMED", stockId: "1000000013", sendRequestNo: "SEND-20260320-0001", couponState: "EFFECTIVE" },
    });
  });
  await embed(server.otherOrigin, script(), async (page) => {
    await page.evaluate(() => (document.querySelector("iframe").src = "about:blank"));
    await page.waitForFunction(() => window.told.length > 0);
    assert.equal((await page.evaluate(() => window.told))[0][1].extraData.action, "closePage");
  });
  await embed("", script(), async (page, frame) => {
    await afterGuard(page);
    await frame.getByRole("button", { name: "去使用" }).click();
    await frame.getByRole("dialog", { name: "使用方法" }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.told), []);
  });
});

test("inside a mini program's web-view every change is posted, and leaving goes back", async () => {
  const script = { open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] };
  const token = `TOKEN_${String((tokens += 1)).padStart(8, "0")}`;
  server.settings.origins = "";
  server.script(token, script);
  const { context, page, complaints } = await openPage(browser);
  await page.addInitScript(() => {
    window.__wxjs_environment = "miniprogram";
    window.invoked = [];
    window.WeixinJSBridge = { invoke: (api, { name, arg }) => window.invoked.push([api, name, arg]) };
  });
  await page.goto(`${server.origin}/claim#token=${token}`);
  await page.locator(".primary").click();
  await kind(page, "claimed");
  const last = () => page.evaluate(() => window.invoked.at(-1));
  assert.deepEqual([(await last())[1], (await last())[2].extraData.claimed], ["postMessage", true]);
  await page.getByRole("button", { name: "关闭" }).click();
  const [[, , result], [api, name, arg]] = (await page.evaluate(() => window.invoked)).slice(-2);
  assert.equal(result.extraData.action, "closePage");
  assert.deepEqual([api, name, arg], ["invokeMiniProgramAPI", "navigateBack", { delta: 1 }]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the back button closes the page, and leads to the return address after a claim", async () => {
  server.pages.set("/shop", "<!doctype html><title>shop</title><link rel=icon href=data:,>");
  const token = `TOKEN_${String((tokens += 1)).padStart(8, "0")}`;
  server.settings.origins = server.otherOrigin;
  server.script(token, { open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "EFFECTIVE"))] });
  const { context, page } = await openPage(browser);
  await page.goto(`${server.otherOrigin}/shop`);
  await page.goto(`${server.origin}/claim#token=${token}&return=${encodeURIComponent(`${server.otherOrigin}/shop?back`)}`);
  await page.locator(".primary").click();
  await kind(page, "claimed");
  await page.goBack({ waitUntil: "commit" }).catch(() => undefined);
  await page.waitForURL(/\/shop\?back#action=closePage&claimed=true&errMsg=ok$/);
  await context.close();
});

test("an answer that takes long is called slow, and still comes", async () => {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const script = { open: [{ ...opened("CLAIMABLE", coupon()), gate }], receive: [{ ...received(claimed(coupon(), "EFFECTIVE")), gate: new Promise((resolve) => setTimeout(resolve, 100)) }] };
  await visit(script, { clock: true, settle: ".skeleton" }, async ({ page }) => {
    await page.clock.runFor(2500);
    assert.equal(await page.locator(".slow").count(), 0);
    await page.clock.runFor(700);
    assert.equal(await page.locator(".slow").innerText(), "网络较慢，请稍候");
    assert.equal(await page.locator(".live").textContent(), "网络较慢，请稍候");
    release();
    await kind(page, "claimable");
    assert.equal(await page.locator(".slow").count(), 0);
  });
});

test("a browser without modules is told to be too old", async () => {
  const { context, page } = await openPage(browser);
  for (const [query, words] of [["", "请升级微信"], ["?lang=en", "Update WeChat"]]) {
    await page.goto(`${server.origin}/claim${query}`);
    await page.addScriptTag({ url: `${server.origin}/claim/too-old.js` });
    includes(await page.locator("#page").innerText(), words);
  }
  await context.close();
});

test("text of a merchant stays text, and pictures from elsewhere are not asked for", async () => {
  const face = coupon({ name: "<img src=x onerror=alert(1)>", brand_name: "<b>&amp;", usage_description: "<script>alert(1)</script>", image_url: "javascript:alert(1)", background_url: "http://pictures.invalid/a.png", brand_logo_url: undefined });
  await visit({ open: [opened("CLAIMABLE", face)] }, {}, async ({ page }) => {
    includes(await words(page), "<img src=x onerror=alert(1)>", "<b>&amp;", "<script>alert(1)</script>");
    assert.equal(await page.locator(".ticket img").count(), 0);
    await screenshot(page, "without-pictures");
  });
});

test("English on request only", async () => {
  await visit({ open: [opened("CLAIMABLE", discount())] }, { query: "?lang=en" }, async ({ page, calls }) => {
    assert.equal(await pressLabel(page), "Get it now");
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.equal(calls("open")[0].body.lang, "en");
    includes(await words(page), "No minimum spend", "Whole shop");
    await screenshot(page, "claimable-english");
  });
  await visit({ open: [opened("CLAIMABLE", coupon())] }, { locale: "en-US" }, async ({ page }) => {
    assert.equal(await pressLabel(page), "立即领取");
  });
});

test("nothing moves for those who asked for calm, and nothing is wider than the screen", async () => {
  const face = claimed(sequential({ name: "一个名字写得非常非常长的商品券名称", rounds: { total_count: 15, used_count: 3, interval_days: 7, next_begin_time: "2026-03-22T10:30:00+08:00" } }), "EFFECTIVE");
  await visit({ open: [opened("CLAIMED", face)] }, { reducedMotion: "reduce", viewport: { width: 320, height: 640 } }, async ({ page }) => {
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await screenshot(page, "narrow-sequential");
  });
});
