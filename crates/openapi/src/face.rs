//! The families of operations.

/// One family of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// `/v3/marketing/partner/product-coupon/…`, signed by a merchant for its brands.
    Partner,
    /// `/brand/marketing/product-coupon/…`, signed by a brand.
    Brand,
    /// `/v3/marketing/busifavor/…`, signed by a merchant.
    Busifavor,
    /// `/v3/certificates`, signed by a merchant.
    Platform,
    /// `/claim/v1/…`, our own and not signed: the token in the body is the right to call.
    Claim,
}

impl Face {
    /// Every family, in the order of the documents.
    pub const ALL: [Self; 5] = [Self::Partner, Self::Brand, Self::Busifavor, Self::Platform, Self::Claim];

    /// The word for tags and operation ids.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Brand => "brand",
            Self::Busifavor => "busifavor",
            Self::Platform => "platform",
            Self::Claim => "claim",
        }
    }

    /// What stands before the tails of its operations.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Partner => "/v3/marketing/partner/product-coupon",
            Self::Brand => "/brand/marketing/product-coupon",
            Self::Busifavor => "/v3/marketing/busifavor",
            Self::Platform => "/v3",
            Self::Claim => "/claim/v1",
        }
    }

    /// The folder of its descriptions and pages.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Partner | Self::Brand => "product-coupon",
            Self::Busifavor => "busifavor",
            Self::Platform => "platform",
            Self::Claim => "claim",
        }
    }

    /// The folder of its example messages.
    pub(crate) fn examples(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Brand => "brand",
            Self::Busifavor => "busifavor",
            Self::Platform => "platform",
            Self::Claim => "claim",
        }
    }
}
