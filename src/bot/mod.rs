//! What the account does with a message.

pub mod command;
mod commands;
pub mod conversation;
pub mod delivery;
mod limits;
mod material;
pub mod question;
pub mod respond;
pub mod text;
pub mod wording;
