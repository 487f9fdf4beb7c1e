//! What can be examined without leaving the machine: the database and the keys.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::Finding;
use crate::{
    config::{Account, Config},
    db,
    wechat::envelope::{AesKey, decrypt, encrypt, random_prefix},
};

/// A database that takes longer to open is not one to answer followers from.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// Opens the database and compares its schema with the one this version needs.
pub(super) async fn database(config: &Config) -> Finding {
    const NAME: &str = "database";
    let url = config.database_url.expose_secret();
    let (engine, fix) = if url.starts_with("sqlite:") {
        ("SQLite", "make the folder of DATABASE_URL (or DATA_DIR) writable for the user huixin runs as")
    } else {
        ("Postgres", "check host, user, password and database in DATABASE_URL, and that the server accepts connections")
    };
    let opened = async {
        let db = db::connect(url).await?;
        let pending = db::pending_migrations(&db).await;
        db.close().await;
        pending
    };
    match timeout(CONNECT_TIMEOUT, opened).await {
        Ok(Ok(0)) => Finding::ok(NAME, format!("{engine} answers, its schema is up to date")),
        Ok(Ok(pending)) => {
            Finding::ok(NAME, format!("{engine} answers; {pending} migration(s) will be applied by `serve` or `migrate`"))
        }
        Ok(Err(error)) => Finding::fault(NAME, format!("{error:#}"), fix),
        Err(_) => Finding::fault(NAME, format!("{engine} did not answer within {} s", CONNECT_TIMEOUT.as_secs()), fix),
    }
}

/// Seals and opens a message with each key of the account.
pub(super) fn encryption(account: &Account) -> Finding {
    let name = format!("encryption [{}]", account.name);
    let Some(key) = &account.encoding_aes_key else {
        return Finding::skipped(name, "plaintext mode: pushes are neither encrypted nor signed as a whole");
    };
    let keys = [Some(key), account.encoding_aes_key_previous.as_ref()];
    if keys.into_iter().flatten().all(|key| opens_what_it_sealed(key, &account.app_id)) {
        return Finding::ok(name, "what the EncodingAESKey seals it opens; compare it with the console's if pushes are refused");
    }
    Finding::fault(name, "the EncodingAESKey does not open what it sealed", "copy all 43 letters and digits from the console")
}

fn opens_what_it_sealed(key: &SecretString, app_id: &str) -> bool {
    let Ok(key) = AesKey::parse(key.expose_secret()) else { return false };
    let message = "<xml>回信</xml>".as_bytes();
    decrypt(&key, app_id, &encrypt(&key, app_id, message, random_prefix())).is_ok_and(|opened| opened == message)
}
