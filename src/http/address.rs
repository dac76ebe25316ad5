//! The address of a caller: that of the peer, or what trusted proxies say in `X-Forwarded-For`.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

/// Reads an address or a network of `TRUSTED_PROXIES`: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
pub fn parse_network(text: &str) -> Option<IpNet> {
    let network = text.parse().or_else(|_| text.parse().map(IpAddr::into)).ok()?;
    match network {
        IpNet::V6(mapped) if mapped.prefix_len() >= 96 => match mapped.addr().to_ipv4_mapped() {
            Some(address) => Ipv4Net::new(address, mapped.prefix_len() - 96).ok().map(IpNet::V4),
            None => Some(network),
        },
        _ => Some(network),
    }
}

/// Returns the address of a caller, from the lines of `X-Forwarded-For` in their order.
///
/// The list is read from the right, where each proxy adds the address that it was called from, for as long as the one
/// that added it is trusted. What stands further left may be forged. At an entry that cannot be read, the caller is the
/// proxy that passed it on.
pub fn of_caller<'l>(peer: IpAddr, lines: impl DoubleEndedIterator<Item = &'l [u8]>, trusted: &[IpNet]) -> IpAddr {
    let mut entries = lines.rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    let mut caller = peer.to_canonical();
    while trusted.iter().any(|network| network.contains(&caller)) {
        match entries.next().and_then(parse_entry) {
            Some(address) => caller = address,
            None => break,
        }
    }
    caller
}

/// Reads an address, with or without a port and brackets.
fn parse_entry(entry: &[u8]) -> Option<IpAddr> {
    let entry = str::from_utf8(entry).ok()?.trim_matches([' ', '\t']);
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse().map(|socket: std::net::SocketAddr| socket.ip());
    bare.parse().or_else(|_| with_port()).ok().map(|address: IpAddr| address.to_canonical())
}

/// Returns what a caller is counted under: its address, or the /64 that an IPv6 caller has for itself at least.
pub fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn caller(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<_> = trusted.iter().map(|text| parse_network(text).unwrap()).collect();
        of_caller(peer.parse().unwrap(), lines.iter().map(|line| line.as_bytes()), &trusted).to_string()
    }

    #[test]
    fn the_first_address_from_the_right_that_no_trusted_proxy_has() {
        for (peer, lines, trusted, expected) in [
            (PROXY, &["203.0.113.7"][..], &[PROXY][..], "203.0.113.7"),
            (PROXY, &["FORGED, 203.0.113.7:51234"], &[PROXY], "203.0.113.7"),
            (PROXY, &["198.51.100.9, 203.0.113.7:51234"], &[PROXY], "203.0.113.7"),
            (PROXY, &["198.51.100.9", "203.0.113.7"], &[PROXY], "203.0.113.7"),
            (PROXY, &["198.51.100.9", "203.0.113.7, 10.0.0.2"], &["10.0.0.0/8"], "203.0.113.7"),
            (PROXY, &["198.51.100.9, 203.0.113.7", "10.0.0.2"], &["10.0.0.0/8"], "203.0.113.7"),
            // An entry that cannot be read: the caller is who passed it on.
            (PROXY, &["198.51.100.9, unknown"], &[PROXY], PROXY),
            (PROXY, &["198.51.100.9, unknown, 10.0.0.2"], &["10.0.0.0/8"], "10.0.0.2"),
            (PROXY, &["198.51.100.9,"], &[PROXY], PROXY),
            (PROXY, &["203.0.113.7:99999"], &[PROXY], PROXY),
            (PROXY, &["é"], &[PROXY], PROXY),
            (PROXY, &[""], &[PROXY], PROXY),
            (PROXY, &[], &[PROXY], PROXY),
            // Nobody is trusted, or not the peer.
            (PROXY, &["203.0.113.7"], &[], PROXY),
            ("192.0.2.1", &["203.0.113.7"], &["10.0.0.0/8"], "192.0.2.1"),
            // Only trusted ones: the furthest.
            (PROXY, &["10.0.0.3, 10.0.0.2"], &["10.0.0.0/8"], "10.0.0.3"),
            // IPv6: brackets, ports, networks, and IPv4 inside.
            ("fd00::1", &["[2001:db8::1]:443"], &["fd00::/8"], "2001:db8::1"),
            ("fd00::1", &["[2001:db8::1], 2001:db8::2"], &["fd00::/8"], "2001:db8::2"),
            ("::ffff:10.0.0.1", &["::ffff:203.0.113.7"], &["10.0.0.0/8"], "203.0.113.7"),
            (PROXY, &["[::ffff:203.0.113.7]:80"], &["::ffff:10.0.0.0/104"], "203.0.113.7"),
        ] {
            assert_eq!(caller(peer, lines, trusted), expected, "{peer}, {lines:?}, {trusted:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["localhost", "10.0.0.0/33", "10.0.0.0/", "/8", "fd00::/129", "[fd00::1]", "10.0.0.1:80", ""] {
            assert!(parse_network(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_ipv6_caller_is_counted_by_its_64() {
        let counted = |text: &str| counted(text.parse().unwrap()).to_string();
        assert_eq!(counted("2001:db8:0:1:2:3:4:5"), counted("2001:db8:0:1::9"));
        assert_ne!(counted("2001:db8:0:1::1"), counted("2001:db8:0:2::1"));
        assert_eq!(counted("203.0.113.7"), "203.0.113.7");
    }

    /// What a forger may send: addresses trusted and not, with ports, and no addresses.
    fn forged_line() -> impl Strategy<Value = String> {
        let entry = prop_oneof![
            any::<std::net::Ipv4Addr>().prop_map(|a| a.to_string()),
            any::<[u8; 2]>().prop_map(|[a, b]| format!("10.0.{a}.{b}")),
            any::<std::net::SocketAddr>().prop_map(|a| a.to_string()),
            any::<Ipv6Addr>().prop_map(|a| format!("[{a}]")),
            "[ -+--~]{0,20}",
            "\\PC{0,8}",
        ];
        proptest::collection::vec(entry, 0..5).prop_map(|entries| entries.join(","))
    }

    proptest! {
        #[test]
        fn whatever_a_forger_puts_before_it_the_caller_is_the_same(
            forged in proptest::collection::vec(forged_line(), 0..4),
            same_line in any::<bool>(),
            client in any::<IpAddr>(),
            port in proptest::option::of(any::<u16>()),
            hops in 0_u8..3,
        ) {
            let trusted = [parse_network("10.0.0.0/8").unwrap()];
            let client = client.to_canonical();
            prop_assume!(!trusted[0].contains(&client));
            // The proxy nearest to the client adds its address; those after it, the proxy that called them.
            let entry = port.map_or(client.to_string(), |port| std::net::SocketAddr::new(client, port).to_string());
            let added = (0..hops).fold(entry, |list, hop| format!("{list}, 10.0.0.{hop}"));
            let mut lines = forged;
            match lines.last_mut() {
                Some(last) if same_line => {
                    last.push_str(", ");
                    last.push_str(&added);
                }
                _ => lines.push(added),
            }
            let caller = of_caller(PROXY.parse().unwrap(), lines.iter().map(String::as_bytes), &trusted);
            prop_assert_eq!(caller, client);
            // And from a peer that is not trusted, nothing of it counts.
            let peer: IpAddr = "192.0.2.1".parse().unwrap();
            prop_assert_eq!(of_caller(peer, lines.iter().map(String::as_bytes), &trusted), peer);
        }
    }
}
