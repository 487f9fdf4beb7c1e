//! What the tests stand on: a whole huixin on port 0 beside a simulated WeChat, each with its own database, on either engine.

pub mod browser;
pub mod chat;
pub mod database;
pub mod pages;
pub mod process;
pub mod world;

pub use database::Engine;
pub use world::{World, WorldBuilder};

/// Declares one test for each engine; the body is an async function of [`Engine`].
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident: Engine) $body:block)*) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                async fn test($engine: Engine) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    test(Engine::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    test(Engine::Postgres).await;
                }
            }
        )*
    };
}
pub(crate) use on_both_engines;
