//! `access_tokens`: the one token of each account that all replicas use, and who is fetching the next.
//!
//! A token that WeChat refused before its time has `expires_at = 0`, so that no replica hands it out again.

use super::{Db, Error, on_engine};

/// At least this long between two forced refreshes; WeChat answers earlier ones with the old token.
const FORCED_SPACING_MS: i64 = 30 * 1000;

/// Forced refreshes that WeChat grants an account in a day.
const FORCED_PER_DAY: i64 = 20;

/// An account's token. It has no `Debug`, so that it cannot be printed.
#[derive(Clone, sqlx::FromRow)]
pub struct AccessToken {
    pub token: String,
    /// 0 once WeChat has refused it.
    pub expires_at: i64,
    pub refreshed_at: i64,
}

/// The replica that fetches, and until when others leave it alone.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub account: &'a str,
    pub replica: &'a str,
    pub now: i64,
    pub until: i64,
}

/// The account's row, if a token was ever fetched or is being fetched.
pub async fn show(db: &Db, account: &str) -> Result<Option<AccessToken>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT token, expires_at, refreshed_at FROM access_tokens WHERE account = $1")
            .bind(account)
            .fetch_optional(pool)
            .await
    })
}

/// Takes the right to fetch a token, if nobody has it and none was fetched after `refreshed_at`.
pub async fn claim(db: &Db, claim: Claim<'_>, refreshed_at: i64) -> Result<bool, Error> {
    let claimed = on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO access_tokens (account, token, expires_at, refreshed_at, refreshing_by, refreshing_until,
                                        forced_at, forced_day, forced_count)
             VALUES ($1, '', 0, 0, $2, $3, 0, 0, 0)
             ON CONFLICT (account) DO UPDATE SET
                 refreshing_by = excluded.refreshing_by, refreshing_until = excluded.refreshing_until
             WHERE access_tokens.refreshed_at = $4
               -- A replica may take its own claim again: within a process one task at a time comes here.
               AND (access_tokens.refreshing_until IS NULL OR access_tokens.refreshing_until <= $5
                    OR access_tokens.refreshing_by = excluded.refreshing_by)",
        )
        .bind(claim.account)
        .bind(claim.replica)
        .bind(claim.until)
        .bind(refreshed_at)
        .bind(claim.now)
        .execute(pool)
        .await?
        .rows_affected()
    });
    Ok(claimed == 1)
}

/// Stores the token that was fetched under `claim`, and ends the claim.
pub async fn store(db: &Db, claim: Claim<'_>, token: &str, expires_at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE access_tokens SET token = $3, expires_at = $4, refreshed_at = $5, refreshing_by = NULL, refreshing_until = NULL
             WHERE account = $1 AND refreshing_by = $2",
        )
        .bind(claim.account)
        .bind(claim.replica)
        .bind(token)
        .bind(expires_at)
        .bind(claim.now)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Ends a claim that brought no token.
pub async fn release(db: &Db, claim: Claim<'_>) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE access_tokens SET refreshing_by = NULL, refreshing_until = NULL WHERE account = $1 AND refreshing_by = $2",
        )
        .bind(claim.account)
        .bind(claim.replica)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Withdraws `token`, unless another has already taken its place.
pub async fn reject(db: &Db, account: &str, token: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("UPDATE access_tokens SET expires_at = 0 WHERE account = $1 AND token = $2")
            .bind(account)
            .bind(token)
            .execute(pool)
            .await?;
    });
    Ok(())
}

/// Counts one forced refresh of the holder of `claim`, on `day` of the platform's calendar. `false` when none may be made now.
pub async fn take_forced(db: &Db, claim: Claim<'_>, day: i64) -> Result<bool, Error> {
    let taken = on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE access_tokens SET
                 forced_at = $3, forced_day = $4, forced_count = CASE WHEN forced_day = $4 THEN forced_count + 1 ELSE 1 END
             WHERE account = $1 AND refreshing_by = $2 AND forced_at <= $3 - $5 AND (forced_day <> $4 OR forced_count < $6)",
        )
        .bind(claim.account)
        .bind(claim.replica)
        .bind(claim.now)
        .bind(day)
        .bind(FORCED_SPACING_MS)
        .bind(FORCED_PER_DAY)
        .execute(pool)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}
