//! huixin 回信: the server behind a WeChat official account.

pub mod app;
pub mod clock;
pub mod config;
pub mod db;
pub mod wechat;
