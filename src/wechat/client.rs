//! The one path every call to WeChat takes: token in the query, raw UTF-8 out, a verdict back.
//!
//! Repeats nothing, follows no redirect and inflates no body. Whether to call again is decided above, where it is known what a
//! second call would do.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/dev/api/>

use std::{
    borrow::Cow,
    fmt, io,
    marker::PhantomData,
    time::{Duration, Instant},
};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Response, StatusCode, Url,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, DATE, HeaderMap, HeaderName},
    redirect, retry,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{
    Value,
    ser::{CharEscape, CompactFormatter, Formatter, Serializer},
};

use tracing::{Instrument, field};

use super::{
    error::{Error, WechatError},
    media::{Download, File},
    multipart, tolerant,
};
use crate::telemetry::traces::span;

/// WeChat's front answers a handshake within milliseconds; beyond this the route is broken.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// From the first byte of the request to the last of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The same where a file goes along: 10 MB at 2 Mbit/s.
const FILE_TIMEOUT: Duration = Duration::from_secs(45);

/// Bytes of an answer that are read. The largest, a list of 10,000 openids, has 300 kB.
const MAX_BODY: usize = 1 << 20;

/// Bytes of a file that is read. The largest that WeChat keeps have 10 MB.
const MAX_FILE: usize = 20 << 20;

/// Calls WeChat's API at one base URL.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: Url,
}

/// What becomes of a connection after its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// Kept and used again.
    Kept,
    /// Closed. For calls that must not be lost on a connection that the other side has just given up.
    Fresh,
}

/// One call; `T` is the answer's type. The default is an answer that says nothing but its errcode.
pub struct Request<T = IgnoredAny> {
    pub method: Method,
    /// Below the base URL, with a leading slash.
    pub path: Cow<'static, str>,
    /// Without the access token.
    pub query: Vec<(Cow<'static, str>, String)>,
    pub body: Body,
    /// Whether the answer is a file, which takes its time.
    brings_file: bool,
    answer: PhantomData<fn() -> T>,
}

/// The methods WeChat's API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// What a request carries. It has no `Debug`, because the token request carries the `AppSecret`.
#[derive(Clone, PartialEq)]
pub enum Body {
    None,
    Json(Value),
    /// A form with one file.
    Multipart(File),
}

/// The part of an answer that every call shares.
#[derive(Deserialize)]
struct Verdict {
    #[serde(default, deserialize_with = "tolerant::integer")]
    errcode: i64,
    #[serde(default)]
    errmsg: Option<String>,
}

/// What stands in the place of a video.
#[derive(Deserialize)]
struct VideoUrl {
    video_url: String,
}

impl Client {
    /// Makes a client for `base_url` (`https://api.weixin.qq.com`, a mirror, or a simulator; it may have a path of its own).
    pub fn new(base_url: Url, connections: Connections) -> Result<Self, Error> {
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .retry(retry::never());
        let builder = match connections {
            Connections::Kept => builder,
            Connections::Fresh => builder.pool_max_idle_per_host(0),
        };
        Ok(Self { http: builder.build().map_err(Error::of_transport)?, base_url })
    }

    /// Makes one call with `access_token`.
    pub async fn call<T: DeserializeOwned>(&self, access_token: &SecretString, request: &Request<T>) -> Result<T, Error> {
        self.measured(Some(access_token), request).await.map_err(|error| error.without(access_token))
    }

    /// Makes one call to an endpoint that takes no token.
    pub(super) async fn call_without_token<T: DeserializeOwned>(&self, request: &Request<T>) -> Result<T, Error> {
        self.measured(None, request).await
    }

    /// Fetches a file with `access_token`.
    pub async fn download(&self, access_token: &SecretString, request: &Request<Download>) -> Result<Download, Error> {
        let start = Instant::now();
        let result = self.fetch(access_token, request).await;
        record(request, start, &result);
        result.map_err(|error| error.without(access_token))
    }

    /// WeChat's clock in unix milliseconds, to the second, from the `Date` that every answer carries.
    pub async fn platform_time(&self) -> Result<Option<i64>, Error> {
        let response = self.http.get(self.base_url.clone()).send().await.map_err(Error::of_transport)?;
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let timestamp = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        Ok(timestamp.map(Timestamp::as_millisecond))
    }

    async fn measured<T: DeserializeOwned>(&self, access_token: Option<&SecretString>, request: &Request<T>) -> Result<T, Error> {
        let start = Instant::now();
        let span = span!("wechat", otel.kind = "client", path = %request.path, errcode = field::Empty);
        let result = self.exchange(access_token, request).instrument(span.clone()).await;
        span.record("errcode", result.as_ref().map_or_else(Error::label, |_| "0".to_owned()).as_str());
        record(request, start, &result);
        result
    }

    async fn exchange<T: DeserializeOwned>(&self, access_token: Option<&SecretString>, request: &Request<T>) -> Result<T, Error> {
        let response = self.send(access_token, request).await?;
        let status = response.status();
        answer(status, read(response, MAX_BODY).await)
    }

    async fn fetch(&self, access_token: &SecretString, request: &Request<Download>) -> Result<Download, Error> {
        let response = self.send(Some(access_token), request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        file(status, &headers, read(response, MAX_FILE).await)
    }

    async fn send<T>(&self, access_token: Option<&SecretString>, request: &Request<T>) -> Result<Response, Error> {
        let url = self.url(access_token, request);
        let builder = match request.method {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
        };
        let builder = match &request.body {
            Body::None => builder,
            Body::Json(value) => builder.header(CONTENT_TYPE, "application/json").body(raw_utf8(value)),
            Body::Multipart(file) => {
                let form = multipart::form(file);
                builder.header(CONTENT_TYPE, form.content_type).body(form.bytes).timeout(FILE_TIMEOUT)
            }
        };
        let builder = if request.brings_file { builder.timeout(FILE_TIMEOUT) } else { builder };
        builder.send().await.map_err(Error::of_transport)
    }

    fn url<T>(&self, access_token: Option<&SecretString>, request: &Request<T>) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}{}", self.base_url.path().trim_end_matches('/'), request.path));
        let mut query = url.query_pairs_mut();
        query.clear();
        if let Some(token) = access_token {
            query.append_pair("access_token", token.expose_secret());
        }
        query.extend_pairs(request.query.iter().map(|(name, value)| (name, value)));
        drop(query);
        if url.query() == Some("") {
            url.set_query(None);
        }
        url
    }
}

impl<T> Request<T> {
    /// A GET of `path`.
    pub fn get(path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Get, path.into(), Body::None)
    }

    /// A POST of `body` to `path`.
    pub fn post(path: impl Into<Cow<'static, str>>, body: Value) -> Self {
        Self::new(Method::Post, path.into(), Body::Json(body))
    }

    /// A POST of a form with `file` in it.
    pub(super) fn upload(path: impl Into<Cow<'static, str>>, file: File) -> Self {
        Self::new(Method::Post, path.into(), Body::Multipart(file))
    }

    fn new(method: Method, path: Cow<'static, str>, body: Body) -> Self {
        Self { method, path, query: Vec::new(), body, brings_file: false, answer: PhantomData }
    }

    /// The same request with one more query parameter.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }
}

impl Request<Download> {
    /// A GET of a file at `path`.
    pub(super) fn download(path: impl Into<Cow<'static, str>>) -> Self {
        Self { brings_file: true, ..Self::get(path) }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Logs and counts what became of a call.
fn record<T, A>(request: &Request<T>, start: Instant, result: &Result<A, Error>) {
    let elapsed = start.elapsed();
    let (errcode, rid) = match result {
        Ok(_) => ("0".to_owned(), None),
        Err(error) => (error.label(), error.refusal().and_then(|refusal| refusal.rid.as_deref())),
    };
    tracing::debug!(path = %request.path, errcode, rid, elapsed_ms = elapsed.as_millis() as u64, "called WeChat");
    metrics::counter!("wechat_api_calls_total", "path" => request.path.clone(), "errcode" => errcode).increment(1);
    metrics::histogram!("wechat_api_call_seconds", "path" => request.path.clone()).record(elapsed.as_secs_f64());
}

/// The body, up to `limit` bytes.
async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::of_transport)? {
        if body.len() + chunk.len() > limit {
            return Err(Error::Unknown { reason: format!("the answer is larger than {limit} bytes") });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Judges an answer by its JSON, whatever its content type; the HTTP status counts only where there is no errcode.
fn answer<T: DeserializeOwned>(status: StatusCode, body: Result<Vec<u8>, Error>) -> Result<T, Error> {
    let verdict = match &body {
        Ok(bytes) if bytes.trim_ascii_start().starts_with(b"{") => serde_json::from_slice::<Verdict>(bytes).ok(),
        Ok(_) | Err(_) => None,
    };
    if let Some(Verdict { errcode, errmsg }) = &verdict
        && *errcode != 0
    {
        return Err(WechatError::new(*errcode, errmsg.as_deref().unwrap_or_default()).into());
    }
    if !status.is_success() {
        return Err(Error::Http { status: status.as_u16() });
    }
    let body = body?;
    if verdict.is_none() {
        return Err(Error::Unknown { reason: format!("the answer is not a JSON object ({} bytes)", body.len()) });
    }
    // serde's own words would repeat what stands in the answer, which may be a token.
    serde_json::from_slice(&body).map_err(|error| Error::Unknown {
        reason: format!("the answer has an unexpected shape at line {} column {}", error.line(), error.column()),
    })
}

/// Judges an answer that should be a file: WeChat's refusals, and the address of a video, come as JSON under any content type.
fn file(status: StatusCode, headers: &HeaderMap, body: Result<Vec<u8>, Error>) -> Result<Download, Error> {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = |bytes: &Vec<u8>| bytes.trim_ascii_start().starts_with(b"{");
    if !status.is_success() || body.as_ref().map_or(true, is_json) {
        let VideoUrl { video_url } = answer(status, body)?;
        return Ok(Download::VideoUrl(video_url));
    }
    let bytes = body?;
    let content_type = header(CONTENT_TYPE).to_owned();
    if bytes.is_empty() || content_type.starts_with("text/html") {
        return Err(Error::Unknown { reason: format!("the answer is not a file ({} bytes)", bytes.len()) });
    }
    Ok(Download::File(File { name: multipart::file_name(header(CONTENT_DISPOSITION)), content_type, bytes }))
}

/// JSON without `\u` escapes, which WeChat refuses (40033, 47002): letters stay as they are, control characters are left out.
fn raw_utf8(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, RawUtf8);
    // Writing to memory cannot fail, and a `Value` has no keys but strings.
    let _ = value.serialize(&mut serializer);
    bytes
}

struct RawUtf8;

impl Formatter for RawUtf8 {
    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(_) => Ok(()),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_raw_utf8_without_escapes() {
        let body = serde_json::json!({"content": "你好 🙂 \u{1}\"quoted\"\n"});
        assert_eq!(raw_utf8(&body), "{\"content\":\"你好 🙂 \\\"quoted\\\"\\n\"}".as_bytes());
    }
}
