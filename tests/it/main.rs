//! Every test of the running product, in one binary: tests speak through the public door.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]
#![expect(unreachable_pub, reason = "one binary: everything in it is private to it")]

mod abilities;
mod answer_html;
mod answer_page;
mod budget;
mod chat_text;
mod codec;
mod configuration;
#[cfg(feature = "crash-points")]
mod crash;
mod doctor;
mod documents;
mod events;
mod faults;
mod fetch;
mod files;
mod floors;
mod forgery;
mod hostile;
mod injection;
mod intake;
mod life;
mod markdown;
mod models;
mod moderation;
mod operations;
mod outlet;
mod pages;
mod pictures;
mod platform;
mod privacy;
mod readiness;
mod reload;
mod replicas;
mod secrets;
mod sessions;
mod simulator;
mod support;
mod taps;
mod traces;
mod uploads;
mod upstream;
mod webhook;
