//! What the account does with a message.

mod choices;
pub mod command;
mod commands;
pub mod conversation;
pub mod delivery;
mod drawing;
pub mod files;
mod limits;
mod material;
mod moderating;
mod privacy;
pub mod question;
pub mod reading;
pub mod respond;
mod sight;
mod speaking;
mod spending;
pub mod text;
pub mod wording;
