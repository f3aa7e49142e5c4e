//! All descriptions, read once from what the build embedded.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::entity::{Entity, Enum, Member, Presence, Scalar};
use crate::face::Face;
use crate::kind::Kind;
use crate::operation::{Description, Operation};
use crate::ordered::Ordered;
use crate::refusal::{Refusal, Refusals};

const DESCRIPTIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/descriptions.json"));

/// Everything that is described.
pub(crate) struct Spec {
    pub(crate) scalars: Ordered<Scalar>,
    pub(crate) enums: Ordered<Enum>,
    pub(crate) entities: Vec<EntityFile>,
    /// Variables of paths.
    pub(crate) variables: Ordered<Member>,
    pub(crate) refusals: Refusals,
    pub(crate) descriptions: Vec<(String, Description)>,
}

/// One file of entities: a noun with its parts.
pub(crate) struct EntityFile {
    /// Name of the file, without its ending.
    pub(crate) stem: String,
    pub(crate) entities: Ordered<Entity>,
}

/// The descriptions of this build.
pub(crate) fn spec() -> &'static Spec {
    static SPEC: OnceLock<Spec> = OnceLock::new();
    SPEC.get_or_init(Spec::read)
}

impl Spec {
    fn read() -> Self {
        let files: Ordered<Box<RawValue>> = read("descriptions.json", DESCRIPTIONS);
        let file = |name: &str| files.get(name).map_or("{}", |text| text.get());
        let below = |folder: &'static str| {
            files.iter().filter_map(move |(name, text)| Some((name.strip_prefix(folder)?, text.get())))
        };
        let enums = below("enums/").flat_map(|(name, text)| read::<Ordered<Enum>>(name, text).0).collect();
        let entities = below("entities/")
            .map(|(name, text)| EntityFile { stem: name.to_owned(), entities: read(name, text) })
            .collect();
        let mut descriptions: Vec<(String, Description)> = below("operations/")
            .map(|(name, text)| {
                let folder = name.split_once('/').map_or("", |(folder, _)| folder);
                (folder.to_owned(), read(name, text))
            })
            .collect();
        descriptions.sort_by_key(|(_, description)| description.number);
        Self {
            scalars: read("scalars", file("scalars")),
            enums: Ordered(enums),
            entities,
            variables: read("variables", file("variables")),
            refusals: read("errors", file("errors")),
            descriptions,
        }
    }

    /// An entity by its name.
    pub(crate) fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find_map(|file| file.entities.get(name))
    }

    /// Every operation of every face, in the official order.
    pub(crate) fn operations(&'static self) -> impl Iterator<Item = Operation> {
        Face::ALL.into_iter().flat_map(move |face| {
            let of_face = self.descriptions.iter().filter(move |(folder, description)| {
                folder == face.folder() && !(face == Face::Brand && description.partner_only)
            });
            of_face.map(move |(_, description)| Operation { face, description })
        })
    }

    /// The refusals of an operation: its own, between those of every call of its face.
    pub(crate) fn refusals_of(&self, operation: Operation) -> Vec<(&str, &Refusal)> {
        let before = match operation.face {
            Face::Partner | Face::Busifavor | Face::Platform => "every_call",
            Face::Brand => "every_brand_call",
            Face::Claim => "every_claim_call",
        };
        let mut all = self.refusals.named(self.refusals.groups.get(before).map_or(&[], Vec::as_slice));
        let is_brand = operation.face == Face::Brand;
        let own = self.refusals.named(&operation.description.errors);
        // A brand needs nobody's authorisation for what is its own.
        all.extend(own.into_iter().filter(|(name, _)| !(is_brand && *name == "no_authority")));
        all
    }

    /// Whether an entity looks different on the brand face.
    pub(crate) fn differs_by_face(&self, name: &str) -> bool {
        self.entity(name).is_some_and(|entity| {
            entity.fields.iter().any(|(_, member)| {
                member.read == Presence::PartnerOnly
                    || member.kind.name().is_some_and(|inner| inner != name && self.differs_by_face(inner))
            })
        })
    }

    /// The scalar behind a name, and its kind.
    pub(crate) fn scalar(&self, kind: &Kind) -> Option<&Scalar> {
        match kind {
            Kind::Named(name) => self.scalars.get(name),
            Kind::String(_)
            | Kind::Integer(_)
            | Kind::Fen(_)
            | Kind::Boolean
            | Kind::Time
            | Kind::Url(_)
            | Kind::Any
            | Kind::File
            | Kind::List(..) => None,
        }
    }
}

/// Reads one embedded file. The tests of this crate read them all, so a description that does not fit never ships.
fn read<T: DeserializeOwned>(name: &str, text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("invariant: {name} is a description: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    /// Every table of members with where it stands.
    fn tables() -> Vec<(String, &'static Ordered<Member>)> {
        let spec = spec();
        let entities = spec.entities.iter().flat_map(|file| file.entities.iter());
        let mut all: Vec<_> = entities.map(|(name, entity)| (name.to_owned(), &entity.fields)).collect();
        for (folder, description) in &spec.descriptions {
            for members in [&description.query, &description.body, &description.response.fields] {
                all.push((format!("{folder}/{}", description.id), members));
            }
        }
        all.push(("variables".to_owned(), &spec.variables));
        all
    }

    #[test]
    fn every_name_is_described() {
        let spec = spec();
        for (place, members) in tables() {
            for (member_name, member) in members.iter() {
                let Some(name) = member.kind.name() else { continue };
                let known = spec.entity(name).is_some()
                    || spec.enums.get(name).is_some()
                    || spec.scalars.get(name).is_some();
                assert!(known, "{place}: {member_name} is a {name}, which nobody describes");
            }
        }
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let is_chinese =
            |text: &str| text.chars().any(|character| ('\u{4e00}'..'\u{9fff}').contains(&character));
        let check = |place: &str, en: &str, zh: &str| {
            assert!(
                !en.is_empty() && !is_chinese(&en.replace("七折", "").replace("折", "").replace("分", "")),
                "{place}: {en}"
            );
            assert!(is_chinese(zh) || zh == "code。", "{place}: {zh}");
            assert!(!zh.contains(". ") && !zh.contains(", "), "{place}: Chinese punctuation in {zh}");
        };
        for (place, members) in tables() {
            for (name, member) in members.iter() {
                check(&format!("{place} {name}"), &member.text.en, &member.text.zh);
                assert!(
                    member.text.en.ends_with('.') && member.text.zh.ends_with('。'),
                    "{place} {name} ends"
                );
            }
        }
        for (_, description) in &spec().descriptions {
            check(&description.id, &description.title.en, &description.title.zh);
            check(&description.id, &description.about.en, &description.about.zh);
            description.notes.iter().for_each(|note| check(&description.id, &note.en, &note.zh));
        }
        for (name, refusal) in spec().refusals.refusals.iter() {
            check(name, &refusal.when.en, &refusal.when.zh);
            check(name, &refusal.remedy.en, &refusal.remedy.zh);
        }
    }

    #[test]
    fn every_operation_is_there() {
        let count = |face| spec().operations().filter(|operation| operation.face == face).count();
        assert_eq!(Face::ALL.map(count), [35, 33, 26, 1, 3]);
        for operation in spec().operations() {
            let same = spec()
                .operations()
                .filter(|other| other.method() == operation.method() && other.path() == operation.path());
            assert_eq!(same.count(), 1, "{}", operation.document_id());
            for name in operation.variables() {
                assert!(spec().variables.get(name).is_some(), "{name}");
            }
            assert!(!operation.refusals().is_empty());
        }
    }

    #[test]
    fn every_example_that_is_named_exists() {
        for operation in spec().operations() {
            let examples = &operation.description.examples;
            for (kind, stems) in [("request", &examples.request), ("response", &examples.response)] {
                for stem in stems
                    .iter()
                    .filter(|stem| operation.face != Face::Brand || !stem.starts_with("legacy-sequential/"))
                {
                    let there = example::body(operation.face, stem, kind).is_some()
                        || example::member(operation.face, stem, kind, "path").is_some();
                    assert!(there, "{} {stem}.{kind}", operation.document_id());
                }
            }
        }
    }

    #[test]
    fn every_entity_is_used() {
        let used: Vec<&str> = tables()
            .into_iter()
            .flat_map(|(_, members)| {
                members.iter().filter_map(|(_, member)| member.kind.name()).collect::<Vec<_>>()
            })
            .chain(
                spec()
                    .descriptions
                    .iter()
                    .filter_map(|(_, description)| description.response.like.as_deref()),
            )
            .chain(crate::document::EVENTS.iter().map(|(_, resource, _)| *resource))
            .chain(["NotificationEnvelope"])
            .collect();
        for (name, _) in spec().entities.iter().flat_map(|file| file.entities.iter()) {
            assert!(used.contains(&name), "{name} is used by nothing");
        }
        for name in spec().enums.iter().chain([]).map(|(name, _)| name) {
            assert!(used.contains(&name), "{name} is used by nothing");
        }
    }
}
