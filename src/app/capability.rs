//! Whether an account may push, as far as the platform has shown it.

use crate::{clock, config::ReplyMode, db::capabilities};

use super::{Account, App};

/// The API whose refusal tells; typing and sending need the same right.
const CUSTOM_SEND: &str = "message/custom/send";

/// What was learnt counts for a day: accounts are verified, and verifications expire.
const LEARNED_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// The right to push customer-service messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushing {
    Allowed,
    Refused,
    /// Nothing was pushed yet.
    Unsure,
}

impl App {
    /// Whether answers of this account can be pushed: by configuration, or as it was learnt.
    pub async fn pushing(&self, account: &Account) -> Pushing {
        let pushing = match self.config.reply.mode {
            ReplyMode::Passive => Pushing::Refused,
            ReplyMode::Push => Pushing::Allowed,
            ReplyMode::Auto if account.app_secret.is_none() => Pushing::Refused,
            // In a box of its own: the cache's future is larger than all else that a waiting delivery keeps.
            ReplyMode::Auto => Box::pin(self.capabilities.get_with_by_ref(&account.name, Box::pin(self.look_up(account)))).await,
        };
        account.set_returns_menu_ids(pushing == Pushing::Allowed);
        pushing
    }

    async fn look_up(&self, account: &Account) -> Pushing {
        match capabilities::show(&self.db, &account.name, CUSTOM_SEND, clock::now_ms() - LEARNED_FOR_MS).await {
            Ok(Some(true)) => Pushing::Allowed,
            Ok(Some(false)) => Pushing::Refused,
            Ok(None) => Pushing::Unsure,
            Err(error) => {
                tracing::error!(account = account.name, %error, "what was learnt about the account cannot be read");
                Pushing::Unsure
            }
        }
    }

    /// Remembers what the platform has shown, for all replicas.
    pub async fn learn_pushing(&self, account: &Account, learned: Pushing) {
        if self.pushing(account).await == learned || self.config.reply.mode != ReplyMode::Auto {
            return;
        }
        tracing::info!(account = account.name, pushing = ?learned, "learnt whether the account may push (REPLY_MODE=auto)");
        self.capabilities.insert(account.name.clone(), learned).await;
        let allowed = learned == Pushing::Allowed;
        if let Err(error) = capabilities::learn(&self.db, (&account.name, CUSTOM_SEND), allowed, clock::now_ms()).await {
            tracing::error!(account = account.name, %error, "what was learnt about the account cannot be stored");
        }
    }

    /// Forgets what was learnt: the account's standing has changed.
    pub async fn forget_capabilities(&self, account: &Account) {
        self.capabilities.invalidate(&account.name).await;
        if let Err(error) = capabilities::forget(&self.db, &account.name).await {
            tracing::error!(account = account.name, %error, "what was learnt about the account cannot be forgotten");
        }
    }
}
