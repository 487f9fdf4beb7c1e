//! Text out of what a follower sends: pages and files.
//!
//! Everything here reads bytes that strangers wrote. It fetches nothing and knows neither the model nor the follower.

pub mod page;

// STUB-BEGIN
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct Error;
impl Error { pub fn class(&self) -> &'static str { "stub" } }
#[derive(Default)]
pub struct Limits;
pub struct Workers;
pub struct Document { pub text: String, pub needs_eyes: bool }
impl Workers {
    pub fn new(_: std::path::PathBuf, _: usize, _: Limits) -> Self { Self }
    pub async fn read(&self, _: &std::path::Path, _: &str) -> Result<Document, Error> { Err(Error) }
}
pub mod passages {
    pub struct Source { pub name: String, pub text: String }
    #[derive(Default)]
    pub struct Passage { pub name: String }
    impl Passage { pub fn shown(&self) -> String { String::new() } }
    pub fn best(_: &str, _: &[Source], _: usize) -> Vec<Passage> { Vec::new() }
    pub fn of_text(_: &str, text: &str, budget: usize) -> String { text.chars().take(budget).collect() }
}
// STUB-END
