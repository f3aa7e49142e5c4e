//! Modules written as something else: all of them in one script, or one as CommonJS.

use crate::module::Module;
use std::fmt::Write as _;

/// One classic script of an entry and all that it imports, each module in a function of its own, those that are
/// imported first. Nothing of it is seen from outside.
pub(crate) fn assembled(entry: &str, modules: &[Module]) -> String {
    let mut order = Vec::new();
    visit(entry, modules, &mut order, &mut Vec::new());
    let mut script = String::from(
        "/* The claim component. Apache-2.0. Assembled from web/claim. */\n(() => {\n\"use strict\";\n",
    );
    for module in order {
        let name = variable(module.path);
        // Writing to a String cannot fail.
        let _ = writeln!(script, "\n// {}\nconst {name} = (() => {{", module.path);
        for import in &module.imports {
            let _ = writeln!(script, "const {{ {} }} = {};", import.names, variable(&import.path));
        }
        script.push_str(&without_comments(&module.body));
        let _ = writeln!(script, "return {{ {} }};\n}})();", module.exports.join(", "));
    }
    script.push_str("})();\n");
    script
}

/// Puts a module and, before it, what it imports in order.
fn visit<'a>(path: &str, modules: &'a [Module], order: &mut Vec<&'a Module>, above: &mut Vec<String>) {
    if order.iter().any(|module| module.path == path) {
        return;
    }
    assert!(!above.iter().any(|one| one == path), "invariant: no circle of imports through {path}");
    let module = modules.iter().find(|module| module.path == path);
    let module = module.unwrap_or_else(|| panic!("invariant: {path} is embedded"));
    above.push(path.to_owned());
    for import in &module.imports {
        visit(&import.path, modules, order, above);
    }
    above.pop();
    order.push(module);
}

/// The name of a module's exports inside the script.
fn variable(path: &str) -> String {
    format!("$${}", path.trim_end_matches(".js").replace(['/', '-'], "_"))
}

/// The text without the comments that fill lines of their own: they are half of it, and a browser needs none.
fn without_comments(body: &str) -> String {
    let mut kept = String::new();
    let mut in_comment = false;
    for line in body.lines() {
        let trimmed = line.trim_start();
        // A cast has code behind its comment: such a line stays whole.
        let opens = trimmed.starts_with("/**") && (!trimmed.contains("*/") || trimmed.ends_with("*/"));
        in_comment = in_comment || opens;
        if !in_comment && !trimmed.is_empty() && !trimmed.starts_with("// ") {
            kept.push_str(line);
            kept.push('\n');
        }
        in_comment = in_comment && !trimmed.ends_with("*/");
    }
    kept
}

/// One module with `require` and `module.exports`.
pub(crate) fn common_js(module: &Module) -> String {
    let mut script =
        String::from("// Made from web/claim by `cargo xtask miniprogram`: change it there.\n\n");
    let imports = module.imports.iter();
    let imports: String = imports
        .map(|import| format!("const {{ {} }} = require(\"{}\");\n", import.names, import.from))
        .collect();
    // The imports stand below the comment that says what the file does, where they were.
    let parts = module.body.split_once("*/\n");
    let (comment, rest) = parts.unwrap_or_else(|| panic!("invariant: {} begins with a comment", module.path));
    let _ = writeln!(script, "{comment}*/");
    if !imports.is_empty() {
        let _ = write!(script, "\n{imports}");
    }
    let _ = write!(script, "{rest}\nmodule.exports = {{ {} }};\n", module.exports.join(", "));
    script
}
