//! `capabilities`: what the platform lets an account do, learnt from its answers.

use super::{Db, Error, on_engine};

/// What was learnt, unless it was before `since`: an account may be verified, or lose its verification.
pub async fn show(db: &Db, account: &str, api: &str, since: i64) -> Result<Option<bool>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT allowed FROM capabilities WHERE account = $1 AND api = $2 AND learned_at >= $3")
            .bind(account)
            .bind(api)
            .bind(since)
            .fetch_optional(pool)
            .await
    })
}

/// Remembers that `account` may (not) call `api`.
pub async fn learn(db: &Db, capability: (&str, &str), allowed: bool, now: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO capabilities (account, api, allowed, learned_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, api) DO UPDATE SET allowed = excluded.allowed, learned_at = excluded.learned_at",
        )
        .bind(capability.0)
        .bind(capability.1)
        .bind(allowed)
        .bind(now)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Forgets what was learnt: the platform says that the account's standing changed.
pub async fn forget(db: &Db, account: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("DELETE FROM capabilities WHERE account = $1").bind(account).execute(pool).await?;
    });
    Ok(())
}
