//! The refusals that operations list: status, code and number by face, when they happen and what to do.
//!
//! This describes; the table that the platform answers from is the gateway's. A test there compares the two.

use serde::Deserialize;

use crate::face::Face;
use crate::ordered::Ordered;
use crate::text::Text;

/// A refusal as it travels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// Word in the body.
    pub(crate) code: ByFace<String>,
    /// Number in the Request-ID; 0 for none.
    #[serde(default)]
    pub(crate) number: ByFace<u64>,
    pub(crate) when: Text,
    pub(crate) remedy: Text,
}

/// The same on every face, or one for each.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ByFace<T> {
    /// On every face.
    Same(T),
    /// One for each.
    Each {
        /// On the partner face, and where there is no face.
        partner: T,
        /// On the brand face.
        brand: T,
        /// On the busifavor face.
        busifavor: T,
    },
}

impl<T: Default> Default for ByFace<T> {
    fn default() -> Self {
        Self::Same(T::default())
    }
}

impl<T> ByFace<T> {
    /// What holds on one face.
    pub(crate) fn on(&self, face: Face) -> &T {
        match self {
            Self::Same(value) => value,
            Self::Each { partner, brand, busifavor } => match face {
                Face::Partner | Face::Platform | Face::Claim => partner,
                Face::Brand => brand,
                Face::Busifavor => busifavor,
            },
        }
    }
}

/// The file of refusals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusals {
    /// Every refusal by name.
    pub(crate) refusals: Ordered<Refusal>,
    /// Names for several that come together.
    pub(crate) groups: Ordered<Vec<String>>,
}

impl Refusals {
    /// The refusals that a list of names and groups stands for, in order.
    pub(crate) fn named<'s>(&'s self, names: &'s [String]) -> Vec<(&'s str, &'s Refusal)> {
        let mut found: Vec<(&str, &Refusal)> = Vec::new();
        for name in names {
            let group = self.groups.get(name).map_or(std::slice::from_ref(name), Vec::as_slice);
            for name in group {
                let refusal = self.refusals.get(name);
                let refusal =
                    refusal.unwrap_or_else(|| panic!("invariant: {name} is described in errors.yaml"));
                if !found.iter().any(|(known, _)| known == name) {
                    found.push((name, refusal));
                }
            }
        }
        found
    }
}
