//! The sources are understood, complete, and written in the forms that the carriers can use.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

fn on_disk(ends: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/claim");
    let mut found = BTreeSet::new();
    for folder in ["core", "element", "page", "style", "view"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(ends) {
                found.insert(format!("{folder}/{name}"));
            }
        }
    }
    found
}

fn paths(list: &[(&str, &str)]) -> BTreeSet<String> {
    list.iter().map(|(path, _)| (*path).to_owned()).collect()
}

#[test]
fn every_source_is_embedded() {
    let mut scripts = paths(MODULES);
    scripts.extend(["page/too-old.js", "element/demo.js"].map(str::to_owned));
    assert_eq!(scripts, on_disk(".js"));
    let mut styles = paths(STYLES);
    styles.extend(paths(PAGE_STYLES));
    assert_eq!(styles, on_disk(".css"));
    assert!(paths(SHARED_STYLES).is_subset(&styles));
    let samples = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/samples")).unwrap();
    assert_eq!(samples.count(), SAMPLES.len());
}

#[test]
fn scripts_are_whole_and_hold_no_word_of_modules() {
    for file in files().iter().filter(|file| file.media_type == SCRIPT) {
        for line in file.text.lines() {
            assert!(!line.starts_with("import ") && !line.starts_with("export "), "{}: {line}", file.name);
        }
        assert!(!file.text.contains("</script"), "{}", file.name);
    }
    let [element, page] = ["quan-claim.js", "page.js"].map(|name| {
        files().iter().find(|file| file.name == name).map(|file| file.text.as_str()).unwrap_or_default()
    });
    assert!(element.contains("customElements.define") && element.contains("--quan-claim-primary"));
    assert!(page.contains("quan-return-origins") && !page.contains("customElements"));
    for module in ["core/state.js", "core/screen.js", "core/session.js", "view/view.js"] {
        assert!(element.contains(&format!("// {module}\n")) && page.contains(&format!("// {module}\n")));
    }
}

#[test]
fn the_shared_modules_know_nothing_of_a_browser() {
    for module in modules().iter().filter(|module| module.path.starts_with("core/")) {
        for import in &module.imports {
            assert!(import.path.starts_with("core/"), "{} imports {}", module.path, import.path);
        }
    }
}

#[test]
fn shared_style_sheets_select_by_class_only() {
    for (name, text) in SHARED_STYLES {
        let rules = text.lines().filter(|line| line.ends_with('{') || line.ends_with(','));
        for line in rules.map(str::trim) {
            let is_rule =
                line.starts_with('.') || line.starts_with('@') || line == "from {" || line == "to {";
            let in_value = line.ends_with(',') && !line.starts_with('.');
            assert!(is_rule || in_value || line.contains(':'), "{name}: {line}");
            assert!(
                !line.contains(":has(") && !line.contains(":host") && !line.contains(":is("),
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn a_module_is_taken_apart_and_put_together() {
    let text = "/**\n * @file A.\n */\n\nimport { b, c } from \"../core/b.js\";\n\nexport function a() {\n  return b + c;\n}\n\nexport const N = 1;\n";
    let module = Module::read("view/a.js", text);
    let import = module.imports.first().unwrap();
    assert_eq!((import.names.as_str(), import.path.as_str()), ("b, c", "core/b.js"));
    assert_eq!(module.exports, ["a", "N"]);
    let expected = "/**\n * @file A.\n */\n\nconst { b, c } = require(\"../core/b.js\");\n\n\nfunction a() {\n  return b + c;\n}\n\nconst N = 1;\n\nmodule.exports = { a, N };\n";
    assert!(common_js(&module).ends_with(expected), "{}", common_js(&module));
    let b = Module::read("core/b.js", "export const b = 1;\nexport const c = 2;\n");
    let script = assembled("view/a.js", &[module, b]);
    let (first, second) = (script.find("$$core_b = ").unwrap(), script.find("$$view_a = ").unwrap());
    assert!(first < second && script.contains("const { b, c } = $$core_b;"), "{script}");
}

#[test]
#[should_panic(expected = "no circle")]
fn a_circle_is_refused() {
    let a = Module::read("core/a.js", "import { b } from \"./b.js\";\nexport const a = 1;\n");
    let b = Module::read("core/b.js", "import { a } from \"./a.js\";\nexport const b = 1;\n");
    assembled("core/a.js", &[a, b]);
}

#[test]
#[should_panic(expected = "on one line")]
fn an_import_in_another_form_is_refused() {
    Module::read("core/a.js", "import * as b from \"./b.js\";\n");
}
