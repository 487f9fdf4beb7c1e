//! What lies between a request and a readable body: the endpoint, the client, refusals, pauses.
//!
//! The only file of the chat client that knows reqwest's errors; none of them leaves it with its URL.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream as streams};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use tokio::time::timeout;

use super::SettingsError;
use super::stream::Body;
use crate::llm::error::UpstreamError;
use crate::llm::refusal;

/// A host that does not accept a connection in this time is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a refusal that are read; what matters stands at its beginning.
const REFUSAL_MAX: usize = 64 * 1024;

/// A client with a pool of connections, which follows no redirect and asks for no compression.
pub(super) fn client() -> Result<Client, SettingsError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Client::builder()
        .user_agent(concat!("huixin/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(CONNECT_TIMEOUT)
        // A redirected POST would arrive as a GET, and the key might go to another host.
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| SettingsError(format!("no HTTP client: {}", error.without_url())))
}

/// The URL of the chat endpoint under `base_url`.
pub(super) fn endpoint(base_url: &str) -> Result<Url, SettingsError> {
    let problem = |what: &str| SettingsError(format!("the base URL of the model upstream {what}"));
    let mut url = Url::parse(base_url.trim()).map_err(|error| problem(&format!("is not a URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(problem("begins with neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("contains a user name; the key has a setting of its own"));
    }
    url.set_fragment(None);
    if !url.path().trim_end_matches('/').ends_with("/chat/completions") {
        let mut segments = url.path_segments_mut().map_err(|()| problem("has no path"))?;
        segments.pop_if_empty().extend(["chat", "completions"]);
    }
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

/// A body that may be read as it is: it was asked for uncompressed, and a compressed one is a bomb until proven otherwise.
pub(super) fn plain(response: Response) -> Result<Response, UpstreamError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            Err(UpstreamError::Malformed { reason: format!("encoded as {encoding:?} unasked") })
        }
        _ => Ok(response),
    }
}

/// The error of a response that is not 2xx.
pub(super) async fn refused(mut response: Response) -> UpstreamError {
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
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
