//! How often the claim calls may be made (semantics 7): ten a minute for one token, 600 a minute for one address.
//!
//! A token's calls are those of one person on one page, who needs a handful. An address may stand for many people (a
//! shop's Wi-Fi, a carrier's network), so its limit only keeps one machine from trying tokens or filling the write
//! lane. Buckets are refilled evenly. Only tokens of ours have a bucket, so nobody can fill the memory with made-up
//! ones; buckets that are full again are thrown out from time to time.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use quan_model::clock::Clock;
use quan_platform::pre_send::{PreSendId, Ticket};

use crate::rate::Ticks;
use crate::server::ClientAddress;

/// Calls of a token in a minute, all three kinds together.
const TOKEN_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("invariant: not zero");
/// Calls of an address in a minute.
const ADDRESS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("invariant: not zero");
/// After so many calls the full buckets are thrown out.
const SWEEP_EVERY: u32 = 10_000;

type Buckets<K> = RateLimiter<K, HashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// The buckets of all tokens and addresses.
pub(crate) struct ClaimLimits {
    tokens: Buckets<PreSendId>,
    addresses: Buckets<IpAddr>,
    calls: AtomicU32,
}

impl ClaimLimits {
    /// Full buckets. The clock must not go back.
    pub(crate) fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            tokens: buckets(TOKEN_PER_MINUTE, clock),
            addresses: buckets(ADDRESS_PER_MINUTE, clock),
            calls: AtomicU32::new(0),
        }
    }

    /// Takes a call out of an address's bucket, if one is left.
    pub(crate) fn admits_address(&self, address: ClientAddress) -> bool {
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.tokens.retain_recent();
            self.addresses.retain_recent();
        }
        self.addresses.check_key(&network(address.0)).is_ok()
    }

    /// Takes a call out of a token's bucket, if one is left. All tokens of one pre-send share it: they lead to one
    /// coupon.
    pub(crate) fn admits_token(&self, ticket: &Ticket) -> bool {
        self.tokens.check_key(&ticket.id).is_ok()
    }
}

fn buckets<K: Hash + Eq + Clone>(per_minute: NonZeroU32, clock: &Arc<dyn Clock>) -> Buckets<K> {
    RateLimiter::new(Quota::per_minute(per_minute), HashMapStateStore::default(), Ticks::of(clock))
}

/// An address of IPv6 stands for its network: who has one has all 2^64 of it.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => v6
            .to_ipv4_mapped()
            .map_or_else(|| IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))), IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quan_model::time::Time;
    use std::sync::atomic::AtomicI64;

    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn started() -> (Arc<HandClock>, ClaimLimits) {
        let clock = Arc::new(HandClock(AtomicI64::new(1_760_000_000_000)));
        let limits = ClaimLimits::new(&(clock.clone() as Arc<dyn Clock>));
        (clock, limits)
    }

    fn ticket(byte: u8) -> Ticket {
        Ticket { id: PreSendId([byte; 16]), expires_at: Time::from_unix_seconds(0) }
    }

    #[test]
    fn both_sides_of_the_limits() {
        let (clock, limits) = started();
        assert_eq!((0..20).filter(|_| limits.admits_token(&ticket(1))).count(), 10);
        assert!(limits.admits_token(&ticket(2)), "each token has its own");
        clock.0.fetch_add(5_999, Ordering::SeqCst);
        assert!(!limits.admits_token(&ticket(1)));
        clock.0.fetch_add(1, Ordering::SeqCst);
        assert!(limits.admits_token(&ticket(1)) && !limits.admits_token(&ticket(1)));

        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| ClientAddress(text.parse().unwrap()));
        assert_eq!((0..700).filter(|_| limits.admits_address(one)).count(), 600);
        assert!(limits.admits_address(other), "each address has its own");
        clock.0.fetch_add(100, Ordering::SeqCst);
        assert!(limits.admits_address(one) && !limits.admits_address(one));
    }

    #[test]
    fn full_buckets_are_thrown_out() {
        let (clock, limits) = started();
        let address = ClientAddress("192.0.2.1".parse().unwrap());
        for byte in 0..50 {
            assert!(limits.admits_token(&ticket(byte)));
        }
        clock.0.fetch_add(60_000, Ordering::SeqCst);
        for _ in 0..SWEEP_EVERY {
            limits.admits_address(address);
        }
        assert_eq!(limits.tokens.len(), 0);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
