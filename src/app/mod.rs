//! The bag of handles that the bot and the HTTP handlers share. It starts nothing and decides nothing.

pub mod access;
mod account;
pub mod accounts;
pub mod capability;
mod languages;
pub mod readiness;
pub mod replies;
pub mod retention;
pub mod running;
pub mod slots;
pub mod tasks;
pub mod uploads;

use std::sync::Arc;

use moka::future::Cache;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Language},
    db::{Db, inbound::Intake, outlet::Outlet},
    extract::worker::Workers,
    fetch::Fetcher,
    llm::{chat::Upstream, image::Painter, models::Catalogue, speech::Speech},
    moderation,
    picture::Workshop,
    storage::{Key, Storage},
    wechat::{client::Request, media::Download},
};

use access::AccessTokens;
pub use account::Account;
use accounts::Accounts;
use capability::Pushing;
pub use languages::Languages;
use readiness::Readiness;
use replies::Replies;
use running::Running;
use slots::Slots;
use tasks::Tasks;
use uploads::Uploads;

/// Everything that is shared; one for each process.
pub struct App {
    pub config: Config,
    pub accounts: Accounts,
    pub db: Db,
    /// The durable door for pushes.
    pub intake: Intake,
    /// The durable door for replies.
    pub outlet: Outlet,
    pub upstream: Upstream,
    /// Draws, where that is configured.
    pub painter: Option<Painter>,
    /// Hears and speaks, as far as that is configured.
    pub speech: Speech,
    /// The models that can be chosen to talk to, and to draw.
    pub catalogue: Arc<Catalogue>,
    pub picture_catalogue: Arc<Catalogue>,
    /// The guarded way to addresses that strangers name.
    pub fetcher: Fetcher,
    pub moderation: Arc<moderation::Chain>,
    /// Pictures and files by their hash.
    pub storage: Storage,
    /// The bound on pictures that are worked on at once.
    pub workshop: Workshop,
    /// The bound on files that are read at once, each in a process of its own.
    pub readers: Workers,
    /// The files that are on their way in.
    pub uploads: Uploads,
    /// The bound on questions asked at once.
    pub slots: Slots,
    /// The answers that this process writes.
    pub running: Running,
    /// The replies that are on their way to WeChat.
    pub replies: Replies,
    pub access: AccessTokens,
    /// What is known of each account's right to push; the database has it for all replicas.
    pub capabilities: Cache<String, Pushing>,
    /// The languages that followers chose.
    pub languages: Languages,
    /// The name under which this process holds leases and owns questions.
    pub holder: String,
    /// Woken when a push became due.
    pub push_due: Notify,
    /// Work that goes on after its request.
    pub tasks: Tasks,
    /// Whether new work should come here.
    pub readiness: Readiness,
    /// Set when the process is to end.
    pub stopping: CancellationToken,
}

impl App {
    /// The account named `name`.
    pub fn account(&self, name: &str) -> Option<Arc<Account>> {
        self.accounts.find(name)
    }

    /// The language in which the bot speaks to a follower.
    pub fn language(&self, account: &str, openid: &str) -> Language {
        self.languages.of(account, openid).unwrap_or(self.config.reply.language)
    }

    /// Deletes objects that nothing names any more. What cannot be deleted now is found by the housekeeping.
    pub async fn delete_objects(&self, objects: Vec<String>) {
        for key in objects.iter().filter_map(|object| Key::parse(object)) {
            if let Err(error) = self.storage.delete(&key).await {
                tracing::warn!(%key, %error, "an object could not be deleted");
            }
        }
    }

    /// Calls WeChat with the account's shared access token.
    pub async fn call<T: DeserializeOwned>(&self, account: &Account, request: &Request<T>) -> Result<T, access::Error> {
        self.access.call(&account.configured, request).await
    }

    /// Fetches a file from WeChat, likewise.
    pub async fn download(&self, account: &Account, request: &Request<Download>) -> Result<Download, access::Error> {
        self.access.download(&account.configured, request).await
    }

    /// 128 unguessable bits, as 32 letters for a URL.
    pub fn random_token(&self) -> String {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Without randomness a page's address could be guessed; no answer is worth that.
            std::process::abort();
        }
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}
