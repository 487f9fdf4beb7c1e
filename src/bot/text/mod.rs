//! A model's Markdown as what a WeChat chat can show: plain text, a few live links, parts of at most 2,000 bytes.
//!
//! Pure functions over strings: no clock, no network, no database, and no wording beyond the marks of the
//! typography itself. Everything here accepts any string and panics on none.

mod actions;
mod blocks;
mod chat;
mod formula;
mod html;
mod inlines;
mod links;
mod math;
mod prefix;
mod prose;
mod sentence;
mod source;
mod split;
mod table;

pub use actions::{quote, tap};
pub use chat::chat_text;
pub use prefix::{complete_prefix, remainder};
pub use split::split;
