//! Which network addresses a callback may go to.
//!
//! A notify URL is chosen by the receiver, so posting to it must not let the receiver reach the
//! platform's own network. This file sorts addresses; it knows nothing of URLs and opens nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far notifications may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPolicy {
    /// HTTPS to public addresses only (wire-protocol S-12): for everything that others can reach.
    PublicOnly,
    /// Plain HTTP, loopback and private networks as well: for `quan dev` and tests on one machine.
    /// Link-local addresses stay out, since cloud machines serve their credentials there.
    AllowPrivate,
}

impl AddressPolicy {
    /// Whether a connection to the address is allowed.
    pub(crate) fn permits(self, address: IpAddr) -> bool {
        match (reach(address), self) {
            (Reach::Public, Self::PublicOnly | Self::AllowPrivate) | (Reach::Private, Self::AllowPrivate) => {
                true
            }
            (Reach::Private, Self::PublicOnly) | (Reach::Never, Self::PublicOnly | Self::AllowPrivate) => {
                false
            }
        }
    }
}

/// Who may be behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Somebody on the internet.
    Public,
    /// This machine or its own network.
    Private,
    /// No receiver: unspecified, multicast, link-local, reserved, documentation, tunnels to anywhere.
    Never,
}

fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

/// By the special-purpose registry of RFC 6890.
fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // Loopback, private use, shared space of carriers (CGNAT).
        [127 | 10, ..] | [192, 168, ..] => Reach::Private,
        [172, b, ..] if (16..32).contains(&b) => Reach::Private,
        [100, b, ..] if (64..128).contains(&b) => Reach::Private,
        // This network, link-local, protocol assignments, documentation, benchmarks, multicast, reserved.
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Never,
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        reach_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private,
        // IPv4 addresses in other clothes: mapped, behind NAT64, behind 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Unique local addresses.
        [first, ..] if first & 0xfe00 == 0xfc00 => Reach::Private,
        // Teredo and protocol assignments, documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => Reach::Never,
        [0x3fff, second, ..] if second < 0x1000 => Reach::Never,
        // Global unicast; everything else is link-local, multicast, unspecified or not assigned.
        [first, ..] if first & 0xe000 == 0x2000 => Reach::Public,
        _ => Reach::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_every_range() {
        use Reach::{Never, Private, Public};
        for (text, expected) in [
            ("0.0.0.0", Never),
            ("0.255.255.255", Never),
            ("1.0.0.0", Public),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("11.0.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", Private),
            ("100.127.255.255", Private),
            ("100.128.0.0", Public),
            ("126.255.255.255", Public),
            ("127.0.0.1", Private),
            ("128.0.0.0", Public),
            ("169.253.255.255", Public),
            ("169.254.169.254", Never),
            ("169.255.0.0", Public),
            ("172.15.255.255", Public),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("172.32.0.0", Public),
            ("192.0.2.1", Never),
            ("192.167.255.255", Public),
            ("192.168.0.0", Private),
            ("192.169.0.0", Public),
            ("198.17.255.255", Public),
            ("198.18.0.0", Never),
            ("198.20.0.0", Public),
            ("203.0.113.9", Never),
            ("223.255.255.255", Public),
            ("224.0.0.1", Never),
            ("255.255.255.255", Never),
            ("::", Never),
            ("::1", Private),
            ("::2", Never),
            ("::7f00:1", Never),
            ("::ffff:127.0.0.1", Private),
            ("::ffff:169.254.169.254", Never),
            ("::ffff:8.8.8.8", Public),
            ("64:ff9b::10.0.0.1", Private),
            ("64:ff9b::8.8.8.8", Public),
            ("64:ff9b:1::1", Never),
            ("2001:0:1::1", Never),
            ("2001:200::1", Public),
            ("2001:db8::1", Never),
            ("2002:7f00:1::1", Private),
            ("2400:3200::1", Public),
            ("3fff::1", Never),
            ("4000::1", Never),
            ("fbff::1", Never),
            ("fc00::1", Private),
            ("fdff::1", Private),
            ("fe80::1", Never),
            ("fec0::1", Never),
            ("ff02::1", Never),
        ] {
            assert_eq!(reach(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn the_policies_differ_in_private_addresses_only() {
        for (text, public_only, allow_private) in
            [("8.8.8.8", true, true), ("127.0.0.1", false, true), ("169.254.169.254", false, false)]
        {
            let address = text.parse().unwrap();
            assert_eq!(AddressPolicy::PublicOnly.permits(address), public_only, "{text}");
            assert_eq!(AddressPolicy::AllowPrivate.permits(address), allow_private, "{text}");
        }
    }
}
