//! `leases`: which processes are alive, by the database's clock.
//!
//! A holder is `<seat>/<boot>`: the seat is one place a process can run in (a data folder), the boot one start of it. Whoever sits
//! down on a seat knows that its earlier boots are dead.

use super::{Db, Error, on_engine};

/// Holds `name` until `expires_at`; renewing is the same call.
pub async fn hold(db: &Db, name: &str, holder: &str, expires_at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at",
        )
        .bind(name)
        .bind(holder)
        .bind(expires_at)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Ends every lease whose holder sat on `seat`.
pub async fn end_seat(db: &Db, seat: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        // A prefix without LIKE, which treats letters differently on the engines.
        sqlx::query("DELETE FROM leases WHERE SUBSTR(holder, 1, LENGTH($1) + 1) = $1 || '/'").bind(seat).execute(pool).await?;
    });
    Ok(())
}

/// Forgets leases that ended before `before`.
pub async fn prune(db: &Db, before: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("DELETE FROM leases WHERE expires_at < $1").bind(before).execute(pool).await?;
    });
    Ok(())
}

/// The holders of the processes that are alive at `now`, by the database's clock.
pub async fn living_processes(db: &Db, now: i64) -> Result<Vec<String>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT holder FROM leases WHERE SUBSTR(name, 1, 8) = 'process/' AND expires_at > $1")
            .bind(now)
            .fetch_all(pool)
            .await
    })
}
