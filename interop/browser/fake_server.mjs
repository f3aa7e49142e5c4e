/**
 * @file A server that serves the page as the platform does, with the same content policy, and
 * answers the claim calls from a script. A script names per call the answers in order; the last
 * one is repeated. Every call is kept for the test to look at.
 */

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const META = 'name="quan-return-origins" content=""';

/**
 * @typedef {{status: number, body: unknown, delayMs?: number, gate?: Promise<unknown>}} Answer
 * @typedef {Partial<Record<"open" | "receive" | "state", Answer[]>>} Script
 */

/** The files below /claim that are assembled before the tests (`cargo xtask claim-files`). */
const ASSEMBLED = /^\/claim\/((?:page|too-old|quan-claim|demo)\.(?:js|css|html))$/;

/**
 * Starts the server; `webDir` is the folder that holds `claim/` and `samples/`, `filesDir` that of the
 * assembled files.
 */
export async function startFakeServer(webDir, filesDir) {
  /** @type {Map<string, Script>} */
  const scripts = new Map();
  /** @type {{call: string, token: string, body: Record<string, unknown>, headers: import("node:http").IncomingHttpHeaders, url: string}[]} */
  const calls = [];
  const settings = { origins: "" };
  const pages = new Map();

  async function file(response, name, change = (text) => text, folder = webDir) {
    const headers = { "Content-Security-Policy": CSP, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff" };
    const type = TYPES[path.extname(name)];
    try {
      const text = await readFile(path.join(folder, name), "utf8");
      response.writeHead(200, { ...headers, "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store" });
      response.end(change(text));
    } catch {
      response.writeHead(404, headers).end();
    }
  }

  async function play(request, response, call) {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    calls.push({ call, token: body.token, body, headers: request.headers, url: request.url });
    const list = scripts.get(body.token)?.[call] ?? [{ status: 404, body: { code: "TOKEN_INVALID", message: "链接无效" } }];
    const answer = list.length > 1 ? list.shift() : list[0];
    await answer.gate;
    response.writeHead(answer.status, { "Content-Type": "application/json; charset=utf-8" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://server");
    const call = /^\/claim\/v1\/(open|receive|state)$/.exec(pathname)?.[1];
    const { origin } = request.headers;
    if (call && origin && settings.origins.split(" ").includes(origin)) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Headers", "content-type");
    }
    if (request.method === "OPTIONS" && call) return void response.writeHead(204).end();
    if (request.method === "POST" && call) return void play(request, response, call);
    if (pathname === "/claim") return void file(response, "claim/page/index.html", (html) => html.replace(META, META.replace('content=""', `content="${settings.origins}"`)));
    const asset = ASSEMBLED.exec(pathname)?.[1];
    if (asset) return void file(response, asset, undefined, filesDir);
    const sample = /^\/samples\/([\w-]+\.svg)$/.exec(pathname)?.[1];
    if (sample) return void file(response, `samples/${sample}`);
    const page = pages.get(pathname);
    if (page) return void response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
    response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    /** The server under two names, which makes two origins. */
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    settings,
    pages,
    /** Puts a script behind a token. */
    script: (token, script) => scripts.set(token, script),
    /** The calls of a token so far. */
    callsOf: (token, call) => calls.filter((one) => one.token === token && one.call === call),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve(undefined));
      }),
  };
}
