//! What a setting is, and the macro that makes one list of settings into a struct, a table and a reader.

use crate::configuration::Language;
use crate::configuration::values::Shape;

/// One setting: a key of the file, a `QUAN_…` variable and a flag at once.
pub(crate) struct Setting {
    /// As in the file.
    pub(crate) key: &'static str,
    pub(crate) shape: Shape,
    /// What may be given, for errors and for the reference.
    pub(crate) allowed: fn(Language) -> String,
    pub(crate) presence: Presence,
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
}

/// Whether a setting must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    /// With this value unless something else is given.
    Default(&'static str),
}

/// Settings that belong together.
pub(crate) struct Group {
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) settings: &'static [Setting],
}

impl Setting {
    /// The variable of the environment.
    pub(crate) fn variable(&self) -> String {
        format!("QUAN_{}", self.key.to_ascii_uppercase())
    }

    /// The flag, without its dashes.
    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// Whether the value is never shown, and may be given by the name of a file under `<key>_file`.
    pub(crate) fn is_secret(&self) -> bool {
        self.shape == Shape::Secret
    }

    /// The key under which a file with the value is named.
    pub(crate) fn file_key(&self) -> Option<String> {
        self.is_secret().then(|| format!("{}_file", self.key))
    }
}

/// Defines the settings: `key: type as required|optional|preset("default"), "English", "中文";` in groups.
macro_rules! settings {
    ($(group $group_en:literal $group_zh:literal {
        $($key:ident: $kind:ty as $presence:ident $(($default:literal))?, $en:literal, $zh:literal;)+
    })+) => {
        /// Every setting, read and checked.
        #[derive(Debug)]
        pub(crate) struct Configuration {
            $($(#[doc = $en] pub(crate) $key: settings!(@field $presence $kind),)+)+
        }

        /// The settings in their groups.
        pub(crate) const GROUPS: &[Group] = &[$(Group {
            english: $group_en,
            chinese: $group_zh,
            settings: &[$(Setting {
                key: stringify!($key),
                shape: <$kind as FromText>::SHAPE,
                allowed: <$kind as FromText>::allowed,
                presence: settings!(@presence $presence $($default)?),
                english: $en,
                chinese: $zh,
            }),+],
        }),+];

        impl Configuration {
            /// Reads every setting, so that all that is wrong is said at once; nothing when something is.
            pub(crate) fn read(values: &mut Values) -> Option<Self> {
                $($(let $key = values.$presence::<$kind>(stringify!($key));)+)+
                Some(Self { $($($key: $key?,)+)+ })
            }
        }
    };
    (@field optional $kind:ty) => { Option<$kind> };
    (@field required $kind:ty) => { $kind };
    (@field preset $kind:ty) => { $kind };
    (@presence optional) => { Presence::Optional };
    (@presence required) => { Presence::Required };
    (@presence preset $default:literal) => { Presence::Default($default) };
}
pub(crate) use settings;
