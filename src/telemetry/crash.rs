//! Named steps at which a test may end the process, as `kill -9` would: no destructor runs, nothing is flushed.
//!
//! Compiled to nothing without the feature `crash-points`.

/// The steps, in the order of a question's life.
pub const STEPS: &[&str] = &[
    "push stored",
    "question started",
    "voice heard",
    "page read",
    "file read",
    "upstream asked",
    "first words",
    "progress saved",
    "picture kept",
    "answer whole",
    "answer stored",
    "reply composed",
    "reply stored",
    "acknowledged",
    "send begun",
    "sent",
    "send recorded",
    "push claim ended",
];

/// Ends the process if `HUIXIN_CRASH_AT` names this step: `step` at its first passing, `step#3` at its third.
#[cfg(feature = "crash-points")]
pub fn point(step: &'static str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };
    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(STEPS.contains(&step), "{step} is not in STEPS");
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("HUIXIN_CRASH_AT").ok()?;
        let (name, count) = text.split_once('#').unwrap_or((&text, "1"));
        Some((name.to_owned(), count.parse().ok()?))
    });
    if let Some((name, count)) = wanted
        && name == step
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count
    {
        std::process::abort();
    }
}

/// Nothing, in a build without `crash-points`.
#[cfg(not(feature = "crash-points"))]
pub fn point(_step: &'static str) {}
