/**
 * @file Uses the console of a running `quan dev` as a person would: signs in, finds out why a signature failed, pauses a
 * stock, changes a budget, follows a coupon, makes a token, reads the audit log; on a phone and on a desk, in both
 * languages, light and dark, and once without JavaScript. Demands that the browser has nothing to complain of and that
 * axe-core finds no serious fault on any page. Prints one line of JSON of what it saw.
 *
 * Usage: QUAN_SCREENSHOTS=folder node console.mjs sandbox.json
 */

import { createSign, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import axe from "axe-core";
import { DESK, launch, openPage, PHONE, screenshot } from "./browser.mjs";

const sandbox = JSON.parse(await readFile(process.argv[2] ?? "sandbox.json", "utf8"));
const BASE = sandbox.base_url;
const PRE_SEND = "/v3/marketing/busifavor/product-coupons/pre-send";

class Unexpected extends Error {}

function expect(truth, words) {
  if (!truth) throw new Unexpected(words);
}

/** Makes a call of the merchant; `signed` is the body that is signed, which a careless client leaves out. */
async function call(target, body, signed = body) {
  const [timestamp, nonce] = [Math.floor(Date.now() / 1000).toString(), randomBytes(16).toString("hex")];
  const message = `POST\n${target}\n${timestamp}\n${nonce}\n${signed}\n`;
  const key = await readFile(sandbox.merchant.private_key_file, "utf8");
  const signature = createSign("RSA-SHA256").update(message).sign(key, "base64");
  const { mchid, serial_no } = sandbox.merchant;
  const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${serial_no}",signature="${signature}"`;
  const headers = { Authorization: authorization, "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(BASE + target, { method: "POST", headers, body });
  return { status: response.status, body: await response.json() };
}

/** A coupon that a user claimed and nobody confirmed, and two calls that go wrong. */
async function makeTraffic() {
  const send = (number, stock_id) => JSON.stringify({ stock_id, appid: sandbox.appid, openid: sandbox.openids[0], send_request_no: number });
  const sent = await call(PRE_SEND, send("CONSOLE_E2E_1", sandbox.stocks.single));
  expect(sent.status === 200, `the pre-send was answered ${sent.status}`);
  const headers = { "Content-Type": "application/json" };
  const received = await fetch(`${BASE}/claim/v1/receive`, { method: "POST", headers, body: JSON.stringify({ token: sent.body.token }) });
  const coupon = (await received.json()).coupon;
  const wrong = await call(PRE_SEND, send("CONSOLE_E2E_2", sandbox.stocks.single), "");
  expect(wrong.status === 401, `the wrong signature was answered ${wrong.status}`);
  await call(PRE_SEND, send("CONSOLE_E2E_3", "9999999999999999"));
  return coupon.coupon_code;
}

async function signIn(page) {
  await page.goto(`${BASE}/console/`);
  await page.getByLabel(/访问令牌|Access token/).fill(sandbox.console_token);
  await page.locator("main button").click();
  await page.waitForURL(`${BASE}/console/`);
}

/** The faults that axe-core calls serious or critical, in words. */
async function faults(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

async function look(page, name) {
  const found = await faults(page);
  expect(found.length === 0, `${name}: ${found.join("\n")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide <= 1, `${name} is ${wide} px wider than its window`);
  await screenshot(page, name, "css");
}

/** Waits until the call with this number is in the log, and opens it. */
async function openCall(page, number) {
  for (let tries = 0; tries < 40; tries += 1) {
    await page.goto(`${BASE}/console/requests?q=${number}`);
    const link = page.locator("#live a").first();
    if (await link.count()) return link.click();
    await page.waitForTimeout(250);
  }
  throw new Unexpected(`${number} is not in the request log`);
}

async function walk(page, size, code, seen) {
  await signIn(page);
  await look(page, `console-overview-${size}`);
  for (const section of ["product-coupons", "stocks", "bundles", "user-coupons", "notifications", "requests", "settings", "audit"]) {
    await page.goto(`${BASE}/console/${section}`);
    await look(page, `console-${section}-${size}`);
  }
  await openCall(page, "CONSOLE_E2E_2");
  await page.waitForSelector(".signature");
  seen.cause = await page.locator(".causes.proved strong").innerText();
  await page.locator(".signature details summary").click();
  await look(page, `console-signature-${size}`);
  await page.goto(`${BASE}/console/user-coupons?q=${code}`);
  await page.locator("tbody a").first().click();
  await page.waitForSelector(".timeline");
  seen.timeline = await page.locator(".timeline strong").allInnerTexts();
  await look(page, `console-user-coupon-${size}`);
  await page.goto(`${BASE}/console/stocks/${sandbox.stocks.upload}`);
  await look(page, `console-stock-${size}`);
  await page.goto(`${BASE}/console/bundles/${sandbox.stock_bundle}`);
  await look(page, `console-bundle-${size}`);
  await page.goto(`${BASE}/console/notifications`);
  await page.locator("tbody a").first().click();
  await look(page, `console-notification-${size}`);
  await page.goto(`${BASE}/console/settings/parties/brand:${sandbox.brand.brand_id}`);
  await look(page, `console-party-${size}`);
}

async function act(page, seen) {
  const stock = `${BASE}/console/stocks/${sandbox.stocks.single}`;
  await page.goto(stock);
  await page.getByRole("button", { name: "暂停发放" }).click();
  await page.getByRole("button", { name: "恢复发放" }).waitFor();
  await page.getByRole("button", { name: "恢复发放" }).click();
  await page.getByRole("button", { name: "暂停发放" }).waitFor();
  await page.getByLabel("总量").fill("123456");
  await page.getByRole("button", { name: "修改" }).first().click();
  await page.waitForSelector('progress[max="123456"]');
  await page.goto(`${BASE}/console/settings`);
  await page.locator('form[action="/console/settings/tokens"] input[name=name]').fill("值班");
  await page.getByRole("button", { name: "新建令牌" }).click();
  await page.getByText(/^qc_/).waitFor();
  await page.goto(`${BASE}/console/audit`);
  seen.audit = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
  await page.goto(`${BASE}/console/requests`);
  await page.getByRole("button", { name: "暂停刷新" }).click();
  await page.getByRole("button", { name: "继续刷新" }).waitFor();
}

async function inContext(browser, options, body) {
  const { context, page, complaints } = await openPage(browser, options);
  try {
    await body(page);
    expect(complaints.length === 0, `the browser complains: ${complaints.join("\n")}`);
  } finally {
    await context.close();
  }
}

const seen = { ok: false };
const browser = await launch();
try {
  const code = await makeTraffic();
  await inContext(browser, { viewport: DESK, deviceScaleFactor: 1, hasTouch: false }, async (page) => {
    await walk(page, "desk", code, seen);
    await act(page, seen);
  });
  await inContext(browser, { viewport: PHONE }, (page) => walk(page, "phone", code, seen));
  await inContext(browser, { viewport: DESK, deviceScaleFactor: 1, hasTouch: false, colorScheme: "dark", locale: "en-GB" }, async (page) => {
    await walk(page, "dark-en", code, seen);
  });
  await inContext(browser, { viewport: DESK, javaScriptEnabled: false }, async (page) => {
    await signIn(page);
    await page.goto(`${BASE}/console/requests`);
    seen.without_script = await page.locator("#live tr").count();
  });
  seen.ok = true;
} catch (error) {
  seen.error = String(error);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
process.exitCode = seen.ok ? 0 : 1;
