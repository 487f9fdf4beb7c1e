//! Which models there are, what their names say, and which one a follower means.

mod configured;
mod finding;
mod names;
