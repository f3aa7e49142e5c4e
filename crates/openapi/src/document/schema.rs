//! Members, entities and enums as JSON Schema.
//!
//! What callers write is open: unknown members are ignored by the platform, and `null` counts as absent. What the
//! platform answers is closed, so that a validator notices what nobody described.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::entity::{Member, Presence, Rule, Side, Words};
use crate::face::Face;
use crate::kind::{Bounds, Kind};
use crate::ordered::Ordered;
use crate::spec::Spec;
use crate::text::Text;

/// A time as the platform writes it.
const WRITTEN_TIME: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$";

/// The shared schemas that were referred to so far.
pub(super) struct Schemas {
    spec: &'static Spec,
    found: BTreeMap<String, Value>,
}

/// Where an object stands: which way it goes, and on which face.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) side: Side,
    pub(super) face: Face,
}

impl Schemas {
    pub(super) fn new(spec: &'static Spec) -> Self {
        Self { spec, found: BTreeMap::new() }
    }

    /// Everything that was referred to, with the schemas that are written by hand.
    pub(super) fn finish(self, by_hand: Map<String, Value>) -> Value {
        Value::Object(self.found.into_iter().chain(by_hand).collect())
    }

    /// An object with these members, at this place.
    pub(super) fn object(&mut self, members: &Ordered<Member>, rules: &[Rule], place: Place) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, member) in members.iter() {
            let presence = match (member.presence(place.side), place.face) {
                (Presence::PartnerOnly, Face::Brand) => Presence::Absent,
                (Presence::PartnerOnly, _) => Presence::Required,
                (other, _) => other,
            };
            match presence {
                Presence::Absent => continue,
                Presence::Required => required.push(name),
                Presence::Optional | Presence::Conditional | Presence::PartnerOnly => {}
            }
            let may_be_null = place.side == Side::Write && presence != Presence::Required;
            properties.insert(name.to_owned(), self.member(member, place, may_be_null));
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if place.side == Side::Read {
            schema["additionalProperties"] = json!(false);
        }
        let rules: Vec<Value> = rules
            .iter()
            .filter(|rule| rule.holds(place.side))
            .map(|rule| rule_schema(rule, place.side))
            .collect();
        if !rules.is_empty() {
            schema["allOf"] = json!(rules);
        }
        schema
    }

    /// One member with its texts.
    pub(super) fn member(&mut self, member: &Member, place: Place, may_be_null: bool) -> Value {
        let mut schema = self.kind(&member.kind, place);
        if may_be_null {
            schema = or_null(schema);
        }
        describe(&mut schema, &member.text);
        schema
    }

    /// A kind of value.
    pub(super) fn kind(&mut self, kind: &Kind, place: Place) -> Value {
        match kind {
            Kind::String(bounds) => text(*bounds),
            Kind::Integer(bounds) | Kind::Fen(bounds) => bounded("integer", *bounds, "minimum", "maximum"),
            Kind::Boolean => json!({"type": "boolean"}),
            Kind::Time => match place.side {
                Side::Write => json!({"type": "string", "format": "date-time"}),
                Side::Read => json!({"type": "string", "format": "date-time", "pattern": WRITTEN_TIME}),
            },
            Kind::Url(bounds) => {
                let mut schema = text(*bounds);
                schema["format"] = json!("uri");
                schema
            }
            Kind::Any => json!({}),
            Kind::File => json!({"type": "string", "contentMediaType": "application/octet-stream"}),
            Kind::List(item, bounds) => {
                let mut schema = bounded("array", *bounds, "minItems", "maxItems");
                schema["items"] = self.kind(item, place);
                schema
            }
            Kind::Named(name) => self.named(name, place),
        }
    }

    fn named(&mut self, name: &str, place: Place) -> Value {
        if let Some(scalar) = self.spec.scalars.get(name) {
            let mut schema = self.kind(&scalar.kind, place);
            if let Some(pattern) = &scalar.pattern {
                schema["pattern"] = json!(pattern);
            }
            return schema;
        }
        if let Some(words) = self.spec.enums.get(name) {
            if !self.found.contains_key(name) {
                let values: Vec<&str> = words.values.iter().map(|(word, _)| word).collect();
                let meaning = |pick: fn(&(String, String)) -> &String| {
                    words
                        .values
                        .iter()
                        .map(|(word, both)| format!("{word}: {}", pick(both)))
                        .collect::<Vec<_>>()
                };
                let schema = json!({
                    "type": "string",
                    "title": words.title.en,
                    "x-title-zh": words.title.zh,
                    "enum": values,
                    "description": meaning(|both| &both.0).join("; "),
                    "x-description-zh": meaning(|both| &both.1).join("；"),
                });
                self.found.insert(name.to_owned(), schema);
            }
            return reference(name);
        }
        self.entity(name, place)
    }

    /// A reference to an entity, in the form for this place.
    fn entity(&mut self, name: &str, place: Place) -> Value {
        let spec = self.spec;
        let entity = spec.entity(name).unwrap_or_else(|| panic!("invariant: {name} is described"));
        let form = match place.side {
            Side::Write => entity.write_as.clone().unwrap_or_else(|| format!("{name}Input")),
            Side::Read if place.face == Face::Brand && spec.differs_by_face(name) => format!("Brand{name}"),
            Side::Read => name.to_owned(),
        };
        if !self.found.contains_key(&form) {
            // Held before its members are looked at, so that an entity may refer to itself.
            self.found.insert(form.clone(), Value::Null);
            let mut schema = self.object(&entity.fields, &entity.rules, place);
            schema["title"] = json!(entity.title.en);
            schema["x-title-zh"] = json!(entity.title.zh);
            if let Some(about) = &entity.about {
                describe(&mut schema, about);
            }
            self.found.insert(form.clone(), schema);
        }
        reference(&form)
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Adds the texts of both languages.
pub(super) fn describe(schema: &mut Value, text: &Text) {
    schema["description"] = json!(text.en);
    schema["x-description-zh"] = json!(text.zh);
}

fn text(bounds: Bounds) -> Value {
    bounded("string", bounds, "minLength", "maxLength")
}

fn bounded(kind: &str, bounds: Bounds, min: &str, max: &str) -> Value {
    let mut schema = json!({"type": kind});
    if let Some(least) = bounds.min {
        schema[min] = json!(least);
    }
    if let Some(most) = bounds.max {
        schema[max] = json!(most);
    }
    schema
}

/// The same, or `null`.
fn or_null(mut schema: Value) -> Value {
    match schema.get("type").and_then(Value::as_str) {
        Some(kind) => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        None => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

/// How members depend on each other, as a schema. What must not be there may be `null` in a request.
fn rule_schema(rule: &Rule, side: Side) -> Value {
    let present = |name: &String| (name.clone(), json!({"not": {"type": "null"}}));
    let absent = |name: &String| {
        (name.clone(), if side == Side::Write { json!({"type": "null"}) } else { json!(false) })
    };
    let mut parts = Vec::new();
    if !rule.need.is_empty() || !rule.forbid.is_empty() {
        let members: Map<String, Value> =
            rule.need.iter().map(present).chain(rule.forbid.iter().map(absent)).collect();
        parts.push(json!({"required": rule.need, "properties": members}));
    }
    if !rule.one_of.is_empty() {
        let all: Vec<&String> = rule.one_of.iter().flat_map(Words::all).collect();
        let options: Vec<Value> = rule
            .one_of
            .iter()
            .map(|group| {
                let others = all.iter().filter(|name| !group.all().contains(name));
                let members: Map<String, Value> =
                    group.all().iter().map(present).chain(others.map(|name| absent(name))).collect();
                json!({"required": group.all(), "properties": members})
            })
            .collect();
        parts.push(json!({"oneOf": options}));
    }
    if !rule.any_of.is_empty() {
        let options: Vec<Value> = rule.any_of.iter().map(|name| json!({"required": [name]})).collect();
        parts.push(json!({"anyOf": options}));
    }
    let then = if parts.len() == 1 { parts.remove(0) } else { json!({"allOf": parts}) };
    let mut names = Vec::new();
    let mut conditions = Map::new();
    for (name, words) in rule.when.iter() {
        let any = words.all().iter().any(|word| word == "*");
        let condition = if any { json!({"not": {"type": "null"}}) } else { json!({"enum": words.all()}) };
        conditions.insert(name.to_owned(), condition);
        names.push(name);
    }
    for (name, word) in rule.contains.iter() {
        conditions.insert(name.to_owned(), json!({"type": "array", "contains": {"const": word}}));
        names.push(name);
    }
    if names.is_empty() {
        return then;
    }
    json!({"if": {"required": names, "properties": conditions}, "then": then})
}
