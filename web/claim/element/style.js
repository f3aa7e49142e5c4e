/**
 * @file The style sheets of the element as one text. Empty here: whoever assembles the one file puts
 * the sheets of `web/claim/style` in.
 */

export const CSS = "";
