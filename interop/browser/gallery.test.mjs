/**
 * @file Every state on both carriers of the web: seen on a phone, in the dark and on a desk, with a
 * picture of each for people, and without any fault that axe-core calls serious. One page a carrier
 * lives through all the states, as a page may that is given one token after another.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { DESK, launch, openPage, PHONE, screenshot } from "./browser.mjs";
import { startFakeServer } from "./fake_server.mjs";
import { STATES } from "./states.mjs";

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

/** Rules about a whole document say nothing of a component in the page of a test. */
const OF_DOCUMENTS = ["region", "landmark-one-main", "page-has-heading-one", "landmark-main-is-top-level"];

/** The faults that axe-core calls serious or critical, in words. */
async function faults(page) {
  const { violations } = await page.evaluate((off) => globalThis.axe.run(document, { rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])), resultTypes: ["violations"] }), OF_DOCUMENTS);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join("; ")}`);
}

/** Presses what leads to the state, and lets the page's clock run. */
async function reach(page, state) {
  if (state.press) {
    await page.waitForSelector(".primary");
    if (state.runMs && state.press === "use") await page.clock.runFor(state.runMs);
    await page.locator(".primary").first().click();
  }
  if (state.kind === "claiming" || state.kind === "failed-network" || state.kind === "loading") {
    await page.waitForSelector(state.press ? '[data-kind="claiming"]' : '[data-kind="loading"]');
    if (state.runMs) await page.clock.runFor(state.runMs);
  }
  await page.waitForSelector(`[data-kind="${state.kind}"]`);
  if (state.press === "use") await page.getByRole("dialog").waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("img")].every((image) => image.complete));
}

/** Looks at a state from all sides. */
async function look(page, carrier, state) {
  /** @type {string[]} */
  const found = [];
  for (const [suffix, viewport, colorScheme] of [["390", PHONE, "light"], ["390-dark", PHONE, "dark"], ["1280", DESK, "light"]]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (suffix !== "1280") found.push(...(await faults(page)).map((fault) => `${carrier} ${state.name} ${suffix}: ${fault}`));
    await screenshot(page, `${carrier}-${state.name}-${suffix}`, suffix === "1280" ? "css" : "device");
    const isInside = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    if (!isInside) found.push(`${carrier} ${state.name} ${suffix}: wider than the window`);
  }
  return found;
}

async function walk(carrier, address, give) {
  const { context, page, complaints } = await openPage(browser);
  await page.clock.install();
  await page.goto(address);
  await page.evaluate(axe.source);
  const found = [];
  for (const state of STATES.filter((state) => (state.lang ?? "zh-CN") === give.lang)) {
    const token = `${carrier}_${give.lang}_${state.name}`;
    server.script(token, state.script);
    await page.evaluate(give.token, token);
    // The state before may look like the one that is waited for; once its call is made, it is gone.
    while (server.callsOf(token, "open").length === 0) await page.evaluate(() => undefined);
    await reach(page, state);
    found.push(...(await look(page, carrier, state)));
  }
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  await context.close();
}

const byFragment = (token) => (location.hash = `token=${token}`);
const byProperty = (token) => (document.querySelector("quan-claim").token = token);

test("the page in every state", async () => {
  for (const lang of ["zh-CN", "en"]) await walk("page", `${server.origin}/claim?lang=${lang}`, { lang, token: byFragment });
});

test("the element in every state", async () => {
  server.settings.origins = server.otherOrigin;
  for (const lang of ["zh-CN", "en"]) {
    server.pages.set(`/shop-${lang}`, `<!doctype html><html lang="${lang}"><meta charset=utf-8><meta name=viewport content="width=device-width"><meta name="color-scheme" content="light dark"><title>shop</title><link rel=icon href=data:,><style>quan-claim{max-width:480px;margin:auto}</style><script defer src="${server.origin}/claim/quan-claim.js"></script><quan-claim lang="${lang}"></quan-claim></html>`);
    await walk("element", `${server.otherOrigin}/shop-${lang}`, { lang, token: byProperty });
  }
});
