//! A moderator asked over HTTP: how a text is cut for it, how long it may take, how often it is asked again.
//!
//! Says what the moderator said or why it said nothing. What follows from silence is decided above.

mod aliyun;
mod error;
mod open_ai;

use std::{ops::Range, time::Duration};

use futures_util::{StreamExt, stream};
use reqwest::{
    Client, Url,
    header::{ACCEPT, CONTENT_TYPE},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, time::timeout};
use uuid::Uuid;

use self::aliyun::Service;
pub use self::error::RemoteError;
use super::{By, SettingsError, Subject, Verdict};
use crate::{
    acs3::{self, Credentials},
    clock,
};

/// Bytes of an answer that are read; a verdict is far shorter.
const ANSWER_MAX: usize = 256 * 1024;
/// Characters that two neighbouring pieces of a long text share, so that what stands at the cut is seen whole.
const OVERLAP_CHARS: usize = 100;
/// How often one piece is asked about, within its time.
const TRIES: usize = 2;

/// Which moderator is asked, and how.
#[derive(Debug, Clone)]
pub enum Provider {
    /// `url` is the base (`…/v1`) or the full path of `…/moderations`. `model` may be empty.
    OpenAi { url: String, api_key: SecretString, model: String },
    /// `url` is the endpoint of a region, such as `https://green-cip.cn-shanghai.aliyuncs.com`.
    Aliyun { url: String, credentials: Credentials },
}

/// A moderator that can be asked.
#[derive(Debug)]
pub(super) struct Remote {
    provider: Provider,
    url: Url,
    client: Client,
    timeout: Duration,
    slots: Semaphore,
    concurrency: usize,
}

impl Remote {
    pub(super) fn new(provider: Provider, timeout: Duration, concurrency: usize) -> Result<Self, SettingsError> {
        let client = Client::builder()
            .user_agent(concat!("huixin/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout)
            // A redirected POST would arrive as a GET, and the key might go to another host.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| SettingsError::Client { reason: error.without_url().to_string() })?;
        let url = endpoint(&provider)?;
        let concurrency = concurrency.max(1);
        Ok(Self { provider, url, client, timeout, slots: Semaphore::new(concurrency), concurrency })
    }

    /// The worst verdict over the pieces of the text. An error counts unless a piece was refused anyway.
    pub(super) async fn check(&self, subject: Subject<'_>) -> Result<Verdict, RemoteError> {
        let (text, limit) = match &self.provider {
            // Aliyun joins the pieces of a session itself.
            Provider::Aliyun { .. } => (subject.text.to_owned(), Service::of(subject.point).piece_max_chars()),
            Provider::OpenAi { .. } => (format!("{}{}", subject.before, subject.text), open_ai::PIECE_MAX_CHARS),
        };
        let pieces = pieces(&text, limit);
        let mut verdicts =
            stream::iter(pieces.into_iter().map(|piece| self.ask(subject, &text[piece]))).buffered(self.concurrency);
        let (mut worst, mut failed): (Option<Verdict>, _) = (None, None);
        while let Some(result) = verdicts.next().await {
            match result {
                Ok(verdict) if worst.as_ref().is_none_or(|worst| verdict.decision.gravity() > worst.decision.gravity()) => {
                    worst = Some(verdict);
                }
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        match (worst, failed) {
            (Some(verdict), Some(_)) if verdict.stops() => Ok(verdict),
            (_, Some(error)) => Err(error),
            (Some(verdict), None) => Ok(verdict),
            (None, None) => Ok(Verdict::pass(By::Nobody)),
        }
    }

    async fn ask(&self, subject: Subject<'_>, piece: &str) -> Result<Verdict, RemoteError> {
        let asking = async {
            let _slot = self.slots.acquire().await.map_err(|_| RemoteError::Timeout)?;
            let mut result = self.ask_once(subject, piece).await;
            for _ in 1..TRIES {
                match &result {
                    Err(error) if error.is_passing() => result = self.ask_once(subject, piece).await,
                    Ok(_) | Err(_) => break,
                }
            }
            result
        };
        timeout(self.timeout, asking).await.unwrap_or(Err(RemoteError::Timeout))
    }

    async fn ask_once(&self, subject: Subject<'_>, piece: &str) -> Result<Verdict, RemoteError> {
        let request = self.client.post(self.url.clone()).header(ACCEPT, "application/json");
        let request = match &self.provider {
            Provider::OpenAi { api_key, model, .. } => {
                let request = request.header(CONTENT_TYPE, "application/json").body(open_ai::body(model, piece));
                let key = api_key.expose_secret();
                if key.is_empty() { request } else { request.bearer_auth(key) }
            }
            Provider::Aliyun { credentials, .. } => {
                let body = aliyun::body(Service::of(subject.point), piece, subject.session);
                let headers = self.signed(credentials, &body);
                headers.iter().fold(request, |request, (name, value)| request.header(name, value)).body(body)
            }
        };
        let mut response = request.send().await.map_err(RemoteError::of_transport)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(RemoteError::of_transport)? {
            body.extend_from_slice(&part);
            if body.len() > ANSWER_MAX {
                return Err(RemoteError::Malformed { reason: "it is too long" });
            }
        }
        match &self.provider {
            Provider::OpenAi { .. } => open_ai::read(status, &body),
            Provider::Aliyun { .. } => aliyun::read(status, &body),
        }
    }

    /// Aliyun's headers. The client writes `host` itself, as it is signed.
    fn signed(&self, credentials: &Credentials, body: &str) -> Vec<(String, String)> {
        let host = self.url.host_str().unwrap_or_default();
        let host = self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-acs-action", aliyun::ACTION),
            ("x-acs-version", aliyun::VERSION),
        ];
        let request =
            acs3::Request { method: "POST", host: &host, path: "/", query: &[], headers: &headers, body: body.as_bytes() };
        let nonce = Uuid::now_v7().simple().to_string();
        let mut signed = acs3::sign(request, credentials, clock::now_ms(), &nonce);
        signed.retain(|(name, _)| name != "host");
        signed
    }
}

/// The ranges of the pieces of `text`, none longer than `limit` characters, each sharing some characters with the one before.
fn pieces(text: &str, limit: usize) -> Vec<Range<usize>> {
    let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
    let count = places.len() - 1;
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < count {
        let end = (start + limit).min(count);
        ranges.push(places[start]..places[end]);
        if end == count {
            break;
        }
        start = end - OVERLAP_CHARS.min(limit / 2);
    }
    ranges
}

fn endpoint(provider: &Provider) -> Result<Url, SettingsError> {
    let (Provider::OpenAi { url, .. } | Provider::Aliyun { url, .. }) = provider;
    let mut url = Url::parse(url.trim()).map_err(|_| SettingsError::Url { reason: "is not a URL" })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(SettingsError::Url { reason: "begins with neither http:// nor https://" });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SettingsError::Url { reason: "contains a user name; the key has a setting of its own" });
    }
    match provider {
        Provider::Aliyun { .. } => url.set_path("/"),
        Provider::OpenAi { .. } if !url.path().trim_end_matches('/').ends_with("/moderations") => {
            let mut segments = url.path_segments_mut().map_err(|()| SettingsError::Url { reason: "has no path" })?;
            segments.pop_if_empty().push("moderations");
        }
        Provider::OpenAi { .. } => {}
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_into_pieces_that_overlap() {
        let text = "文".repeat(450);
        let ranges = pieces(&text, 200);
        assert!(ranges.iter().all(|range| text[range.clone()].chars().count() <= 200));
        assert!(ranges.windows(2).all(|pair| pair[1].start == pair[0].end - 300 && pair[1].start > pair[0].start));
        assert_eq!((ranges[0].start, ranges.last().map(|range| range.end)), (0, Some(text.len())));
        assert!(pieces("", 200).is_empty());
        assert_eq!(pieces("不短", 1), [0..3, 3..6]);
    }
}
