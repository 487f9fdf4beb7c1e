//! `questions`: one row for each question, from its arrival to its last delivered part.
//!
//! ```text
//! received ─▶ answering ─▶ answered ─▶ delivered
//!     └───────────┴──────▶ failed          (an apology is its one part)
//! ```
//! Each arrow is one function in `arrows.rs`; pushes have their own columns and file; reading is here.

mod admission;
mod arrows;
mod push;
mod room;

pub use admission::{Admission, Limit, admit, turn_into_drawing};
pub(super) use arrows::acknowledge;
pub use arrows::{
    Finish, Finished, Progress, begin_again, drop_open, finish, is_poisonous, owned_open, save_progress, set_text, take_over,
};
pub use push::{Push, claim_pushes, end_push, release_pushes, schedule_forgotten_pushes, schedule_push, schedule_refused_pushes};
pub use room::Room;
pub(super) use room::{OPEN, REFUSE, Refused, make_room};

use serde::Serialize;

use super::{Db, Error, bulk::Bulk, inbound, on_engine};

/// A question's states. The names are the column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Stored, and waiting for its turn at the model.
    Received,
    /// Its owner asks the model.
    Answering,
    /// The answer is whole; parts of it may wait for the follower.
    Answered,
    /// Nothing waits any more.
    Delivered,
    /// There is no (whole) answer; an apology takes its place.
    Failed,
}

impl State {
    /// Every state, in the order of a question's life.
    pub const ALL: [Self; 5] = [Self::Received, Self::Answering, Self::Answered, Self::Delivered, Self::Failed];

    /// The column's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Answering => "answering",
            Self::Answered => "answered",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Whether the answer, or the apology, is there.
    pub fn is_settled(self) -> bool {
        match self {
            Self::Received | Self::Answering => false,
            Self::Answered | Self::Delivered | Self::Failed => true,
        }
    }
}

/// What a question asks for. The names are the column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chat,
    Draw,
}

impl Kind {
    /// The column's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Draw => "draw",
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let kind = [Self::Chat, Self::Draw].into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| format!("{text:?} is no kind of question"))
    }
}

/// A question to be stored with the message that asks it.
#[derive(Debug, Clone)]
pub struct New {
    pub id: String,
    pub kind: Kind,
    pub text: String,
    pub page_token: String,
    pub page_expires_at: i64,
    pub owner: String,
    pub room: Room,
}

/// A question as the bot and the page see it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Question {
    pub id: String,
    pub account: String,
    pub openid: String,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub text: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    pub owner: Option<String>,
    pub attempts: i64,
    pub answer: String,
    pub reasoning: String,
    pub model: Option<String>,
    pub reasoned_ms: Option<i64>,
    pub failure: Option<String>,
    pub shown: i64,
    pub page_token: String,
    pub page_expires_at: i64,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
    pub acknowledged_at: Option<i64>,
}

/// An earlier question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Turn {
    pub text: String,
    pub answer: String,
    pub reasoning: String,
    pub asked_at: i64,
}

/// The columns of [`Question`].
macro_rules! columns {
    () => {
        "id, account, openid, kind, text, state, owner, attempts, answer, reasoning, model, reasoned_ms, failure, shown, page_token, \
         page_expires_at, asked_at, answered_at, acknowledged_at"
    };
}
use columns;

#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: &'a str,
    account: &'a str,
    openid: &'a str,
    kind: &'static str,
    text: &'a str,
    owner: &'a str,
    page_token: &'a str,
    page_expires_at: i64,
    asked_at: i64,
}

impl Row<'_> {
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id == id
    }
}

/// Arrow: nothing → `received`, owned from the start by the process that stored it.
pub(super) const INSERT: Bulk = super::bulk::sql!(
    "INSERT INTO questions (id, account, openid, kind, text, state, owner, attempts, answer, reasoning, shown, page_token,
                            page_expires_at, asked_at, push_tries)
     SELECT item.value ->> 'id', item.value ->> 'account', item.value ->> 'openid', item.value ->> 'kind',
            item.value ->> 'text', 'received', item.value ->> 'owner', 1, '', '', 0, item.value ->> 'page_token',
            CAST(item.value ->> 'page_expires_at' AS BIGINT), CAST(item.value ->> 'asked_at' AS BIGINT), 0
     FROM",
    ""
);

/// The questions that a batch of first deliveries asks.
pub(super) fn rows<'a>(arrivals: &[&'a inbound::Arrival]) -> Vec<Row<'a>> {
    let row = |arrival: &'a inbound::Arrival| {
        let question = arrival.question.as_ref()?;
        Some(Row {
            id: &question.id,
            account: &arrival.key.account,
            openid: &arrival.key.openid,
            kind: question.kind.as_str(),
            text: &question.text,
            owner: &question.owner,
            page_token: &question.page_token,
            page_expires_at: question.page_expires_at,
            asked_at: arrival.received_at,
        })
    };
    arrivals.iter().filter_map(|arrival| row(arrival)).collect()
}

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("{text:?} is no state of a question"))
    }
}

/// The question with this id.
pub async fn show(db: &Db, id: &str) -> Result<Option<Question>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM questions WHERE id = $1");
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await)
}

/// The question whose page has this token, as long as the page is open.
pub async fn show_by_page(db: &Db, page_token: &str, now: i64) -> Result<Option<Question>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM questions WHERE page_token = $1 AND page_expires_at > $2");
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(page_token).bind(now).fetch_optional(pool).await)
}

/// The newest questions of one follower, newest first. Another follower's are out of reach: both names are in the key.
pub async fn newest(db: &Db, account: &str, openid: &str, limit: i64) -> Result<Vec<Question>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM questions WHERE account = $1 AND openid = $2 ORDER BY asked_at DESC, id DESC LIMIT $3"
    );
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(account).bind(openid).bind(limit).fetch_all(pool).await)
}

/// The answered turns of one follower between two moments, newest first.
pub async fn turns(db: &Db, follower: (&str, &str), between: (i64, i64), limit: i64) -> Result<Vec<Turn>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT text, answer, reasoning, asked_at FROM questions
             WHERE account = $1 AND openid = $2 AND asked_at >= $3 AND asked_at < $4 AND state IN ('answered', 'delivered')
               AND kind = 'chat'
             ORDER BY asked_at DESC, id DESC LIMIT $5",
        )
        .bind(follower.0)
        .bind(follower.1)
        .bind(between.0)
        .bind(between.1)
        .bind(limit)
        .fetch_all(pool)
        .await
    })
}

/// How many questions are in each state that is not final, for the metrics.
pub async fn count_by_state(db: &Db) -> Result<Vec<(String, i64)>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT state, COUNT(*) FROM questions WHERE state IN ('received', 'answering') GROUP BY state
             UNION ALL
             SELECT state, COUNT(*) FROM questions WHERE state IN ('answered', 'failed') GROUP BY state",
        )
        .fetch_all(pool)
        .await
    })
}

/// Erases questions whose page expired before `expired_before`, and all that were asked before `asked_before`, with their parts.
pub async fn prune(db: &Db, expired_before: i64, asked_before: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        // An id begins with its time, and has the index that `asked_at` alone lacks: nobody waits while a million rows are looked at.
        let done = sqlx::query(
            "DELETE FROM questions WHERE (page_expires_at < $1 OR id < $2) AND state IN ('answered', 'delivered', 'failed')",
        )
        .bind(expired_before)
        .bind(super::first_id(asked_before))
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    })
}
