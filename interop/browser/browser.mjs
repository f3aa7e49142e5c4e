/**
 * @file A headless Chromium for the tests, and a page in it that keeps every complaint of the
 * browser, so that a test can demand that there was none.
 */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

/** Nothing that would call out or differ from run to run. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The size of a common phone, in CSS pixels. */
export const PHONE = { width: 390, height: 844 };
/** The size of a small laptop. */
export const DESK = { width: 1280, height: 800 };

/** Starts the browser; every start has a new, empty profile. */
export function launch() {
  return chromium.launch({ executablePath: process.env.QUAN_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page in a context of its own. `complaints` fills while it lives. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, locale: "zh-CN", hasTouch: true, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // The browser itself notes every refused or failed call; refusals are what many tests play.
    if (message.text().startsWith("Failed to load resource") && message.location().url.includes("/claim/v1/")) return;
    complaints.push(`${message.type()}: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { context, page, complaints };
}

/** Keeps a picture of the window, or of the whole page, for people, when a folder for them is named. */
export async function screenshot(page, name, scale = "device", fullPage = false) {
  const folder = process.env.QUAN_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled", scale, fullPage });
}
