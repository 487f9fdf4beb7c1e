//! The official account's protocol: the envelope of a push, what it says, what may be answered, and the API's client.

pub mod envelope;
pub mod incoming;
pub mod reply;
mod xml;
