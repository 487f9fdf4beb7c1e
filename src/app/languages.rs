//! The language in which the bot speaks to each follower: the operator's, unless they chose another.
//!
//! Every push asks for it, so the few who chose are held in memory; other replicas hear of a choice within a second.

use std::{
    collections::HashMap,
    sync::{RwLock, atomic::AtomicI64, atomic::Ordering},
};

use crate::{
    config::Language,
    db::{self, Db, preferences},
};

/// Clocks of replicas differ a little, and a choice is committed a moment after it was stamped.
const OVERLAP_MS: i64 = 30_000;

/// Who chose which language.
#[derive(Debug, Default)]
pub struct Languages {
    chosen: RwLock<HashMap<(String, String), Language>>,
    seen_until: AtomicI64,
}

impl Languages {
    /// The language that a follower chose.
    pub fn of(&self, account: &str, openid: &str) -> Option<Language> {
        let chosen = self.chosen.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if chosen.is_empty() {
            return None;
        }
        chosen.get(&(account.to_owned(), openid.to_owned())).copied()
    }

    /// Remembers a choice at once.
    pub fn set(&self, account: &str, openid: &str, language: Language) {
        let mut chosen = self.chosen.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        chosen.insert((account.to_owned(), openid.to_owned()), language);
    }

    /// Forgets a follower.
    pub fn forget(&self, account: &str, openid: &str) {
        let mut chosen = self.chosen.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        chosen.remove(&(account.to_owned(), openid.to_owned()));
    }

    /// Learns what was chosen on other replicas, or before this process began.
    pub async fn refresh(&self, db: &Db) -> Result<(), db::Error> {
        let since = self.seen_until.load(Ordering::Relaxed);
        for (account, openid, language, changed_at) in preferences::languages_since(db, since).await? {
            if let Some(language) = Language::from_code(&language) {
                self.set(&account, &openid, language);
            }
            self.seen_until.fetch_max(changed_at - OVERLAP_MS, Ordering::Relaxed);
        }
        Ok(())
    }
}
