//! huixin 回信: the server behind a WeChat official account.

pub mod article;
pub mod bot;
pub mod clock;
pub mod config;
pub mod db;
pub mod http;
pub mod llm;
pub mod simulator;
pub mod wechat;
