/**
 * @file Building elements without markup strings: text is always text, so nothing that a merchant
 * or a server wrote can become an element. Knows the DOM only.
 */

/** @typedef {Node | string | null} Child */
/** @typedef {Record<string, string | boolean | null>} Attributes */

/**
 * @param {Element} element
 * @param {Attributes} attributes null and false leave an attribute out
 * @param {Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/**
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

/** Strokes on a square of 24, drawn for this component. */
const ICONS = {
  check: "M6.5 12.5l3.6 3.6 7.4-7.7",
  clock: "M12 6.8v5.4l3.6 2.2",
  mark: "M12 6.9v6.2M12 16.6v.1",
  cross: "M7 7l10 10M17 7L7 17",
  chevron: "M9.5 6.5l5.5 5.5-5.5 5.5",
};

/**
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] }),
  );
}

/**
 * A button that answers to tap and keyboard.
 * @param {string} className
 * @param {Child[]} children
 * @param {() => void} press
 * @param {Attributes} [attributes]
 */
export function button(className, children, press, attributes = {}) {
  const element = el("button", { type: "button", class: className, ...attributes }, ...children);
  element.addEventListener("click", press);
  return element;
}

/**
 * Whether a picture may be asked for at all: over TLS, from the platform's own server, or inside the
 * page. Anything else would be refused by the page's content policy and only make noise.
 * @param {string} address
 * @param {string} base the platform's address
 * @returns {string | null} the address to use
 */
function pictureAddress(address, base) {
  if (!address) return null;
  try {
    const url = new URL(address, base);
    const isInside = url.protocol === "data:" && url.pathname.startsWith("image/");
    return url.protocol === "https:" || url.origin === new URL(base).origin || isInside ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A picture, or `fallback` in its place when there is none or it does not load.
 * @param {string} address
 * @param {string} base the platform's address
 * @param {Attributes} attributes
 * @param {Child} [fallback]
 * @returns {Child}
 */
export function picture(address, base, attributes, fallback = null) {
  const src = pictureAddress(address, base);
  if (!src) return fallback;
  const image = el("img", { alt: "", decoding: "async", draggable: "false", referrerpolicy: "no-referrer", ...attributes });
  image.addEventListener("error", () => (fallback ? image.replaceWith(fallback) : image.remove()), { once: true });
  image.src = src;
  return image;
}
