//! The arrows of a question's life: one function each, its guard in the `WHERE`.
//!
//! A process that lost its lease (it was stopped, and woke up) finds that `owner` is no longer its name and changes nothing.

use std::collections::HashMap;

use serde::Serialize;

use super::{Question, State, columns};
use crate::db::{Db, Error, answer_parts, bulk::Bulk, on_engine, usage};

/// How often a question may be started before it counts as one that kills its process.
const MAX_ATTEMPTS: i64 = 4;

/// What an answer has become so far.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    pub id: String,
    pub owner: String,
    pub answer: String,
    pub reasoning: String,
    pub model: Option<String>,
    pub reasoned_ms: Option<i64>,
}

/// A whole answer, or what stands in for it.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    pub progress: &'a Progress,
    /// `Answered` or `Failed`.
    pub state: State,
    pub failure: Option<&'a str>,
    /// The value of `shown` that `parts` was planned for.
    pub shown: i64,
    /// What is still to be delivered.
    pub parts: &'a [answer_parts::New],
    pub usage: Option<&'a usage::Spent>,
    pub at: i64,
}

/// What became of [`finish`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// `acknowledged`: WeChat was told `success`, so that only a push brings the answer.
    Done { acknowledged: bool },
    /// More was shown meanwhile: plan the parts anew, from there.
    ShownMoved(i64),
    /// Someone else owns the question now, or it was dropped.
    Lost,
}

/// Puts what was heard in a voice message in the place of the text that a question lacked.
pub async fn set_text(db: &Db, id: &str, owner: &str, text: &str) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query("UPDATE questions SET text = $3 WHERE id = $1 AND owner = $2 AND state = 'answering'")
            .bind(id)
            .bind(owner)
            .bind(text)
            .execute(pool)
            .await?;
    });
    Ok(())
}

/// Arrow: `answering` → `answering` under a new owner, for questions whose owner's lease has ended at `now`.
///
/// One that was started too often comes back too, with more attempts than [`is_poisonous`] allows.
pub async fn take_over(db: &Db, owner: &str, now: i64, limit: i64) -> Result<Vec<Question>, Error> {
    // The state and the owner stand in both WHEREs: the inner one chooses, the outer one makes the loser of a race update nothing.
    const SQL: &str = concat!(
        "UPDATE questions SET owner = $1, attempts = attempts + 1
         WHERE state IN ('received', 'answering')
           AND owner <> $1 AND owner NOT IN (SELECT holder FROM leases WHERE expires_at > $2)
           AND id IN (SELECT id FROM questions
                      WHERE state IN ('received', 'answering')
                        AND owner <> $1 AND owner NOT IN (SELECT holder FROM leases WHERE expires_at > $2)
                      ORDER BY asked_at LIMIT $3)
         RETURNING ",
        columns!()
    );
    on_engine!(db, writer, |pool| sqlx::query_as(SQL).bind(owner).bind(now).bind(limit).fetch_all(pool).await)
}

/// The open questions of a live process that were asked before `before`, by id.
pub async fn owned_open(db: &Db, owner: &str, before: i64) -> Result<Vec<String>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar("SELECT id FROM questions WHERE state IN ('received', 'answering') AND owner = $1 AND asked_at < $2")
            .bind(owner)
            .bind(before)
            .fetch_all(pool)
            .await
    })
}

/// Arrow: open → open, for a question that its own process dropped; it counts as one more attempt.
pub async fn begin_again(db: &Db, id: &str, owner: &str) -> Result<Option<Question>, Error> {
    const SQL: &str = concat!(
        "UPDATE questions SET attempts = attempts + 1
         WHERE id = $1 AND owner = $2 AND state IN ('received', 'answering') RETURNING ",
        columns!()
    );
    on_engine!(db, writer, |pool| sqlx::query_as(SQL).bind(id).bind(owner).fetch_optional(pool).await)
}

/// Whether `question` has ended every process that tried to answer it.
pub fn is_poisonous(question: &Question) -> bool {
    question.attempts > MAX_ATTEMPTS
}

/// Saves answers that are being written, so that pages and deliveries on other replicas see them.
pub async fn save_progress(db: &Db, progress: &[Progress]) -> Result<(), Error> {
    const SQL: Bulk = crate::db::bulk::sql!(
        "UPDATE questions SET answer = item.value ->> 'answer', reasoning = item.value ->> 'reasoning', model = item.value ->> 'model',
             reasoned_ms = CAST(item.value ->> 'reasoned_ms' AS BIGINT)
         FROM",
        "WHERE questions.id = item.value ->> 'id' AND questions.owner = item.value ->> 'owner' AND questions.state = 'answering'"
    );
    on_engine!(db, writer, |pool| {
        sqlx::query(SQL.of(db)).bind(crate::db::bulk::json(progress)?).execute(pool).await?;
    });
    Ok(())
}

/// Arrow: `answering` → `answered` or `failed`, with the parts that wait for delivery and what it cost.
pub async fn finish(db: &Db, finished: &Finished<'_>) -> Result<Finish, Error> {
    let progress = finished.progress;
    let done: Option<(Option<i64>, String, String)> = on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        let done: Option<(Option<i64>, String, String)> = sqlx::query_as(
            "UPDATE questions SET state = $4, answer = $5, reasoning = $6, model = $7, failure = $8, answered_at = $9, reasoned_ms = $10
             WHERE id = $1 AND owner = $2 AND shown = $3 AND state IN ('received', 'answering')
             RETURNING acknowledged_at, account, openid",
        )
        .bind(&progress.id)
        .bind(&progress.owner)
        .bind(finished.shown)
        .bind(finished.state.as_str())
        .bind(&progress.answer)
        .bind(&progress.reasoning)
        .bind(&progress.model)
        .bind(finished.failure)
        .bind(finished.at)
        .bind(progress.reasoned_ms)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some((_, account, openid)) = &done {
            for (index, part) in finished.parts.iter().enumerate() {
                sqlx::query(
                    "INSERT INTO answer_parts (question_id, seq, kind, text, object, state, tries, changed_at)
                     SELECT $1, COALESCE(MAX(seq), -1) + 1, $2, $3, $4, 'waiting', 0, $5 FROM answer_parts WHERE question_id = $1",
                )
                .bind(&progress.id)
                .bind(part.kind.as_str())
                .bind(&part.text)
                .bind(&part.object)
                // Parts of one answer differ in time too, so that reading them by time keeps their order.
                .bind(finished.at + index as i64)
                .execute(&mut *transaction)
                .await?;
            }
            if let Some(spent) = finished.usage {
                sqlx::query(usage::INSERT)
                    .bind(&progress.id)
                    .bind(account)
                    .bind(openid)
                    .bind(progress.model.as_deref().unwrap_or_default())
                    .bind(spent.prompt_tokens)
                    .bind(spent.completion_tokens)
                    .bind(spent.pictures)
                    .bind(spent.cost_micros)
                    .bind(finished.at)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        done
    });
    if let Some((acknowledged_at, _, _)) = done {
        return Ok(Finish::Done { acknowledged: acknowledged_at.is_some() });
    }
    let now = super::show(db, &progress.id).await?;
    let ours = |question: &Question| question.owner.as_ref() == Some(&progress.owner) && !question.state.is_settled();
    Ok(match now {
        Some(question) if ours(&question) => Finish::ShownMoved(question.shown),
        _ => Finish::Lost,
    })
}

/// Marks questions as those whose deliveries were told `success`, each with its time; returns the states they have by then.
pub(in crate::db) async fn acknowledge(
    db: &Db,
    acknowledged: impl Iterator<Item = (&str, i64)>,
) -> Result<HashMap<String, State>, Error> {
    const SQL: Bulk = crate::db::bulk::sql!(
        "UPDATE questions SET acknowledged_at = COALESCE(acknowledged_at, CAST(item.value ->> 1 AS BIGINT)) FROM",
        "WHERE questions.id = item.value ->> 0 RETURNING questions.id, state"
    );
    let rows: Vec<(&str, i64)> = acknowledged.collect();
    let states: Vec<(String, String)> =
        on_engine!(db, apart, |pool| sqlx::query_as(SQL.of(db)).bind(crate::db::bulk::json(&rows)?).fetch_all(pool).await?);
    Ok(states.into_iter().filter_map(|(id, state)| Some((id, State::try_from(state).ok()?))).collect())
}

/// Arrow: open → `failed` because the follower left at `left_at`; nothing that they asked until then is delivered any more.
pub async fn drop_open(db: &Db, account: &str, openid: &str, left_at: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        sqlx::query(
            "UPDATE questions SET state = 'failed', failure = 'unfollowed', answered_at = $3
             WHERE account = $1 AND openid = $2 AND state IN ('received', 'answering') AND asked_at <= $3",
        )
        .bind(account)
        .bind(openid)
        .bind(left_at)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE questions SET push_at = NULL WHERE account = $1 AND openid = $2 AND push_at IS NOT NULL AND asked_at <= $3",
        )
        .bind(account)
        .bind(openid)
        .bind(left_at)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE answer_parts SET state = 'dropped', changed_at = $3 WHERE state = 'waiting'
             AND question_id IN (SELECT id FROM questions WHERE account = $1 AND openid = $2 AND asked_at <= $3)",
        )
        .bind(account)
        .bind(openid)
        .bind(left_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
    });
    Ok(())
}
