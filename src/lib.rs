//! huixin 回信: the server behind a WeChat official account.

pub mod article;
pub mod clock;
pub mod http;
pub mod wechat;
