/**
 * @file Walks a real claim on a running platform: opens the address on a phone-sized page, claims,
 * sees 已领取, opens the same address again and finds the coupon already claimed. Prints one line of
 * JSON of what it saw; the exit code is 0 only when everything was as it should be.
 *
 * Usage: node e2e.mjs 'http://127.0.0.1:PORT/claim#token=…' [folder for screenshots]
 */

import { launch, openPage, screenshot } from "./browser.mjs";

const CLAIMED_STATES = ["CONFIRMING", "PENDING", "EFFECTIVE"];

/** Thrown when the page is not what it should be; the message says in words what was seen. */
class Unexpected extends Error {}

async function settled(page) {
  await page.waitForFunction(() => !["waiting", "loading", "claiming"].includes(document.querySelector("#page")?.getAttribute("data-kind") ?? "waiting"));
  return page.locator("#page").getAttribute("data-kind");
}

async function expectKind(page, wanted) {
  const kind = await settled(page);
  if (kind !== wanted) throw new Unexpected(`wanted ${wanted}, saw ${kind}: ${await page.locator("#page").innerText()}`);
}

/** What a person reads. */
async function read(page, selector) {
  const found = page.locator(selector).first();
  return (await found.count()) ? (await found.innerText()).replaceAll("\u00a0", " ").trim() : null;
}

async function expectClaimed(page) {
  await expectKind(page, "claimed");
  const title = await read(page, ".notice h2");
  if (title !== "已领取") throw new Unexpected(`wanted 已领取, saw ${title}`);
  return { title, detail: await read(page, ".notice p"), button: await read(page, ".act button") };
}

/** What an answer of the server said, as far as it matters here. */
async function tell(call, response) {
  const body = await response.json().catch(() => null);
  return { call, status: response.status(), code: body?.code, first_time: body?.first_time, coupon_state: body?.coupon?.coupon_state };
}

async function walk(browser, address, seen) {
  const { context, page, complaints } = await openPage(browser);
  const answers = [];
  page.on("response", (response) => {
    const call = /\/claim\/v1\/(\w+)$/.exec(response.url())?.[1];
    if (call && call !== "state") answers.push(tell(call, response));
  });
  await page.goto(address);
  await expectKind(page, "claimable");
  seen.claimable = { brand: await read(page, ".brand-name"), name: await read(page, "h1"), benefit: (await read(page, ".figure"))?.replace(/\s/g, ""), condition: await read(page, ".condition"), button: await read(page, ".act button") };
  if (seen.claimable.button !== "立即领取") throw new Unexpected(`wanted 立即领取, saw ${seen.claimable.button}`);
  if (page.url().includes("token")) throw new Unexpected("the token is still in the address bar");
  await page.waitForLoadState("networkidle");
  await screenshot(page, "e2e-1-claimable");

  await page.getByRole("button", { name: "立即领取" }).tap();
  seen.claimed = await expectClaimed(page);
  await screenshot(page, "e2e-2-claimed");

  // The browser forgets the bodies of a page that is left, so they are read before.
  await Promise.all(answers);
  // From another address first: the same one with a new fragment would not load the page again.
  await page.goto("about:blank");
  await page.goto(address);
  seen.again = await expectClaimed(page);
  await screenshot(page, "e2e-3-again");

  seen.calls = await Promise.all(answers);
  const received = seen.calls.filter((one) => one.call === "receive");
  if (received.length !== 1 || received[0].first_time !== true) throw new Unexpected(`wanted one first claim, saw ${JSON.stringify(received)}`);
  if (!CLAIMED_STATES.includes(received[0].coupon_state)) throw new Unexpected(`the new coupon is ${received[0].coupon_state}`);
  if (complaints.length > 0) throw new Unexpected(`the browser complained: ${complaints.join("; ")}`);
  await context.close();
}

const [address, folder] = process.argv.slice(2);
if (!address) {
  console.error("usage: node e2e.mjs <claim address> [folder for screenshots]");
  process.exit(2);
}
if (folder) process.env.QUAN_SCREENSHOTS = folder;
const browser = await launch();
const seen = {};
try {
  await walk(browser, address, seen);
  console.log(JSON.stringify({ ok: true, ...seen }));
} catch (error) {
  console.log(JSON.stringify({ ok: false, error: error.message, ...seen }));
  process.exitCode = 1;
} finally {
  await browser.close();
}
