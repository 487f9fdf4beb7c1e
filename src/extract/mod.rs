//! Text out of what a follower sends: pages and files.
//!
//! Everything here reads bytes that strangers wrote. It fetches nothing and knows neither the model nor the follower.

pub mod page;
