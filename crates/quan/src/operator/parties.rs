//! `quan parties`: declares who takes part, and shows it, over the operator's listener of a running node.
//!
//! The declaration is a TOML or JSON file. Keys and certificates may stand in files of their own, named by
//! `apiv3_key_file` and `certificate_files` and taken from the declaration's directory.

use std::path::{Path, PathBuf};

use anyhow::Context;
use http::Method;
use serde_json::{Value, json};

use crate::cli;
use crate::operator::client::Operator;

/// Runs `quan parties apply` or `quan parties show`.
pub(crate) fn run(options: &cli::Parties) -> anyhow::Result<()> {
    match &options.command {
        cli::PartiesCommand::Apply { file, dry_run, settings } => {
            let declaration = read(file)?;
            let operator = Operator::of(settings)?;
            let path = if *dry_run { "/_quan/parties?dry_run=true" } else { "/_quan/parties" };
            let answer = operator.call(&Method::POST, path, Some(&declaration))?;
            report(&answer.body, *dry_run);
            Ok(())
        }
        cli::PartiesCommand::Show { settings } => {
            let answer = Operator::of(settings)?.call(&Method::GET, "/_quan/parties", None)?;
            println!("{}", serde_json::to_string_pretty(&answer.body)?);
            Ok(())
        }
    }
}

fn report(body: &Value, dry_run: bool) {
    let changes = body["changes"].as_array().cloned().unwrap_or_default();
    for change in &changes {
        let text = |member: &str| change[member].as_str().unwrap_or_default().to_owned();
        println!("{}: {}", text("what"), text("change"));
    }
    match (changes.len(), dry_run) {
        (0, _) => println!("nothing to change"),
        (count, true) => println!("{count} changes would be made; nothing was changed"),
        (count, false) => println!("{count} changes made"),
    }
}

/// The declaration with the contents of the files that it names.
fn read(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let is_json = file.extension().is_some_and(|extension| extension == "json");
    let mut declaration: Value = if is_json {
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?
    } else {
        toml::from_str(&text).with_context(|| format!("{} is not TOML", file.display()))?
    };
    let directory = file.parent().unwrap_or(Path::new("."));
    for list in ["merchants", "brands"] {
        let parties = declaration.get_mut(list).and_then(Value::as_array_mut);
        for party in parties.into_iter().flatten() {
            fill(directory, party).with_context(|| format!("{list} of {}", file.display()))?;
        }
    }
    Ok(declaration)
}

/// Puts the contents of named files in the place of their names.
fn fill(directory: &Path, party: &mut Value) -> anyhow::Result<()> {
    let Some(party) = party.as_object_mut() else { return Ok(()) };
    let open = |name: &Value| -> anyhow::Result<(PathBuf, String)> {
        let name = name.as_str().context("a file is named by a text")?;
        let file = directory.join(name);
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok((file, text))
    };
    if let Some(name) = party.remove("apiv3_key_file") {
        anyhow::ensure!(!party.contains_key("apiv3_key"), "give apiv3_key or apiv3_key_file, not both");
        let (file, text) = open(&name)?;
        crate::exposure::warn_if_exposed(&file);
        party.insert("apiv3_key".to_owned(), json!(text.trim_end_matches(['\r', '\n'])));
    }
    if let Some(names) = party.remove("certificate_files") {
        let names = names.as_array().context("certificate_files is a list of names")?;
        let texts = names.iter().map(|name| Ok(json!(open(name)?.1))).collect::<anyhow::Result<Vec<_>>>()?;
        let list = party.entry("certificates").or_insert_with(|| json!([]));
        list.as_array_mut().context("certificates is a list of texts")?.extend(texts);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(lines: &str) -> anyhow::Result<Value> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("key"), "k".repeat(32) + "\n").unwrap();
        std::fs::write(directory.path().join("cert.pem"), "PEM").unwrap();
        let file = directory.path().join("parties.toml");
        std::fs::write(&file, lines).unwrap();
        read(&file)
    }

    #[test]
    fn named_files_are_put_in_their_place() {
        let read = declared(
            "[[merchants]]\nmchid = \"1900000001\"\nname = \"M\"\napiv3_key_file = \"key\"\n\
             certificates = [\"FIRST\"]\ncertificate_files = [\"cert.pem\"]\n",
        );
        let expected = json!({ "merchants": [{ "mchid": "1900000001", "name": "M", "apiv3_key": "k".repeat(32),
            "certificates": ["FIRST", "PEM"] }] });
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (lines, said) in [
            ("[[brands]]\ncertificate_files = [\"other.pem\"]", "other.pem"),
            ("[[brands]]\ncertificate_files = \"cert.pem\"", "certificate_files is a list"),
            ("[[merchants]]\napiv3_key = \"a\"\napiv3_key_file = \"key\"", "not both"),
            ("[[merchants]\n", "is not TOML"),
        ] {
            let error = format!("{:#}", declared(lines).unwrap_err());
            assert!(error.contains(said), "{error}");
        }
    }
}
