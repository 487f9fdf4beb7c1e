//! huixin 回信: the server behind a WeChat official account.

pub mod bot;
pub mod clock;
pub mod wechat;
