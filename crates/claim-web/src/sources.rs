//! The sources, embedded. A test holds the lists against the folders.

/// The page; its server fills in the origins.
pub const PAGE_HTML: &str = include_str!("../../../web/claim/page/index.html");
pub(crate) const TOO_OLD: &str = include_str!("../../../web/claim/page/too-old.js");

macro_rules! texts {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../web/claim/", $path)))),*]
    };
}

/// Modules, path below `web/claim` and text.
pub(crate) const MODULES: &[(&str, &str)] = texts![
    "core/calls.js",
    "core/describe.js",
    "core/format.js",
    "core/page.js",
    "core/result.js",
    "core/screen.js",
    "core/session.js",
    "core/state.js",
    "core/text.js",
    "core/wire.js",
    "element/quan-claim.js",
    "element/style.js",
    "page/claim.js",
    "page/exit.js",
    "view/browser.js",
    "view/dom.js",
    "view/sheets.js",
    "view/ticket.js",
    "view/view.js",
];

/// Style sheets that the mini program shares.
pub(crate) const SHARED_STYLES: &[(&str, &str)] = texts![
    "style/tokens.css",
    "style/notice.css",
    "style/ticket.css",
    "style/rounds.css",
    "style/controls.css",
];

/// Style sheets of page and element, in their order.
pub(crate) const STYLES: &[(&str, &str)] = texts![
    "style/tokens.css",
    "style/notice.css",
    "style/ticket.css",
    "style/rounds.css",
    "style/controls.css",
    "style/web.css",
];

/// Style sheets of the page alone.
pub(crate) const PAGE_STYLES: &[(&str, &str)] = texts!["page/page.css"];

/// A picture of the coupons that `quan dev` seeds.
#[derive(Debug)]
pub struct SampleFile {
    /// Below `/claim/samples/`.
    pub name: &'static str,
    /// An SVG drawing.
    pub text: &'static str,
}

macro_rules! samples {
    ($($name:literal),* $(,)?) => {
        &[$(SampleFile { name: $name, text: include_str!(concat!("../../../web/samples/", $name)) }),*]
    };
}

/// The pictures of the coupons that `quan dev` seeds.
pub const SAMPLES: &[SampleFile] =
    samples!["background.svg", "bubble-tea.svg", "cake.svg", "coffee.svg", "logo.svg"];
