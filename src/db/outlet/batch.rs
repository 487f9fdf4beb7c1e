//! One transaction for many replies: the statements, each guard in its `WHERE`. Which replies share one is decided elsewhere.

use std::collections::HashSet;

use serde::Serialize;

use super::PassiveReply;
use crate::db::{
    Db, Error,
    bulk::{self, Bulk},
    inbound, on_engine,
};

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    key: &'a inbound::Key,
    reply: &'a str,
    kind: &'static str,
    owner: &'a str,
}

/// The first reply to a message stays; it belongs to its process until it is surely on the wire.
const REPLY: Bulk = bulk::sql!(
    "UPDATE inbound SET reply = item.value ->> 'reply', reply_owner = item.value ->> 'owner',
            reply_kind = item.value ->> 'kind' FROM",
    "WHERE inbound.account = item.value ->> 'account' AND inbound.openid = item.value ->> 'openid'
       AND inbound.dedup_key = item.value ->> 'dedup_key' AND inbound.reply IS NULL
     RETURNING account, openid, dedup_key"
);

#[derive(Serialize)]
struct Part<'a> {
    question_id: &'a str,
    seq: i64,
    reply_to: &'a str,
    at: i64,
}

/// Arrow of the part: `waiting` → `sent`.
const TAKE: Bulk = bulk::sql!(
    "UPDATE answer_parts SET state = 'sent', via = 'passive', changed_at = CAST(item.value ->> 'at' AS BIGINT),
            reply_to = item.value ->> 'reply_to' FROM",
    "WHERE answer_parts.question_id = item.value ->> 'question_id' AND answer_parts.seq = CAST(item.value ->> 'seq' AS BIGINT)
       AND answer_parts.state = 'waiting'
     RETURNING question_id, seq"
);

/// Arrow of the question: `answered` → `delivered`, once nothing of it waits or is under way.
const SETTLE: Bulk = bulk::sql!(
    "UPDATE questions SET state = 'delivered' WHERE state = 'answered'
       AND NOT EXISTS (SELECT 1 FROM answer_parts
                       WHERE question_id = questions.id AND answer_parts.state IN ('waiting', 'sending'))
       AND id IN (SELECT item.value ->> 'question_id' FROM",
    ")"
);

#[derive(Serialize)]
struct Shown<'a> {
    question_id: &'a str,
    text: &'a str,
    answer: &'a str,
    owner: &'a str,
    from: i64,
    to: i64,
    reply_to: &'a str,
    at: i64,
}

/// What was shown is saved with it, so that whoever takes over begins behind the same text.
const SHOW: Bulk = bulk::sql!(
    "UPDATE questions SET shown = CAST(item.value ->> 'to' AS BIGINT), answer = item.value ->> 'answer',
            acknowledged_at = COALESCE(acknowledged_at, CAST(item.value ->> 'at' AS BIGINT)) FROM",
    "WHERE questions.id = item.value ->> 'question_id' AND questions.owner = item.value ->> 'owner'
       AND questions.shown = CAST(item.value ->> 'from' AS BIGINT) AND questions.state IN ('received', 'answering')
     RETURNING questions.id"
);

/// A beginning is a part as well: sent, and behind the earlier ones.
const KEEP: Bulk = bulk::sql!(
    "INSERT INTO answer_parts (question_id, seq, text, state, via, tries, changed_at, reply_to)
     SELECT item.value ->> 'question_id',
            COALESCE((SELECT MAX(seq) FROM answer_parts WHERE question_id = item.value ->> 'question_id'), -1) + 1,
            item.value ->> 'text', 'sent', 'passive', 0, CAST(item.value ->> 'at' AS BIGINT), item.value ->> 'reply_to'
     FROM",
    ""
);

/// Writes all of `passives`, which touch no row in common. If some cannot be written, nothing is, and these are returned.
pub(super) async fn write(db: &Db, passives: &[&PassiveReply]) -> Result<HashSet<usize>, Error> {
    let replies: Vec<Row<'_>> = passives
        .iter()
        .map(|passive| Row { key: &passive.inbound, reply: &passive.reply, kind: passive.kind.as_str(), owner: &passive.owner })
        .collect();
    let parts: Vec<Part<'_>> = passives.iter().flat_map(|passive| parts(passive)).collect();
    let shown: Vec<Shown<'_>> = passives.iter().filter_map(|passive| shown(passive)).collect();
    let kept: Vec<&Shown<'_>> = shown.iter().filter(|shown| shown.to > shown.from).collect();
    let (replies, part_rows, shown_rows, kept_rows) =
        (bulk::json(&replies)?, bulk::json(&parts)?, bulk::json(&shown)?, bulk::json(&kept)?);
    on_engine!(db, apart, |pool| {
        let mut transaction = pool.begin().await?;
        let mut done = Done::default();
        done.replied.extend(sqlx::query_as(REPLY.of(db)).bind(replies).fetch_all(&mut *transaction).await?);
        if !parts.is_empty() {
            done.taken.extend(sqlx::query_as(TAKE.of(db)).bind(&part_rows).fetch_all(&mut *transaction).await?);
            sqlx::query(SETTLE.of(db)).bind(&part_rows).execute(&mut *transaction).await?;
        }
        if !shown.is_empty() {
            done.shown.extend(sqlx::query_scalar::<_, String>(SHOW.of(db)).bind(shown_rows).fetch_all(&mut *transaction).await?);
        }
        let impossible = done.lacks(passives);
        if !impossible.is_empty() {
            transaction.rollback().await?;
            return Ok(impossible);
        }
        if !kept.is_empty() {
            sqlx::query(KEEP.of(db)).bind(kept_rows).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(impossible)
    })
}

fn parts(passive: &PassiveReply) -> impl Iterator<Item = Part<'_>> {
    passive.parts.iter().map(|(question_id, seq)| Part {
        question_id,
        seq: *seq,
        reply_to: &passive.inbound.dedup_key,
        at: passive.at,
    })
}

fn shown(passive: &PassiveReply) -> Option<Shown<'_>> {
    let beginning = passive.beginning.as_ref()?;
    Some(Shown {
        question_id: &beginning.question_id,
        text: &beginning.text,
        answer: &beginning.answer,
        owner: &beginning.owner,
        from: beginning.from,
        to: beginning.to,
        reply_to: &passive.inbound.dedup_key,
        at: passive.at,
    })
}

/// The rows that let themselves be changed.
#[derive(Default)]
struct Done {
    replied: HashSet<inbound::Key>,
    taken: HashSet<(String, i64)>,
    shown: HashSet<String>,
}

impl Done {
    /// Those of `passives` that lack a row.
    fn lacks(&self, passives: &[&PassiveReply]) -> HashSet<usize> {
        let is_whole = |passive: &PassiveReply| {
            self.replied.contains(&passive.inbound)
                && passive.parts.iter().all(|part| self.taken.contains(part))
                && passive.beginning.iter().all(|beginning| self.shown.contains(&beginning.question_id))
        };
        passives.iter().enumerate().filter(|(_, passive)| !is_whole(passive)).map(|(index, _)| index).collect()
    }
}
