//! The platform under test: its ids behind the names of the model, and each command as a use case.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quan_coupon::refusal::Refusal;
use quan_model::clock::Clock;
use quan_model::ids::{CouponCode, ProductCouponId, StockBundleId, StockId, UserCouponBundleId};
use quan_platform::{Error, Platform, Settings};
use quan_reference_model::command::{Caller, Command, CouponKey, Mode, Order};
use quan_reference_model::{Answer, World};
use quan_store::audit::Audit;
use quan_store::backend::Backend;
use quan_store::lane::WriteLane;

use crate::clock::HistoryClock;
use crate::performing::{Performed, Told};
use crate::random::Random;
use crate::views::{Broken, broken};
use crate::{parties, performing};

/// An empty store: what is written through, and what looks for broken invariants.
pub struct Store {
    /// The store.
    pub backend: Arc<dyn Backend>,
    /// The same store.
    pub audit: Arc<dyn Audit>,
    /// The write lane in front of it.
    pub lane: Arc<WriteLane>,
}

/// What a lot is called by the platform.
#[derive(Clone, Debug)]
pub(crate) struct LotIds {
    pub(crate) product: u32,
    pub(crate) stocks: Vec<StockId>,
    pub(crate) bundle: Option<StockBundleId>,
}

/// What everything is called by the platform.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) products: BTreeMap<u32, (ProductCouponId, Mode)>,
    pub(crate) lots: BTreeMap<u32, LotIds>,
    pub(crate) coupons: BTreeMap<CouponKey, (u32, StockId, CouponCode)>,
    pub(crate) chains: BTreeMap<(Caller, String), (u32, UserCouponBundleId)>,
}

/// A platform with its names.
pub(crate) struct Subject {
    pub(crate) platform: Platform,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) audit: Arc<dyn Audit>,
    pub(crate) clock: Arc<HistoryClock>,
    names: Mutex<Names>,
}

impl Subject {
    /// A platform over an empty store, with its parties, at an instant.
    pub(crate) async fn start(store: Store, seed: u64, now: i64) -> Result<Self, Broken> {
        let Store { backend, audit, lane } = store;
        let clock = Arc::new(HistoryClock::at(now));
        let entropy = Arc::new(Random::new(seed ^ 0x5155_414e));
        let filled = Arc::default();
        let platform =
            Platform::new(backend.clone(), lane, clock.clone(), entropy, Settings::default(), filled);
        parties::put(&platform).await.map_err(|error| broken(&error))?;
        Ok(Self { platform, backend, audit, clock, names: Mutex::default() })
    }

    pub(crate) fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a command and says what came of it, in the words of the model.
    pub(crate) async fn perform(&self, command: &Command) -> Result<Performed, Broken> {
        let performed = performing::perform(self, command).await?;
        if let (Some(told), Ok(_)) = (&performed.told, &performed.outcome) {
            self.learn(told);
        }
        Ok(performed)
    }

    fn learn(&self, told: &Told) {
        let mut names = self.names();
        match told.clone() {
            Told::Product { product, id, mode, lot, ids } => {
                names.products.insert(product, (id, mode));
                names.lots.insert(lot, ids);
            }
            Told::Lot { lot, ids } => {
                names.lots.insert(lot, ids);
            }
        }
    }

    /// Tells the model the codes and ids that the platform chose for what the model says exists, and takes note of
    /// them. What the platform lacks is a difference.
    pub(crate) fn tell(&self, world: &mut World) -> Result<(), Broken> {
        let mut names = self.names().clone();
        let told = self.backend.snapshot(|store| crate::naming::tell(store, &mut names, world));
        told.map_err(|error| broken(&error))??;
        *self.names() = names;
        Ok(())
    }

    /// The time of the platform.
    pub(crate) fn now(&self) -> quan_model::time::Time {
        self.clock.now()
    }
}

/// The refusal of something that cannot be named.
pub(crate) fn unnamed() -> Performed {
    Performed { outcome: Ok(Answer::Skipped), codes: Vec::new(), told: None, refusal: None }
}

/// The lot of an order.
pub(crate) fn lot_of(names: &Names, order: &Order) -> Option<(LotIds, ProductCouponId)> {
    let lot = names.lots.get(&order.lot)?.clone();
    let product = names.products.get(&lot.product)?.0.clone();
    Some((lot, product))
}

/// The kind of refusal, for the coverage.
pub(crate) fn kind_of(error: &Error) -> Option<String> {
    let Error::Refused(refusal) = error else { return None };
    Some(match refusal {
        Refusal::Invalid(violation) => format!("Invalid {:?} {}", violation.kind, violation.field),
        other => {
            let text = format!("{other:?}");
            text.split([' ', '(']).next().unwrap_or_default().to_owned()
        }
    })
}
