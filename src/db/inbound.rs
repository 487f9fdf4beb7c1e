//! `inbound`: the ledger of pushes, and the group commit that writes it.
//!
//! One transaction holds what many requests brought: their ledger rows, their questions, and what changes for their
//! followers. A commit each would cap the webhook at the disk's commits per second; a commit for all does not.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::{Db, Error, answer_parts::Kind, attachments, bulk::Bulk, connect, followers, on_engine, questions};

/// Requests that may wait for the writer; beyond it WeChat is asked to come again, since nothing may be acknowledged unstored.
const QUEUE: usize = 8192;

/// Rows in one transaction: large enough to share the commit, small enough to keep every wait below some milliseconds.
const BATCH: usize = 512;

/// What identifies a push among all of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, sqlx::FromRow)]
pub struct Key {
    pub account: String,
    pub openid: String,
    pub dedup_key: String,
}

/// A push as it comes in, with everything that is to be durable before it is answered.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub key: Key,
    pub kind: String,
    pub received_at: i64,
    /// A reply that needs no model.
    pub reply: Option<String>,
    /// The question it asks.
    pub question: Option<questions::New>,
    /// What came with it: a picture, a voice message, a link.
    pub attachments: Vec<attachments::New>,
    /// The earlier question it wants to hear more of.
    pub continues: Option<String>,
    /// What changes for the follower; job events have none.
    pub follower: Option<followers::Change>,
}

/// The ledger's row of a push.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Which delivery this is, counted from 1 over all replicas.
    pub deliveries: i64,
    /// When the first delivery came.
    pub received_at: i64,
    pub question_id: Option<String>,
    /// The passive reply that was already written: its text, or its `media_id`.
    reply: Option<String>,
    #[sqlx(try_from = "String")]
    reply_kind: Kind,
}

/// A passive reply as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub kind: Kind,
    /// The text, or the `media_id`.
    pub content: String,
}

impl Stored {
    /// The passive reply that was already written.
    pub fn reply(&self) -> Option<Reply> {
        self.reply.clone().map(|content| Reply { kind: self.reply_kind, content })
    }
}

/// Why a push was not stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotStored {
    #[error("the queue of unwritten messages is full")]
    Full,
    #[error("the database refused the message: {0}")]
    Database(Arc<Error>),
    #[error("the writer has stopped")]
    Stopped,
}

/// The door to the group commit.
#[derive(Debug, Clone)]
pub struct Intake {
    queue: mpsc::Sender<Queued>,
}

#[derive(Debug)]
struct Queued {
    arrival: Arrival,
    done: oneshot::Sender<Result<Stored, NotStored>>,
}

impl Intake {
    /// A queue, and the writer that drains it until every [`Intake`] is gone.
    pub fn new(db: &Db) -> (Self, impl Future<Output = ()> + use<>) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        (Self { queue }, write(connect::apart(db), waiting))
    }

    /// Stores `arrival` durably, or counts one more delivery of what is stored already.
    pub async fn store(&self, arrival: Arrival) -> Result<Stored, NotStored> {
        let (done, stored) = oneshot::channel();
        self.queue.try_send(Queued { arrival, done }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotStored::Full,
            mpsc::error::TrySendError::Closed(_) => NotStored::Stopped,
        })?;
        stored.await.unwrap_or(Err(NotStored::Stopped))
    }

    /// How many arrivals wait for the writer.
    pub fn depth(&self) -> usize {
        QUEUE - self.queue.capacity()
    }
}

async fn write(db: Db, mut waiting: mpsc::Receiver<Queued>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        metrics::histogram!("huixin_intake_batch").record(batch.len() as f64);
        let (arrivals, answers): (Vec<_>, Vec<_>) = batch.drain(..).map(|queued| (queued.arrival, queued.done)).unzip();
        let begun = Instant::now();
        let results = store_or_split(&db, &arrivals).await;
        metrics::histogram!("huixin_intake_commit_seconds").record(begun.elapsed().as_secs_f64());
        for (done, result) in answers.into_iter().zip(results) {
            // A request that is gone does not need its answer; the row is there.
            let _ = done.send(result);
        }
    }
}

/// One refused row must not take its neighbours with it, so a refused batch is tried row by row. A database that is away refuses
/// them all: each would wait for it in turn.
async fn store_or_split(db: &Db, arrivals: &[Arrival]) -> Vec<Result<Stored, NotStored>> {
    match store_all(db, arrivals).await {
        Ok(stored) => stored.into_iter().map(Ok).collect(),
        Err(error) if arrivals.len() == 1 || !super::is_of_one_row(&error) => {
            let error = Arc::new(error);
            arrivals.iter().map(|_| Err(NotStored::Database(error.clone()))).collect()
        }
        Err(_) => {
            let mut results = Vec::with_capacity(arrivals.len());
            for arrival in arrivals {
                let one = store_all(db, std::slice::from_ref(arrival)).await;
                results.push(one.map(|mut stored| stored.remove(0)).map_err(|error| NotStored::Database(Arc::new(error))));
            }
            results
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    key: &'a Key,
    kind: &'a str,
    received_at: i64,
    deliveries: i64,
    question_id: Option<&'a str>,
    reply: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Returned {
    #[sqlx(flatten)]
    key: Key,
    #[sqlx(flatten)]
    stored: Stored,
}

/// `kind` and `received_at` of the first delivery stay; a repeat only counts.
const INSERT: Bulk = super::bulk::sql!(
    "INSERT INTO inbound (account, openid, dedup_key, kind, received_at, deliveries, question_id, reply)
     SELECT item.value ->> 'account', item.value ->> 'openid', item.value ->> 'dedup_key', item.value ->> 'kind',
            CAST(item.value ->> 'received_at' AS BIGINT), CAST(item.value ->> 'deliveries' AS BIGINT),
            item.value ->> 'question_id', item.value ->> 'reply'
     FROM",
    "WHERE TRUE
     ON CONFLICT (account, openid, dedup_key) DO UPDATE SET deliveries = inbound.deliveries + excluded.deliveries
     RETURNING account, openid, dedup_key, deliveries, received_at, question_id, reply, reply_kind"
);

async fn store_all(db: &Db, arrivals: &[Arrival]) -> Result<Vec<Stored>, Error> {
    let mut copies: HashMap<&Key, i64> = HashMap::with_capacity(arrivals.len());
    let mut distinct = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let count = copies.entry(&arrival.key).or_insert(0);
        *count += 1;
        if *count == 1 {
            distinct.push(arrival);
        }
    }
    let rows: Vec<Row<'_>> = distinct
        .iter()
        .map(|arrival| Row {
            key: &arrival.key,
            kind: &arrival.kind,
            received_at: arrival.received_at,
            deliveries: copies[&arrival.key],
            question_id: arrival.question.as_ref().map(|question| question.id.as_str()).or(arrival.continues.as_deref()),
            reply: arrival.reply.as_deref(),
        })
        .collect();
    let returned: Vec<Returned> = on_engine!(db, apart, |pool| {
        let mut transaction = pool.begin().await?;
        let mut returned: Vec<Returned> =
            sqlx::query_as(INSERT.of(db)).bind(super::bulk::json(&rows)?).fetch_all(&mut *transaction).await?;
        let first = firsts(&returned, &copies, &distinct);
        let (mut asked, changed) = (questions::rows(&first), followers::rows(&first));
        let mut attached = attachments::rows(&first);
        if !changed.is_empty() {
            sqlx::query(followers::UPSERT.of(db)).bind(super::bulk::json(&changed)?).execute(&mut *transaction).await?;
        }
        if !asked.is_empty() {
            let open =
                sqlx::query_as(questions::OPEN.of(db)).bind(super::bulk::json(&asked)?).fetch_all(&mut *transaction).await?;
            let refused = questions::make_room(&mut asked, &first, open);
            if !refused.is_empty() {
                sqlx::query(questions::REFUSE.of(db)).bind(super::bulk::json(&refused)?).execute(&mut *transaction).await?;
                refuse(&mut returned, &refused);
                attached.retain(|row| row.is_of_one_of(&asked));
            }
            sqlx::query(questions::INSERT.of(db)).bind(super::bulk::json(&asked)?).execute(&mut *transaction).await?;
        }
        if !attached.is_empty() {
            sqlx::query(attachments::INSERT.of(db)).bind(super::bulk::json(&attached)?).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        returned
    });
    Ok(in_order(arrivals, returned, copies))
}

/// What is stored of messages whose question found no room.
fn refuse(returned: &mut [Returned], refused: &[questions::Refused<'_>]) {
    let replies: HashMap<&Key, &str> = refused.iter().map(|refused| (refused.key, refused.reply)).collect();
    for row in returned {
        if let Some(reply) = replies.get(&row.key) {
            row.stored.question_id = None;
            row.stored.reply = Some((*reply).to_owned());
            row.stored.reply_kind = Kind::Text;
        }
    }
}

/// The arrivals that nobody brought before: only they ask, and change their follower.
fn firsts<'a>(returned: &[Returned], copies: &HashMap<&Key, i64>, distinct: &[&'a Arrival]) -> Vec<&'a Arrival> {
    let repeated: HashSet<&Key> = returned
        .iter()
        .filter(|row| row.stored.deliveries != copies.get(&row.key).copied().unwrap_or(0))
        .map(|row| &row.key)
        .collect();
    distinct.iter().copied().filter(|arrival| !repeated.contains(&arrival.key)).collect()
}

/// The rows in the order of the arrivals; copies within a batch are numbered one after the other.
fn in_order<'a>(arrivals: &'a [Arrival], returned: Vec<Returned>, mut copies: HashMap<&'a Key, i64>) -> Vec<Stored> {
    let rows: HashMap<Key, Stored> = returned.into_iter().map(|row| (row.key, row.stored)).collect();
    arrivals
        .iter()
        .map(|arrival| {
            let left = copies.entry(&arrival.key).or_insert(1);
            *left -= 1;
            let stored = rows.get(&arrival.key).cloned();
            let stored = stored.unwrap_or(Stored {
                deliveries: 1,
                received_at: arrival.received_at,
                question_id: None,
                reply: None,
                reply_kind: Kind::Text,
            });
            Stored { deliveries: stored.deliveries - *left, ..stored }
        })
        .collect()
}

/// The row of a push.
pub async fn show(db: &Db, key: &Key) -> Result<Option<Stored>, Error> {
    on_engine!(db, readers, |pool| {
        sqlx::query_as(
            "SELECT deliveries, received_at, question_id, reply, reply_kind FROM inbound
             WHERE account = $1 AND openid = $2 AND dedup_key = $3",
        )
        .bind(&key.account)
        .bind(&key.openid)
        .bind(&key.dedup_key)
        .fetch_optional(pool)
        .await
    })
}

/// Marks replies as being on the wire: their process may die now without anything being delivered again.
pub async fn replies_written(db: &Db, keys: &[Key], owner: &str) -> Result<(), Error> {
    // A list and not a join: SQLite would read every element again for each row of this owner, for minutes where both are many.
    const SQL: Bulk = super::bulk::sql!(
        "UPDATE inbound SET reply_owner = NULL WHERE reply_owner = $2 AND (account, openid, dedup_key) IN
             (SELECT item.value ->> 'account', item.value ->> 'openid', item.value ->> 'dedup_key' FROM",
        ")"
    );
    on_engine!(db, writer, |pool| {
        sqlx::query(SQL.of(db)).bind(super::bulk::json(keys)?).bind(owner).execute(pool).await?;
    });
    Ok(())
}

/// Forgets pushes that came before `before`: WeChat repeats within seconds, and a replay is refused by its timestamp.
pub async fn prune(db: &Db, before: i64) -> Result<u64, Error> {
    on_engine!(db, writer, |pool| {
        let done = sqlx::query("DELETE FROM inbound WHERE received_at < $1").bind(before).execute(pool).await?;
        Ok(done.rows_affected())
    })
}
