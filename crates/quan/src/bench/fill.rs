//! Filling a store with coupons: by the same use cases that serve calls, two thousand users in each commit, so that
//! counts, request numbers, coupons and delivered notifications fit together as in a store that grew by itself.

use std::sync::Arc;
use std::time::Instant;

use quan_model::ids::{Appid, Mchid, Openid, Principal, RequestNo, StockId};
use quan_platform::Platform;
use quan_platform::claim::receive;
use quan_platform::pre_send::{PreSend, Target, pre_send};
use quan_platform::work::Work;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;
use quan_store::outbox::{Attempt, Next};

use crate::bench::progress;
use crate::sandbox::Sandbox;

/// Users of one commit.
const USERS_PER_COMMIT: u64 = 2000;
/// Commits between two lines of progress.
const COMMITS_PER_LINE: u64 = 50;
/// Who holds the leases of the notifications that are noted as delivered.
const SENDER: &str = "bench-fill";

/// What is to be filled.
pub(crate) struct Fill<'f> {
    pub(crate) platform: &'f Platform,
    pub(crate) sandbox: &'f Sandbox,
    pub(crate) stock_id: &'f str,
    pub(crate) coupons: u64,
}

/// Fills a store.
///
/// # Errors
/// When a use case refuses, or the store fails.
pub(crate) async fn fill(of: &Fill<'_>) -> anyhow::Result<()> {
    let coupons = of.coupons;
    let template = Arc::new(template(of.sandbox, of.stock_id)?);
    let begun = Instant::now();
    let (mut from, mut commits) = (0, 0);
    while from < coupons {
        let to = coupons.min(from + USERS_PER_COMMIT);
        let template = Arc::clone(&template);
        of.platform.write(move |work| users(work, &template, from..to)).await?;
        (from, commits) = (to, commits + 1);
        if commits % COMMITS_PER_LINE == 0 || from == coupons {
            let seconds = begun.elapsed().as_secs_f64();
            progress(&format!("filling: {from} of {coupons} coupons, {seconds:.1} s"));
        }
    }
    Ok(())
}

fn template(sandbox: &Sandbox, stock_id: &str) -> anyhow::Result<PreSend> {
    Ok(PreSend {
        principal: Principal::Merchant(Mchid::parse(sandbox.merchant.mchid.as_str())?),
        target: Target::StockAlone(StockId::parse(stock_id)?),
        appid: Appid::parse(sandbox.appid.as_str())?,
        openid: None,
        send_request_no: RequestNo::parse("FILL_000000")?,
        coupon_code: None,
        attach: None,
    })
}

/// Why a user has no coupon.
#[derive(Debug, thiserror::Error)]
enum FillError {
    #[error("the store or the rules refuse")]
    Platform(#[from] quan_platform::Error),
    #[error("a claim is refused")]
    Claim(#[from] quan_platform::claim::ClaimError),
    #[error("a number or an openid has no right form")]
    Id(#[from] quan_model::ids::IdError),
}

impl WorkError for FillError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Platform(error) => error.conflict(),
            Self::Claim(error) => error.conflict(),
            Self::Id(_) => None,
        }
    }
}

/// A coupon for each user of a range, and its notification delivered.
fn users(work: &mut Work<'_>, template: &PreSend, range: std::ops::Range<u64>) -> Result<(), FillError> {
    let count = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    for user in range {
        let input = PreSend {
            openid: Some(Openid::parse(format!("oFill{user:012}"))?),
            send_request_no: RequestNo::parse(format!("FILL_{user:012}"))?,
            ..template.clone()
        };
        let ticket = pre_send(work, &input)?;
        receive::receive(work, ticket)?;
    }
    let store = |error| FillError::Platform(quan_platform::Error::from(error));
    let until = work.now.plus_seconds(60);
    let leased = work.store.lease_notifications(SENDER, work.now, until, count).map_err(store)?;
    for notification in leased {
        let attempt = Attempt { started_at: work.now, status: Some(200), outcome: "delivered".to_owned() };
        let id = &notification.notification.id;
        work.store.record_attempt(SENDER, id, &attempt, Next::Delivered).map_err(store)?;
    }
    Ok(())
}
