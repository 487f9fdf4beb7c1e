//! `upload_links`: the personal pages on which followers hand in files, each for half an hour.

use super::{Db, Error, on_engine};

/// Whose page it is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UploadLink {
    pub account: String,
    pub openid: String,
    pub expires_at: i64,
}

/// Opens a page.
pub async fn open(db: &Db, token: &str, link: &UploadLink) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("INSERT INTO upload_links (token, account, openid, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(token)
            .bind(&link.account)
            .bind(&link.openid)
            .bind(link.expires_at)
            .execute(pool)
            .await?;
    });
    Ok(())
}

/// The page with this token; it may have expired, which whoever follows its link is told.
pub async fn show(db: &Db, token: &str) -> Result<Option<UploadLink>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as("SELECT account, openid, expires_at FROM upload_links WHERE token = $1")
            .bind(token)
            .fetch_optional(pool)
            .await
    })
}

/// Forgets what expired before `before`.
pub async fn prune(db: &Db, before: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query("DELETE FROM upload_links WHERE expires_at < $1").bind(before).execute(pool).await?;
        Ok(done.rows_affected())
    })
}
