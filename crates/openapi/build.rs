//! Turns the descriptions under `spec/` (YAML, for people) and the example messages of the house into two JSON files
//! that the crate embeds, so that nothing of it parses YAML when it runs. A file that does not parse fails the build.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

fn main() -> Result<(), Box<dyn Error>> {
    let examples = Path::new("../../fixtures/examples");
    println!("cargo::rerun-if-changed=spec");
    println!("cargo::rerun-if-changed={}", examples.display());
    let mut descriptions = Vec::new();
    for file in files(Path::new("spec"), "yaml")? {
        let text = fs::read_to_string(&file)?;
        let parsed = serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        descriptions.push((name(&file, Path::new("spec")), parsed));
    }
    let mut messages = Vec::new();
    for file in files(examples, "json")? {
        messages.push((name(&file, examples), Ordered::Text(fs::read_to_string(&file)?)));
    }
    #[expect(clippy::disallowed_methods, reason = "a build script is told where to write by the environment")]
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("descriptions.json"), serde_json::to_vec(&Ordered::Map(descriptions))?)?;
    fs::write(out.join("examples.json"), serde_json::to_vec(&Ordered::Map(messages))?)?;
    Ok(())
}

/// All files with this ending below a folder, in the order of their paths.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The path below the folder, without its ending.
fn name(file: &Path, folder: &Path) -> String {
    let below = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    below.to_string_lossy().replace('\\', "/")
}

/// A value that keeps the order in which its members were written: the order of the tables that people read.
enum Ordered {
    Nothing,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Ordered>),
    Map(Vec<(String, Ordered)>),
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedVisitor)
    }
}

struct OrderedVisitor;

impl<'de> Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a description without fractions")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Ordered, E> {
        Ok(Ordered::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Number(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Ordered, E> {
        i64::try_from(number).map(Ordered::Number).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Ordered::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry::<String, Ordered>()? {
            members.push(member);
        }
        Ok(Ordered::Map(members))
    }
}
