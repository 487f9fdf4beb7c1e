//! `answer_parts`: what was or will be delivered of an answer, in the order of reading.
//!
//! ```text
//! waiting ◀▶ sent                    (passive: with the reply it goes out in, and back if the process died writing that)
//!    ▲└────▶ sending ─▶ sent         (push)
//!    └──────────┘  └──▶ unknown      (the second push, too, ended without an answer)
//! ```

use super::{Db, Error, inbound, on_engine};

/// A push whose outcome is unknown is repeated once: a doubled chat message is harmless, a lost one is not.
const MAX_UNCERTAIN_TRIES: i64 = 2;

/// What a part, or a passive reply, is. The names are the columns' values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Image,
    Voice,
}

impl Kind {
    /// The column's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Voice => "voice",
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let kind = [Self::Text, Self::Image, Self::Voice].into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| format!("{text:?} is no kind of part"))
    }
}

/// A part as an answer's author hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    pub kind: Kind,
    /// The text, or what a picture shows and a voice says.
    pub text: String,
    /// The key of a picture's or voice's bytes in the object storage.
    pub object: Option<String>,
}

impl New {
    /// A part of text.
    pub fn text(text: String) -> Self {
        Self { kind: Kind::Text, text, object: None }
    }
}

/// A part that waits, with what its label needs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    pub question_id: String,
    pub seq: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub text: String,
    pub object: Option<String>,
    pub question: String,
    pub page_token: String,
    pub asked_at: i64,
}

/// The waiting parts of a follower's finished answers, oldest question first. Parts that are about to be pushed are left out.
pub async fn waiting(db: &Db, account: &str, openid: &str) -> Result<Vec<Waiting>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT answer_parts.question_id, seq, answer_parts.kind, answer_parts.text, object, questions.text AS question, page_token, asked_at
             FROM questions JOIN answer_parts ON answer_parts.question_id = questions.id
             WHERE account = $1 AND openid = $2 AND questions.state IN ('answered', 'failed')
               AND answer_parts.state = 'waiting' AND push_owner IS NULL
             ORDER BY asked_at, questions.id, seq",
        )
        .bind(account)
        .bind(openid)
        .fetch_all(pool)
        .await
    })
}

/// Arrow of the question: `answered` → `delivered`, once nothing of it waits or is under way.
const SETTLE: &str = "UPDATE questions SET state = 'delivered' WHERE id = $1 AND state = 'answered'
     AND NOT EXISTS (SELECT 1 FROM answer_parts WHERE question_id = $1 AND answer_parts.state IN ('waiting', 'sending'))";

/// Arrow: `waiting` (or `sending`, left behind by a process that died) → `sending`. `None` when it was tried too often or is gone.
pub async fn begin_push(db: &Db, question_id: &str, seq: i64, now: i64) -> Result<bool, Error> {
    let begun = on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE answer_parts SET state = 'sending', via = 'push', tries = tries + 1, changed_at = $3
             WHERE question_id = $1 AND seq = $2 AND (state = 'waiting' OR (state = 'sending' AND tries < $4))",
        )
        .bind(question_id)
        .bind(seq)
        .bind(now)
        .bind(MAX_UNCERTAIN_TRIES)
        .execute(pool)
        .await?
        .rows_affected()
    });
    Ok(begun == 1)
}

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushEnd {
    Sent,
    /// Refused before it was taken: it waits again, and the try does not count.
    NotSent,
    /// Perhaps sent.
    Unknown,
}

/// Arrow: `sending` → `sent`, `waiting` or (after the second uncertain try) `unknown`.
pub async fn end_push(db: &Db, part: (&str, i64), end: PushEnd, now: i64) -> Result<(), Error> {
    let sql = match end {
        PushEnd::Sent => {
            "UPDATE answer_parts SET state = 'sent', changed_at = $3 WHERE question_id = $1 AND seq = $2 AND state = 'sending'"
        }
        PushEnd::NotSent => {
            "UPDATE answer_parts SET state = 'waiting', via = NULL, tries = 0, changed_at = $3
             WHERE question_id = $1 AND seq = $2 AND state = 'sending'"
        }
        PushEnd::Unknown => {
            "UPDATE answer_parts SET state = 'unknown', changed_at = $3
             WHERE question_id = $1 AND seq = $2 AND state = 'sending' AND tries >= 2"
        }
    };
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        sqlx::query(sql).bind(part.0).bind(part.1).bind(now).execute(&mut *transaction).await?;
        sqlx::query(SETTLE).bind(part.0).execute(&mut *transaction).await?;
        transaction.commit().await?;
    });
    Ok(())
}

/// The parts of one question that are to be pushed: waiting, or under way when a process died.
pub async fn unsent(db: &Db, question_id: &str) -> Result<Vec<Waiting>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT answer_parts.question_id, seq, answer_parts.kind, answer_parts.text, object, questions.text AS question, page_token, asked_at
             FROM questions JOIN answer_parts ON answer_parts.question_id = questions.id
             WHERE questions.id = $1 AND answer_parts.state IN ('waiting', 'sending') ORDER BY seq",
        )
        .bind(question_id)
        .fetch_all(pool)
        .await
    })
}

/// A picture or spoken piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Object {
    pub seq: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// Its key in the object storage.
    pub object: String,
}

/// The pictures and spoken pieces of an answer, in order.
pub async fn objects(db: &Db, question_id: &str) -> Result<Vec<Object>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT seq, kind, object FROM answer_parts
             WHERE question_id = $1 AND kind IN ('image', 'voice') AND object IS NOT NULL ORDER BY seq",
        )
        .bind(question_id)
        .fetch_all(pool)
        .await
    })
}

/// Arrow: `sent` → `waiting`, for a whole answer that its follower wants to read again.
pub async fn rewind(db: &Db, question_id: &str, now: i64) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        sqlx::query(
            "UPDATE answer_parts SET state = 'waiting', via = NULL, reply_to = NULL, tries = 0, changed_at = $2
             WHERE question_id = $1 AND state IN ('sent', 'unknown')",
        )
        .bind(question_id)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE questions SET state = 'answered' WHERE id = $1 AND state = 'delivered'")
            .bind(question_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    });
    Ok(())
}

/// Arrow: `sent` → `waiting`, for what was in replies whose process died (at `now`) before they were surely on the wire.
///
/// A follower may read such a part twice; the other choice is that nobody reads it.
pub async fn take_back(db: &Db, holder: &str, now: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let mut transaction = pool.begin().await?;
        let keys: Vec<inbound::Key> = sqlx::query_as(
            "UPDATE inbound SET reply = NULL, reply_owner = NULL, reply_kind = 'text'
             WHERE reply_owner IS NOT NULL AND reply_owner <> $2 AND reply_owner NOT IN (SELECT holder FROM leases WHERE expires_at > $1)
             RETURNING account, openid, dedup_key",
        )
        .bind(now)
        .bind(holder)
        .fetch_all(&mut *transaction)
        .await?;
        let mut taken = 0;
        for key in &keys {
            taken += sqlx::query(
                "UPDATE answer_parts SET state = 'waiting', via = NULL, reply_to = NULL, changed_at = $4
                 WHERE reply_to = $3 AND state = 'sent'
                   AND question_id IN (SELECT id FROM questions WHERE account = $1 AND openid = $2)",
            )
            .bind(&key.account)
            .bind(&key.openid)
            .bind(&key.dedup_key)
            .bind(now)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            sqlx::query(
                "UPDATE questions SET state = 'answered' WHERE account = $1 AND openid = $2 AND state = 'delivered'
                 AND EXISTS (SELECT 1 FROM answer_parts WHERE question_id = questions.id AND answer_parts.state = 'waiting')",
            )
            .bind(&key.account)
            .bind(&key.openid)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(taken)
    })
}
