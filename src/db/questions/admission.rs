//! Arrow: `received` → `answering`, within the limits of the follower and the account.
//!
//! Counting and taking happen in one transaction under a lock of the account's name, so that the limits hold however many
//! replicas ask at once. A question is counted once, however often a process dies over it.

use crate::{
    config::Limits,
    db::{Db, Error, on_engine},
};

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    CallsMinute,
    CallsHour,
    CallsDay,
    PicturesHour,
    PicturesDay,
    TokensDay,
    CostDay,
}

impl Limit {
    /// The word of logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallsMinute => "calls_minute",
            Self::CallsHour => "calls_hour",
            Self::CallsDay => "calls_day",
            Self::PicturesHour => "pictures_hour",
            Self::PicturesDay => "pictures_day",
            Self::TokensDay => "tokens_day",
            Self::CostDay => "cost_day",
        }
    }
}

/// Whether a question may go to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Granted,
    /// Over a limit, which is free again at this time.
    Refused {
        limit: Limit,
        free_at: i64,
    },
    /// As many of the account's questions as may be are being answered; ask again soon.
    Busy,
    /// The question is no longer ours.
    Lost,
}

/// Takes the question `id` of `owner` to the model, if the limits allow it at `now`.
pub async fn admit(db: &Db, (id, owner): (&str, &str), limits: &Limits, now: i64) -> Result<Admission, Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        if *limits == Limits::default() {
            let started = sqlx::query(START).bind(id).bind(owner).bind(now).execute(&mut *transaction).await?.rows_affected();
            transaction.commit().await?;
            return Ok(if started == 1 { Admission::Granted } else { Admission::Lost });
        }
        let own: Option<(String, String, String, Option<i64>)> = sqlx::query_as(
            "SELECT account, openid, kind, admitted_at FROM questions
             WHERE id = $1 AND owner = $2 AND state IN ('received', 'answering')",
        )
        .bind(id)
        .bind(owner)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some((account, openid, kind, admitted_at)) = own else { return Ok(Admission::Lost) };
        if matches!(db, Db::Pg(_)) {
            // SQLite has one writer anyway.
            sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))").bind(&account).execute(&mut *transaction).await?;
        }
        if let Some(limit) = limits.concurrency {
            let answering: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM questions WHERE account = $1 AND state = 'answering' AND id <> $2")
                    .bind(&account)
                    .bind(id)
                    .fetch_one(&mut *transaction)
                    .await?;
            if answering >= limit {
                return Ok(Admission::Busy);
            }
        }
        if admitted_at.is_none() {
            for window in windows(limits).into_iter().filter(|window| !window.of_pictures || kind == "draw") {
                let reached: Option<i64> = sqlx::query_scalar(REACHED)
                    .bind(&account)
                    .bind(&openid)
                    .bind(now - window.length)
                    .bind(window.of_pictures)
                    .bind(window.allowed - 1)
                    .fetch_optional(&mut *transaction)
                    .await?;
                if let Some(first) = reached {
                    return Ok(Admission::Refused { limit: window.limit, free_at: first + window.length });
                }
            }
            for (limit, allowed, sql) in sums(limits) {
                let (sum, first): (i64, Option<i64>) =
                    sqlx::query_as(sql).bind(&account).bind(&openid).bind(now - DAY_MS).fetch_one(&mut *transaction).await?;
                if sum >= allowed {
                    return Ok(Admission::Refused { limit, free_at: first.unwrap_or(now) + DAY_MS });
                }
            }
        }
        let started = sqlx::query(START).bind(id).bind(owner).bind(now).execute(&mut *transaction).await?.rows_affected();
        transaction.commit().await?;
        Ok(if started == 1 { Admission::Granted } else { Admission::Lost })
    })
}

/// Lets a question that the model wants to answer with a picture be one for a picture, within the limits of pictures, so that whoever
/// takes over draws it too.
pub async fn turn_into_drawing(
    db: &Db,
    (id, owner): (&str, &str),
    prompt: &str,
    limits: &Limits,
    now: i64,
) -> Result<Admission, Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        let turned: Option<(String, String)> = sqlx::query_as(
            "UPDATE questions SET kind = 'draw', text = $3 WHERE id = $1 AND owner = $2 AND state = 'answering'
             RETURNING account, openid",
        )
        .bind(id)
        .bind(owner)
        .bind(prompt)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some((account, openid)) = turned else { return Ok(Admission::Lost) };
        if matches!(db, Db::Pg(_)) {
            sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))").bind(&account).execute(&mut *transaction).await?;
        }
        for window in windows(limits).into_iter().filter(|window| window.of_pictures) {
            // It counts as a picture itself by now, so one more than those that are allowed is too many.
            let reached: Option<i64> = sqlx::query_scalar(REACHED)
                .bind(&account)
                .bind(&openid)
                .bind(now - window.length)
                .bind(window.of_pictures)
                .bind(window.allowed)
                .fetch_optional(&mut *transaction)
                .await?;
            if let Some(first) = reached {
                return Ok(Admission::Refused { limit: window.limit, free_at: first + window.length });
            }
        }
        transaction.commit().await?;
        Ok(Admission::Granted)
    })
}

/// The limit is reached if that many are within the window; the first of them to leave it makes room.
const REACHED: &str = "SELECT admitted_at FROM questions
     WHERE account = $1 AND openid = $2 AND admitted_at > $3 AND (kind = 'draw' OR NOT $4)
     ORDER BY admitted_at DESC LIMIT 1 OFFSET $5";

const START: &str = "UPDATE questions SET state = 'answering', admitted_at = COALESCE(admitted_at, $3)
     WHERE id = $1 AND owner = $2 AND state IN ('received', 'answering')";

/// A number of questions within a time.
struct Window {
    limit: Limit,
    allowed: i64,
    length: i64,
    of_pictures: bool,
}

/// The windows that are limited, the shortest wait first.
fn windows(limits: &Limits) -> Vec<Window> {
    let all = [
        (Limit::CallsMinute, limits.calls_minute, MINUTE_MS, false),
        (Limit::PicturesHour, limits.pictures_hour, HOUR_MS, true),
        (Limit::PicturesDay, limits.pictures_day, DAY_MS, true),
        (Limit::CallsHour, limits.calls_hour, HOUR_MS, false),
        (Limit::CallsDay, limits.calls_day, DAY_MS, false),
    ];
    let limited = |(limit, allowed, length, of_pictures)| {
        let allowed: Option<i64> = allowed;
        Some(Window { limit, allowed: allowed?, length, of_pictures })
    };
    all.into_iter().filter_map(limited).collect()
}

/// The sums that are limited, each with the query of the sum and of the first moment in it.
fn sums(limits: &Limits) -> Vec<(Limit, i64, &'static str)> {
    let tokens = limits.tokens_day.map(|allowed| {
        let sql = "SELECT CAST(COALESCE(SUM(prompt_tokens + completion_tokens), 0) AS BIGINT), MIN(used_at) FROM usage
                   WHERE account = $1 AND openid = $2 AND used_at > $3";
        (Limit::TokensDay, allowed, sql)
    });
    let cost = limits.cost_day.map(|allowed| {
        let sql = "SELECT CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT), MIN(used_at) FROM usage
                   WHERE account = $1 AND used_at > $3 AND $2 = $2";
        (Limit::CostDay, allowed, sql)
    });
    [tokens, cost].into_iter().flatten().collect()
}
