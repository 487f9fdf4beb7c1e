//! `preferences`: what a follower chose: language, models, spoken answers.

use super::{Db, Error, on_engine};

/// One follower's choices; what is absent is the operator's.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Preferences {
    /// `zh` or `en`.
    pub language: Option<String>,
    pub chat_model: Option<String>,
    pub picture_model: Option<String>,
    pub speaks: bool,
}

/// One choice that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Language(&'static str),
    ChatModel(String),
    PictureModel(String),
    Speaks(bool),
}

/// The follower's choices; nothing chosen is the usual case.
pub async fn show(db: &Db, account: &str, openid: &str) -> Result<Preferences, Error> {
    let chosen: Option<Preferences> = on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT language, chat_model, picture_model, speaks FROM preferences WHERE account = $1 AND openid = $2")
            .bind(account)
            .bind(openid)
            .fetch_optional(pool)
            .await?
    });
    Ok(chosen.unwrap_or_default())
}

/// Changes one choice and leaves the others.
pub async fn choose(db: &Db, account: &str, openid: &str, choice: &Choice, now: i64) -> Result<(), Error> {
    let (language, chat, picture, speaks) = match choice {
        Choice::Language(language) => (Some(*language), None, None, None),
        Choice::ChatModel(model) => (None, Some(model), None, None),
        Choice::PictureModel(model) => (None, None, Some(model), None),
        Choice::Speaks(speaks) => (None, None, None, Some(*speaks)),
    };
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO preferences (account, openid, language, chat_model, picture_model, speaks, changed_at)
             VALUES ($1, $2, $3, $4, $5, COALESCE($6, FALSE), $7)
             ON CONFLICT (account, openid) DO UPDATE SET
                 language = COALESCE(excluded.language, preferences.language),
                 chat_model = COALESCE(excluded.chat_model, preferences.chat_model),
                 picture_model = COALESCE(excluded.picture_model, preferences.picture_model),
                 speaks = COALESCE($6, preferences.speaks),
                 changed_at = excluded.changed_at",
        )
        .bind(account)
        .bind(openid)
        .bind(language)
        .bind(chat)
        .bind(picture)
        .bind(speaks)
        .bind(now)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Everyone's language that changed at or after `since`: account, openid, language, and when.
pub async fn languages_since(db: &Db, since: i64) -> Result<Vec<(String, String, String, i64)>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT account, openid, language, changed_at FROM preferences WHERE language IS NOT NULL AND changed_at >= $1",
        )
        .bind(since)
        .fetch_all(pool)
        .await
    })
}
