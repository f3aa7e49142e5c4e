//! Members, objects, enums and scalars, as they are described.

use serde::{Deserialize, Deserializer};

use crate::kind::Kind;
use crate::ordered::Ordered;
use crate::text::Text;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// To the platform.
    Write,
    /// From the platform.
    Read,
}

/// Whether a member is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Always (必填).
    Required,
    /// As the sender likes (选填).
    Optional,
    /// As other members say (条件必填).
    Conditional,
    /// Always on the partner face, never on the brand face.
    PartnerOnly,
    /// Never.
    Absent,
}

impl Presence {
    fn of(letter: char) -> Result<Self, String> {
        match letter {
            'R' => Ok(Self::Required),
            'O' => Ok(Self::Optional),
            'C' => Ok(Self::Conditional),
            'P' => Ok(Self::PartnerOnly),
            '-' => Ok(Self::Absent),
            other => Err(format!("no presence is written {other}")),
        }
    }
}

/// One member: `[kind, presence, English, 中文]`. Presence is one letter, or one for writing and one for reading.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) kind: Kind,
    pub(crate) write: Presence,
    pub(crate) read: Presence,
    pub(crate) text: Text,
}

impl Member {
    /// Whether it is there, that way.
    pub(crate) fn presence(&self, side: Side) -> Presence {
        match side {
            Side::Write => self.write,
            Side::Read => self.read,
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, presence, en, zh) = <(Kind, String, String, String)>::deserialize(deserializer)?;
        let letters: Vec<char> = presence.chars().collect();
        let (write, read) = match letters[..] {
            [both] => (both, both),
            [write, read] => (write, read),
            _ => return Err(serde::de::Error::custom(format!("{presence} is no presence"))),
        };
        let presence = |letter| Presence::of(letter).map_err(serde::de::Error::custom);
        Ok(Self { kind, write: presence(write)?, read: presence(read)?, text: Text { en, zh } })
    }
}

/// An object that messages share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entity {
    pub(crate) title: Text,
    /// Name of the form that callers write, where the official documents have one.
    pub(crate) write_as: Option<String>,
    /// What is worth saying about it as a whole.
    pub(crate) about: Option<Text>,
    pub(crate) fields: Ordered<Member>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

/// How members depend on each other.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rule {
    /// Only for this way; both when absent.
    pub(crate) side: Option<RuleSide>,
    /// Applies when these members have one of these words; `*` for any value.
    pub(crate) when: Ordered<Words>,
    /// Applies when these lists contain the word.
    pub(crate) contains: Ordered<String>,
    /// Must be there.
    pub(crate) need: Vec<String>,
    /// Must not be there.
    pub(crate) forbid: Vec<String>,
    /// Exactly one of these groups is there, as a whole.
    pub(crate) one_of: Vec<Words>,
    /// At least one of these is there.
    pub(crate) any_of: Vec<String>,
}

/// The way that a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuleSide {
    /// Requests.
    Write,
    /// Answers.
    Read,
}

impl Rule {
    /// Whether the rule holds for messages that go this way.
    pub(crate) fn holds(&self, side: Side) -> bool {
        match self.side {
            None => true,
            Some(RuleSide::Write) => side == Side::Write,
            Some(RuleSide::Read) => side == Side::Read,
        }
    }
}

/// One word or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Words {
    /// As a list.
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
    }
}

/// A closed set of words, each with its meaning in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enum {
    pub(crate) title: Text,
    pub(crate) about: Option<Text>,
    pub(crate) values: Ordered<(String, String)>,
}

/// Text of one form that many members have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scalar {
    pub(crate) kind: Kind,
    /// What the text consists of, as a regular expression over the whole of it.
    pub(crate) pattern: Option<String>,
    /// The same in words for tables.
    pub(crate) form: String,
}
