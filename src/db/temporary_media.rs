//! `temporary_media`: the objects that WeChat holds for three days, and the `media_id` of each.

use super::{Db, Error, on_engine};

/// The `media_id` of an object, as long as WeChat keeps it beyond `now`.
pub async fn show(db: &Db, account: &str, object: &str, now: i64) -> Result<Option<String>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT media_id FROM temporary_media WHERE account = $1 AND object = $2 AND expires_at > $3")
            .bind(account)
            .bind(object)
            .bind(now)
            .fetch_optional(pool)
            .await
    })
}

/// Remembers an upload; a newer one replaces an older one.
pub async fn remember(db: &Db, place: (&str, &str), media_id: &str, expires_at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "INSERT INTO temporary_media (account, object, media_id, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, object) DO UPDATE SET media_id = excluded.media_id, expires_at = excluded.expires_at",
        )
        .bind(place.0)
        .bind(place.1)
        .bind(media_id)
        .bind(expires_at)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Forgets an upload that WeChat does not know any more.
pub async fn forget(db: &Db, account: &str, object: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("DELETE FROM temporary_media WHERE account = $1 AND object = $2")
            .bind(account)
            .bind(object)
            .execute(pool)
            .await?;
    });
    Ok(())
}

/// Forgets what WeChat has forgotten by `now`.
pub async fn prune(db: &Db, now: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query("DELETE FROM temporary_media WHERE expires_at < $1").bind(now).execute(pool).await?;
        Ok(done.rows_affected())
    })
}
