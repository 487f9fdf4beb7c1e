//! What a monitor counts. Each query reads only what is under way, by its partial index, so that it costs the same after years.

use super::{Db, Error, on_engine};

/// Parts that are not with their follower yet, by state.
pub async fn parts_by_state(db: &Db) -> Result<Vec<(String, i64)>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT answer_parts.state, COUNT(*) FROM questions JOIN answer_parts ON answer_parts.question_id = questions.id
             WHERE questions.state IN ('answered', 'failed') AND answer_parts.state IN ('waiting', 'sending', 'unknown')
             GROUP BY answer_parts.state",
        )
        .fetch_all(pool)
        .await
    })
}

/// When the oldest question without an answer was asked.
pub async fn oldest_open_question(db: &Db) -> Result<Option<i64>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT MIN(asked_at) FROM questions WHERE state IN ('received', 'answering')").fetch_one(pool).await
    })
}
