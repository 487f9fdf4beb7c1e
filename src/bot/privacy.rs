//! A follower's right to be forgotten: asked for, confirmed, done, and confirmed by a receipt.

use crate::{
    app::{Account, App},
    clock,
    db::privacy,
};

use super::wording;

/// Asks for the confirmation, or erases everything and says what was erased.
pub(super) async fn delete(app: &App, account: &Account, openid: &str, argument: &str) -> Result<String, sqlx::Error> {
    let language = app.language(&account.name, openid);
    if !wording::is_confirmation(argument) {
        return Ok(wording::confirm_deletion(language));
    }
    let erased = privacy::erase(&app.db, &account.name, openid).await?;
    let questions = erased.questions;
    app.delete_objects(erased.objects).await;
    app.languages.forget(&account.name, openid);
    tracing::info!(account = account.name, questions, "a follower had their data erased");
    Ok(wording::deleted(questions, clock::now_ms(), language))
}
