//! The client side of WeChat's API, against a server that answers as badly as networks and platforms do.

mod access;
mod call;
mod client;
pub mod fake;
mod media;
mod tickets;
