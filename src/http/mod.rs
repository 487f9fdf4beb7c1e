//! Everything that is spoken over HTTP: the only code that knows actix-web.

pub mod answers;
pub mod assets;
pub mod headers;
pub mod health;
pub mod privacy;
pub mod probe;
mod routes;
pub mod uploads;
pub mod webhook;

pub use routes::routes;
