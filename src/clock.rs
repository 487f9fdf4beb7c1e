//! The one source of the time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds now, as every `…_at` column has them.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis() as i64)
}
