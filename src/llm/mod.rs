//! The language model upstream: how a question is put to it, how its answer is read, what it may cost; and its sisters that
//! draw, listen, speak and list what there is.
//!
//! Knows nothing of WeChat, followers or the database: turns go in, pieces of text come out.

pub mod chat;
mod connection;
pub mod data_url;
pub mod error;
pub mod history;
pub mod image;
mod learnt;
pub mod models;
mod reason;
pub mod refusal;
mod retry;
pub mod speech;
pub mod tokens;
pub mod usage;

pub use data_url::DataUrl;
pub use error::{SettingsError, UpstreamError};
pub use usage::Usage;
