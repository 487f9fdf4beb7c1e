//! The list of models as it is now: the operator's, or what the upstream offers, which is not asked for every time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use reqwest::header::ACCEPT;
use secrecy::SecretString;
use tokio::time::timeout;

use super::configured::Configured;
use super::listing::Listing;
use crate::llm::connection::{self, Connection, Endpoint};
use crate::llm::error::{SettingsError, UpstreamError};
use crate::llm::refusal;

/// How long a list is good; upstreams change theirs every few days.
pub const FRESH: Duration = Duration::from_mins(10);
/// For the whole list: a follower waits for it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a list; the longest known has some hundred models in 700 kB.
const LIST_MAX: usize = 4 * 1024 * 1024;

/// Where the list comes from.
pub struct Catalogue {
    origin: Origin,
}

enum Origin {
    Configured(Arc<Listing>),
    Upstream(Box<Offer>),
}

/// What an upstream offers, with a copy that is kept.
struct Offer {
    connection: Connection,
    cache: Cache<(), Arc<Listing>>,
    last: Mutex<Option<Arc<Listing>>>,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Configured(listing) => f.debug_tuple("Configured").field(listing).finish(),
            Origin::Upstream(offer) => f.debug_tuple("Upstream").field(&offer.connection.host()).finish(),
        }
    }
}

impl Catalogue {
    /// The operator's own list, which never changes.
    pub fn configured(models: &[Configured]) -> Self {
        Self { origin: Origin::Configured(Arc::new(Listing::of_configured(models))) }
    }

    /// The list of the upstream at `base_url`, asked for again when it is older than `fresh`; connects to nothing yet.
    pub fn upstream(base_url: &str, api_key: &SecretString, fresh: Duration) -> Result<Self, SettingsError> {
        let connection = Connection::new(base_url, api_key, Endpoint::Models)?;
        let cache = Cache::builder().max_capacity(1).time_to_live(fresh).build();
        Ok(Self { origin: Origin::Upstream(Box::new(Offer { connection, cache, last: Mutex::default() })) })
    }

    /// The list. However many ask at once, the upstream is asked once; where it fails, an older list stands in.
    pub async fn listing(&self) -> Result<Arc<Listing>, Arc<UpstreamError>> {
        match &self.origin {
            Origin::Configured(listing) => Ok(Arc::clone(listing)),
            Origin::Upstream(offer) => offer.cache.try_get_with((), offer.fresh_or_last()).await,
        }
    }
}

impl Offer {
    async fn fresh_or_last(&self) -> Result<Arc<Listing>, UpstreamError> {
        let fetched = self.fetch().await;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match (fetched, &*last) {
            (Ok(listing), _) => Ok(Arc::clone(last.insert(Arc::new(listing)))),
            (Err(error), Some(listing)) => {
                tracing::warn!(class = error.class(), %error, "the list of models is an older one");
                Ok(Arc::clone(listing))
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn fetch(&self) -> Result<Listing, UpstreamError> {
        let list = async {
            let request = self.connection.get().header(ACCEPT, "application/json");
            connection::whole(self.connection.send(request, TIMEOUT).await?, LIST_MAX).await
        };
        let body = timeout(TIMEOUT, list).await.unwrap_or(Err(UpstreamError::Timeout));
        let read = body.and_then(|body| {
            let document = serde_json::from_slice(&body)
                .map_err(|error| UpstreamError::Malformed { reason: format!("not JSON: {error}") })?;
            let no_list = || UpstreamError::Malformed { reason: "no list of models".to_owned() };
            Listing::of_document(&document).ok_or_else(|| refusal::of_document(&document).unwrap_or_else(no_list))
        });
        read.map_err(|error| self.connection.without_key(error))
    }
}
