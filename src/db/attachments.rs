//! `attachments`: what a follower sent along, or before, a question, and what was read or heard in it.
//!
//! ```text
//! waiting ─▶ ready     (its text, or its bytes, are here)
//!    └─────▶ failed    (with the class of what went wrong)
//! ```
//! A picture waits without a question until one is asked; a file has none and serves its whole session.

use serde::Serialize;

use super::{Db, Error, bulk::Bulk, inbound, on_engine};

/// What it is. The names are the column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    Voice,
    Page,
    File,
}

impl Kind {
    /// The column's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Page => "page",
            Self::File => "file",
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let kind = [Self::Image, Self::Voice, Self::Page, Self::File].into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| format!("{text:?} is no kind of attachment"))
    }
}

/// How far it is. The names are the column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Ready,
    Failed,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let state = [Self::Waiting, Self::Ready, Self::Failed].into_iter().find(|state| state.as_str() == text);
        state.ok_or_else(|| format!("{text:?} is no state of an attachment"))
    }
}

/// An attachment to be stored with the message that brings it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    /// A `media_id`, or a page's address.
    pub source: String,
    /// Where WeChat shows a picture.
    pub url: Option<String>,
    /// Its bytes and its text, where they are known already.
    pub object: Option<String>,
    pub text: String,
}

impl New {
    /// Something of which only the source is known.
    pub fn from(kind: Kind, name: String, source: String) -> Self {
        Self { id: id(), kind, name, source, url: None, object: None, text: String::new() }
    }

    /// The same once more, for another question.
    pub fn again(attachment: Attachment) -> Self {
        let Attachment { kind, name, source, url, object, text, .. } = attachment;
        Self { id: id(), kind, name, source, url, object, text }
    }

    fn state(&self) -> State {
        if self.object.is_some() || !self.text.is_empty() { State::Ready } else { State::Waiting }
    }
}

fn id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// An attachment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Attachment {
    pub id: String,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub name: String,
    pub source: String,
    pub url: Option<String>,
    #[sqlx(try_from = "String")]
    pub state: State,
    pub failure: Option<String>,
    pub object: Option<String>,
    pub text: String,
    pub received_at: i64,
}

/// What became of an attachment once it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    pub state: State,
    pub failure: Option<&'a str>,
    pub object: Option<&'a str>,
    pub text: &'a str,
}

/// The columns of [`Attachment`].
macro_rules! columns {
    () => {
        "id, kind, name, source, url, state, failure, object, text, received_at"
    };
}

#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: &'a str,
    account: &'a str,
    openid: &'a str,
    question_id: Option<&'a str>,
    kind: &'static str,
    name: &'a str,
    source: &'a str,
    url: Option<&'a str>,
    state: &'static str,
    object: Option<&'a str>,
    text: &'a str,
    received_at: i64,
}

impl Row<'_> {
    /// Whether its question, if it has one, is among those that are stored.
    pub(super) fn is_of_one_of(&self, asked: &[super::questions::Row<'_>]) -> bool {
        self.question_id.is_none_or(|id| asked.iter().any(|question| question.has_id(id)))
    }
}

/// Arrow: nothing → `waiting`, or `ready` where it was read for an earlier question.
pub(super) const INSERT: Bulk = super::bulk::sql!(
    "INSERT INTO attachments (id, account, openid, question_id, kind, name, source, url, state, object, text, received_at)
     SELECT item.value ->> 'id', item.value ->> 'account', item.value ->> 'openid', item.value ->> 'question_id',
            item.value ->> 'kind', item.value ->> 'name', item.value ->> 'source', item.value ->> 'url', item.value ->> 'state',
            item.value ->> 'object', item.value ->> 'text', CAST(item.value ->> 'received_at' AS BIGINT)
     FROM",
    ""
);

/// The attachments that a batch of first deliveries brings.
pub(super) fn rows<'a>(arrivals: &[&'a inbound::Arrival]) -> Vec<Row<'a>> {
    let row = |arrival: &'a inbound::Arrival, new: &'a New| Row {
        id: &new.id,
        account: &arrival.key.account,
        openid: &arrival.key.openid,
        question_id: arrival.question.as_ref().map(|question| question.id.as_str()),
        kind: new.kind.as_str(),
        name: &new.name,
        source: &new.source,
        url: new.url.as_deref(),
        state: new.state().as_str(),
        object: new.object.as_deref(),
        text: &new.text,
        received_at: arrival.received_at,
    };
    arrivals.iter().flat_map(|arrival| arrival.attachments.iter().map(|new| row(arrival, new))).collect()
}

/// How many files one conversation may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The beginning of the conversation.
    pub since: i64,
    pub most: i64,
}

/// What came over a page: files, and pictures that no message brought.
macro_rules! handed_in {
    () => {
        "(attachments.kind = 'file' OR (attachments.kind = 'image' AND attachments.source = ''))"
    };
}

/// Stores what came over the page `token`, for whoever the page belongs to. `false` when the page is gone, as after an erasure,
/// or when the conversation has as many files as it may.
///
/// Arrow: nothing → `waiting` for a file that is to be read, `ready` for a picture.
pub async fn add_file(db: &Db, token: &str, new: &New, bound: Bound, now: i64) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO attachments (id, account, openid, question_id, kind, name, source, url, state, object, text, received_at)
         SELECT $1, account, openid, NULL, $3, $4, '', NULL, $5, $6, '', $7 FROM upload_links WHERE token = $2
           AND (SELECT COUNT(*) FROM attachments WHERE attachments.account = upload_links.account
                AND attachments.openid = upload_links.openid AND attachments.received_at >= $8 AND ",
        handed_in!(),
        ") < $9"
    );
    let state = if new.kind == Kind::File { State::Waiting } else { new.state() };
    let added = on_engine!(db, writer, |pool| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(token)
            .bind(new.kind.as_str())
            .bind(&new.name)
            .bind(state.as_str())
            .bind(&new.object)
            .bind(now)
            .bind(bound.since)
            .bind(bound.most)
            .execute(pool)
            .await?
            .rows_affected()
    });
    Ok(added == 1)
}

/// A file or picture that came over a page, without the text that was read in it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Handed {
    pub id: String,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    pub failure: Option<String>,
    /// Letters of the text.
    pub letters: i64,
}

/// What a follower handed in since `since`, oldest first.
pub async fn handed_in(db: &Db, account: &str, openid: &str, since: i64) -> Result<Vec<Handed>, Error> {
    const SQL: &str = concat!(
        "SELECT id, kind, name, state, failure, CAST(LENGTH(text) AS BIGINT) AS letters FROM attachments
         WHERE account = $1 AND openid = $2 AND received_at >= $3 AND ",
        handed_in!(),
        " ORDER BY received_at, id"
    );
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(account).bind(openid).bind(since).fetch_all(pool).await)
}

/// What belongs to one question, in the order it came.
pub async fn of_question(db: &Db, question_id: &str) -> Result<Vec<Attachment>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM attachments WHERE question_id = $1 ORDER BY received_at, id");
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(question_id).fetch_all(pool).await)
}

/// The files of a follower that came since `since`, oldest first.
pub async fn files(db: &Db, account: &str, openid: &str, since: i64) -> Result<Vec<Attachment>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE account = $1 AND openid = $2 AND kind = 'file' AND received_at >= $3 ORDER BY received_at, id"
    );
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(account).bind(openid).bind(since).fetch_all(pool).await)
}

/// One attachment of a follower.
pub async fn show(db: &Db, id: &str) -> Result<Option<Attachment>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM attachments WHERE id = $1");
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await)
}

/// How many pictures of a follower wait for their question since `since`.
pub async fn pictures_waiting(db: &Db, account: &str, openid: &str, since: i64) -> Result<i64, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM attachments
             WHERE account = $1 AND openid = $2 AND kind = 'image' AND question_id IS NULL AND received_at >= $3",
        )
        .bind(account)
        .bind(openid)
        .bind(since)
        .fetch_one(pool)
        .await
    })
}

/// Gives the pictures that wait since `since` to a question that was asked at `until`. Twice is as good as once.
pub async fn claim_pictures(db: &Db, question_id: &str, between: (i64, i64)) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE attachments SET question_id = $1
             WHERE kind = 'image' AND question_id IS NULL AND received_at >= $2 AND received_at <= $3
               AND account = (SELECT account FROM questions WHERE id = $1) AND openid = (SELECT openid FROM questions WHERE id = $1)",
        )
        .bind(question_id)
        .bind(between.0)
        .bind(between.1)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Arrow: `waiting` → `ready` or `failed`.
pub async fn settle(db: &Db, id: &str, outcome: &Outcome<'_>) -> Result<(), Error> {
    on_engine!(db, writer, |pool| {
        sqlx::query(
            "UPDATE attachments SET state = $2, failure = $3, object = COALESCE($4, object), text = $5
             WHERE id = $1 AND state = 'waiting'",
        )
        .bind(id)
        .bind(outcome.state.as_str())
        .bind(outcome.failure)
        .bind(outcome.object)
        .bind(outcome.text)
        .execute(pool)
        .await?;
    });
    Ok(())
}

/// Files that came before `before` and were never read: their process died over them.
pub async fn unread(db: &Db, before: i64, limit: i64) -> Result<Vec<Attachment>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE state = 'waiting' AND kind = 'file' AND received_at < $1 ORDER BY received_at LIMIT $2"
    );
    on_engine!(db, readers, |pool| sqlx::query_as(SQL).bind(before).bind(limit).fetch_all(pool).await)
}

/// Erases what came before `before`; returns the objects that it named.
pub async fn prune(db: &Db, before: i64) -> Result<Vec<String>, Error> {
    let objects: Vec<Option<String>> = on_engine!(db, writer, |pool| {
        sqlx::query_scalar("DELETE FROM attachments WHERE received_at < $1 RETURNING object").bind(before).fetch_all(pool).await?
    });
    Ok(objects.into_iter().flatten().collect())
}
