//! Which models there are: what a name says of a model, what the operator lists, what the upstream offers, and which one a
//! follower means.
//!
//! Knows nothing of how a model is asked.

pub mod ability;
pub mod catalogue;
pub mod configured;
pub mod listing;
pub mod name;

pub use ability::{Abilities, Ability};
pub use catalogue::Catalogue;
pub use configured::{Configured, Prices};
pub use listing::{Entry, Found, Listing};
pub use name::{Named, Training, parse};
