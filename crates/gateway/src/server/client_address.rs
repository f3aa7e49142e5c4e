//! Whose address a request comes from: the other end of its connection, or whoever a trusted proxy says.
//!
//! Knows `X-Forwarded-For` and nothing of what the address is used for.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use ipnet::IpNet;

/// The header to which every proxy appends the address that it was called from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whom a request comes from. The server puts it among the extensions of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// The networks of the proxies in front of a listener. Nobody else is believed about addresses.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// The proxies in these networks.
    #[must_use]
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(networks.into_iter().collect())
    }

    /// The address of the client: the last one that was not added about one of the proxies. What stands before it was
    /// written by the client and may be anything.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let said = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let said: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
        for address in said.into_iter().rev() {
            if !self.holds(client) {
                break;
            }
            let Ok(before) = address.parse::<IpAddr>() else { break };
            client = before.to_canonical();
        }
        client
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = TrustedProxies::new(proxies.iter().map(|network| network.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_without_being_trusted() {
        assert_eq!(client(&[], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_who_called_it() {
        let proxies = ["10.0.0.0/8", "::1/128"];
        assert_eq!(client(&proxies, "10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            client(&proxies, "::ffff:10.1.2.3", &["203.0.113.9"]),
            "203.0.113.9",
            "IPv4 inside of IPv6"
        );
        assert_eq!(client(&proxies, "10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client(&proxies, "10.1.2.3", &["unknown"]), "10.1.2.3");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(client(&proxies, "10.1.2.3", &["198.51.100.7, 203.0.113.9, 10.9.9.9"]), "203.0.113.9");
        assert_eq!(client(&proxies, "10.1.2.3", &["198.51.100.7", "203.0.113.9"]), "203.0.113.9");
    }
}
