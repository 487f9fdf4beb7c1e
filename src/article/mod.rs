//! Markdown into HTML: for the answer page, and for articles that WeChat accepts.

pub mod html;
