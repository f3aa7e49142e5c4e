/**
 * @file Uses the console of a running `quan dev` as a team would: signs in, reads every section on a phone and on a desk, in
 * both languages, light and dark, does every task once, and reads without JavaScript. Demands that the browser has nothing
 * to complain of, that no request leaves the host, that no page is wider than its window, and that axe-core finds no serious
 * fault on any page. Prints one line of JSON of what it saw.
 *
 * Usage: QUAN_SCREENSHOTS=folder node console.mjs sandbox.json
 */

import { readFile } from "node:fs/promises";
import axe from "axe-core";
import { DESK, launch, openPage, PHONE, screenshot } from "./browser.mjs";
import { expect, makeTraffic } from "./console_calls.mjs";
import * as tasks from "./console_tasks.mjs";

const sandbox = JSON.parse(await readFile(process.argv[2] ?? "sandbox.json", "utf8"));
const base = sandbox.base_url;

/** Every kind of page that is read; `{coupon}` and the like are filled in. */
const PAGES = {
  overview: "/console/",
  "overview-month": "/console/?span=month",
  "product-coupons": "/console/product-coupons",
  stocks: "/console/stocks",
  bundles: "/console/bundles",
  "user-coupons": "/console/user-coupons",
  notifications: "/console/notifications",
  requests: "/console/requests",
  settings: "/console/settings",
  audit: "/console/audit",
  stock: `/console/stocks/${sandbox.stocks.single}`,
  "stock-with-codes": `/console/stocks/${sandbox.stocks.upload}`,
  bundle: `/console/bundles/${sandbox.stock_bundle}`,
  "product-coupon": `/console/product-coupons/${sandbox.product_coupons.single}`,
  "new-product-coupon": "/console/product-coupons/new",
  party: `/console/settings/parties/mchid:${sandbox.merchant.mchid}`,
  "not-found": "/console/stocks/1",
};

/** The faults that axe-core calls serious or critical, in words. */
async function faults(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Checks a page and keeps a picture of it, of its whole length. */
function looker(page, size) {
  return async (name) => {
    const found = await faults(page);
    expect(found.length === 0, `${name} (${size}): ${found.join("\n")}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide <= 1, `${name} (${size}) is ${wide} px wider than its window`);
    await screenshot(page, `console-${name}-${size}`, "css", true);
  };
}

/** Signs in; a wrong token is told first. */
async function signIn(page, token, look) {
  await page.goto(`${base}/console/stocks`);
  expect(page.url().includes("/console/sign-in"), "who is not signed in is asked to");
  const enter = async (text) => {
    await page.locator("input[name=token]").fill(text);
    await Promise.all([page.waitForNavigation(), page.locator("main button").click()]);
  };
  if (look) {
    await look("sign-in");
    await enter("qc_00000000_wrong");
    await page.getByRole("alert").waitFor();
    await look("sign-in-refused");
  }
  await enter(token);
  expect(page.url() === `${base}/console/stocks`, "one comes to the page that was asked for");
}

async function readEverything(page, look, stuck, english = false) {
  for (const [name, address] of Object.entries(PAGES)) {
    await page.goto(base + address);
    await look(name);
  }
  await page.goto(`${base}/console/user-coupons/${stuck.stock_id}/${stuck.code}`);
  await page.waitForSelector(".timeline");
  await look("user-coupon");
  if (english) return { timeline: await page.locator(".timeline strong").allInnerTexts() };
  await page.goto(`${base}/console/`);
  await page.getByText("停在待确认").first().waitFor();
  const lines = await page.locator("svg.chart path").count();
  return { lines, stuck: await page.locator("table", { hasText: stuck.code }).locator("tr", { hasText: stuck.code }).innerText() };
}

/** A page in a context of its own, which must not complain; `body` is given what it needs. */
async function inContext(browser, size, options, body) {
  const { context, page, complaints } = await openPage(browser, options);
  const elsewhere = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  try {
    await body(page, looker(page, size));
    // What is refused on purpose, the browser notes as a failed load of the page itself.
    const faulty = complaints.filter((text) => !/status of (401|403|404|422)/.test(text));
    expect(faulty.length === 0, `the browser complains (${size}): ${faulty.join("\n")}`);
    expect(elsewhere.length === 0, `requests left the host (${size}): ${elsewhere.join(" ")}`);
  } finally {
    await screenshot(page, `console-last-${size}`, "css").catch(() => {});
    await context.close();
  }
}

const DESKTOP = { viewport: DESK, deviceScaleFactor: 1, hasTouch: false };
const seen = { ok: false };
const browser = await launch();
try {
  const { merchant, stuck } = await makeTraffic(sandbox);
  const world = { base, sandbox, merchant, stuck };
  await inContext(browser, "desk", DESKTOP, async (page, look) => {
    await signIn(page, sandbox.console_token, look);
    Object.assign(seen, await readEverything(page, look, stuck));
    const at = { ...world, page, look };
    await tasks.stocks(at);
    seen.created = await tasks.creation(at);
    seen.uploaded = await tasks.upload(at);
    seen.exported = await tasks.lists(at);
    await tasks.search(at);
    await tasks.notifications(at);
    await tasks.requests(at);
    await tasks.signature(at);
    seen.token = await tasks.settings(at);
    await tasks.forgery(at);
    await page.goto(`${base}/console/audit`);
    seen.audit = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
    await look("audit-after");
    await page.goto(`${base}/console/audit?action=pause_stock`);
    seen.audit.push(...(await page.locator("tbody tr td:nth-child(3)").allInnerTexts()));
  });
  await inContext(browser, "phone", { viewport: PHONE }, async (page, look) => {
    await signIn(page, sandbox.console_token, look);
    await readEverything(page, look, stuck);
    await tasks.signature({ ...world, page, look });
    await tasks.notifications({ ...world, page, look });
  });
  const english = { ...DESKTOP, colorScheme: "dark", locale: "en-GB" };
  await inContext(browser, "dark-en", english, async (page, look) => {
    await signIn(page, sandbox.console_token, look);
    Object.assign(seen, await readEverything(page, look, stuck, true));
    seen.cause = await tasks.signature({ ...world, page, look });
    await page.getByRole("link", { name: "中文" }).click();
    await page.getByRole("link", { name: "English" }).waitFor();
  });
  await inContext(browser, "viewer", DESKTOP, async (page, look) => {
    await signIn(page, seen.token);
    await tasks.roles({ ...world, page, look });
  });
  await inContext(browser, "plain", { ...DESKTOP, javaScriptEnabled: false }, async (page) => {
    await signIn(page, sandbox.console_token);
    await page.goto(`${base}/console/requests`);
    seen.without_script = await page.locator("#live tr").count();
  });
  delete seen.token;
  seen.ok = true;
} catch (error) {
  seen.error = String(error.stack ?? error);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
process.exitCode = seen.ok ? 0 : 1;
