//! Which answers are to be pushed, when, and by whom.
//!
//! `push_at` is the wish, `push_owner` the claim; a claim ends with its process's lease.

use crate::db::{Db, Error, on_engine};

/// An answer whose push is due.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Push {
    pub id: String,
    pub account: String,
    pub openid: String,
    pub text: String,
    pub page_token: String,
    pub asked_at: i64,
    pub push_tries: i64,
}

/// Claims answers whose push is due.
pub async fn claim_pushes(db: &Db, owner: &str, now: i64, limit: i64) -> Result<Vec<Push>, Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query_as(
            "UPDATE questions SET push_owner = $1, push_tries = push_tries + 1
             WHERE push_at <= $2 AND push_owner IS NULL
               AND id IN (SELECT id FROM questions WHERE push_at <= $2 AND push_owner IS NULL ORDER BY push_at LIMIT $3)
             RETURNING id, account, openid, text, page_token, asked_at, push_tries",
        )
        .bind(owner)
        .bind(now)
        .bind(limit)
        .fetch_all(pool)
        .await
    })
}

/// Gives a claim back: `again_at` is the next try, `None` leaves the rest to the next reply and the page.
pub async fn end_push(db: &Db, id: &str, owner: &str, again_at: Option<i64>) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        // A part that an earlier owner was sending when it died, and that nothing is left to push with, waits like the others.
        sqlx::query(
            "UPDATE answer_parts SET state = 'waiting', via = NULL WHERE question_id = $1 AND state = 'sending'
             AND EXISTS (SELECT 1 FROM questions WHERE id = $1 AND push_owner = $2)",
        )
        .bind(id)
        .bind(owner)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE questions SET push_at = $3, push_owner = NULL WHERE id = $1 AND push_owner = $2")
            .bind(id)
            .bind(owner)
            .bind(again_at)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    });
    Ok(())
}

/// Takes claims back from processes whose lease has ended at `now`.
pub async fn release_pushes(db: &Db, holder: &str, now: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query(
            "UPDATE questions SET push_owner = NULL
             WHERE push_at IS NOT NULL AND push_owner IS NOT NULL AND push_owner <> $2
               AND push_owner NOT IN (SELECT holder FROM leases WHERE expires_at > $1)",
        )
        .bind(now)
        .bind(holder)
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    })
}

/// Schedules a push for answers that no delivery came for: asked before `asked_before` and not ten minutes earlier.
///
/// These are the answers of messages whose last delivery ended without a reply, because a process died or WeChat gave up.
pub async fn schedule_forgotten_pushes(db: &Db, account: &str, asked_before: i64, now: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query(
            "UPDATE questions SET push_at = $3
             WHERE account = $1 AND asked_at < $2 AND asked_at > $2 - 600000 AND state IN ('answered', 'failed') AND push_at IS NULL AND push_tries = 0
               AND EXISTS (SELECT 1 FROM answer_parts WHERE question_id = questions.id AND answer_parts.state = 'waiting')",
        )
        .bind(account)
        .bind(asked_before)
        .bind(now)
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    })
}

/// Schedules what was given up, because what WeChat refused it for may have been mended: of questions asked after `asked_after`.
pub async fn schedule_refused_pushes(db: &Db, account: &str, asked_after: i64, now: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query(
            "UPDATE questions SET push_at = $3
             WHERE account = $1 AND asked_at > $2 AND state IN ('answered', 'failed') AND push_at IS NULL AND push_tries > 0
               AND EXISTS (SELECT 1 FROM answer_parts WHERE question_id = questions.id AND answer_parts.state = 'waiting')",
        )
        .bind(account)
        .bind(asked_after)
        .bind(now)
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    })
}

/// Lets an answer be pushed at `at`.
pub async fn schedule_push(db: &Db, id: &str, at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("UPDATE questions SET push_at = $2 WHERE id = $1 AND state IN ('answered', 'failed')")
            .bind(id)
            .bind(at)
            .execute(pool)
            .await?;
    });
    Ok(())
}
