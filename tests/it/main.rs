//! Every test of the running product, in one binary: tests speak through the public door.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod answer_html;
mod answer_page;
mod support;
