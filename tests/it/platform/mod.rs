//! The client side of WeChat's API, against a server that answers as badly as networks and platforms do.
#![expect(clippy::unwrap_used, reason = "a test fails where an unwrap does")]

mod access;
mod client;
mod fake;
