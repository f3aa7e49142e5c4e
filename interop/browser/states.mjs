/**
 * @file Every state of the claim component, as a script for the fake server and what a person does
 * to get there. The carriers are walked through the same list.
 */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { bundle, claimed, coupon, discount, exchange, later, opened, PRODUCTS, received, refusal, sequential, stateIs } from "./coupons.mjs";

/**
 * @typedef {object} State
 * @property {string} name
 * @property {import("./fake_server.mjs").Script} script
 * @property {string} kind the page that is there at the end
 * @property {"claim" | "use" | "choose"} [press] what is pressed
 * @property {number} [runMs] how long the page's clock runs then
 * @property {string} [lang]
 */

const FILES = process.env.QUAN_CLAIM_FILES ?? path.resolve(import.meta.dirname, "../../target/claim-files");
const CODES = JSON.parse(await readFile(path.join(FILES, "codes.json"), "utf8"));

const NEVER = new Promise(() => undefined);
const IN_PERIODS = {
  periods: { weekly: { days: ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"], hours: [{ begin: 21600, end: 36000 }, { begin: 61200, end: 75600 }] } },
  combo_packages: [
    { name: "任选饮品", pick_count: 1, choices: ["大杯热拿铁", "大杯冰美式", "燕麦拿铁"].map((name) => ({ name, count: 1 })) },
    { name: "搭配点心", pick_count: 1, choices: [{ name: "草莓奶油蛋糕", count: 1 }] },
  ],
};
const SECOND = { total_count: 3, used_count: 1, interval_days: 1, next_begin_time: "2026-03-22T00:00:00+08:00" };
/** A coupon whose code is shown, drawn as the platform draws it. */
function withCode(mode) {
  const { code, ...drawings } = CODES.find((one) => one.code === "AbC12345678901");
  return coupon({ code_display_mode: mode, coupon_code: code, code_drawing: drawings[mode] });
}
const shows = (face, changes) => ({ open: [opened("CLAIMABLE", face, changes)] });
const held = (face, state, products = []) => ({ open: [opened("CLAIMED", claimed(face, state), { products })], state: [stateIs(state)] });

/** @type {State[]} */
export const STATES = [
  { name: "loading", script: { open: [{ ...opened("CLAIMABLE", coupon()), gate: NEVER }] }, kind: "loading" },
  { name: "loading-slow", script: { open: [{ ...opened("CLAIMABLE", coupon()), gate: NEVER }] }, kind: "loading", runMs: 3100 },
  { name: "claimable-normal", script: shows(coupon()), kind: "claimable" },
  { name: "claimable-discount", script: shows(discount()), kind: "claimable" },
  { name: "claimable-exchange", script: shows(exchange()), kind: "claimable" },
  { name: "claimable-exchange-free", script: shows(exchange({ benefits: [{ threshold: 0, exchange_price: 0 }] })), kind: "claimable" },
  { name: "claimable-periods", script: shows(coupon(IN_PERIODS)), kind: "claimable" },
  { name: "claimable-colour", script: shows(coupon({ background_url: "", image_url: "", brand_logo_url: undefined, background_color: "Color020" })), kind: "claimable" },
  { name: "claimable-sequential", script: shows(sequential()), kind: "claimable" },
  { name: "claimable-bundle", script: shows(bundle()), kind: "claimable" },
  { name: "claimable-countdown", script: shows(coupon(), { expires_at: later(42) }), kind: "claimable" },
  { name: "claimable-english", script: shows(discount()), kind: "claimable", lang: "en" },
  { name: "claiming", script: { ...shows(coupon()), receive: [{ ...received(claimed(coupon(), "CONFIRMING")), gate: NEVER }] }, kind: "claiming", press: "claim" },
  { name: "claiming-slow", script: { ...shows(coupon()), receive: [{ ...received(claimed(coupon(), "CONFIRMING")), gate: NEVER }] }, kind: "claiming", press: "claim", runMs: 3100 },
  { name: "claimed-confirming", script: held(coupon(), "CONFIRMING"), kind: "claimed" },
  { name: "claimed-pending", script: held(coupon(), "PENDING"), kind: "claimed" },
  { name: "claimed-effective", script: held(coupon(), "EFFECTIVE"), kind: "claimed" },
  { name: "claimed-used", script: held(coupon(), "USED"), kind: "claimed" },
  { name: "claimed-expired", script: held(coupon(), "EXPIRED"), kind: "claimed" },
  { name: "claimed-deactivated", script: held(coupon(), "DEACTIVATED"), kind: "claimed" },
  { name: "claimed-deleted", script: held(coupon(), "DELETED"), kind: "claimed" },
  { name: "claimed-qrcode", script: held(withCode("QRCODE"), "EFFECTIVE"), kind: "claimed" },
  { name: "claimed-barcode", script: held(withCode("BARCODE"), "EFFECTIVE"), kind: "claimed" },
  { name: "claimed-sequential", script: held(sequential({ rounds: SECOND }), "EFFECTIVE"), kind: "claimed" },
  { name: "claimed-bundle", script: held(bundle({ rounds: SECOND }), "PENDING"), kind: "claimed" },
  { name: "product-choice", script: held(coupon(), "EFFECTIVE", PRODUCTS), kind: "claimed", press: "use", runMs: 700 },
  ...["NOTENOUGH", "DAYLIMIT", "MAXQUOTA", "NOTRUNNING", "POOL_EMPTY"].map((reason) => ({
    name: `unavailable-${reason.toLowerCase()}`,
    script: { open: [opened("UNAVAILABLE", coupon(), { reason })] },
    kind: "unavailable",
  })),
  { name: "failed-expired", script: { open: [refusal(410, "TOKEN_EXPIRED")] }, kind: "failed-expired" },
  { name: "failed-invalid", script: { open: [refusal(404, "TOKEN_INVALID")] }, kind: "failed-invalid" },
  { name: "failed-identity", script: { open: [refusal(403, "IDENTITY_MISMATCH")] }, kind: "failed-identity" },
  { name: "failed-busy", script: { open: [refusal(429, "FREQUENCY_LIMITED")] }, kind: "failed-busy" },
  { name: "failed-server", script: { open: [refusal(500, "SYSTEM_ERROR")] }, kind: "failed-server" },
  { name: "failed-network", script: { open: [{ ...opened("CLAIMABLE", coupon()), gate: NEVER }] }, kind: "failed-network", runMs: 10_100 },
  { name: "failed-network-claiming", script: { ...shows(coupon()), receive: [{ ...received(claimed(coupon(), "CONFIRMING")), gate: NEVER }] }, kind: "failed-network", press: "claim", runMs: 10_100 },
];
