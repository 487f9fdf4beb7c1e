//! How much a file may cost, and the meter that says stop. It knows no format.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::error::Error;

/// What one file may cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The file itself, in bytes.
    pub input_bytes: u64,
    /// What all its parts unpack to together, in bytes. It is streamed, never held whole.
    pub inflated_bytes: u64,
    /// The text that is kept, in characters; what follows is cut and said to be.
    pub text_chars: usize,
    /// The pages of a PDF, slides or chapters that are read.
    pub pages: u32,
    /// The entries of an archive.
    pub entries: u64,
    /// From the start to the last byte of the answer.
    pub time: Duration,
    /// What the child's heap may grow to, in bytes; it ends when it asks for more.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 20 * MIB,
            inflated_bytes: 200 * MIB,
            text_chars: 2_000_000,
            pages: 3_000,
            entries: 5_000,
            time: Duration::from_secs(20),
            // Two children and the server beside them stay below 300 MiB.
            memory_bytes: 96 * MIB,
        }
    }
}

pub(super) const MIB: u64 = 1 << 20;

/// One tag, attribute or run of text of a document. Word writes a paragraph's text in runs of some kilobytes.
const NODE_BYTES: u64 = 8 * MIB;

/// What is left of the limits while one file is read. Shared by reference, hence the cells.
pub(super) struct Meter {
    inflated_left: Cell<u64>,
    node_left: Cell<u64>,
    deadline: Instant,
    verdict: Cell<Option<Verdict>>,
}

#[derive(Clone, Copy)]
enum Verdict {
    TooBig,
    TooLong,
}

impl From<Verdict> for Error {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::TooBig => Self::TooBig,
            Verdict::TooLong => Self::TooLong,
        }
    }
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            inflated_left: Cell::new(limits.inflated_bytes),
            node_left: Cell::new(NODE_BYTES),
            // The child answers before its parent loses patience, so that a slow file is cut, not lost.
            deadline: Instant::now() + limits.time.mul_f32(0.6),
            verdict: Cell::new(None),
        }
    }

    /// Counts bytes that were unpacked.
    pub(super) fn spend(&self, bytes: u64) -> Result<(), Error> {
        let Some(left) = self.inflated_left.get().checked_sub(bytes) else { return Err(self.refuse()) };
        self.inflated_left.set(left);
        self.in_time()
    }

    /// Counts bytes that were unpacked and belong to one node.
    pub(super) fn spend_on_node(&self, bytes: u64) -> Result<(), Error> {
        let Some(left) = self.node_left.get().checked_sub(bytes) else { return Err(self.refuse()) };
        self.node_left.set(left);
        self.spend(bytes)
    }

    /// A new node of a document begins; each has an allowance of its own.
    pub(super) fn begin_node(&self) {
        self.node_left.set(NODE_BYTES);
    }

    /// Fails when the time is over.
    pub(super) fn in_time(&self) -> Result<(), Error> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        self.verdict.set(Some(Verdict::TooLong));
        Err(Error::TooLong)
    }

    /// Remembers that the file is a bomb.
    pub(super) fn refuse(&self) -> Error {
        self.verdict.set(Some(Verdict::TooBig));
        Error::TooBig
    }

    /// Why reading was stopped, if it was: a parser in between reports only that its source failed.
    pub(super) fn verdict(&self) -> Option<Error> {
        self.verdict.get().map(Error::from)
    }
}
