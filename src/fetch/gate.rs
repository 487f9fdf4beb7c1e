//! Judges URLs before a byte is sent, and before a name is resolved.
//!
//! Every URL is read once, by the parser the HTTP client itself uses, and judged in the form that parser gave it: numbers in odd
//! notations are addresses by then, full-width letters are ASCII, percent signs in a host are gone. It resolves no name; the
//! addresses behind a name are judged by the resolver.

use std::net::IpAddr;

use reqwest::Url;

use super::{
    Settings,
    error::{Error, Refusal},
    range::is_public,
};

/// Bytes of a URL. Browsers take more; what a person passes on has less.
const URL_MAX: usize = 2048;
/// Bytes of a host name and of one label in it (RFC 1035).
const NAME_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// Where web servers listen.
const PORTS: [u16; 2] = [80, 443];

/// Last labels of names that exist only within a network, or nowhere.
const PRIVATE_ENDINGS: [&str; 14] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "lan",
    "home",
    "corp",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
];

/// Where clouds answer their own machines, under names that look public.
const METADATA_NAMES: [&str; 4] =
    ["metadata.tencentyun.com", "metadata.aliyuncs.com", "metadata.platformequinix.com", "metadata.packet.net"];

/// What may be reached.
#[derive(Debug, Clone)]
pub struct Gate {
    ports: Vec<u16>,
    /// `host:port`, in the spelling of the URL parser.
    allowed: Vec<String>,
}

/// A URL that may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub url: Url,
    pub access: Access,
}

/// Why a URL may be asked for, and so whether its addresses are judged as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only while every address of its host is public.
    Public,
    /// Its host and port are named in the settings.
    Allowed,
}

impl Gate {
    /// Reads the settings' hosts and ports.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let allowed = settings.allow.iter().map(|entry| spelled(entry)).collect::<Result<_, _>>()?;
        Ok(Self { ports: PORTS.iter().chain(&settings.ports).copied().collect(), allowed })
    }

    /// Judges a URL from outside.
    pub fn judge(&self, text: &str) -> Result<Target, Refusal> {
        let url = Url::parse(written_well(text)?).map_err(|_| Refusal::Unreadable)?;
        self.judge_parsed(url)
    }

    /// Judges where `from` redirects to.
    pub fn follow(&self, from: &Url, location: &str) -> Result<Target, Refusal> {
        let url = from.join(written_well(location)?).map_err(|_| Refusal::Unreadable)?;
        if from.scheme() == "https" && url.scheme() == "http" {
            return Err(Refusal::Downgrade);
        }
        self.judge_parsed(url)
    }

    fn judge_parsed(&self, mut url: Url) -> Result<Target, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        // Short names can grow when they become ASCII.
        if url.as_str().len() > URL_MAX * 3 {
            return Err(Refusal::TooLong);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        url.set_fragment(None);
        let port = url.port_or_known_default().ok_or(Refusal::Port)?;
        let place = format!("{}:{port}", url.host_str().ok_or(Refusal::Unreadable)?);
        if self.allowed.contains(&place) {
            return Ok(Target { url, access: Access::Allowed });
        }
        if !self.ports.contains(&port) {
            return Err(Refusal::Port);
        }
        judge_host(&url)?;
        Ok(Target { url, access: Access::Public })
    }
}

/// Refuses what a person does not write and parsers disagree on, before any of them reads it.
fn written_well(text: &str) -> Result<&str, Refusal> {
    if text.len() > URL_MAX {
        return Err(Refusal::TooLong);
    }
    if text.chars().any(|letter| letter.is_control() || letter == '\\') {
        return Err(Refusal::Characters);
    }
    Ok(text)
}

fn judge_host(url: &Url) -> Result<(), Refusal> {
    let host = url.host_str().ok_or(Refusal::Unreadable)?;
    // The parser has written every notation of an IPv4 address as four decimal numbers.
    let literal = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => Some(inner.parse().map(IpAddr::V6).map_err(|_| Refusal::Unreadable)?),
        None => host.parse().map(IpAddr::V4).ok(),
    };
    match literal {
        Some(address) if is_public(address) => Ok(()),
        Some(_) => Err(Refusal::Address),
        None if is_public_name(host) => Ok(()),
        None => Err(Refusal::Name),
    }
}

/// Whether `name` can be one of the public name system. A name without a dot is one of the machine's own network.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let within = |ending: &str| name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.len() <= NAME_MAX
        && name.contains('.')
        && name.split('.').all(|label| (1..=LABEL_MAX).contains(&label.len()))
        && !PRIVATE_ENDINGS.into_iter().chain(METADATA_NAMES).any(within)
}

/// An entry `host:port` of the settings, in the spelling of the URL parser.
fn spelled(entry: &str) -> Result<String, Error> {
    let wrong = || Error::Setup { reason: format!("{entry:?} is not of the form host:port") };
    let (_, port) = entry.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let url = Url::parse(&format!("http://{entry}/")).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong());
    }
    Ok(format!("{host}:{port}"))
}
