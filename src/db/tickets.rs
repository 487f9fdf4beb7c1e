//! `tickets`: the JS-SDK ticket of each account that all replicas use.

use super::{Db, Error, on_engine};

/// An account's ticket. It has no `Debug`, so that it cannot be printed.
#[derive(Clone, sqlx::FromRow)]
pub struct Ticket {
    pub ticket: String,
    pub expires_at: i64,
}

/// The account's row, if a ticket was ever fetched.
pub async fn show(db: &Db, account: &str) -> Result<Option<Ticket>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT ticket, expires_at FROM tickets WHERE account = $1").bind(account).fetch_optional(pool).await
    })
}

/// Stores a ticket that was just fetched, unless another replica's lasts longer.
pub async fn store(db: &Db, account: &str, ticket: &str, expires_at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO tickets (account, ticket, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (account) DO UPDATE SET ticket = excluded.ticket, expires_at = excluded.expires_at
             WHERE tickets.expires_at < excluded.expires_at",
        )
        .bind(account)
        .bind(ticket)
        .bind(expires_at)
        .execute(pool)
        .await?;
    });
    Ok(())
}
