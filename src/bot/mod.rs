//! What the account does with a message.

pub mod command;
pub mod conversation;
pub mod delivery;
pub mod question;
pub mod respond;
pub mod text;
pub mod wording;
