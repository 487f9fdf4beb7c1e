//! The composition root.

pub mod call;
pub mod doctor;
