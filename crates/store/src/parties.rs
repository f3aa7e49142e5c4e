//! Who takes part: merchants, brands, their certificates, authorisations, appids, people, notify URLs,
//! and the keys that seal pre-send tokens.

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;

use crate::error::StoreError;

/// A merchant or service provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Its number.
    pub mchid: Mchid,
    /// For people.
    pub name: String,
    /// 32 bytes; without it no notification is sent to the merchant.
    pub apiv3_key: Option<String>,
    /// With which of the platform's keys it verifies.
    pub verification_mode: VerificationMode,
}

/// A brand.
#[derive(Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its number.
    pub brand_id: BrandId,
    /// Shown to users.
    pub name: String,
    /// Shown to users.
    pub logo_url: Option<String>,
    /// 32 bytes; without it no notification is sent to the brand.
    pub api_key: Option<String>,
}

/// A caller's API certificate; a caller may have several at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerCertificate {
    /// Whose it is.
    pub principal: Principal,
    /// Serial number in upper-case hex without leading zeros, as it is looked up.
    pub serial_no: String,
    /// The certificate.
    pub pem: String,
    /// Last instant it may sign.
    pub not_after: Time,
    /// When it was revoked; from then on it may not sign.
    pub revoked_at: Option<Time>,
}

impl CallerCertificate {
    /// Whether it may sign at this time.
    #[must_use]
    pub fn is_active_at(&self, now: Time) -> bool {
        self.revoked_at.is_none_or(|revoked_at| now < revoked_at) && now <= self.not_after
    }
}

/// Where the notifications of a principal go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifyUrl {
    /// The URL.
    pub url: String,
    /// When it was set.
    pub updated_at: Time,
}

/// A key that seals pre-send tokens. The newest seals; the others still open.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKey {
    /// Travels in the token.
    pub key_id: u8,
    /// The secret.
    pub key: [u8; 32],
    /// When it was made.
    pub created_at: Time,
}

macro_rules! hide_secrets {
    ($($shape:ident { $($shown:ident),+ })+) => {
        $(impl std::fmt::Debug for $shape {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($shape))$(.field(stringify!($shown), &self.$shown))+.finish_non_exhaustive()
            }
        })+
    };
}
hide_secrets! {
    Merchant { mchid, name }
    Brand { brand_id, name }
    TokenKey { key_id, created_at }
}

/// One person, under however many appids; per-user limits count people (semantics 2.3).
pub type PersonId = String;

/// The person that a pair of appid and openid is when nothing else is known of it.
#[must_use]
pub fn own_person(appid: &Appid, openid: &Openid) -> PersonId {
    format!("{appid}:{openid}")
}

/// Reading who takes part.
pub trait PartiesReader {
    /// The merchant.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn merchant(&self, mchid: &Mchid) -> Result<Option<Merchant>, StoreError>;
    /// The brand.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn brand(&self, brand_id: &BrandId) -> Result<Option<Brand>, StoreError>;
    /// A caller's certificate by its normalised serial number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn certificate(
        &self,
        principal: &Principal,
        serial_no: &str,
    ) -> Result<Option<CallerCertificate>, StoreError>;
    /// Every certificate of a caller, expired and revoked ones included, by serial number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn certificates(&self, principal: &Principal) -> Result<Vec<CallerCertificate>, StoreError>;
    /// Whether the brand has authorised the merchant for product coupons, now.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn is_authorised(&self, brand_id: &BrandId, mchid: &Mchid) -> Result<bool, StoreError>;
    /// Whether the appid is bound to this principal.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn is_appid_bound(&self, appid: &Appid, owner: &Principal) -> Result<bool, StoreError>;
    /// The person behind (appid, openid), if the platform knows one; otherwise the pair is its own person.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn person(&self, appid: &Appid, openid: &Openid) -> Result<Option<PersonId>, StoreError>;
    /// The openid of a person under another appid, if the platform knows it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn openid_of(&self, person: &PersonId, appid: &Appid) -> Result<Option<Openid>, StoreError>;
    /// Where notifications go.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn notify_url(&self, principal: &Principal) -> Result<Option<NotifyUrl>, StoreError>;
    /// Whether the brand has this store and it is open.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn is_open_store(&self, brand_id: &BrandId, store: &StoreId) -> Result<bool, StoreError>;
    /// The keys of pre-send tokens, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn token_keys(&self) -> Result<Vec<TokenKey>, StoreError>;
}

/// Writing who takes part. Each `put` replaces what stands under the same key.
pub trait PartiesWriter {
    /// Adds or replaces a merchant.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_merchant(&mut self, merchant: &Merchant) -> Result<(), StoreError>;
    /// Adds or replaces a brand.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_brand(&mut self, brand: &Brand) -> Result<(), StoreError>;
    /// Adds or replaces a certificate.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_certificate(&mut self, certificate: &CallerCertificate) -> Result<(), StoreError>;
    /// Grants or withdraws a brand's authorisation.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_authorisation(
        &mut self,
        brand_id: &BrandId,
        mchid: &Mchid,
        grant: Grant,
    ) -> Result<(), StoreError>;
    /// Binds an appid.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn bind_appid(&mut self, appid: &Appid, owner: &Principal) -> Result<(), StoreError>;
    /// Says which person an (appid, openid) is.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_person(&mut self, appid: &Appid, openid: &Openid, person: &PersonId) -> Result<(), StoreError>;
    /// Sets where notifications go; the last write wins.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_notify_url(&mut self, principal: &Principal, notify_url: &NotifyUrl) -> Result<(), StoreError>;
    /// Adds an open store of a brand.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_open_store(&mut self, brand_id: &BrandId, store: &StoreId) -> Result<(), StoreError>;
    /// Adds a key for pre-send tokens.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn put_token_key(&mut self, key: &TokenKey) -> Result<(), StoreError>;
}

/// Whether an authorisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// It stands.
    Given,
    /// It was withdrawn; coupons already issued stay valid.
    Withdrawn,
}
