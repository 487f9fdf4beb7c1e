//! Whether de-duplication slows down behind a long ledger.

use huixin::db::Db;

use crate::{
    product::{Engine, Site},
    replies,
};

/// Messages of each run.
const MESSAGES: usize = 50_000;

/// Rows in one statement while the ledger is filled.
const CHUNK: usize = 500_000;

/// A day ago: too young to be forgotten, too old to be in anybody's way.
const OLD_ROWS: &str = "INSERT INTO inbound (account, openid, dedup_key, kind, received_at, deliveries, question_id, reply)
    WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1)
    SELECT 'main', 'o' || lower(hex(randomblob(13))) || 'x', 'm:' || lower(hex(randomblob(9))), 'text',
           CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) - 24 * 3600 * 1000, 1, NULL, NULL
    FROM numbers";

/// The same load on an empty ledger and on one of `rows` rows.
pub(crate) async fn measure(rows: usize) -> anyhow::Result<()> {
    let site = Site::new(Engine::Sqlite).await?;
    let empty = replies::drive(&site.start().await?, "/help", MESSAGES).await?;
    replies::print("sqlite /help, empty ledger", &empty, &empty);
    let site = Site::new(Engine::Sqlite).await?;
    drop(site.start().await?);
    if let Db::Lite(lite) = site.db().await? {
        for _ in 0..rows.div_ceil(CHUNK) {
            sqlx::query(OLD_ROWS).bind(CHUNK.min(rows) as i64).execute(&lite.writer).await?;
        }
        lite.writer.close().await;
        lite.readers.close().await;
    }
    let full = replies::drive(&site.start().await?, "/help", MESSAGES).await?;
    replies::print(&format!("sqlite /help, {rows} old rows (against empty)"), &full, &empty);
    Ok(())
}
