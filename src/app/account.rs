//! One official account, with its keys decoded.

use std::{
    ops::Deref,
    sync::atomic::{AtomicBool, Ordering},
};

use secrecy::ExposeSecret;

use crate::{config, wechat::envelope::AesKey};

/// An account and what was learnt about it.
pub struct Account {
    pub configured: config::Account,
    /// The current key, then the one before the last rotation.
    pub keys: Vec<AesKey>,
    /// Whether a tap comes back with its menu id, as in accounts that may push.
    returns_menu_ids: AtomicBool,
}

impl Account {
    /// Decodes the keys; the configuration has checked their shape.
    pub fn new(configured: config::Account) -> Self {
        let keys = [&configured.encoding_aes_key, &configured.encoding_aes_key_previous];
        let keys = keys.into_iter().flatten().filter_map(|key| AesKey::parse(key.expose_secret()).ok()).collect();
        Self { configured, keys, returns_menu_ids: AtomicBool::new(false) }
    }

    /// Whether a tap comes back with the id it was given.
    pub fn returns_menu_ids(&self) -> bool {
        self.returns_menu_ids.load(Ordering::Relaxed)
    }

    pub(super) fn set_returns_menu_ids(&self, returns: bool) {
        self.returns_menu_ids.store(returns, Ordering::Relaxed);
    }
}

impl Deref for Account {
    type Target = config::Account;

    fn deref(&self) -> &config::Account {
        &self.configured
    }
}
