//! Replies and acknowledgements on their way out, and the group commit that makes them durable.
//!
//! The counterpart of [`Intake`](super::inbound::Intake): at a deadline thousands of deliveries are answered at once, and a commit
//! each would cap them at the disk's commits per second. What a reply says is none of its business.

mod batch;

use std::collections::HashSet;

use tokio::sync::{mpsc, oneshot};

use super::{Db, Error, answer_parts::Kind, connect, inbound, is_of_one_row, questions};

/// Deliveries that may wait for the writer; one more waits for its place.
const QUEUE: usize = 8192;

/// Replies in one transaction: large enough to share the commit, small enough to keep every wait below some milliseconds.
const BATCH: usize = 512;

/// A passive reply, and what it delivers.
#[derive(Debug, Clone)]
pub struct PassiveReply {
    pub inbound: inbound::Key,
    pub kind: Kind,
    /// The text, or the `media_id`.
    pub reply: String,
    /// The waiting parts that `reply` contains.
    pub parts: Vec<(String, i64)>,
    /// The beginning of an unfinished answer that `reply` contains.
    pub beginning: Option<Beginning>,
    /// The process that will write it to WeChat.
    pub owner: String,
    pub at: i64,
}

/// A piece of an answer that is still being written. Its delivery is the last one, so that what follows can only be pushed: the
/// question counts as acknowledged with it.
#[derive(Debug, Clone)]
pub struct Beginning {
    pub question_id: String,
    pub text: String,
    /// The answer that it is the beginning of, and whose it is.
    pub answer: String,
    pub owner: String,
    /// `shown` before and after it.
    pub from: i64,
    pub to: i64,
}

/// What became of a passive reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The reply is durable; it may be sent.
    Reply,
    /// Another delivery of the same message was answered already, with this.
    Already(inbound::Reply),
    /// A part was taken, or the answer grew whole, meanwhile: look again.
    Conflict,
}

/// The door to the group commit.
#[derive(Debug, Clone)]
pub struct Outlet {
    queue: mpsc::Sender<Queued>,
}

#[derive(Debug)]
enum Queued {
    Letter(Box<Letter>),
    Receipt(Receipt),
}

#[derive(Debug)]
struct Letter {
    passive: PassiveReply,
    done: oneshot::Sender<Result<Written, Error>>,
}

/// That WeChat is told `success` to a question.
#[derive(Debug)]
struct Receipt {
    question_id: String,
    at: i64,
    done: oneshot::Sender<Result<Option<questions::State>, Error>>,
}

impl Outlet {
    /// A queue, and the writer that drains it until every [`Outlet`] is gone.
    pub fn new(db: &Db) -> (Self, impl Future<Output = ()> + use<>) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        (Self { queue }, write(connect::apart(db), waiting))
    }

    /// Makes a passive reply durable together with what it delivers, or nothing of it.
    ///
    /// In one transaction, since a crash between the two would either lose the parts or deliver them twice.
    pub async fn write(&self, passive: PassiveReply) -> Result<Written, Error> {
        let (done, written) = oneshot::channel();
        self.queue.send(Queued::Letter(Box::new(Letter { passive, done }))).await.map_err(|_| Error::WorkerCrashed)?;
        written.await.unwrap_or(Err(Error::WorkerCrashed))
    }

    /// Marks that WeChat was told `success`; returns the state the question has by then, so that a just-finished answer is not
    /// missed.
    pub async fn acknowledge(&self, question_id: &str, at: i64) -> Result<Option<questions::State>, Error> {
        let (done, acknowledged) = oneshot::channel();
        let receipt = Receipt { question_id: question_id.to_owned(), at, done };
        self.queue.send(Queued::Receipt(receipt)).await.map_err(|_| Error::WorkerCrashed)?;
        acknowledged.await.unwrap_or(Err(Error::WorkerCrashed))
    }
}

async fn write(db: Db, mut waiting: mpsc::Receiver<Queued>) {
    let mut queued = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut queued, BATCH).await > 0 {
        metrics::histogram!("huixin_outlet_batch").record(queued.len() as f64);
        let (mut letters, mut receipts) = (Vec::new(), Vec::new());
        for one in queued.drain(..) {
            match one {
                Queued::Letter(letter) => letters.push(*letter),
                Queued::Receipt(receipt) => receipts.push(receipt),
            }
        }
        acknowledge_all(&db, receipts).await;
        // Whoever stands in another's way waits for the next transaction, and then sees what became of it.
        while !letters.is_empty() {
            let (together, mut later) = independent(letters);
            later.extend(write_all(&db, together).await);
            letters = later;
        }
    }
}

async fn acknowledge_all(db: &Db, receipts: Vec<Receipt>) {
    if receipts.is_empty() {
        return;
    }
    let acknowledged =
        questions::acknowledge(db, receipts.iter().map(|receipt| (receipt.question_id.as_str(), receipt.at))).await;
    // A request that is gone does not need its answer; the row is there.
    for receipt in receipts {
        let state = match &acknowledged {
            Ok(states) => Ok(states.get(&receipt.question_id).copied()),
            Err(error) => Err(repeated(error)),
        };
        let _ = receipt.done.send(state);
    }
}

/// Letters that touch no row in common, and the others.
fn independent(letters: Vec<Letter>) -> (Vec<Letter>, Vec<Letter>) {
    let mut touched = HashSet::with_capacity(letters.len() * 2);
    letters.into_iter().partition(|Letter { passive, .. }| {
        let questions =
            passive.parts.iter().map(|(id, _)| id).chain(passive.beginning.iter().map(|beginning| &beginning.question_id));
        let mut rows: Vec<String> = questions.cloned().collect();
        rows.push(format!("{}/{}/{}", passive.inbound.account, passive.inbound.openid, passive.inbound.dedup_key));
        let is_free = rows.iter().all(|row| !touched.contains(row));
        if is_free {
            touched.extend(rows);
        }
        is_free
    })
}

/// Writes all of `letters`, or none if there is one that cannot be written: it gets its answer, and the others come back.
async fn write_all(db: &Db, letters: Vec<Letter>) -> Vec<Letter> {
    let passives: Vec<&PassiveReply> = letters.iter().map(|letter| &letter.passive).collect();
    let impossible = match batch::write(db, &passives).await {
        Ok(impossible) => impossible,
        Err(error) => return refuse(db, letters, &error).await,
    };
    if impossible.is_empty() {
        for letter in letters {
            let _ = letter.done.send(Ok(Written::Reply));
        }
        return Vec::new();
    }
    let mut others = Vec::with_capacity(letters.len());
    for (index, letter) in letters.into_iter().enumerate() {
        if impossible.contains(&index) {
            let _ = letter.done.send(earlier(db, &letter.passive.inbound).await);
        } else {
            others.push(letter);
        }
    }
    others
}

/// What stands in the way of a reply: an earlier one to the same message, or a change in what it delivers.
async fn earlier(db: &Db, key: &inbound::Key) -> Result<Written, Error> {
    let stored = inbound::show(db, key).await?;
    Ok(stored.and_then(|stored| stored.reply()).map_or(Written::Conflict, Written::Already))
}

/// One refused reply must not take its neighbours with it, so they are written one by one; a database that is away fails them all.
async fn refuse(db: &Db, letters: Vec<Letter>, error: &Error) -> Vec<Letter> {
    for letter in letters {
        let result = if is_of_one_row(error) { alone(db, &letter.passive).await } else { Err(repeated(error)) };
        let _ = letter.done.send(result);
    }
    Vec::new()
}

async fn alone(db: &Db, passive: &PassiveReply) -> Result<Written, Error> {
    if batch::write(db, &[passive]).await?.is_empty() {
        return Ok(Written::Reply);
    }
    earlier(db, &passive.inbound).await
}

/// An error for each of those it befell.
fn repeated(error: &Error) -> Error {
    Error::Io(std::io::Error::other(error.to_string()))
}
