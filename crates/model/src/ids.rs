//! Typed ids. Each is parsed once, where a text enters, and then trusted.

use std::fmt;

/// Why a text is not the id it should be. The numbers are counts of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Shorter than the shortest allowed.
    #[error("shorter than {min} characters")]
    TooShort {
        /// The shortest allowed.
        min: usize,
    },
    /// Longer than the longest allowed.
    #[error("longer than {max} characters")]
    TooLong {
        /// The longest allowed.
        max: usize,
    },
    /// Has a character that is not allowed.
    #[error("has a character outside {allowed}")]
    Charset {
        /// The characters allowed, in words.
        allowed: &'static str,
    },
}

/// Letters, digits, `_` and `-`: the characters of request numbers, coupon codes and openids.
const WORD: (&str, fn(u8) -> bool) =
    ("[0-9A-Za-z_-]", |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
/// Characters of request numbers over busifavor (api-busifavor 1.1).
const NUMBER: (&str, fn(u8) -> bool) =
    ("[0-9A-Za-z_|*-]", |byte| (WORD.1)(byte) || byte == b'|' || byte == b'*');
/// Characters of uploaded codes over busifavor (api-busifavor 5.7).
const CODE: (&str, fn(u8) -> bool) = ("[0-9A-Za-z_-], space, \\ / = |", |byte| {
    (WORD.1)(byte) || matches!(byte, b' ' | b'\\' | b'/' | b'=' | b'|')
});
const DECIMAL: (&str, fn(u8) -> bool) = ("[0-9]", |byte| byte.is_ascii_digit());

fn check(text: &str, min: usize, max: usize, charset: (&'static str, fn(u8) -> bool)) -> Result<(), IdError> {
    let count = text.chars().count();
    if count < min {
        return Err(IdError::TooShort { min });
    }
    if count > max {
        return Err(IdError::TooLong { max });
    }
    if !text.bytes().all(charset.1) {
        return Err(IdError::Charset { allowed: charset.0 });
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $min:literal..=$max:literal, $charset:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The fewest characters allowed.
            pub const LEN_MIN: usize = $min;
            /// The most characters allowed.
            pub const LEN_MAX: usize = $max;

            /// Takes a text that fits the length and the characters of this id.
            ///
            /// # Errors
            /// [`IdError`] says which of the two it breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text, $min, $max, $charset)?;
                Ok(Self(text))
            }

            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A merchant number (商户号): the identity of the `/v3/` faces.
    Mchid, 1..=32, DECIMAL
);
id!(
    /// A brand (品牌): the identity of the `/brand/` face and the owner of product coupons.
    BrandId, 1..=32, DECIMAL
);
id!(
    /// An official account or mini program.
    Appid, 1..=32, WORD
);
id!(
    /// A user under an appid. Official ones have 28 characters, but published examples break that
    /// rule, so only the characters and a length of 128 are enforced (semantics 2.3).
    Openid, 1..=128, WORD
);
id!(
    /// A product coupon (商品券).
    ProductCouponId, 1..=40, WORD
);
id!(
    /// A stock (批次), globally unique.
    StockId, 1..=128, WORD
);
id!(
    /// A stock bundle (批次组).
    StockBundleId, 1..=128, WORD
);
id!(
    /// The chain of coupons (用户券组) that a user holds in mode PROGRESSIVE_BUNDLE.
    UserCouponBundleId, 1..=40, WORD
);
id!(
    /// A coupon code (券Code) as it is kept, unique within its stock. Each face takes a narrower one.
    CouponCode, 1..=40, CODE
);
id!(
    /// A coupon code as the product-coupon faces take it.
    ProductCouponCode, 1..=40, WORD
);
id!(
    /// A coupon code as busifavor takes it.
    BusifavorCode, 1..=32, CODE
);
id!(
    /// The number that makes a write repeatable: `out_request_no`, and `send_request_no` of pre-send.
    RequestNo, 6..=40, WORD
);
id!(
    /// The `send_request_no` of a direct send, which may be longer than that of a pre-send.
    SendRequestNo, 6..=128, WORD
);
id!(
    /// A request number of any face, as it is kept; busifavor takes it as it is.
    RequestNumber, 1..=128, NUMBER
);
id!(
    /// A store (门店) of a brand.
    StoreId, 1..=64, WORD
);

macro_rules! widens {
    ($($narrow:ident to $wide:ident),+ $(,)?) => {
        $(impl From<$narrow> for $wide {
            fn from(id: $narrow) -> Self {
                Self(id.0)
            }
        })+
    };
}

widens! {
    RequestNo to SendRequestNo,
    RequestNo to RequestNumber,
    SendRequestNo to RequestNumber,
    ProductCouponCode to CouponCode,
    BusifavorCode to CouponCode,
}

/// A merchant of the `/v3/` faces or a brand of the `/brand/` face: who calls, and who owns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Principal {
    /// A merchant or service provider.
    Merchant(Mchid),
    /// A brand.
    Brand(BrandId),
}

impl Principal {
    /// The brand, if it is one.
    pub fn brand_id(&self) -> Option<&BrandId> {
        match self {
            Self::Merchant(_) => None,
            Self::Brand(brand_id) => Some(brand_id),
        }
    }

    /// The bare identity, as it stands in the `Authorization` header.
    pub fn identity(&self) -> &str {
        match self {
            Self::Merchant(mchid) => mchid.as_str(),
            Self::Brand(brand_id) => brand_id.as_str(),
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Merchant(mchid) => write!(f, "mchid:{mchid}"),
            Self::Brand(brand_id) => write!(f, "brand:{brand_id}"),
        }
    }
}

impl std::str::FromStr for Principal {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            Some(("mchid", mchid)) => Mchid::parse(mchid).map(Self::Merchant),
            Some(("brand", brand_id)) => BrandId::parse(brand_id).map(Self::Brand),
            _ => Err(IdError::Charset { allowed: "mchid:… or brand:…" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_every_length() {
        assert_eq!(RequestNo::parse("12345"), Err(IdError::TooShort { min: 6 }));
        assert!(RequestNo::parse("123456").is_ok());
        assert!(RequestNo::parse("x".repeat(40)).is_ok());
        assert_eq!(RequestNo::parse("x".repeat(41)), Err(IdError::TooLong { max: 40 }));
        assert!(SendRequestNo::parse("x".repeat(128)).is_ok());
        assert_eq!(SendRequestNo::parse("x".repeat(129)), Err(IdError::TooLong { max: 128 }));
        assert_eq!(CouponCode::parse(""), Err(IdError::TooShort { min: 1 }));
    }

    #[test]
    fn characters_outside_the_set_are_refused() {
        for text in ["abc def", "abc/def", "券券券券券券", "abcdef\n", "abc|def"] {
            assert!(matches!(RequestNo::parse(text), Err(IdError::Charset { .. })), "{text:?}");
        }
        assert!(matches!(Mchid::parse("19000a"), Err(IdError::Charset { .. })));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(matches!(RequestNo::parse("券".repeat(40)), Err(IdError::Charset { .. })));
        assert!(matches!(RequestNo::parse("券".repeat(41)), Err(IdError::TooLong { .. })));
    }

    #[test]
    fn principals_round_trip() {
        for text in ["mchid:1900000001", "brand:120344"] {
            assert_eq!(text.parse::<Principal>().unwrap().to_string(), text);
        }
        assert!("nobody:1".parse::<Principal>().is_err());
    }
}
