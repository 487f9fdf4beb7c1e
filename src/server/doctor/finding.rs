//! What one check found, in both languages that huixin speaks, for people and for scripts.

use std::fmt;

use serde_json::{Value, json};

use super::Mistake;
use crate::config::Language;

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, with the account in brackets where there can be several.
    pub name: String,
    pub state: State,
    pub detail: Words,
    /// What to do about a mistake.
    pub fix: Option<Words>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// It works, and should be another way.
    Warning(Mistake),
    Fault(Mistake),
    /// Not configured, or not worth asking because of an earlier fault.
    Skipped,
}

/// The same sentence twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub chinese: String,
    pub english: String,
}

/// Both sentences, with the values in braces taken from where it stands: `words!("…{n}…", "…{n}…")`.
macro_rules! words {
    ($chinese:literal, $english:literal) => {
        $crate::server::doctor::Words { chinese: format!($chinese), english: format!($english) }
    };
}
pub(super) use words;

impl Words {
    /// A text that has no language, such as another program's own words.
    pub(super) fn foreign(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { chinese: text.clone(), english: text }
    }

    /// One of the two.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

impl Finding {
    pub(super) fn ok(name: impl Into<String>, detail: Words) -> Self {
        Self { name: name.into(), state: State::Ok, detail, fix: None }
    }

    pub(super) fn skipped(name: impl Into<String>, detail: Words) -> Self {
        Self { name: name.into(), state: State::Skipped, detail, fix: None }
    }

    pub(super) fn fault(name: impl Into<String>, mistake: Mistake, detail: Words, fix: Words) -> Self {
        Self { name: name.into(), state: State::Fault(mistake), detail, fix: Some(fix) }
    }

    pub(super) fn warning(name: impl Into<String>, mistake: Mistake, detail: Words, fix: Words) -> Self {
        Self { name: name.into(), state: State::Warning(mistake), detail, fix: Some(fix) }
    }

    /// The mistake, where there is one.
    pub fn mistake(&self) -> Option<Mistake> {
        match self.state {
            State::Warning(mistake) | State::Fault(mistake) => Some(mistake),
            State::Ok | State::Skipped => None,
        }
    }

    /// As people read it.
    pub fn shown(&self, language: Language) -> impl fmt::Display {
        let mark = match self.state {
            State::Ok => '✓',
            State::Warning(_) => '!',
            State::Fault(_) => '✗',
            State::Skipped => '-',
        };
        let fix = self.fix.as_ref().map_or_else(String::new, |fix| format!("\n    → {}", fix.in_language(language)));
        format!("{mark} {}: {}{fix}", self.name, self.detail.in_language(language))
    }

    /// As scripts read it: `name`, `state`, `mistake`, `detail`, `fix`.
    pub fn to_json(&self, language: Language) -> Value {
        let state = match self.state {
            State::Ok => "ok",
            State::Warning(_) => "warning",
            State::Fault(_) => "fault",
            State::Skipped => "skipped",
        };
        json!({
            "name": self.name,
            "state": state,
            "mistake": self.mistake(),
            "detail": self.detail.in_language(language),
            "fix": self.fix.as_ref().map(|fix| fix.in_language(language)),
        })
    }
}
