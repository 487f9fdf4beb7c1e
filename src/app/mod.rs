//! The bag of handles that the bot and the HTTP handlers share. It starts nothing and decides nothing.

pub mod access;
mod account;
pub mod capability;
pub mod replies;
pub mod running;
pub mod slots;

use std::sync::Arc;

use moka::future::Cache;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{config::Config, db::Db, db::inbound::Intake, db::outlet::Outlet, llm::chat::Upstream, wechat::client::Request};

use access::AccessTokens;
pub use account::Account;
use capability::Pushing;
use replies::Replies;
use running::Running;
use slots::Slots;

/// Everything that is shared; one for each process.
pub struct App {
    pub config: Config,
    pub accounts: Vec<Arc<Account>>,
    pub db: Db,
    /// The durable door for pushes.
    pub intake: Intake,
    /// The durable door for replies.
    pub outlet: Outlet,
    pub upstream: Upstream,
    /// The bound on questions asked at once.
    pub slots: Slots,
    /// The answers that this process writes.
    pub running: Running,
    /// The replies that are on their way to WeChat.
    pub replies: Replies,
    pub access: AccessTokens,
    /// What is known of each account's right to push; the database has it for all replicas.
    pub capabilities: Cache<String, Pushing>,
    /// The name under which this process holds leases and owns questions.
    pub holder: String,
    /// Woken when a push became due.
    pub push_due: Notify,
    /// Work that goes on after its request.
    pub tasks: TaskTracker,
    /// Set when the process is to end.
    pub stopping: CancellationToken,
}

impl App {
    /// The account named `name`.
    pub fn account(&self, name: &str) -> Option<Arc<Account>> {
        self.accounts.iter().find(|account| account.name == name).cloned()
    }

    /// Calls WeChat with the account's shared access token.
    pub async fn call<T: DeserializeOwned>(&self, account: &Account, request: &Request<T>) -> Result<T, access::Error> {
        self.access.call(&account.configured, request).await
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
