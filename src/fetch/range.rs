//! Which addresses belong to the public internet.
//!
//! Works with an address that is already read; it knows neither names nor URLs. A new range that must not be reached is one
//! line of a table.
//!
//! Source: <https://www.iana.org/assignments/iana-ipv4-special-registry/> and its twin for IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A prefix and its length in bits.
type Range<T> = (T, u32);

const REFUSED_V4: [Range<Ipv4Addr>; 16] = [
    // "This network".
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by carriers; Aliyun's metadata answer at 100.100.100.200.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Azure's own services answer here, from inside a machine of theirs.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local; the metadata of AWS, Tencent and most others.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // Protocol assignments; Oracle's metadata answer at 192.0.0.192.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation, here and twice below.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // The retired relay of 6to4.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Benchmarks between networks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Multicast, then what is reserved, with the broadcast address at its end.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// All of IPv6 that is routed between networks. What is outside (loopback, link-local, site-local, unique local, multicast,
/// discard) needs no line of its own.
const GLOBAL_V6: Range<Ipv6Addr> = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The well-known prefix of NAT64, behind which stands an IPv4 address. A network without IPv4 sees every IPv4 server this way.
/// The local one, `64:ff9b:1::/48`, is outside [`GLOBAL_V6`] and refused: where its IPv4 address stands depends on the network.
const NAT64: Range<Ipv6Addr> = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

const REFUSED_V6: [Range<Ipv6Addr>; 4] = [
    // Protocol assignments, Teredo and ORCHID among them.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation, and again at the end.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 carries any IPv4 address, and its relays are retired.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether `address` is one of the public internet, so that a stranger may send us there.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !REFUSED_V4.iter().any(|(prefix, length)| (bits ^ u32::from(*prefix)).leading_zeros() >= *length)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // What the kernel turns into a connection over IPv4 is judged as that.
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    if contains(NAT64, address) {
        return is_public_v4(embedded(address));
    }
    // ISATAP: a tunnel to the IPv4 address at the end, under any prefix.
    let segments = address.segments();
    if matches!((segments[4], segments[5]), (0 | 0x200, 0x5efe)) && !is_public_v4(embedded(address)) {
        return false;
    }
    contains(GLOBAL_V6, address) && !REFUSED_V6.iter().any(|range| contains(*range, address))
}

fn contains((prefix, length): Range<Ipv6Addr>, address: Ipv6Addr) -> bool {
    (u128::from(address) ^ u128::from(prefix)).leading_zeros() >= length
}

/// The IPv4 address in the last 32 bits.
fn embedded(address: Ipv6Addr) -> Ipv4Addr {
    Ipv4Addr::from(u128::from(address) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first and the last address of each refused range, and their neighbours outside.
    const EDGES: &str = "
        0.0.0.0 0.255.255.255 | 1.0.0.0
        10.0.0.0 10.255.255.255 | 9.255.255.255 11.0.0.0
        100.64.0.0 100.100.100.200 100.127.255.255 | 100.63.255.255 100.128.0.0
        127.0.0.0 127.0.0.1 127.255.255.255 | 126.255.255.255 128.0.0.0
        168.63.129.16 | 168.63.129.15 168.63.129.17
        169.254.0.0 169.254.169.254 169.254.0.23 169.254.255.255 | 169.253.255.255 169.255.0.0
        172.16.0.0 172.31.255.255 | 172.15.255.255 172.32.0.0
        192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.0 192.0.2.255 | 191.255.255.255 192.0.1.0 192.0.3.0
        192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255 | 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0
        198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 | 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0
        203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255 | 203.0.112.255 203.0.114.0 223.255.255.255
        :: ::1 ::7f00:1 100::1 1fff:ffff::1 4000::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 | 2400:3200::1 2606:4700::1111
        ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 | ::ffff:8.8.8.8
        64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::808:808 | 64:ff9b::808:808
        2001::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff:fff::1 | 2001:200::1 2003::1 3ffe::1
        2400::5efe:7f00:1 2400::200:5efe:a00:1 | 2400::5efe:808:808";

    #[test]
    fn a_range_ends_where_it_ends() {
        for line in EDGES.lines().filter(|line| !line.trim().is_empty()) {
            let (refused, public) = line.split_once('|').unwrap();
            for address in refused.split_whitespace() {
                assert!(!is_public(address.parse().unwrap()), "{address} is refused");
            }
            for address in public.split_whitespace() {
                assert!(is_public(address.parse().unwrap()), "{address} is public");
            }
        }
    }
}
