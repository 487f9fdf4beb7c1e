//! Files that followers hand in: on their page, over its door, through a crash.

mod browser;
#[cfg(feature = "crash-points")]
mod crash;
mod files;
mod refusals;
