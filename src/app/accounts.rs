//! The accounts that this process serves: a list that is replaced as a whole when the configuration is read again.
//!
//! Whoever works for an account holds it, so an account that is taken off the list ends with the last of its work. An account
//! that did not change stays the very same, with what was learnt about it.

use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

use super::Account;
use crate::config;

/// The list. It is read at every push, and written when an operator asks for it.
pub struct Accounts(RwLock<Arc<[Arc<Account>]>>);

/// What a new list changed, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub added: Vec<String>,
    pub changed: Vec<Changed>,
    pub removed: Vec<String>,
}

/// An account with other values than before.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    pub name: String,
    /// Whether it is another official account now; nothing that was learnt or fetched for the old one is true of it.
    pub identity: Identity,
}

/// Whether the appid stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    Same,
    Other,
}

impl Accounts {
    /// The accounts as they are configured.
    pub fn new(configured: &[config::Account]) -> Self {
        Self(RwLock::new(configured.iter().cloned().map(|account| Arc::new(Account::new(account))).collect()))
    }

    /// The list as it is now; it stays as it is for whoever holds it.
    pub fn current(&self) -> Arc<[Arc<Account>]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account named `name`.
    pub fn find(&self, name: &str) -> Option<Arc<Account>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().find(|account| account.name == name).cloned()
    }

    /// Serves `configured` from now on.
    pub fn replace(&self, configured: &[config::Account]) -> Changes {
        let mut list = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Changes::default();
        let next = configured.iter().map(|new| match list.iter().find(|old| old.name == new.name) {
            Some(old) if is_same(old, new) => old.clone(),
            Some(old) => {
                let identity = if old.app_id == new.app_id { Identity::Same } else { Identity::Other };
                changes.changed.push(Changed { name: new.name.clone(), identity });
                Arc::new(Account::new(new.clone()))
            }
            None => {
                changes.added.push(new.name.clone());
                Arc::new(Account::new(new.clone()))
            }
        });
        let next: Arc<[Arc<Account>]> = next.collect();
        let is_gone = |old: &&Arc<Account>| next.iter().all(|new| new.name != old.name);
        changes.removed = list.iter().filter(is_gone).map(|old| old.name.clone()).collect();
        *list = next;
        changes
    }
}

impl Changes {
    /// Whether the new list is the old one.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// Written as a pattern, so that a new field does not compile until somebody decides whether it matters.
fn is_same(old: &config::Account, new: &config::Account) -> bool {
    let config::Account { name, app_id, app_secret, token, encoding_aes_key, encoding_aes_key_previous, allow_plaintext } = new;
    old.name == *name
        && old.app_id == *app_id
        && is_same_secret(old.app_secret.as_ref(), app_secret.as_ref())
        && is_same_secret(Some(&old.token), Some(token))
        && is_same_secret(old.encoding_aes_key.as_ref(), encoding_aes_key.as_ref())
        && is_same_secret(old.encoding_aes_key_previous.as_ref(), encoding_aes_key_previous.as_ref())
        && old.allow_plaintext == *allow_plaintext
}

fn is_same_secret(old: Option<&SecretString>, new: Option<&SecretString>) -> bool {
    old.map(ExposeSecret::expose_secret) == new.map(ExposeSecret::expose_secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, app_id: &str, secret: &str) -> config::Account {
        config::Account {
            name: name.into(),
            app_id: app_id.into(),
            app_secret: Some(secret.into()),
            token: "token".into(),
            encoding_aes_key: None,
            encoding_aes_key_previous: None,
            allow_plaintext: true,
        }
    }

    #[test]
    fn an_unchanged_account_stays_the_very_same() {
        let accounts = Accounts::new(&[account("a", "wx1", "s"), account("b", "wx2", "s"), account("c", "wx3", "s")]);
        let (a, c) = (accounts.find("a").unwrap(), accounts.find("c").unwrap());
        let changes = accounts.replace(&[account("a", "wx1", "s"), account("b", "wx2", "t"), account("d", "wx4", "s")]);
        assert!(Arc::ptr_eq(&a, &accounts.find("a").unwrap()));
        assert_eq!(changes.changed, [Changed { name: "b".into(), identity: Identity::Same }]);
        assert_eq!(
            (changes.added.as_slice(), changes.removed.as_slice()),
            (["d".to_owned()].as_slice(), ["c".to_owned()].as_slice())
        );
        assert!(accounts.find("c").is_none() && c.app_id == "wx3", "whoever works for it still has it");
        assert_eq!(accounts.replace(&[account("a", "wx9", "s")]).changed[0].identity, Identity::Other);
    }
}
