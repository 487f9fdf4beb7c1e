//! `moderations`: what a moderator found and decided. The text itself is kept only where a person is to look at it.

use super::{Db, Error, on_engine};

/// One decision other than to let pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderation<'a> {
    pub account: &'a str,
    pub question_id: &'a str,
    /// Where the text stood: `question`, `answer`, …
    pub point: &'a str,
    /// `replace`, `instead`, `hold` or `drop`.
    pub decision: &'a str,
    pub moderator: &'a str,
    pub label: &'a str,
    /// The beginning of the text's SHA-256: enough to recognise a text one has.
    pub text_hash: &'a str,
    pub held_text: Option<&'a str>,
    pub decided_at: i64,
}

/// Records a decision; about a question that was erased meanwhile, nothing.
pub async fn record(db: &Db, moderation: &Moderation<'_>) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO moderations (id, account, question_id, point, decision, moderator, label, text_hash, held_text, decided_at)
             SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10 FROM questions WHERE id = $3",
        )
        .bind(uuid::Uuid::now_v7().simple().to_string())
        .bind(moderation.account)
        .bind(moderation.question_id)
        .bind(moderation.point)
        .bind(moderation.decision)
        .bind(moderation.moderator)
        .bind(moderation.label)
        .bind(moderation.text_hash)
        .bind(moderation.held_text)
        .bind(moderation.decided_at)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Erases decisions that were made before `before`.
pub async fn prune(db: &Db, before: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query("DELETE FROM moderations WHERE decided_at < $1").bind(before).execute(pool).await?;
        Ok(done.rows_affected())
    })
}
