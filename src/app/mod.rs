//! What the bot, the broadcasts and the HTTP handlers share.

pub mod access;
