//! What the account does with a message.

pub mod text;
