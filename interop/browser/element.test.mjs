/**
 * @file `<quan-claim>` in a page of another origin: its events and their order, what a page may
 * prevent, its tokens, its looks from outside, and the strictest content policy it can live under.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { claimed, coupon, discount, opened, PRODUCTS, received, refusal, stateIs } from "./coupons.mjs";
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
const LISTEN = `
  window.told = [];
  for (const name of ["open", "success", "already", "unavailable", "select-product", "close", "error"]) {
    document.addEventListener("claim-" + name, (event) => {
      told.push([event.type, event.detail, event.composed]);
      if (window.takesOver) event.preventDefault();
    });
  }`;

/** A shop's page with the element in it, on another origin than the server. */
async function shop(script, options, body) {
  const { attributes = (token) => `token="${token}"`, origins = server.otherOrigin, head = "", policy = "", settle = "[data-kind]:not([data-kind=loading])" } = options;
  const token = `ELEMENT_${(tokens += 1)}`;
  server.settings.origins = origins;
  server.script(token, script);
  server.pages.set("/listen.js", LISTEN);
  server.pages.set("/shop", `<!doctype html><html lang="zh-CN"><meta charset=utf-8><title>shop</title><link rel=icon href=data:,>${policy}${head}<script src="/listen.js"></script><script defer src="${server.origin}/claim/quan-claim.js"></script><h1>shop</h1><quan-claim ${attributes(token)}></quan-claim></html>`);
  const { context, page, complaints } = await openPage(browser);
  try {
    await page.goto(`${server.otherOrigin}/shop`);
    if (settle) await page.waitForSelector(settle);
    await body({ page, token, complaints, calls: (call) => server.callsOf(token, call) });
  } finally {
    await context.close();
  }
}

const told = (page) => page.evaluate(() => window.told.map(([type]) => type));
const kind = (page, wanted) => page.waitForSelector(`[data-kind="${wanted}"]`);
const afterGuard = (page) => page.waitForTimeout(650);

test("a claim tells of its opening and its success, across origins and without credentials", async () => {
  const script = { open: [opened("CLAIMABLE", coupon())], receive: [received(claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING")] };
  await shop(script, {}, async ({ page, calls, complaints }) => {
    await page.getByRole("button", { name: "立即领取" }).dblclick();
    await kind(page, "claimed");
    assert.deepEqual(await told(page), ["claim-open", "claim-success"]);
    const [, [, detail, composed]] = await page.evaluate(() => window.told);
    assert.equal(composed, true);
    assert.deepEqual(detail, {
      errMsg: "ok",
      extraData: { action: "closePage", claimed: true, ext: { status: "CLAIMED", stockId: "1000000013", sendRequestNo: "SEND-20260320-0001", couponState: "CONFIRMING" } },
    });
    assert.equal(calls("receive").length, 1);
    const [call] = calls("open");
    assert.deepEqual([call.headers.origin, call.headers.cookie, call.headers.referer], [server.otherOrigin, undefined, undefined]);
    assert.deepEqual(complaints, []);
  });
});

test("already, unavailable and error are told too", async () => {
  const rows = [
    [{ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"))] }, ["claim-open", "claim-already"], "ok"],
    [{ open: [opened("UNAVAILABLE", coupon(), { reason: "MAXQUOTA" })] }, ["claim-open", "claim-unavailable"], "ok"],
    [{ open: [refusal(410, "TOKEN_EXPIRED")] }, ["claim-error"], "token_expired"],
    [{ open: [refusal(404, "TOKEN_INVALID")] }, ["claim-error"], "token_invalid"],
  ];
  for (const [script, events, errMsg] of rows) {
    await shop(script, {}, async ({ page }) => {
      assert.deepEqual(await told(page), events);
      assert.equal((await page.evaluate(() => window.told.at(-1)))[1].errMsg, errMsg);
    });
  }
});

test("去使用 hands the choice to a page that takes over, and explains itself to one that does not", async () => {
  const script = () => ({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS.slice(0, 1) })] });
  for (const takesOver of [true, false]) {
    await shop(script(), {}, async ({ page }) => {
      await page.evaluate((takes) => (window.takesOver = takes), takesOver);
      await afterGuard(page);
      await page.getByRole("button", { name: "去使用" }).click();
      const [type, detail] = await page.evaluate(() => window.told.at(-1));
      assert.equal(type, "claim-select-product");
      assert.deepEqual([detail.extraData.action, detail.extraData.productPath, detail.extraData.productAppid], ["selectProduct", "pages/item?id=1", "wx0000000000000001"]);
      assert.equal(await page.getByRole("dialog", { name: "使用方法" }).count(), takesOver ? 0 : 1);
    });
  }
});

test("closing hides the element unless the page prevents it, and a new token shows it again", async () => {
  await shop({ open: [opened("CLAIMABLE", coupon())] }, {}, async ({ page, token }) => {
    await page.evaluate(() => (window.takesOver = true));
    await page.getByRole("button", { name: "关闭" }).click();
    assert.equal(await page.locator("quan-claim").isVisible(), true);
    await page.waitForTimeout(1100);
    await page.evaluate(() => (window.takesOver = false));
    await page.getByRole("button", { name: "关闭" }).click();
    assert.equal(await page.locator("quan-claim").isVisible(), false);
    assert.deepEqual((await told(page)).slice(1), ["claim-close", "claim-close"]);
    server.script(`${token}_NEXT`, { open: [opened("CLAIMABLE", discount())] });
    await page.evaluate((next) => (document.querySelector("quan-claim").token = next), `${token}_NEXT`);
    await page.getByRole("heading", { name: "全场八五折券" }).waitFor();
    assert.equal(await page.locator("quan-claim").isVisible(), true);
  });
});

test("the property is preferred to the attribute and leaves no trace; several attributes begin one claim", async () => {
  await shop({ open: [opened("CLAIMABLE", coupon())] }, { attributes: () => 'token="UNKNOWN"' }, async ({ page, token, calls }) => {
    await kind(page, "failed-invalid");
    await page.evaluate((given) => (document.querySelector("quan-claim").token = given), token);
    await kind(page, "claimable");
    assert.ok(!(await page.content()).includes(token));
    await page.evaluate(() => {
      const element = document.querySelector("quan-claim");
      element.setAttribute("lang", "en");
      element.setAttribute("server", location.origin);
    });
    await page.getByRole("button", { name: "Get it now" }).waitFor();
    assert.equal(calls("open").length, 2);
    assert.equal(calls("open")[1].body.lang, "en");
  });
});

test("without a token the element waits, and says nothing", async () => {
  await shop({ open: [opened("CLAIMABLE", coupon())] }, { attributes: () => "", settle: "" }, async ({ page, token }) => {
    await page.waitForSelector("quan-claim .skeleton");
    assert.deepEqual(await told(page), []);
    await page.evaluate((given) => (document.querySelector("quan-claim").token = given), token);
    await kind(page, "claimable");
    assert.deepEqual(await told(page), ["claim-open"]);
    await page.evaluate(() => (document.querySelector("quan-claim").token = ""));
    await kind(page, "failed-missing");
  });
});

test("a token that was set before the file arrived is taken", async () => {
  await shop({ open: [opened("CLAIMABLE", coupon())] }, { attributes: () => "", head: "", settle: "" }, async ({ page, token }) => {
    await page.evaluate((given) => {
      const early = document.createElement("quan-claim");
      early.token = given;
      document.querySelector("quan-claim").replaceWith(early);
    }, token);
    await kind(page, "claimable");
  });
});

test("an origin that is not listed sees nothing", async () => {
  await shop({ open: [opened("CLAIMABLE", coupon())] }, { origins: "https://a.example" }, async ({ page }) => {
    await kind(page, "failed-network");
    assert.deepEqual(await told(page), ["claim-error"]);
  });
});

test("no style goes in or out, and properties of the page change its looks", async () => {
  const head = "<style>*{color:rgb(1,2,3)!important}button{display:none}quan-claim{--quan-claim-primary:rgb(200,0,100);--quan-claim-radius-button:24px}</style>";
  await shop({ open: [opened("CLAIMABLE", coupon())] }, { head }, async ({ page }) => {
    const button = page.locator(".primary");
    const looks = await button.evaluate((element) => {
      const style = getComputedStyle(element);
      return [style.backgroundColor, style.borderRadius, style.display, style.color];
    });
    assert.deepEqual(looks, ["rgb(200, 0, 100)", "24px", "flex", "rgb(255, 255, 255)"]);
    assert.equal(await page.locator("body > h1, h1").first().evaluate((element) => getComputedStyle(element).margin), "21.44px 0px");
  });
});

test("it lives under a strict content policy", async () => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' ${server.origin}; connect-src ${server.origin}; img-src ${server.origin} data:">`;
  await shop({ open: [opened("CLAIMED", claimed(coupon(), "EFFECTIVE"), { products: PRODUCTS })] }, { policy }, async ({ page, complaints }) => {
    await afterGuard(page);
    await page.getByRole("button", { name: "去使用" }).click();
    await page.getByRole("dialog", { name: "选择商品去使用" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "选择商品去使用");
    assert.deepEqual(complaints, []);
  });
});

test("an element that is taken away or closed asks no more", async () => {
  const script = () => ({ open: [opened("CLAIMED", claimed(coupon(), "CONFIRMING"))], state: [stateIs("CONFIRMING")] });
  const ends = [(page) => page.evaluate(() => document.querySelector("quan-claim").remove()), (page) => page.getByRole("button", { name: "关闭" }).click()];
  for (const end of ends) {
    await shop(script(), {}, async ({ page, calls }) => {
      await end(page);
      await page.waitForTimeout(2300);
      assert.equal(calls("state").length, 0);
    });
  }
});

test("the demo shows the element and writes down its events", async () => {
  const token = `ELEMENT_${(tokens += 1)}`;
  server.script(token, { open: [opened("CLAIMABLE", coupon())] });
  const { context, page, complaints } = await openPage(browser);
  await page.goto(`${server.origin}/claim/demo.html#token=${token}`);
  await page.getByText("claim-open").waitFor();
  assert.equal(page.url(), `${server.origin}/claim/demo.html`);
  assert.deepEqual(complaints, []);
  await context.close();
});
