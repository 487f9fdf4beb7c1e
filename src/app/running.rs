//! The questions that this process is answering: what is written so far, and a way to hear of more.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::watch;
use tracing::{Span, field};

use crate::telemetry::traces::span;

/// All of them, by question id.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<HashMap<String, Arc<Live>>>>);

/// One answer while it is written.
#[derive(Debug)]
pub struct Live {
    written: Mutex<Written>,
    changed: watch::Sender<Stage>,
    /// From its begin to its end, in the trace of the push that asked it.
    span: Mutex<Span>,
}

/// How far an answer is; every new value wakes whoever follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Being written; the number grows with each piece.
    Writing(u64),
    /// The database has the whole answer, or the apology.
    Settled,
    /// This process does not answer it any more; the database knows who does.
    Abandoned,
}

/// What is written so far.
#[derive(Debug, Clone, Default)]
pub struct Written {
    pub answer: String,
    pub reasoning: String,
    pub model: Option<String>,
    /// The model chose to draw instead of answering in words.
    pub is_drawing: bool,
    /// How many bytes of `answer` the follower was shown by a delivery to this process.
    pub shown: i64,
    /// How often the upstream made the answer begin anew.
    pub restarts: u32,
    /// When the first thought and the first word came.
    pub reasoning_since: Option<Instant>,
    pub answer_since: Option<Instant>,
    /// Whether the database lacks something of this.
    pub is_unsaved: bool,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Writing(_) => "writing",
            Self::Settled => "settled",
            Self::Abandoned => "abandoned",
        }
    }
}

impl Running {
    /// Registers the answer of `question_id`; `None` when it is being written already.
    pub fn begin(&self, question_id: &str) -> Option<Arc<Live>> {
        match self.lock().entry(question_id.to_owned()) {
            Entry::Occupied(_) => None,
            Entry::Vacant(place) => {
                let span = span!("question", question = question_id, stage = field::Empty);
                let changed = watch::Sender::new(Stage::Writing(0));
                let live = Arc::new(Live { written: Mutex::default(), changed, span: Mutex::new(span) });
                Some(place.insert(live).clone())
            }
        }
    }

    /// The answer of `question_id`, if this process writes it.
    pub fn find(&self, question_id: &str) -> Option<Arc<Live>> {
        self.lock().get(question_id).cloned()
    }

    /// Ends the answer of `question_id` and tells everyone who waits for it.
    pub fn end(&self, question_id: &str, stage: Stage) {
        if let Some(live) = self.lock().remove(question_id) {
            live.end_span(stage);
            live.changed.send_replace(stage);
        }
    }

    /// Every answer with something that the database lacks, marked as saved.
    pub fn take_unsaved(&self) -> Vec<(String, Written)> {
        let running: Vec<(String, Arc<Live>)> = self.lock().iter().map(|(id, live)| (id.clone(), live.clone())).collect();
        let unsaved = |(id, live): (String, Arc<Live>)| {
            let mut written = live.lock();
            std::mem::take(&mut written.is_unsaved).then(|| (id, written.clone()))
        };
        running.into_iter().filter_map(unsaved).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Changes what is written and wakes whoever follows.
    pub fn write(&self, change: impl FnOnce(&mut Written)) {
        {
            let mut written = self.lock();
            change(&mut written);
            written.is_unsaved = true;
        }
        self.changed.send_modify(|stage| {
            if let Stage::Writing(pieces) = stage {
                *pieces += 1;
            }
        });
    }

    /// Marks the beginning of the answer as shown, if it still begins like that.
    pub fn show(&self, beginning: &str) -> bool {
        let mut written = self.lock();
        let is_beginning = written.answer.starts_with(beginning);
        if is_beginning {
            written.shown = beginning.len() as i64;
        }
        is_beginning
    }

    /// What is written so far.
    pub fn written(&self) -> Written {
        self.lock().clone()
    }

    /// The span of the whole question, for the work on it.
    pub fn span(&self) -> Span {
        self.span.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whoever still looks at the answer does not hold the span up.
    fn end_span(&self, stage: Stage) {
        let span = std::mem::replace(&mut *self.span.lock().unwrap_or_else(PoisonError::into_inner), Span::none());
        span.record("stage", stage.as_str());
    }

    /// A receiver of every change.
    pub fn follow(&self) -> watch::Receiver<Stage> {
        self.changed.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
