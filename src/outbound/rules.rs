//! Which addresses the service may call, pure: public ones, and those that the operator names.
//!
//! An issuer or a webhook is an address that somebody wrote: it must not lead to the database, to the machine's own
//! ports or to the metadata of a cloud.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// What the operator allows beyond public addresses over TLS: `OUTBOUND_ALLOW`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Exception>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Exception {
    /// A network, `10.2.0.0/16`: its addresses may be called, over TLS.
    Network(IpAddr, u8),
    /// A host and its port, `issuer.internal:8443`: it may be called wherever its name leads, without TLS as well.
    Host(String, u16),
}

impl FromStr for Allowed {
    type Err = String;

    /// Reads a list separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(exception)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn exception(item: &str) -> Result<Exception, String> {
    let wrong = || format!("{item:?} is no network (10.2.0.0/16) and no host with its port (issuer.internal:8443)");
    if let Some((address, length)) = item.split_once('/') {
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let length: u8 = length.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        return if length <= most { Ok(Exception::Network(address, length)) } else { Err(wrong()) };
    }
    let (host, port) = item.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    let host = plain(host);
    let is_host = !host.is_empty() && !host.contains(['/', '@', ' ', '?', '#']);
    if is_host { Ok(Exception::Host(host, port)) } else { Err(wrong()) }
}

/// A host as it is compared: lower case, without the brackets of an IPv6 address or a final dot.
fn plain(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

impl Allowed {
    /// True when this very host and port were named.
    pub fn names(&self, host: &str, port: u16) -> bool {
        let host = plain(host);
        self.0.iter().any(|exception| matches!(exception, Exception::Host(h, p) if *h == host && *p == port))
    }

    /// May this address be called?
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || self.0.iter().any(|exception| match exception {
                Exception::Network(network, length) => within(address, *network, *length),
                Exception::Host(..) => false,
            })
    }
}

/// A host that is written as no address and that resolvers read as one all the same: its last label is a number, decimal
/// or hexadecimal. No public name ends so.
pub fn reads_as_address(host: &str) -> bool {
    let host = plain(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
}

/// `NO_PROXY`: a host, a domain and what is under it (`.example.fr`, `example.fr`), or `*`.
pub fn goes_without_proxy(host: &str, without: &[String]) -> bool {
    let host = plain(host);
    without.iter().any(|item| {
        let item = plain(item.trim());
        let domain = item.trim_start_matches('.');
        item == "*" || host == domain || (!domain.is_empty() && host.ends_with(&format!(".{domain}")))
    })
}

fn within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let same = |a: u128, b: u128, bits: u32| {
        let shift = bits - u32::from(length);
        a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => same(a.to_bits().into(), n.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => same(a.to_bits(), n.to_bits(), 128),
        _ => false,
    }
}

/// An address that the whole Internet reaches (the registries of special addresses, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => is_public_v4(a),
        IpAddr::V6(a) => is_public_v6(a),
    }
}

fn is_public_v4(a: Ipv4Addr) -> bool {
    let [first, second, third, _] = a.octets();
    let special = a.is_private()
        || a.is_loopback()
        || a.is_link_local()
        || a.is_documentation()
        || first == 0
        || first >= 224
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (18..20).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 192 && second == 88 && third == 99);
    !special
}

fn is_public_v6(a: Ipv6Addr) -> bool {
    let [first, second, ..] = a.segments();
    // Global unicast only, without what carries an IPv4 address inside (6to4, Teredo) or is for documentation.
    let global = (0x2000..0x4000).contains(&first);
    let special = first == 0x2002
        || (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        || (first == 0x3fff && second < 0x1000);
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_go_without_a_proxy() {
        let without: Vec<String> = ["localhost", ".internal", "Example.fr", "10.0.0.1"].map(str::to_owned).into();
        for host in ["localhost", "sso.internal", "internal", "example.fr", "sso.EXAMPLE.fr.", "10.0.0.1"] {
            assert!(goes_without_proxy(host, &without), "{host}");
        }
        for host in ["localhost.fr", "notexample.fr", "10.0.0.10"] {
            assert!(!goes_without_proxy(host, &without), "{host}");
        }
        assert!(goes_without_proxy("anything", &["*".to_owned()]) && !goes_without_proxy("x", &[String::new()]));
    }

    #[test]
    fn numbers_that_resolvers_read_as_addresses() {
        for host in
            ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "0", "127.0x1", "999.1.", "0X7F000001"]
        {
            assert!(reads_as_address(host), "{host}");
        }
        for host in ["sso.example", "1.example", "0x7f.example", "a1", "x0", "0xfg", "[::1]", ""] {
            assert!(!reads_as_address(host), "{host}");
        }
    }

    #[test]
    fn only_public_addresses() {
        let nothing = Allowed::default();
        for address in ["8.8.8.8", "1.1.1.1", "185.24.184.1", "2001:4860:4860::8888", "2a01:e0a::1", "::ffff:8.8.8.8"] {
            assert!(nothing.holds(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "192.0.0.1",
            "192.88.99.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "64:ff9b::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "3fff::1",
        ] {
            assert!(!nothing.holds(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn and_those_that_the_operator_names() {
        let allowed: Allowed =
            "10.2.0.0/16, issuer.internal:8443, fd00::/8,127.0.0.1:9000,[::1]:9000,0.0.0.0/32".parse().unwrap();
        assert!(allowed.holds("10.2.255.1".parse().unwrap()) && allowed.holds("::ffff:10.2.0.1".parse().unwrap()));
        assert!(!allowed.holds("10.3.0.1".parse().unwrap()) && allowed.holds("fd12::1".parse().unwrap()));
        assert!(!allowed.holds("127.0.0.1".parse().unwrap()) && !allowed.holds("fe80::1".parse().unwrap()));
        assert!(allowed.names("Issuer.Internal.", 8443) && !allowed.names("issuer.internal", 443));
        assert!(allowed.names("127.0.0.1", 9000) && allowed.names("[::1]", 9000));
        let everything: Allowed = "0.0.0.0/0".parse().unwrap();
        assert!(everything.holds("127.0.0.1".parse().unwrap()) && !everything.holds("::1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "10.0.0/8", "issuer", "issuer:0", "issuer:x", ":80", "https://x:443", "a@b:1"] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}
