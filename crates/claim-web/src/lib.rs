//! The files of the claim component, out of `web/claim`, as each carrier wants them.
//!
//! The sources are plain modules that a browser could load one by one. The page and the custom element are served
//! as one script each, and the mini program gets the shared ones as CommonJS, since its runtime has no modules of
//! the web ([ADR 12](../../../docs/adr/0012-claim-carriers.md)). Everything is pure text in, text out; knows no
//! HTTP and no platform.

mod module;
mod script;
mod sources;

pub use sources::{PAGE_HTML, SAMPLES, SampleFile};

use module::Module;
use script::{assembled, common_js};
use sources::{MODULES, PAGE_STYLES, SHARED_STYLES, STYLES};
use std::sync::LazyLock;

/// One file as it is served.
#[derive(Debug)]
pub struct WebFile {
    /// Below `/claim/`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub text: String,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

static FILES: LazyLock<[WebFile; 4]> = LazyLock::new(|| {
    let file = |name, media_type, text| WebFile { name, media_type, text };
    [
        file("page.css", STYLE, joined(STYLES.iter().chain(PAGE_STYLES).copied())),
        file("page.js", SCRIPT, script_of("page/claim.js")),
        file("quan-claim.js", SCRIPT, script_of("element/quan-claim.js")),
        file("too-old.js", SCRIPT, sources::TOO_OLD.to_owned()),
    ]
});

/// The files of the page and the element.
#[must_use]
pub fn files() -> &'static [WebFile] {
    &*FILES
}

/// The demo of the element: its page and the script of that.
pub const DEMO: [(&str, &str); 2] = [
    ("demo.html", include_str!("../../../web/claim/element/demo.html")),
    ("demo.js", include_str!("../../../web/claim/element/demo.js")),
];

/// What the mini program's component shares with the web, by the name below `miniprogram/components/quan-claim`:
/// the pure modules as CommonJS, and the style sheets that hold classes only.
#[must_use]
pub fn mini_program() -> Vec<(String, String)> {
    let scripts = modules().into_iter().filter(|module| module.path.starts_with("core/"));
    let scripts = scripts.map(|module| (module.path.to_owned(), common_js(&module)));
    let styles = SHARED_STYLES.iter().map(|(name, text)| {
        let name = name.replace(".css", ".wxss");
        (name, format!("/* Made from web/claim by `cargo xtask miniprogram`: change it there. */\n\n{text}"))
    });
    scripts.chain(styles).collect()
}

fn modules() -> Vec<Module> {
    MODULES.iter().map(|(path, text)| Module::read(path, text)).collect()
}

/// The script of one entry with all that it imports.
fn script_of(entry: &str) -> String {
    let mut modules = modules();
    for module in modules.iter_mut().filter(|module| module.path == "element/style.js") {
        module.set_text_constant("CSS", &joined(STYLES.iter().copied()));
    }
    assembled(entry, &modules)
}

fn joined(styles: impl Iterator<Item = (&'static str, &'static str)>) -> String {
    styles.map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
