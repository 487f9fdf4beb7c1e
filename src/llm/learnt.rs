//! What each model refused once, so that it is not asked for again.
//!
//! Which parameters a model takes is in no catalogue; its own refusal says it. Kept while the process lives: a lost copy
//! costs one refused request for each model.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Models that are remembered; an upstream offers some hundreds, and names come from its catalogue.
const MODELS_MAX: usize = 1024;

/// Things that a model refuses, one bit each; what a bit means is the caller's.
#[derive(Debug, Default)]
pub(super) struct Refused(AtomicU8);

impl Refused {
    pub(super) fn holds(&self, bit: u8) -> bool {
        self.0.load(Ordering::Relaxed) & bit != 0
    }

    pub(super) fn add(&self, bit: u8) {
        self.0.fetch_or(bit, Ordering::Relaxed);
    }
}

/// What was learnt about an upstream's models, by their names.
#[derive(Default)]
pub(super) struct Learnt(Mutex<HashMap<String, Arc<Refused>>>);

impl Learnt {
    pub(super) fn of(&self, model: &str) -> Arc<Refused> {
        let mut models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = models.get(model) {
            return Arc::clone(refused);
        }
        if models.len() >= MODELS_MAX {
            models.clear();
        }
        Arc::clone(models.entry(model.to_owned()).or_default())
    }
}
