//! The official account's protocol: the envelope of a push, what it says, what may be answered, and the API's client.

pub mod client;
pub mod customer;
pub mod envelope;
pub mod error;
pub mod incoming;
pub mod media;
mod multipart;
pub mod reply;
pub mod ticket;
pub mod token;
pub mod tolerant;
mod xml;
