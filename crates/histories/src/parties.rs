//! Who takes part in histories.

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::verification::VerificationMode;
use quan_platform::access::Scope;
use quan_platform::{Error, Platform};
use quan_reference_model::command::{Caller, Place, User};
use quan_store::parties::{Brand, Grant, Merchant};

const PROVIDER: &str = "1900000001";
const OTHER_PROVIDER: &str = "1900000109";
const BRAND: &str = "120344";
const STORE: &str = "100064";
const UNKNOWN_STORE: &str = "999999";

/// The appid of every call.
pub(crate) const APPID: &str = "wx7c2e91b04d5fa368";

pub(crate) fn appid() -> Appid {
    Appid::parse(APPID).expect("the constant is an appid")
}

pub(crate) fn brand_id() -> BrandId {
    BrandId::parse(BRAND).expect("the constant is a brand_id")
}

pub(crate) fn mchid(caller: Caller) -> Option<Mchid> {
    let mchid = match caller {
        Caller::Provider => PROVIDER,
        Caller::OtherProvider => OTHER_PROVIDER,
        Caller::Brand => return None,
    };
    Some(Mchid::parse(mchid).expect("the constant is an mchid"))
}

pub(crate) fn principal(caller: Caller) -> Principal {
    mchid(caller).map_or_else(|| Principal::Brand(brand_id()), Principal::Merchant)
}

pub(crate) fn scope(caller: Caller) -> Scope {
    Scope::of_brand(principal(caller), brand_id())
}

pub(crate) fn openid(user: User) -> Openid {
    Openid::parse(format!("oHistoryUser{user:04}")).expect("the form is that of an openid")
}

/// The person that the store knows a user as.
pub(crate) fn person(user: User) -> String {
    match quan_reference_model::command::person(user) {
        0 => "person-0".to_owned(),
        user => format!("{APPID}:{}", openid(user)),
    }
}

pub(crate) fn store(place: Place) -> Option<StoreId> {
    let store = match place {
        Place::Unnamed => return None,
        Place::Open => STORE,
        Place::Unknown => UNKNOWN_STORE,
    };
    Some(StoreId::parse(store).expect("the constant is a store_id"))
}

/// Writes everybody to the store.
pub(crate) async fn put(platform: &Platform) -> Result<(), Error> {
    let write = |work: &mut quan_platform::work::Work<'_>| {
        for caller in [Caller::Provider, Caller::OtherProvider] {
            let mchid = mchid(caller).expect("providers are merchants");
            work.store.put_merchant(&Merchant {
                mchid: mchid.clone(),
                name: "服务商".to_owned(),
                apiv3_key: None,
                verification_mode: VerificationMode::default(),
            })?;
            work.store.put_authorisation(&brand_id(), &mchid, Grant::Given)?;
        }
        work.store.put_brand(&Brand {
            brand_id: brand_id(),
            name: "品牌".to_owned(),
            logo_url: None,
            api_key: None,
        })?;
        work.store.bind_appid(&appid(), &Principal::Brand(brand_id()))?;
        // Users 0 and 1 are one person.
        for user in [0, 1] {
            work.store.put_person(&appid(), &openid(user), &person(user))?;
        }
        let store = store(Place::Open).expect("an open store has an id");
        Ok(work.store.put_open_store(&brand_id(), &store)?)
    };
    platform.write::<_, Error>(write).await
}
