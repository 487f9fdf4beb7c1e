//! A follower's right to be forgotten: asked for, confirmed, done, and confirmed by a receipt.

use crate::{
    app::{Account, App},
    clock,
    db::{inbound, privacy},
    wechat::incoming::Incoming,
};

use super::{respond, wording};

/// Asks for the confirmation, or erases everything and says what was erased.
pub(super) async fn delete(app: &App, account: &Account, incoming: &Incoming, argument: &str) -> Result<String, sqlx::Error> {
    let openid = incoming.openid.as_str();
    let language = app.language(&account.name, openid);
    // A repeated delivery gets the receipt that is stored with the first; to erase again would take that receipt along.
    let is_repeated = inbound::show(&app.db, &respond::key(account, incoming)).await?.is_some();
    if is_repeated || !wording::is_confirmation(argument) {
        return Ok(wording::confirm_deletion(language));
    }
    let erased = privacy::erase(&app.db, &account.name, openid).await?;
    let questions = erased.questions;
    app.delete_objects(erased.objects).await;
    app.languages.forget(&account.name, openid);
    tracing::info!(account = account.name, questions, "a follower had their data erased");
    Ok(wording::deleted(questions, clock::now_ms(), language))
}
