//! The moderators in their order, and what follows from a service that is silent.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::remote::{Remote, RemoteError};
use super::words::list::{Action, Hit, List, Tail, Warning, star_out};
use super::words::{Reload, Words};
use super::{By, Decision, OnFailure, Point, Settings, SettingsError, Subject, Verdict};

/// Bytes of a text's hash in the log: enough to recognise a text one has, too few to search for one.
const HASH_BYTES: usize = 8;

/// The moderators of this process. Shared by reference; whoever moderates holds an `Arc`.
#[derive(Debug)]
pub struct Chain {
    words: Option<Words>,
    remote: Option<Remote>,
    questions_on_failure: OnFailure,
    /// The service's last failure, until it answers again.
    failure: Mutex<Option<RemoteError>>,
}

impl Chain {
    /// The chain of `settings`. Reads the lists, and warns of their lines that are no words.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let words = if settings.words.is_empty() {
            None
        } else {
            let (words, warnings) = Words::open(&settings.words)?;
            announce(&Reload::Loaded { words: words.list().len(), warnings });
            Some(words)
        };
        let remote = settings.provider.map(|provider| Remote::new(provider, settings.timeout, settings.concurrency));
        Ok(Self {
            words,
            remote: remote.transpose()?,
            questions_on_failure: settings.questions_on_failure,
            failure: Mutex::new(None),
        })
    }

    /// Whether nothing is configured, so that everything passes.
    pub fn is_empty(&self) -> bool {
        self.words.is_none() && self.remote.is_none()
    }

    /// Judges a whole text.
    pub async fn check(&self, point: Point, text: &str) -> Verdict {
        if self.is_empty() || text.trim().is_empty() {
            return Verdict::pass(By::Nobody);
        }
        let local = self.list().map_or(Verdict::pass(By::Nobody), |list| of_hits(text, &list.hits(text, Tail::Closed)));
        let verdict = self.after_words(local, Subject { point, text, before: "", session: "" }).await;
        report(point, text, &verdict);
        verdict
    }

    /// Reads the lists again if a file changed. Blocks while it reads; made to be called every few seconds.
    pub fn reload_if_changed(&self) -> Reload {
        let reload = self.words.as_ref().map_or(Reload::Unchanged, Words::reload_if_changed);
        announce(&reload);
        reload
    }

    /// Reads the lists again. Blocks while it reads.
    pub fn reload(&self) -> Reload {
        let reload = self.words.as_ref().map_or(Reload::Unchanged, Words::reload);
        announce(&reload);
        reload
    }

    /// Why the service could not judge the last text it was shown; `None` while it judges.
    pub fn failure(&self) -> Option<RemoteError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn list(&self) -> Option<Arc<List>> {
        self.words.as_ref().map(Words::list)
    }

    pub(super) fn asks_a_service(&self) -> bool {
        self.remote.is_some()
    }

    /// The verdict over a text of which the lists said `local`: the service judges what is left of it.
    pub(super) async fn after_words(&self, local: Verdict, subject: Subject<'_>) -> Verdict {
        let Some(remote) = &self.remote else { return local };
        if local.stops() || !subject.text.contains(char::is_alphanumeric) {
            return local;
        }
        let text = match &local.decision {
            Decision::Replace(starred) => starred.as_str(),
            Decision::Pass | Decision::Instead(_) | Decision::Hold | Decision::Drop => subject.text,
        };
        let result = remote.check(Subject { text, ..subject }).await;
        self.note(&result);
        match result {
            Ok(verdict) if verdict.decision.gravity() > local.decision.gravity() => verdict,
            Ok(verdict) if local.decision == Decision::Pass => verdict,
            Ok(_) => local,
            Err(error) if self.lets_pass(subject.point, &error) => local,
            Err(error) => Verdict { decision: Decision::Drop, label: error.class().to_owned(), score: None, by: By::Failure },
        }
    }

    fn lets_pass(&self, point: Point, error: &RemoteError) -> bool {
        match point {
            Point::Question | Point::Passage => self.questions_on_failure == OnFailure::LetPass && !error.is_misconfigured(),
            Point::PicturePrompt | Point::Answer | Point::Transcript => false,
        }
    }

    /// Keeps what the service is worth, and tells the operator when that changes: once, not with every text.
    fn note(&self, result: &Result<Verdict, RemoteError>) {
        let mut known = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let new = result.as_ref().err();
        if known.as_ref().map(RemoteError::class) == new.map(RemoteError::class) {
            return;
        }
        match new {
            None => tracing::info!("the moderator judges again"),
            Some(error) if error.is_misconfigured() => {
                tracing::error!(class = error.class(), %error, "the moderator is misconfigured, and nothing passes until it is mended");
            }
            Some(error) => tracing::warn!(class = error.class(), %error, "the moderator cannot judge"),
        }
        *known = new.cloned();
    }
}

/// The verdict over `text` in which the lists found `hits`.
pub(super) fn of_hits(text: &str, hits: &[Hit<'_>]) -> Verdict {
    let Some(worst) = hits.iter().max_by_key(|hit| hit.action) else { return Verdict::pass(By::Words) };
    let decision = match worst.action {
        Action::Drop => Decision::Drop,
        Action::Hold => Decision::Hold,
        Action::Replace => {
            let ranges: Vec<_> = hits.iter().map(|hit| hit.range.clone()).collect();
            Decision::Replace(star_out(text, &ranges))
        }
    };
    Verdict { decision, label: worst.place.to_owned(), score: None, by: By::Words }
}

/// Counts a verdict, and logs one that is not to pass, by the hash of its text.
pub(super) fn report(point: Point, text: &str, verdict: &Verdict) {
    let (point, decision, by) = (point.as_str(), verdict.decision.as_str(), verdict.by.as_str());
    metrics::counter!("huixin_moderations_total", "point" => point, "decision" => decision, "by" => by).increment(1);
    if verdict.decision != Decision::Pass {
        let (hash, label, score) = (hash(text), &verdict.label, verdict.score);
        tracing::info!(point, decision, by, label, score, hash, "a text does not pass as it is");
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(HASH_BYTES).fold(String::new(), |mut hash, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

fn announce(reload: &Reload) {
    match reload {
        Reload::Unchanged => {}
        Reload::Loaded { words, warnings } => {
            for Warning { file, line, reason } in warnings {
                tracing::warn!(file, line, reason, "a line of the list of words is left out");
            }
            tracing::info!(words, "the lists of words are read");
        }
        Reload::Kept { error } => tracing::error!(%error, "the lists of words cannot be read; those before stay in force"),
    }
}
