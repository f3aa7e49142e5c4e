//! Filling a store with coupons: by the same use cases that serve calls, a few hundred users in each commit, so that
//! counts, request numbers, coupons and delivered notifications fit together as in a store that grew by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use quan_model::entropy::Entropy;
use quan_model::ids::{Appid, Mchid, Openid, Principal, RequestNo, StockId};
use quan_platform::Platform;
use quan_platform::claim::receive;
use quan_platform::pre_send::{PreSend, Target, pre_send};
use quan_platform::work::Work;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;
use quan_store::outbox::{Attempt, Next};

use crate::bench::progress;
use crate::entropy::SystemEntropy;
use crate::sandbox::Sandbox;

/// Users of one commit.
const USERS_PER_COMMIT: u64 = 500;
/// Commits between two lines of progress.
const COMMITS_PER_LINE: u64 = 200;
/// Who holds the leases of the notifications that are noted as delivered.
const SENDER: &str = "bench-fill";

/// What is to be filled.
pub(crate) struct Fill<'f> {
    /// Makes a platform over the store that draws from this.
    pub(crate) platform: &'f dyn Fn(Arc<dyn Entropy>) -> Platform,
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
    let spread = Arc::new(Spread { at: AtomicU64::new(0), of: coupons });
    let platform = (of.platform)(Arc::new(Arc::clone(&spread)));
    let template = Arc::new(template(of.sandbox, of.stock_id)?);
    let begun = Instant::now();
    let (mut from, mut commits) = (0, 0);
    while from < coupons {
        let to = coupons.min(from + USERS_PER_COMMIT);
        let (spread, template) = (Arc::clone(&spread), Arc::clone(&template));
        platform.write(move |work| users(work, &spread, &template, from..to)).await?;
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
fn users(
    work: &mut Work<'_>,
    spread: &Spread,
    template: &PreSend,
    range: std::ops::Range<u64>,
) -> Result<(), FillError> {
    let count = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    for user in range {
        spread.at.store(user, Ordering::Relaxed);
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

/// Ids and codes that ascend from one user to the next, over the whole range that chance would fill: rows are then
/// added at the end of every index, which is quick, and what comes later still falls anywhere among them.
struct Spread {
    /// The user who is next.
    at: AtomicU64,
    of: u64,
}

/// Bytes that are drawn for ids of sixteen bytes.
const ID_BYTES: usize = 16;
/// Digits that tell the users of one store apart.
const DIGITS: usize = 18;

impl Entropy for Spread {
    fn fill(&self, bytes: &mut [u8]) {
        SystemEntropy.fill(bytes);
        let at = u128::from(self.at.load(Ordering::Relaxed));
        if bytes.len() == ID_BYTES {
            // The upper half ascends, the lower half stays random.
            let part = (at << 64) / u128::from(self.of);
            bytes[..8].copy_from_slice(&u64::try_from(part).unwrap_or(u64::MAX).to_be_bytes());
        } else {
            // Texts are drawn a byte for a character: a byte below ten is that digit.
            let scale = 10_u128.pow(18);
            let text = format!("{:018}", at * scale / u128::from(self.of));
            for (byte, digit) in bytes.iter_mut().zip(text.bytes().take(DIGITS)) {
                *byte = digit - b'0';
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quan_model::entropy;

    use super::*;

    #[test]
    fn ids_and_codes_ascend_over_the_whole_range() {
        let spread = Spread { at: AtomicU64::new(0), of: 1000 };
        let (mut ids, mut codes) = (Vec::new(), Vec::new());
        for user in 0..1000 {
            spread.at.store(user, Ordering::Relaxed);
            let mut id = [0; 16];
            spread.fill(&mut id);
            ids.push(id);
            codes.push(entropy::text(&spread, entropy::DIGITS, 21));
        }
        assert!(ids.is_sorted() && codes.is_sorted());
        assert!(ids[0][0] == 0 && ids[999][0] == 255 && ids[500][0] == 128);
        assert!(codes[0].starts_with("000") && codes[999].starts_with("999"));
    }
}
