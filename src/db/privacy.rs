//! Everything that is kept of one follower, in all tables: to be shown to them, or erased.

use serde::Serialize;

use super::{Db, Error, on_engine};

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    pub questions: u64,
    /// The keys of objects that no row names any more.
    pub objects: Vec<String>,
}

/// A question with its answer, as it is exported.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Asked {
    pub id: String,
    pub kind: String,
    pub text: String,
    pub state: String,
    pub answer: String,
    pub reasoning: String,
    pub model: Option<String>,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
}

/// What a follower sent along, as it is exported.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Sent {
    pub kind: String,
    pub name: String,
    pub source: String,
    pub text: String,
    pub object: Option<String>,
    pub received_at: i64,
}

/// Everything about one follower.
#[derive(Debug, Clone, Serialize)]
pub struct Export {
    pub account: String,
    pub openid: String,
    pub first_seen_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub language: Option<String>,
    pub chat_model: Option<String>,
    pub picture_model: Option<String>,
    pub questions: Vec<Asked>,
    pub attachments: Vec<Sent>,
    /// Keys of the pictures that were drawn and the answers that were spoken.
    pub objects: Vec<String>,
}

/// Reads everything about a follower.
pub async fn export(db: &Db, account: &str, openid: &str) -> Result<Export, Error> {
    let chosen = super::preferences::show(db, account, openid).await?;
    on_engine!(db, readers, |pool| {
        let seen: Option<(i64, i64)> =
            sqlx::query_as("SELECT first_seen_at, last_seen_at FROM followers WHERE account = $1 AND openid = $2")
                .bind(account)
                .bind(openid)
                .fetch_optional(pool)
                .await?;
        let questions = sqlx::query_as(
            "SELECT id, kind, text, state, answer, reasoning, model, asked_at, answered_at FROM questions
             WHERE account = $1 AND openid = $2 ORDER BY asked_at, id",
        )
        .bind(account)
        .bind(openid)
        .fetch_all(pool)
        .await?;
        let attachments = sqlx::query_as(
            "SELECT kind, name, source, text, object, received_at FROM attachments
             WHERE account = $1 AND openid = $2 ORDER BY received_at, id",
        )
        .bind(account)
        .bind(openid)
        .fetch_all(pool)
        .await?;
        let objects = sqlx::query_scalar(PART_OBJECTS).bind(account).bind(openid).fetch_all(pool).await?;
        Ok(Export {
            account: account.to_owned(),
            openid: openid.to_owned(),
            first_seen_at: seen.map(|seen| seen.0),
            last_seen_at: seen.map(|seen| seen.1),
            language: chosen.language,
            chat_model: chosen.chat_model,
            picture_model: chosen.picture_model,
            questions,
            attachments,
            objects,
        })
    })
}

/// The objects in the answers of one follower.
const PART_OBJECTS: &str = "SELECT DISTINCT object FROM answer_parts
     WHERE object IS NOT NULL AND question_id IN (SELECT id FROM questions WHERE account = $1 AND openid = $2)";

/// The tables with rows of a follower, children before parents. A question's parts go with it.
const TABLES: [&str; 8] = [
    "DELETE FROM moderations WHERE question_id IN (SELECT id FROM questions WHERE account = $1 AND openid = $2)",
    "DELETE FROM attachments WHERE account = $1 AND openid = $2",
    "DELETE FROM usage WHERE account = $1 AND openid = $2",
    "DELETE FROM upload_links WHERE account = $1 AND openid = $2",
    "DELETE FROM preferences WHERE account = $1 AND openid = $2",
    "DELETE FROM inbound WHERE account = $1 AND openid = $2",
    "DELETE FROM questions WHERE account = $1 AND openid = $2",
    "DELETE FROM followers WHERE account = $1 AND openid = $2",
];

/// An update that changes nothing, because it holds the row: who comes back meanwhile waits, and begins anew.
const HOLD_UNFOLLOWED: &str =
    "UPDATE followers SET unfollowed_at = unfollowed_at WHERE account = $1 AND openid = $2 AND unfollowed_at < $3";

/// Erases everything about a follower, in one transaction.
pub async fn erase(db: &Db, account: &str, openid: &str) -> Result<Erased, Error> {
    Ok(erase_if(db, (account, openid), None).await?.unwrap_or_default())
}

/// The same for a follower who left before `before`; `None` if they came back meanwhile.
pub async fn erase_unfollowed(db: &Db, account: &str, openid: &str, before: i64) -> Result<Option<Erased>, Error> {
    erase_if(db, (account, openid), Some(before)).await
}

/// Erases a follower, where a moment is given only if they left before it.
async fn erase_if(db: &Db, (account, openid): (&str, &str), left_before: Option<i64>) -> Result<Option<Erased>, Error> {
    let (questions, candidates) = on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        if let Some(before) = left_before
            && sqlx::query(HOLD_UNFOLLOWED)
                .bind(account)
                .bind(openid)
                .bind(before)
                .execute(&mut *transaction)
                .await?
                .rows_affected()
                == 0
        {
            return Ok(None);
        }
        let mut candidates: Vec<String> =
            sqlx::query_scalar(PART_OBJECTS).bind(account).bind(openid).fetch_all(&mut *transaction).await?;
        let sent: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT object FROM attachments WHERE object IS NOT NULL AND account = $1 AND openid = $2",
        )
        .bind(account)
        .bind(openid)
        .fetch_all(&mut *transaction)
        .await?;
        candidates.extend(sent);
        let mut questions = 0;
        for table in TABLES {
            let erased = sqlx::query(table).bind(account).bind(openid).execute(&mut *transaction).await?.rows_affected();
            if table.starts_with("DELETE FROM questions") {
                questions = erased;
            }
        }
        transaction.commit().await?;
        (questions, candidates)
    });
    Ok(Some(Erased { questions, objects: unnamed(db, candidates).await? }))
}

/// Those of `objects` that no row names: another follower may have been given, or have sent, the same bytes.
pub async fn unnamed(db: &Db, objects: Vec<String>) -> Result<Vec<String>, Error> {
    let mut unnamed = Vec::new();
    for object in objects {
        let named: i64 = on_engine!(db, readers, |pool| {
            sqlx::query_scalar(
                "SELECT (SELECT COUNT(*) FROM answer_parts WHERE object = $1) + (SELECT COUNT(*) FROM attachments WHERE object = $1)",
            )
            .bind(&object)
            .fetch_one(pool)
            .await?
        });
        if named == 0 {
            unnamed.push(object);
        }
    }
    Ok(unnamed)
}
