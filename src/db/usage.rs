//! `usage`: what each answer cost, as the upstream counted it or as it was estimated.

use super::{Db, Error, on_engine};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What one answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub pictures: i64,
    /// Millionths of the currency that the prices are in.
    pub cost_micros: i64,
}

/// What a follower used up to now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Used {
    pub calls_hour: i64,
    pub calls_day: i64,
    pub pictures_hour: i64,
    pub pictures_day: i64,
    pub tokens_day: i64,
}

/// Written in the transaction that finishes the answer; a second owner of the same question does not count twice.
pub(super) const INSERT: &str =
    "INSERT INTO usage (question_id, account, openid, model, prompt_tokens, completion_tokens, pictures, cost_micros, used_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (question_id) DO NOTHING";

/// What a follower used in the hour and in the day before `now`.
pub async fn of_follower(db: &Db, account: &str, openid: &str, now: i64) -> Result<Used, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT COUNT(CASE WHEN admitted_at > $3 THEN 1 END) AS calls_hour,
                    COUNT(*) AS calls_day,
                    COUNT(CASE WHEN admitted_at > $3 AND kind = 'draw' THEN 1 END) AS pictures_hour,
                    COUNT(CASE WHEN kind = 'draw' THEN 1 END) AS pictures_day,
                    (SELECT CAST(COALESCE(SUM(prompt_tokens + completion_tokens), 0) AS BIGINT) FROM usage
                     WHERE account = $1 AND openid = $2 AND used_at > $4) AS tokens_day
             FROM questions WHERE account = $1 AND openid = $2 AND admitted_at > $4",
        )
        .bind(account)
        .bind(openid)
        .bind(now - HOUR_MS)
        .bind(now - DAY_MS)
        .fetch_one(pool)
        .await
    })
}

/// What an account cost in the day before `now`, in millionths.
pub async fn cost_of_account(db: &Db, account: &str, now: i64) -> Result<i64, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) FROM usage WHERE account = $1 AND used_at > $2")
            .bind(account)
            .bind(now - DAY_MS)
            .fetch_one(pool)
            .await
    })
}

/// Erases what was used before `before`, by the time that a question's id begins with.
pub async fn prune(db: &Db, before: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query("DELETE FROM usage WHERE question_id < $1").bind(super::first_id(before)).execute(pool).await?;
        Ok(done.rows_affected())
    })
}
