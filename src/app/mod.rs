//! The bag of handles that the bot and the HTTP handlers share. It starts nothing and decides nothing.

pub mod access;
mod account;
pub mod accounts;
pub mod capability;
pub mod readiness;
pub mod replies;
pub mod running;
pub mod slots;
pub mod tasks;

use std::sync::Arc;

use moka::future::Cache;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{config::Config, db::Db, db::inbound::Intake, llm::chat::Upstream, wechat::client::Request};

use access::AccessTokens;
pub use account::Account;
use accounts::Accounts;
use capability::Pushing;
use readiness::Readiness;
use replies::Replies;
use running::Running;
use slots::Slots;
use tasks::Tasks;

/// Everything that is shared; one for each process.
pub struct App {
    pub config: Config,
    pub accounts: Accounts,
    pub db: Db,
    /// The durable door for pushes.
    pub intake: Intake,
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
