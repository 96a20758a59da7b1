//! Names and addresses: distinguished names, mail addresses, network addresses and host names.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A distinguished name (RFC 2253), in the order it was written: the most specific part first.
///
/// Types and values are compared without regard to case and to repeated spaces.
#[derive(Debug, Clone)]
pub struct X500Name {
    text: String,
    /// Each relative name as its sorted `type=value` pairs, folded for comparison.
    relative_names: Vec<Vec<(String, String)>>,
}

impl X500Name {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let relative_names = if text.is_empty() {
            Vec::new()
        } else {
            split_unescaped(text, [',', ';']).into_iter().map(parse_relative_name).collect::<Option<_>>()?
        };
        Some(Self { text: text.to_owned(), relative_names })
    }

    /// Whether this name is the end of the other one: `O=Altinn,C=NO` matches `CN=Kari,O=Altinn,C=NO`.
    pub(crate) fn is_end_of(&self, other: &Self) -> bool {
        other.relative_names.ends_with(&self.relative_names)
    }
}

impl PartialEq for X500Name {
    fn eq(&self, other: &Self) -> bool {
        self.relative_names == other.relative_names
    }
}

impl fmt::Display for X500Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse_relative_name(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = split_unescaped(text, ['+', '+'])
        .into_iter()
        .map(|pair| {
            let (kind, value) = pair.split_once('=')?;
            let kind = kind.trim().to_ascii_lowercase();
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            (!kind.is_empty()).then_some((kind, value))
        })
        .collect::<Option<Vec<_>>>()?;
    pairs.sort();
    Some(pairs)
}

/// Splits at either separator where it is neither escaped nor within quotes.
fn split_unescaped(text: &str, separators: [char; 2]) -> Vec<&str> {
    let (mut parts, mut start, mut escaped, mut quoted) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if separators.contains(&c) && !quoted {
            parts.extend(text.get(start..at));
            start = at + c.len_utf8();
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// A mail address (RFC 822): the local part counts as it is written, the domain without regard to case.
#[derive(Debug, Clone)]
pub struct Rfc822Name {
    text: String,
    at: usize,
}

impl Rfc822Name {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let at = text.rfind('@')?;
        (at > 0 && at + 1 < text.len()).then(|| Self { text: text.to_owned(), at })
    }

    fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or("")
    }

    fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or("")
    }

    /// Whether a pattern of `rfc822Name-match` covers the address: a whole address, a domain, or with a leading
    /// point everything below a domain.
    pub(crate) fn is_covered_by(&self, pattern: &str) -> bool {
        if let Some((local, domain)) = pattern.rsplit_once('@') {
            return self.local() == local && self.domain().eq_ignore_ascii_case(domain);
        }
        if pattern.starts_with('.') {
            return ends_with_ignore_case(self.domain(), pattern);
        }
        self.domain().eq_ignore_ascii_case(pattern)
    }
}

impl PartialEq for Rfc822Name {
    fn eq(&self, other: &Self) -> bool {
        self.local() == other.local() && self.domain().eq_ignore_ascii_case(other.domain())
    }
}

impl fmt::Display for Rfc822Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn ends_with_ignore_case(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// A network address with an optional mask and port range: `192.0.2.0/255.255.255.0:80-443`, `[2001:db8::1]`.
#[derive(Debug, Clone, PartialEq)]
pub struct IpAddress {
    address: IpAddr,
    mask: Option<IpAddr>,
    ports: Option<PortRange>,
}

impl IpAddress {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            let (mask, rest) = match rest.strip_prefix("/[") {
                Some(rest) => rest.split_once(']').map(|(mask, rest)| (Some(mask), rest))?,
                None => (None, rest),
            };
            let six = |text: &str| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
            let mask = mask.map_or(Some(None), |mask| six(mask).map(Some))?;
            return Some(Self { address: six(address)?, mask, ports: PortRange::after_colon(rest)? });
        }
        let (host, ports) = match text.find(':') {
            Some(at) => text.split_at_checked(at)?,
            None => (text, ""),
        };
        let (address, mask) = host.split_once('/').map_or((host, None), |(a, mask)| (a, Some(mask)));
        let four = |text: &str| text.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4);
        let mask = mask.map_or(Some(None), |mask| four(mask).map(Some))?;
        Some(Self { address: four(address)?, mask, ports: PortRange::after_colon(ports)? })
    }
}

impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |f: &mut fmt::Formatter<'_>, address: &IpAddr| match address {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "[{address}]"),
        };
        one(f, &self.address)?;
        if let Some(mask) = &self.mask {
            f.write_str("/")?;
            one(f, mask)?;
        }
        PortRange::write(self.ports.as_ref(), f)
    }
}

/// A host name with an optional port range; a leading `*.` covers everything below a domain.
#[derive(Debug, Clone, PartialEq)]
pub struct DnsName {
    host: String,
    ports: Option<PortRange>,
}

impl DnsName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, ports) = match text.find(':') {
            Some(at) => text.split_at_checked(at)?,
            None => (text, ""),
        };
        let labels = host.strip_prefix("*.").unwrap_or(host);
        let well_formed = labels.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        well_formed
            .then(|| Some(Self { host: host.to_ascii_lowercase(), ports: PortRange::after_colon(ports)? }))?
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        PortRange::write(self.ports.as_ref(), f)
    }
}

/// Ports from and to, each of which may be left open.
#[derive(Debug, Clone, PartialEq)]
struct PortRange {
    from: Option<u16>,
    to: Option<u16>,
}

impl PortRange {
    /// Parses what follows a host: nothing, `:80`, `:80-`, `:-443` or `:80-443`.
    fn after_colon(text: &str) -> Option<Option<Self>> {
        if text.is_empty() {
            return Some(None);
        }
        let range = text.strip_prefix(':')?;
        let port = |text: &str| match text {
            "" => Some(None),
            digits => digits.parse::<u16>().ok().map(Some),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (port(from)?, port(to)?),
            None => (port(range)?, port(range)?),
        };
        (from.is_some() || to.is_some()).then_some(Some(Self { from, to }))
    }

    fn write(range: Option<&Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match range {
            None => Ok(()),
            Some(Self { from: Some(from), to: Some(to) }) if from == to => write!(f, ":{from}"),
            Some(Self { from, to }) => {
                f.write_str(":")?;
                from.iter().try_for_each(|port| write!(f, "{port}"))?;
                f.write_str("-")?;
                to.iter().try_for_each(|port| write!(f, "{port}"))
            }
        }
    }
}
