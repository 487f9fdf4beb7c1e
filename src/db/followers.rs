//! `followers`: who writes to an account, and how many pushes WeChat still allows to each.

use std::collections::HashMap;

use serde::Serialize;

use super::{Db, Error, bulk::Bulk, inbound, on_engine};

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What a push changes for its follower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub allowance: Allowance,
    pub session: Session,
    pub following: Following,
}

/// The right to push that a trigger gives (customer-service messages, §"下发客服消息").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// A message: 5 within 48 hours.
    Message,
    /// A menu click, a follow or a scan: 3 within one minute.
    Event,
    None,
}

/// Whether the conversation begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    GoesOn,
    BeginsAnew,
}

/// Whether they follow the account after this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    Yes,
    No,
}

/// A follower as far as the bot asks.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Follower {
    pub session_started_at: i64,
    pub last_seen_at: i64,
    pub unfollowed_at: Option<i64>,
}

/// A row of the upsert; a zero leaves the column as it was.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    account: &'a str,
    openid: &'a str,
    at: i64,
    session_started_at: i64,
    message_sends: i64,
    message_sends_until: i64,
    event_sends: i64,
    event_sends_until: i64,
    unfollowed_at: Option<i64>,
}

pub(super) const UPSERT: Bulk = super::bulk::sql!(
    "INSERT INTO followers (account, openid, first_seen_at, last_seen_at, session_started_at, message_sends,
                            message_sends_until, event_sends, event_sends_until, unfollowed_at)
     SELECT item.value ->> 'account', item.value ->> 'openid', CAST(item.value ->> 'at' AS BIGINT),
            CAST(item.value ->> 'at' AS BIGINT), CAST(item.value ->> 'session_started_at' AS BIGINT),
            CAST(item.value ->> 'message_sends' AS BIGINT), CAST(item.value ->> 'message_sends_until' AS BIGINT),
            CAST(item.value ->> 'event_sends' AS BIGINT), CAST(item.value ->> 'event_sends_until' AS BIGINT),
            CAST(item.value ->> 'unfollowed_at' AS BIGINT)
     FROM",
    "WHERE TRUE
     ON CONFLICT (account, openid) DO UPDATE SET
         last_seen_at = excluded.last_seen_at,
         session_started_at = CASE WHEN excluded.session_started_at > 0
             THEN excluded.session_started_at ELSE followers.session_started_at END,
         message_sends = CASE WHEN excluded.message_sends_until > 0
             THEN excluded.message_sends ELSE followers.message_sends END,
         message_sends_until = CASE WHEN excluded.message_sends_until > 0
             THEN excluded.message_sends_until ELSE followers.message_sends_until END,
         event_sends = CASE WHEN excluded.event_sends_until > 0
             THEN excluded.event_sends ELSE followers.event_sends END,
         event_sends_until = CASE WHEN excluded.event_sends_until > 0
             THEN excluded.event_sends_until ELSE followers.event_sends_until END,
         unfollowed_at = excluded.unfollowed_at"
);

/// The changes of one batch, one row for each follower.
pub(super) fn rows<'a>(arrivals: &[&'a inbound::Arrival]) -> Vec<Row<'a>> {
    let mut rows: HashMap<(&str, &str), Row<'a>> = HashMap::with_capacity(arrivals.len());
    for arrival in arrivals {
        let Some(change) = &arrival.follower else { continue };
        let (account, openid, at) = (arrival.key.account.as_str(), arrival.key.openid.as_str(), arrival.received_at);
        let row = rows.entry((account, openid)).or_insert(Row {
            account,
            openid,
            at,
            session_started_at: 0,
            message_sends: 0,
            message_sends_until: 0,
            event_sends: 0,
            event_sends_until: 0,
            unfollowed_at: None,
        });
        row.at = row.at.max(at);
        row.unfollowed_at = (change.following == Following::No).then_some(at);
        if change.session == Session::BeginsAnew {
            row.session_started_at = at;
        }
        match change.allowance {
            Allowance::Message => (row.message_sends, row.message_sends_until) = (5, at + 48 * HOUR_MS),
            Allowance::Event => (row.event_sends, row.event_sends_until) = (3, at + MINUTE_MS),
            Allowance::None => {}
        }
    }
    rows.into_values().collect()
}

/// The follower, if they ever wrote.
pub async fn show(db: &Db, account: &str, openid: &str) -> Result<Option<Follower>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT session_started_at, last_seen_at, unfollowed_at FROM followers WHERE account = $1 AND openid = $2")
            .bind(account)
            .bind(openid)
            .fetch_optional(pool)
            .await
    })
}

/// How many pushes are allowed at `now`; none to someone who left.
pub async fn sends_left(db: &Db, account: &str, openid: &str, now: i64) -> Result<i64, Error> {
    let left: Option<i64> = on_engine!(db, readers, |pool| {
        sqlx::query_scalar(
            "SELECT CASE WHEN message_sends_until > $3 THEN message_sends ELSE 0 END
                  + CASE WHEN event_sends_until > $3 THEN event_sends ELSE 0 END
             FROM followers WHERE account = $1 AND openid = $2 AND unfollowed_at IS NULL",
        )
        .bind(account)
        .bind(openid)
        .bind(now)
        .fetch_optional(pool)
        .await?
    });
    Ok(left.unwrap_or(0))
}

/// Uses up one push, of the allowance that ends first. `false` when none is left.
pub async fn take_send(db: &Db, account: &str, openid: &str, now: i64) -> Result<bool, Error> {
    let taken = on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE followers SET
                 event_sends = CASE WHEN event_sends > 0 AND event_sends_until > $3 THEN event_sends - 1 ELSE event_sends END,
                 message_sends = CASE WHEN event_sends > 0 AND event_sends_until > $3 THEN message_sends ELSE message_sends - 1 END
             WHERE account = $1 AND openid = $2 AND unfollowed_at IS NULL
               AND ((event_sends > 0 AND event_sends_until > $3) OR (message_sends > 0 AND message_sends_until > $3))",
        )
        .bind(account)
        .bind(openid)
        .bind(now)
        .execute(pool)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}

/// Gives back a push that was not sent, as long as its window is open and was not closed by the platform.
pub async fn return_send(db: &Db, account: &str, openid: &str, now: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE followers SET message_sends = message_sends + 1
             WHERE account = $1 AND openid = $2 AND message_sends_until > $3 AND message_sends BETWEEN 0 AND 4",
        )
        .bind(account)
        .bind(openid)
        .bind(now)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// The platform says that nothing more may be pushed until the follower acts again.
pub async fn close_window(db: &Db, account: &str, openid: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("UPDATE followers SET message_sends = 0, message_sends_until = 0, event_sends = 0, event_sends_until = 0 WHERE account = $1 AND openid = $2")
            .bind(account)
            .bind(openid)
            .execute(pool)
            .await?;
    });
    Ok(())
}

/// Those who left before `before`, at most `limit` of them.
pub async fn unfollowed(db: &Db, before: i64, limit: i64) -> Result<Vec<(String, String)>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT account, openid FROM followers WHERE unfollowed_at < $1 ORDER BY unfollowed_at LIMIT $2")
            .bind(before)
            .bind(limit)
            .fetch_all(pool)
            .await
    })
}
