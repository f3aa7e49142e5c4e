/**
 * @file What a team does in the console: acting on stocks and coupons, creating product coupons of every kind, uploading
 * codes, looking after notifications and settings, and being refused what a role may not do.
 */

import { expect } from "./console_calls.mjs";

/** Scope and type of the five kinds, each with its benefits for one use and for three. */
const KINDS = [
  ["ALL-NORMAL", "60 6", "60 6\n60 9\n60 12"],
  ["ALL-DISCOUNT", "0 10", "0 10\n0 20\n0 30"],
  ["SINGLE-NORMAL", "0 6", "0 6\n0 9\n0 12"],
  ["SINGLE-DISCOUNT", "0 10", "0 10\n0 20\n0 30"],
  ["SINGLE-EXCHANGE", "0 9.9", "0 9.9\n0 8\n0 5"],
];
const MODES = ["SINGLE", "SEQUENTIAL"];

/** The text of the first element, or of all. */
const texts = (page, selector) => page.locator(selector).allInnerTexts();

/** Presses the button of a form and waits for the page that it leads to. */
async function press(page, form, button) {
  const [response] = await Promise.all([page.waitForNavigation(), page.locator(form).getByRole("button", { name: button, exact: true }).click()]);
  return response;
}

/** Pauses, resumes, changes a budget; and does not deactivate when the question is answered with no. */
export async function stocks({ page, base, sandbox, look }) {
  const stock = `/console/stocks/${sandbox.stocks.single}`;
  await page.goto(base + stock);
  await press(page, `form[action="${stock}/pause"]`, "暂停发放");
  await look("stock-paused");
  await press(page, `form[action="${stock}/resume"]`, "恢复发放");
  const budget = page.locator(`form[action="${stock}/budget"]`).first();
  await budget.locator("input[name=target]").fill("60");
  await Promise.all([page.waitForNavigation(), budget.getByRole("button").click()]);
  await page.waitForSelector('progress[max="60"]');
  await look("stock-near-its-limit");
  const deactivate = page.locator(`form[action="${stock}/deactivate"]`);
  await deactivate.locator("input[name=reason]").fill("活动结束");
  page.once("dialog", (dialog) => dialog.dismiss());
  await deactivate.getByRole("button").click();
  expect((await page.locator("form[action$='/pause']").count()) === 1, "a question answered with no does nothing");
}

/** The form with its preview, for each of the ten kinds, and what is wrong with one of them. */
export async function creation({ page, base, look, size }) {
  const picture = `${base}/_quan/samples/coffee.svg`;
  let made = 0;
  for (const [kind, one, several] of KINDS) {
    for (const mode of MODES) {
      await page.goto(`${base}/console/product-coupons/new`);
      const field = (name) => page.locator(`[name="${name}"]`);
      await field("kind").selectOption(kind);
      await field("usage_mode").selectOption(mode);
      await field("benefits").fill(mode === "SINGLE" ? one : several);
      if (mode === "SEQUENTIAL") {
        await field("interval_days").fill("1");
        await field("available_days").fill("30");
      }
      await field("name").fill(`控制台 ${kind}`.slice(0, 15));
      await field("image_url").fill(picture);
      await field("background_url").fill(picture);
      if (kind.startsWith("SINGLE")) {
        await field("original_price").fill("100");
        await field("package_name").fill("拿铁");
      }
      await page.locator("#preview .notice.good").waitFor();
      if (kind === "SINGLE-EXCHANGE") await look(`new-${mode.toLowerCase()}`);
      if (made === 0) await wrongForm(page, field, one, look);
      await press(page, "form.creation", "创建");
      await page.waitForURL(/product-coupons\/\d+$/);
      made += 1;
    }
  }
  await look("product-coupon");
  return made;
}

/** A definition that breaks a rule is told in the preview, and beside what was typed when it is sent. */
async function wrongForm(page, field, right, look) {
  await field("benefits").fill("5 8");
  await page.locator("#preview .notice.warn").waitFor();
  await press(page, "form.creation", "创建");
  expect((await field("benefits").inputValue()) === "5 8", "what was typed is still there");
  await page.getByRole("alert").waitFor();
  await look("new-refused");
  await field("benefits").fill(right);
  await page.locator("#preview .notice.good").waitFor();
}

/** A file of codes: progress, and four lists at the end. */
export async function upload({ page, base, sandbox, look }) {
  const stock = `${base}/console/stocks/${sandbox.stocks.upload}`;
  const codes = Array.from({ length: 3000 }, (_, at) => `WALK_${at}`);
  await page.goto(stock);
  const send = async (lines) => {
    await page.locator("input[type=file]").setInputFiles({ name: "codes.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")) });
    await press(page, "form[action$='/codes']", "上传");
  };
  await send(["WALK_0", "WALK_1"]);
  await page.getByText("上传完成").waitFor();
  await page.goto(stock);
  await send(["coupon_code", ...codes, "WALK_7", "a bad code"]);
  await look("upload-running", { may_change: true });
  await page.getByText("上传完成").waitFor({ timeout: 120_000 });
  const counts = await texts(page, "td.number");
  const refused = await page.request.get(`${page.url()}/failed.csv`);
  expect((await refused.text()).includes("a bad code"), "the list of refused codes names it");
  await look("upload-done");
  return counts.map(Number);
}

/** Lists exported, searched and turned over. */
export async function lists({ page, base, look }) {
  const file = await page.request.get(`${base}/console/stocks/export.csv`);
  expect(file.headers()["content-disposition"]?.startsWith("attachment"), "the list is a download");
  const lines = (await file.text()).trim().split("\n").length - 1;
  await page.goto(`${base}/console/stocks?q=拿铁`);
  const found = await page.locator("tbody tr").count();
  expect(found > 0 && found < lines, `${found} of ${lines} stocks fit the search`);
  await page.goto(`${base}/console/user-coupons`);
  await page.getByRole("link", { name: "下一页" }).click();
  await page.waitForURL(/after/);
  expect((await page.locator("tbody tr").count()) > 0, "the next page has coupons");
  await page.goto(`${base}/console/stocks?q=nothing-like-this`);
  await look("nothing-found");
  return lines;
}

/** A coupon found by what people have in their hands. */
export async function search({ page, base, stuck }) {
  for (const text of [stuck.openid, stuck.code, stuck.number]) {
    await page.goto(`${base}/console/user-coupons`);
    await page.locator("form[role=search] input").first().fill(text);
    await press(page, "form[role=search]", "查询");
    await page.locator("tbody a").filter({ hasText: stuck.code }).first().waitFor();
  }
}

/** The queue by state, one notification with its attempts and its payload, sent again. */
export async function notifications({ page, base, look }) {
  for (const state of ["waiting", "failed", "dead", "delivered"]) {
    const response = await page.goto(`${base}/console/notifications?state=${state}`);
    expect(response.ok(), `notifications that are ${state}`);
  }
  await page.goto(`${base}/console/notifications`);
  await page.locator("tbody a").first().click();
  await page.getByText("coupon_code").first().waitFor();
  await look("notification");
  await press(page, "form[action$='/send-again']", "立即重发");
}

/** The list grows while one looks at it, unless it is paused; filters; copying. */
export async function requests({ page, base, merchant, sandbox, look }) {
  await page.goto(`${base}/console/requests`);
  await merchant.preSend("CONSOLE_LIVE_1", "9999999999999998", sandbox.openids[0]);
  await page.locator("#live", { hasText: "9999999999999998" }).or(page.locator("#live tr").first()).waitFor();
  const first = () => page.locator("#live a").first().getAttribute("href");
  const before = await first();
  await merchant.preSend("CONSOLE_LIVE_2", "9999999999999998", sandbox.openids[0]);
  await page.waitForFunction((seen) => document.querySelector("#live a")?.getAttribute("href") !== seen, before);
  await page.getByRole("button", { name: "暂停刷新" }).click();
  await page.getByRole("button", { name: "继续刷新" }).waitFor();
  await page.goto(`${base}/console/requests?caller=${sandbox.merchant.mchid}&operation=use_user_coupon&outcome=done`);
  expect((await page.locator("#live tr").count()) > 3, "uses of the merchant that went well");
  await look("requests-filtered");
  await page.locator("#live a").first().click();
  await page.locator("#curl, pre").first().waitFor();
  expect(!(await page.content()).includes("BEGIN PRIVATE"), "no secret is shown");
  await look("request");
}

/** A failed signature: what was verified, byte by byte, and the proved cause. */
export async function signature({ page, base, look }) {
  await openCall(page, base, "CONSOLE_E2E_2");
  await page.waitForSelector(".signature");
  const cause = (await texts(page, ".causes.proved strong")).join("; ");
  await page.locator(".signature details summary").click();
  await look("signature");
  return cause;
}

/** Waits until the call with this number is in the log, and opens it. */
async function openCall(page, base, number) {
  for (let tries = 0; tries < 40; tries += 1) {
    await page.goto(`${base}/console/requests?q=${number}`);
    const link = page.locator("#live a").first();
    if (await link.count()) return link.click();
    await page.waitForTimeout(250);
  }
  expect(false, `${number} is not in the request log`);
}

/** Parties with their keys, certificates, appids, stores and authorisations; tokens with roles. */
export async function settings({ page, base, sandbox, look }) {
  const accept = (/** @type {import("playwright-core").Dialog} */ dialog) => dialog.accept();
  page.on("dialog", accept);
  const fill = async (action, fields, button) => {
    const form = page.locator(`form[action="/console/settings/${action}"]`).first();
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name="${name}"]`);
      if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
      else await field.fill(value);
    }
    return press(page, `form[action="/console/settings/${action}"] >> nth=0`, button);
  };
  await page.goto(`${base}/console/settings`);
  await fill("parties", { kind: "mchid", number: "1900009999", name: "新开的店" }, "添加或改名");
  await fill("parties/notify-url", { notify_url: "http://127.0.0.1:9/notify" }, "保存");
  await fill("parties/verification-mode", { verification_mode: "PUBLIC_KEY" }, "修改");
  await fill("parties/appid", { appid: "wx00000000000009ab", turn: "add" }, "保存");
  const { readFile } = await import("node:fs/promises");
  await fill("parties/certificate", { pem: await readFile(sandbox.merchant.certificate_file, "utf8") }, "添加证书");
  await look("party");
  await fill("parties/certificate/revoke", {}, "吊销");
  await page.getByText("已吊销").waitFor();
  await fill("parties/key", {}, "更换 APIv3 密钥");
  expect(/^\w{32}$/m.test((await texts(page, "pre")).join("\n")), "the new key is shown once");
  await look("key-shown-once");
  await page.goto(`${base}/console/settings/parties/brand:${sandbox.brand.brand_id}`);
  await fill("parties/store", { store_id: "STORE_WALK", turn: "add" }, "保存");
  await look("brand");
  await page.goto(`${base}/console/settings`);
  await press(page, 'form[action="/console/settings/platform-keys"] >> nth=0', "新建平台证书");
  await press(page, 'form[action="/console/settings/platform-keys"] >> nth=0', "改用另一个平台证书签名");
  await press(page, 'form[action="/console/settings/platform-keys"] >> nth=1', "移除不再签名的平台证书");
  await fill("authorisations", { brand_id: sandbox.brand.brand_id, mchid: "1900009999", grant: "given" }, "保存");
  await fill("tokens", { name: "值班", role: "viewer" }, "新建令牌");
  const token = (await page.getByText(/^qc_/).innerText()).trim();
  await look("token-shown-once");
  page.off("dialog", accept);
  return token;
}

/** A viewer reads, and is refused what changes something; a form from elsewhere is refused whoever sends it. */
export async function roles({ page, base, sandbox, look }) {
  await page.goto(`${base}/console/stocks/${sandbox.stocks.single}`);
  expect((await page.locator("main form[method=post]").count()) === 0, "a viewer has no buttons");
  const csrf = await page.locator("input[name=csrf]").first().inputValue();
  const post = (form, headers = {}) =>
    page.request.post(`${base}/console/stocks/${sandbox.stocks.single}/pause`, { form, headers: { Origin: base, ...headers }, maxRedirects: 0 });
  expect((await post({ csrf })).status() === 403, "a viewer pauses nothing");
  const forbidden = await page.goto(`${base}/console/product-coupons/new`);
  expect(forbidden.status() === 403, "a viewer creates nothing");
  await look("not-allowed");
  return { csrf };
}

/** A form without its token, or from another origin, is refused even to an administrator. */
export async function forgery({ page, base, sandbox }) {
  const csrf = await page.locator("input[name=csrf]").first().inputValue();
  const target = `${base}/console/stocks/${sandbox.stocks.single}/pause`;
  for (const [form, origin] of [[{}, base], [{ csrf: "0".repeat(64) }, base], [{ csrf }, "https://evil.example.com"]]) {
    const answer = await page.request.post(target, { form, headers: { Origin: origin }, maxRedirects: 0 });
    expect(answer.status() === 403, `a forged form is answered ${answer.status()}`);
  }
}
