//! What lies between a request and a readable body: the endpoint, the client, the key, refusals.
//!
//! The only file of this folder that knows reqwest's errors; none of them leaves it with its URL. Knows no endpoint's shape of
//! request or answer.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt, TryStreamExt, stream as streams};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use tokio_util::bytes::Bytes;

use super::error::{SettingsError, UpstreamError};
use super::refusal;

/// A host that does not accept a connection in this time is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a refusal that are read; what matters stands at its beginning.
const REFUSAL_MAX: usize = 64 * 1024;

/// The bytes of a body, in pieces of any size.
pub type Body = Pin<Box<dyn Stream<Item = Result<Bytes, UpstreamError>> + Send>>;

/// What is asked for, by its path under the base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    Chat,
    Images,
    Speech,
    Transcriptions,
    Models,
}

const ENDPOINTS: [Endpoint; 5] = [Endpoint::Chat, Endpoint::Images, Endpoint::Speech, Endpoint::Transcriptions, Endpoint::Models];

impl Endpoint {
    fn path(self) -> &'static str {
        match self {
            Self::Chat => "chat/completions",
            Self::Images => "images/generations",
            Self::Speech => "audio/speech",
            Self::Transcriptions => "audio/transcriptions",
            Self::Models => "models",
        }
    }
}

/// One endpoint of an upstream, with a pool of connections, which follows no redirect and asks for no compression.
pub(super) struct Connection {
    client: Client,
    url: Url,
    api_key: SecretString,
}

impl Connection {
    /// Checks the address and the key; connects to nothing yet.
    pub(super) fn new(base_url: &str, api_key: &SecretString, endpoint: Endpoint) -> Result<Self, SettingsError> {
        let url = url(base_url, endpoint)?;
        if HeaderValue::from_str(api_key.expose_secret()).is_err() {
            return Err(SettingsError(
                "the API key contains a character that no header may have, such as a line break".to_owned(),
            ));
        }
        Ok(Self { client: client()?, url, api_key: api_key.clone() })
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    pub(super) fn get(&self) -> RequestBuilder {
        self.authorised(self.client.get(self.url.clone()))
    }

    pub(super) fn post(&self) -> RequestBuilder {
        self.authorised(self.client.post(self.url.clone()))
    }

    /// An upstream without a key wants no such header.
    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        let key = self.api_key.expose_secret();
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    /// A response with status 2xx, whose head came within `patience`.
    pub(super) async fn send(&self, request: RequestBuilder, patience: Duration) -> Result<Response, UpstreamError> {
        let sent = timeout(patience, request.send()).await.map_err(|_| UpstreamError::Timeout)?;
        let response = sent.map_err(|error| UpstreamError::Unreachable { reason: reason(error) })?;
        if response.status().is_success() { plain(response) } else { Err(refused(response).await) }
    }

    /// The error without the key, which some upstreams repeat.
    pub(super) fn without_key(&self, error: UpstreamError) -> UpstreamError {
        error.without(self.api_key.expose_secret())
    }
}

fn client() -> Result<Client, SettingsError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Client::builder()
        .user_agent(concat!("huixin/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(CONNECT_TIMEOUT)
        // A redirected POST would arrive as a GET, and the key might go to another host.
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| SettingsError(format!("no HTTP client: {}", error.without_url())))
}

/// The URL of `endpoint` under `base_url`, which may already name an endpoint, this one or another.
fn url(base_url: &str, endpoint: Endpoint) -> Result<Url, SettingsError> {
    let problem = |what: &str| SettingsError(format!("the base URL of the model upstream {what}"));
    let mut url = Url::parse(base_url.trim()).map_err(|error| problem(&format!("is not a URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(problem("begins with neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("contains a user name; the key has a setting of its own"));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let base = ENDPOINTS.iter().find_map(|other| path.strip_suffix(other.path())?.strip_suffix('/')).unwrap_or(&path);
    url.set_path(&format!("{base}/{}", endpoint.path()));
    Ok(url)
}

/// The body in pieces, each of which must come within `patience`.
pub(super) fn paced(response: Response, patience: Duration) -> Body {
    let pieces = streams::try_unfold(response, move |mut response| async move {
        match timeout(patience, response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece.map(|piece| (piece, response))),
            Ok(Err(_)) => Err(UpstreamError::Broken { received: 0 }),
            Err(_) => Err(UpstreamError::Timeout),
        }
    });
    pieces.into_stream().boxed()
}

/// The whole body, of `max` bytes at most.
pub(super) async fn whole(mut response: Response, max: usize) -> Result<Vec<u8>, UpstreamError> {
    let mut body = Vec::new();
    loop {
        let piece = response.chunk().await.map_err(|_| UpstreamError::Broken { received: body.len() })?;
        let Some(piece) = piece else { return Ok(body) };
        if body.len() + piece.len() > max {
            return Err(UpstreamError::Malformed { reason: format!("a body of more than {max} bytes") });
        }
        body.extend_from_slice(&piece);
    }
}

/// A body that may be read as it is: it was asked for uncompressed, and a compressed one is a bomb until proven otherwise.
fn plain(response: Response) -> Result<Response, UpstreamError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            Err(UpstreamError::Malformed { reason: format!("encoded as {encoding:?} unasked") })
        }
        _ => Ok(response),
    }
}

/// The error of a response that is not 2xx.
async fn refused(mut response: Response) -> UpstreamError {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while body.len() < REFUSAL_MAX
        && let Ok(Ok(Some(piece))) = timeout(CONNECT_TIMEOUT, response.chunk()).await
    {
        body.extend_from_slice(&piece);
    }
    refusal::of_response(status, &headers, &String::from_utf8_lossy(&body))
}

/// The error and its causes in one line, without the URL, whose query may hold a key.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
