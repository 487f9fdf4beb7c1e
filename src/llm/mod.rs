//! The language model upstream: how a question is put to it, how its answer is read, what it may cost.
//!
//! Knows nothing of WeChat, followers or the database: turns go in, pieces of text come out.

pub mod chat;
pub mod error;
pub mod history;
pub mod refusal;
pub mod tokens;

pub use error::UpstreamError;
