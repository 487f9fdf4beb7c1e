//! The guarded way to addresses that strangers name.
//!
//! A follower's link must not reach what only this machine can reach: every URL, every address behind its name and every
//! redirect is judged before it is asked, and time, bytes and types are bounded. It sends no cookie, no credential and no
//! body, and knows nothing of what is done with what it brings.

mod error;
mod gate;
mod kind;
mod names;
mod range;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{
    Client, Response, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION,
    },
    redirect, retry,
};

pub use self::{
    error::{Error, Refusal},
    gate::{Access, Gate, Target},
    kind::{Kind, of_content_type},
    names::{Lookup, Names},
    range::is_public,
};

/// How many redirects are followed. From http to https, to the site's own name, to the page itself.
const REDIRECTS_MAX: usize = 3;

/// A server that takes longer for the handshake leaves no time for its page.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Says who asks, in the form that sites expect of programs which read pages for a person.
const USER_AGENT: &str =
    concat!("Mozilla/5.0 (compatible; huixin/", env!("CARGO_PKG_VERSION"), "; +", env!("CARGO_PKG_REPOSITORY"), ")");

/// What an operator may change. The default opens nothing.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Ports beside 80 and 443.
    pub ports: Vec<u16>,
    /// `host:port` pairs that may be reached although their address is private: a sandbox, a test, a service of one's own.
    pub allow: Vec<String>,
    pub names: Names,
}

/// How much is wanted of an address.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    pub max_bytes: usize,
    /// From the first look at the URL to the last byte, redirects included.
    pub timeout: Duration,
    pub types: &'static [Kind],
}

/// What an address gave.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was found, after all redirects.
    pub url: Url,
    /// The server's, with its charset, where the bytes bear it out; else what the bytes say.
    pub content_type: String,
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

/// Fetches from addresses that strangers name. Clones share their settings.
#[derive(Debug, Clone)]
pub struct Fetcher {
    gate: Arc<Gate>,
    /// Its resolver refuses private addresses.
    public: Client,
    /// For the settings' own hosts; the gate alone sends requests here.
    allowed: Client,
}

impl Want {
    /// A page or file that is read for its text.
    pub const READING: Self =
        Self { max_bytes: 5 << 20, timeout: Duration::from_secs(8), types: &[Kind::Page, Kind::Text, Kind::Document] };
    /// A picture; 10 MiB is also the most that WeChat takes.
    pub const PICTURE: Self = Self { max_bytes: 10 << 20, timeout: Duration::from_secs(15), types: &[Kind::Picture] };
}

impl Fetcher {
    /// Makes a fetcher; fails with [`Error::Setup`] if the settings cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let gate = Gate::new(settings)?;
        let client = |access| client(names::Resolver { names: settings.names.clone(), access });
        Ok(Self { public: client(Access::Public)?, allowed: client(Access::Allowed)?, gate: Arc::new(gate) })
    }

    /// Fetches what is at `url`.
    pub async fn get(&self, url: &str, want: Want) -> Result<Fetched, Error> {
        let start = Instant::now();
        let result = tokio::time::timeout(want.timeout, self.follow(url, want)).await.unwrap_or(Err(Error::Deadline));
        let class = result.as_ref().map_or_else(Error::class, |_| "fetched");
        metrics::counter!("huixin_fetches_total", "class" => class).increment(1);
        metrics::histogram!("huixin_fetch_seconds").record(start.elapsed().as_secs_f64());
        result
    }

    async fn follow(&self, url: &str, want: Want) -> Result<Fetched, Error> {
        let mut target = self.gate.judge(url)?;
        for _ in 0..=REDIRECTS_MAX {
            let response = self.ask(&target).await?;
            match location(&response)? {
                Some(location) => target = self.gate.follow(&target.url, &location)?,
                None => return receive(response, target.url, want).await,
            }
        }
        Err(Error::Redirects)
    }

    async fn ask(&self, target: &Target) -> Result<Response, Error> {
        let client = match target.access {
            Access::Public => &self.public,
            Access::Allowed => &self.allowed,
        };
        let response = client.get(target.url.clone()).send().await.map_err(Error::of_transport)?;
        // The gate and the resolver have judged already. This holds even if a later version of the client goes round them.
        let is_safe = response.remote_addr().is_some_and(|peer| is_public(peer.ip()));
        if target.access == Access::Public && !is_safe {
            return Err(Refusal::Address.into());
        }
        Ok(response)
    }
}

/// A client that repeats nothing, remembers nothing and goes through no proxy: a proxy would resolve names by itself.
fn client(resolver: names::Resolver) -> Result<Client, Error> {
    let headers: [(HeaderName, &'static str); 3] = [
        (ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8"),
        (ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.6"),
        (ACCEPT_ENCODING, "identity"),
    ];
    Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect::<HeaderMap>())
        .dns_resolver(resolver)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        // A kept connection would be to an address that was judged a while ago.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| Error::Setup { reason: error.without_url().to_string() })
}

/// Where the response sends us. Chinese sites write raw UTF-8 here.
fn location(response: &Response) -> Result<Option<String>, Error> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(value) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| Refusal::Unreadable)?;
    Ok(Some(text.to_owned()))
}

async fn receive(mut response: Response, url: Url, want: Want) -> Result<Fetched, Error> {
    if !response.status().is_success() {
        return Err(Error::Status { status: response.status().as_u16() });
    }
    if let Some(found) = header(&response, &CONTENT_ENCODING).filter(|found| !found.eq_ignore_ascii_case("identity")) {
        return Err(Error::Encoding { found });
    }
    let declared = header(&response, &CONTENT_TYPE);
    if !kind::may_be(declared.as_deref(), want.types) {
        return Err(Error::Type { found: declared.unwrap_or_default() });
    }
    let too_large = Error::TooLarge { max_bytes: want.max_bytes };
    if response.content_length().is_some_and(|length| length > want.max_bytes as u64) {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::of_transport)? {
        if bytes.len() + chunk.len() > want.max_bytes {
            return Err(too_large);
        }
        bytes.extend_from_slice(&chunk);
    }
    let (kind, content_type) = kind::of_body(declared.as_deref(), &bytes);
    if !want.types.contains(&kind) {
        return Err(Error::Type { found: content_type });
    }
    Ok(Fetched { url, content_type, kind, bytes })
}

/// A header as text without what could forge a line of a log.
fn header(response: &Response, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(
        String::from_utf8_lossy(value.as_bytes())
            .chars()
            .filter(|letter| !letter.is_control())
            .take(kind::CONTENT_TYPE_MAX)
            .collect(),
    )
}
