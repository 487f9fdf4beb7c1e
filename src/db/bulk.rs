//! Many rows in one statement: they travel as one JSON array, so that the SQL text stays constant however many they are.

use serde::Serialize;

use super::{Db, Error};

/// One statement over a JSON array, in the spelling of each engine.
pub(super) struct Bulk {
    pub(super) lite: &'static str,
    pub(super) pg: &'static str,
}

/// `sql!(before, after)` is `before <the array's elements as item(value)> after`: the one thing the engines spell differently.
macro_rules! sql {
    ($before:literal, $after:literal) => {
        $crate::db::bulk::Bulk {
            lite: concat!($before, " json_each($1) AS item ", $after),
            pg: concat!($before, " jsonb_array_elements(CAST($1 AS JSONB)) AS item(value) ", $after),
        }
    };
}
pub(super) use sql;

impl Bulk {
    pub(super) fn of(&self, db: &Db) -> &'static str {
        match db {
            Db::Pg(_) => self.pg,
            Db::Lite(_) => self.lite,
        }
    }
}

/// The rows as the statement's one parameter.
pub(super) fn json<T: Serialize>(rows: &[T]) -> Result<String, Error> {
    serde_json::to_string(rows).map_err(|error| Error::Encode(error.into()))
}
