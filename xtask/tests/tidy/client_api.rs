//! The public items of `quan-client` are written down in `docs/client-api.txt`: a change of them is seen in review,
//! and belongs in the changelog.
//!
//! The list is made from the source, so it needs nothing but a stable compiler: every item that is `pub`, with its
//! signature and without its body, by file. The lint `unreachable_pub` sees to it that `pub` means public.

use crate::tree;
use quote::ToTokens;
use std::fs;
use std::path::Path;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility};

/// Where the source is, and where the list is kept.
const SOURCE: &str = "crates/client/src/";
const LIST: &str = "docs/client-api.txt";

/// The macro that declares the product-coupon nodes of both faces.
const FAMILY: &str = "product_coupon_nodes";

/// The list of all files.
fn list() -> String {
    let mut text =
        String::from("# The public items of quan-client, by file. Made from the source; do not edit.\n");
    for file in tree::files().iter().filter(|file| file.is_rust() && file.path.starts_with(SOURCE)) {
        let lines = lines_of(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        if !lines.is_empty() {
            text.push_str(&format!("\n## {}\n{}\n", &file.path[SOURCE.len()..], lines.join("\n")));
        }
    }
    text
}

/// The public items of one file, one a line.
fn lines_of(source: &str) -> syn::Result<Vec<String>> {
    let mut lines = Vec::new();
    for item in syn::parse_file(source)?.items {
        add(item, &mut lines);
    }
    Ok(lines)
}

/// Adds an item, if it is public.
fn add(item: Item, lines: &mut Vec<String>) {
    match item {
        Item::Fn(item) if is_public(&item.vis) => {
            lines.push(line(&item.attrs, &format!("pub {}", shown(&item.sig))));
        }
        Item::Struct(mut item) if is_public(&item.vis) => {
            keep_public(&mut item.fields);
            let attrs = std::mem::take(&mut item.attrs);
            lines.push(line(&attrs, &shown(&item)));
        }
        Item::Enum(mut item) if is_public(&item.vis) => {
            let attrs = std::mem::take(&mut item.attrs);
            for variant in &mut item.variants {
                variant.attrs.clear();
                variant.fields.iter_mut().for_each(|field| field.attrs.clear());
            }
            lines.push(line(&attrs, &shown(&item)));
        }
        Item::Const(item) if is_public(&item.vis) => {
            let text = format!("pub const {}: {}", item.ident, shown(&item.ty));
            lines.push(line(&item.attrs, &text));
        }
        Item::Type(mut item) if is_public(&item.vis) => {
            let attrs = std::mem::take(&mut item.attrs);
            lines.push(line(&attrs, &shown(&item)));
        }
        Item::Use(mut item) if is_public(&item.vis) => {
            let attrs = std::mem::take(&mut item.attrs);
            lines.push(line(&attrs, &shown(&item)));
        }
        Item::Mod(item) if is_public(&item.vis) => {
            lines.push(line(&item.attrs, &format!("pub mod {}", item.ident)));
            for inner in item.content.into_iter().flat_map(|(_, items)| items) {
                add(inner, lines);
            }
        }
        Item::Trait(item) if is_public(&item.vis) => add_trait(item, lines),
        Item::Impl(item) if !is_test(&item.attrs) => add_impl(item, lines),
        // Nodes of the typed tree are made by macros: their words are the names, paths and verbs. One macro is
        // itself the declaration of the nodes of two faces.
        Item::Macro(item) if item.ident.as_ref().is_none_or(|name| name == FAMILY) => {
            let name = item.ident.map_or_else(|| shown(&item.mac.path), |name| name.to_string());
            let text = format!("{name}! {}", without_docs(&shown(&item.mac.tokens)));
            lines
                .push(line(&item.attrs, &text.replace(" copy ", "\n  copy ").replace(" kept ", "\n  kept ")));
        }
        _private => {}
    }
}

fn add_trait(mut item: syn::ItemTrait, lines: &mut Vec<String>) {
    let members = std::mem::take(&mut item.items);
    let attrs = std::mem::take(&mut item.attrs);
    let name = item.ident.to_string();
    lines.push(line(&attrs, &shown(&item)));
    for member in members {
        match member {
            TraitItem::Fn(member) => {
                let is_provided = if member.default.is_some() { " (provided)" } else { "" };
                lines.push(format!("  {name}::{}{is_provided}", shown(&member.sig)));
            }
            TraitItem::Type(mut member) => {
                member.attrs.clear();
                lines.push(format!("  {name}::{}", shown(&member)));
            }
            other => lines.push(format!("  {name}::{}", shown(&other))),
        }
    }
}

fn add_impl(item: syn::ItemImpl, lines: &mut Vec<String>) {
    let generics = shown(&item.generics);
    let of = shown(&item.self_ty);
    if let Some((_, path, _)) = &item.trait_ {
        lines.push(line(&item.attrs, &format!("impl{generics} {} for {of}", shown(path))));
        return;
    }
    for member in item.items {
        match member {
            ImplItem::Fn(member) if is_public(&member.vis) && !is_test(&member.attrs) => {
                lines.push(line(&member.attrs, &format!("impl{generics} {of}: pub {}", shown(&member.sig))));
            }
            ImplItem::Const(member) if is_public(&member.vis) => {
                let text = format!("impl{generics} {of}: pub const {}: {}", member.ident, shown(&member.ty));
                lines.push(line(&member.attrs, &text));
            }
            _private => {}
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| shown(attribute) == "#[cfg(test)]")
}

/// Leaves the fields that callers see. A tuple keeps its length, so that it does not look like another one.
fn keep_public(fields: &mut Fields) {
    match fields {
        Fields::Named(named) => {
            let kept = std::mem::take(&mut named.named);
            named.named = kept.into_iter().filter(|field| is_public(&field.vis)).collect();
            named.named.iter_mut().for_each(|field| field.attrs.clear());
        }
        Fields::Unnamed(unnamed) => {
            for field in &mut unnamed.unnamed {
                field.attrs.clear();
                if !is_public(&field.vis) {
                    field.ty = syn::Type::Verbatim(quote::quote!(_));
                }
            }
        }
        Fields::Unit => {}
    }
}

/// The item after those of its attributes that callers notice.
fn line(attributes: &[Attribute], text: &str) -> String {
    let noticed = attributes.iter().filter(|attribute| {
        ["cfg", "non_exhaustive", "derive"].iter().any(|name| attribute.path().is_ident(name))
    });
    let noticed: String = noticed.map(|attribute| shown(attribute) + " ").collect();
    noticed + text
}

/// Tokens as a person would write them, more or less; always the same for the same tokens.
fn shown(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ,", ","),
        (" ;", ";"),
        (" : ", ": "),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("< ", "<"),
        (" >", ">"),
        (" <", "<"),
        ("& ", "&"),
        ("# [", "#["),
        ("[ ", "["),
        (" ]", "]"),
        ("' ", "'"),
        (",)", ")"),
        (",>", ">"),
        (" !", "!"),
        ("-> ", " -> "),
        ("->", " -> "),
        ("  ->  ", " -> "),
        (" ->  ", " -> "),
    ] {
        text = text.replace(from, to);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of a macro without the comments among them.
fn without_docs(words: &str) -> String {
    let mut kept = String::new();
    let mut rest = words;
    while let Some(at) = rest.find("#[doc") {
        kept.push_str(&rest[..at]);
        rest = rest[at..].split_once("\"]").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is in one list and not in the other, in order.
fn differences(kept: &str, made: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), made.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

#[test]
fn the_public_items_of_the_client_are_as_written_down() {
    let made = list();
    let kept = fs::read_to_string(tree::root().join(LIST)).unwrap_or_default();
    if made == kept {
        return;
    }
    let target = tree::root().join("target");
    write(&target, &made);
    panic!(
        "{LIST} is not the list of what is public now. If the change is meant, `cp target/client-api.txt {LIST}` and \
         say it in the changelog:\n{}",
        differences(&kept, &made).join("\n")
    );
}

fn write(target: &Path, made: &str) {
    fs::create_dir_all(target)
        .and_then(|()| fs::write(target.join("client-api.txt"), made))
        .expect("target/");
}

#[test]
fn public_items_are_listed_with_their_signatures_and_nothing_else_is() {
    let source = r#"
        //! Docs.
        /// Docs.
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct A<T> { /// Docs.
            pub a: Vec<T>, b: u8 }
        pub struct B(u8);
        struct Private;
        pub(crate) fn hidden() {}
        #[cfg(feature = "x")]
        pub fn shown(a: &str, b: impl Fn() -> u8) -> Result<(), A<u8>> { let c = 1; }
        impl<T> A<T> { pub const C: u8 = 1; pub fn get(&self) -> &T { todo } fn own(&self) {} }
        impl Clone for B { fn clone(&self) -> Self { B(0) } }
        pub trait T: Send { /// Docs.
            type X; fn a(&self); fn b(&self) {} }
        node! { /// Docs "quoted".
            V3, "v3" }
        #[cfg(test)]
        mod tests { pub fn test() {} }
    "#;
    assert_eq!(
        lines_of(source).unwrap(),
        [
            "#[derive(Clone)] #[non_exhaustive] pub struct A<T> { pub a: Vec<T> }",
            "pub struct B(_);",
            "#[cfg(feature = \"x\")] pub fn shown(a: &str, b: impl Fn() -> u8) -> Result<(), A<u8>>",
            "impl<T> A<T>: pub const C: u8",
            "impl<T> A<T>: pub fn get(&self) -> &T",
            "impl Clone for B",
            "pub trait T: Send { }",
            "  T::type X;",
            "  T::fn a(&self)",
            "  T::fn b(&self) (provided)",
            "node! V3, \"v3\"",
        ]
    );
}

#[test]
fn a_difference_names_the_lines() {
    assert_eq!(differences("a\nb\n", "a\nc\n"), ["- b", "+ c"]);
}
