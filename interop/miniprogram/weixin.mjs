/**
 * @file A WeChat around the component: a window for the simulator, and a `wx` that answers requests
 * from a script, like the fake server of the browser tests does for the web.
 */

import { createRequire } from "node:module";
import path from "node:path";
import { JSDOM } from "jsdom";

const ROOT = process.env.QUAN_MINIPROGRAM_DIR ?? path.resolve(import.meta.dirname, "../../miniprogram");
export const COMPONENT = path.join(ROOT, "components/quan-claim/quan-claim");
export const SERVER = "https://coupons.example";

const { window } = new JSDOM("<!doctype html><html><body></body></html>", { pretendToBeVisual: true });
for (const name of ["window", "document", "Event", "CustomEvent", "MutationObserver", "HTMLElement", "Node", "Element"]) {
  Object.defineProperty(globalThis, name, { value: name === "window" ? window : window[name], configurable: true, writable: true });
}
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });

export const require = createRequire(import.meta.url);
const simulate = require("miniprogram-simulate");

/** What a server of a merchant answers to everything that is no claim call. */
export const shop = { answer: () => ({ statusCode: 404, data: {} }) };
/** Every request so far. */
export const requests = [];
/** Answers by token and call, the last one repeated. */
const scripts = new Map();
const fake = {
  version: "2.33.0",
  getAppBaseInfo: () => ({ SDKVersion: fake.version }),
  request({ url, data, method, timeout, success, fail, complete }) {
    const call = url.split("/claim/v1/")[1];
    if (call === undefined) {
      success(shop.answer(url, data));
      return complete();
    }
    requests.push({ url, call, data, method, timeout });
    const list = scripts.get(data.token)?.[call] ?? [{ status: 404, body: { code: "TOKEN_INVALID", message: "" } }];
    const answer = list.length > 1 ? list.shift() : list[0];
    const deliver = () => (answer.status === 0 ? fail({ errMsg: "request:fail" }) : success({ statusCode: answer.status, data: answer.body }));
    if (answer.gate) void answer.gate.then(deliver);
    else queueMicrotask(deliver);
  },
};
Object.assign(globalThis.wx ?? (globalThis.wx = {}), fake);

/** The base library that the component is told of. */
export const setVersion = (version) => (fake.version = version);
export const callsOf = (token, call) => requests.filter((one) => one.data.token === token && one.call === call);

let tokens = 0;

/** Puts a script behind a token of its own. */
export function play(script) {
  const token = `MINI_${(tokens += 1)}`;
  scripts.set(token, script);
  return token;
}

const EVENTS = ["opened", "success", "already", "unavailable", "selectproduct", "close", "error"];
const id = simulate.load(COMPONENT, "quan-claim", { compiler: "official", rootPath: path.dirname(COMPONENT) });

/** The component in a page, with what it told. */
export function mount(properties = {}) {
  const component = simulate.render(id, properties);
  const parent = document.createElement("parent");
  component.attach(parent);
  document.body.append(parent);
  const told = [];
  for (const name of EVENTS) component.addEventListener(name, (event) => told.push([name, event.detail]));
  return { component, told, unmount: () => component.detach() };
}

/** Lets answers arrive and be drawn. */
export async function settle() {
  for (let turn = 0; turn < 4; turn += 1) await simulate.sleep(5);
}

/** All that a person reads. */
export const words = (component) => component.dom.textContent.replace(/\u00a0/g, " ");

/** Presses what has a class. */
export async function press(component, selector) {
  const found = component.querySelector(selector);
  if (!found) throw new Error(`nothing to press at ${selector} in: ${words(component)}`);
  found.dispatchEvent("tap");
  await settle();
}
