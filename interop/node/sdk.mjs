/**
 * @file What the scripts of this folder share: the community SDK set up from a connection file, and the one line of
 * JSON that each of them prints.
 */

import { readFileSync } from "node:fs";
import { Rsa, Wechatpay } from "wechatpay-axios-plugin";

/** A client of the SDK; `change` replaces parts of a good configuration. */
export function clientOf({ base_url, merchant, platform }, change = {}) {
  return new Wechatpay({
    baseURL: base_url,
    proxy: false,
    timeout: 10_000,
    mchid: merchant.mchid,
    serial: merchant.serial_no,
    privateKey: Rsa.from(readFileSync(merchant.private_key_file), Rsa.KEY_TYPE_PRIVATE),
    certs: {
      [platform.public_key_id]: Rsa.from(readFileSync(platform.public_key_file), Rsa.KEY_TYPE_PUBLIC),
      [platform.certificate_serial_no]: Rsa.from(readFileSync(platform.certificate_file), Rsa.KEY_TYPE_PUBLIC),
    },
    ...change,
  });
}

/** Runs a walk through the platform and tells what it saw; the exit code is 0 only when all was as it should be. */
export async function tell(script, walk) {
  const [file] = process.argv.slice(2);
  if (!file) {
    console.error(`usage: node ${script} <sandbox.json>`);
    process.exit(2);
  }
  try {
    console.log(JSON.stringify({ ok: true, ...await walk(JSON.parse(readFileSync(file, "utf8"))) }));
  } catch (error) {
    const refused = error.response ? ` ${error.response.status} ${JSON.stringify(error.response.data)}` : "";
    console.log(JSON.stringify({ ok: false, error: `${error.message}${refused}` }));
    process.exitCode = 1;
  }
}
