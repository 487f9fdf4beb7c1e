//! The answer page through its HTTP door and in a browser, with answers made by hand.

mod browser;
mod follower;
mod http;
mod media;
mod server;
mod share;
