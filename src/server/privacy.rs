//! `huixin privacy`: what is kept of one follower, shown or erased without serving.

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::{
    config::Config,
    db::{
        self, Db,
        privacy::{self, Export},
    },
    storage::Key,
};

use super::assemble;

/// Whom it is about.
#[derive(Debug, Clone)]
pub struct Whom {
    /// The account's name.
    pub account: String,
    pub openid: String,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub questions: u64,
    /// Pictures, voice and files that were deleted from the store.
    pub objects: usize,
    /// Keys of objects that the store would not delete; the housekeeping deletes them later.
    pub left: Vec<String>,
}

/// Everything that is kept of a follower.
pub async fn export(config: &Config, whom: &Whom) -> anyhow::Result<Export> {
    let db = open(config, whom).await?;
    let export = privacy::export(&db, &whom.account, &whom.openid).await?;
    db.close().await;
    Ok(export)
}

/// Erases everything that is kept of a follower: rows at once, then the objects that nobody else's row names.
pub async fn erase(config: &Config, whom: &Whom) -> anyhow::Result<Receipt> {
    let storage = assemble::storage(config)?;
    let db = open(config, whom).await?;
    let erased = privacy::erase(&db, &whom.account, &whom.openid).await?;
    let mut receipt = Receipt { questions: erased.questions, objects: 0, left: Vec::new() };
    for key in erased.objects.iter().filter_map(|object| Key::parse(object)) {
        match storage.delete(&key).await {
            Ok(()) => receipt.objects += 1,
            Err(_) => receipt.left.push(key.to_string()),
        }
    }
    db.close().await;
    Ok(receipt)
}

/// The database, if the account is one of ours: a slip in its name must not look like a follower without data.
async fn open(config: &Config, whom: &Whom) -> anyhow::Result<Db> {
    config.accounts.iter().find(|account| account.name == whom.account).with_context(|| {
        let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
        format!("no account is named {}; there are: {}", whom.account, names.join(", "))
    })?;
    let db = db::connect(config.database_url.expose_secret()).await?;
    db::migrate(&db).await?;
    Ok(db)
}
