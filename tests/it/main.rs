//! Every test of the running product, in one binary: tests speak through the public door.

mod answer_html;
mod answer_page;
mod support;
