//! What tests share: servers and tools outside the product.

pub(crate) mod browser;
