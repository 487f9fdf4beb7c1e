//! Every test of the running product, in one binary: tests speak through the public door.

mod chat_text;
mod markdown;
