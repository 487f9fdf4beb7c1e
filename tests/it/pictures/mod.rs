//! Pictures: what is drawn on them, written into them, kept of them, and refused.

mod files;
mod fitting;
mod hostile;
mod labels;
mod mutations;
mod objects;
