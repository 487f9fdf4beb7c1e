//! huixin 回信: the server behind a WeChat official account.
//!
//! From the edge inwards: a push comes in through [`http`], [`wechat`] opens it, [`bot`] stores it in [`db`] and asks [`llm`];
//! the answer goes back as a reply, a push or a page made by [`article`]. [`server`] puts it all together.

pub mod server;

pub mod http;

pub mod bot;

pub mod app;

pub mod article;
pub mod db;
pub mod extract;
pub mod llm;
pub mod wechat;

pub mod clock;
pub mod config;
pub mod telemetry;

pub mod simulator;
