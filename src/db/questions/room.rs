//! How many questions of a follower may be open, judged where they are stored: no two arrivals at once can both be the last.

use std::collections::HashMap;

use serde::Serialize;

use super::Row;
use crate::db::{
    bulk::{self, Bulk},
    inbound::{Arrival, Key},
};

/// The bound, and what the follower reads in the place of an answer beyond it.
#[derive(Debug, Clone)]
pub struct Room {
    pub questions: i64,
    pub refusal: String,
}

/// How many open questions each asker has. A sub-query for each, since a join may read every open question.
pub(in crate::db) const OPEN: Bulk = bulk::sql!(
    "SELECT item.value ->> 'id',
            (SELECT COUNT(*) FROM questions
             WHERE questions.account = item.value ->> 'account' AND questions.openid = item.value ->> 'openid'
               AND questions.state IN ('received', 'answering'))
     FROM",
    ""
);

#[derive(Serialize)]
pub(in crate::db) struct Refused<'a> {
    #[serde(flatten)]
    pub key: &'a Key,
    pub reply: &'a str,
}

/// The message of a question that found no room has its reply, and asks nothing.
pub(in crate::db) const REFUSE: Bulk = bulk::sql!(
    "UPDATE inbound SET reply = item.value ->> 'reply', question_id = NULL FROM",
    "WHERE inbound.account = item.value ->> 'account' AND inbound.openid = item.value ->> 'openid'
       AND inbound.dedup_key = item.value ->> 'dedup_key'"
);

/// Leaves in `asked` what finds room beside the `open` questions and those before it; the others' messages are returned.
pub(in crate::db) fn make_room<'a>(
    asked: &mut Vec<Row<'a>>,
    arrivals: &[&'a Arrival],
    open: Vec<(String, i64)>,
) -> Vec<Refused<'a>> {
    let open: HashMap<String, i64> = open.into_iter().collect();
    let mut joined: HashMap<(&str, &str), i64> = HashMap::new();
    let mut refused = HashMap::new();
    for arrival in arrivals {
        let Some(question) = &arrival.question else { continue };
        let before = joined.entry((&arrival.key.account, &arrival.key.openid)).or_insert(0);
        if open.get(&question.id).copied().unwrap_or(0) + *before < question.room.questions {
            *before += 1;
        } else {
            refused.insert(question.id.as_str(), Refused { key: &arrival.key, reply: &question.room.refusal });
        }
    }
    asked.retain(|row| !refused.contains_key(row.id));
    refused.into_values().collect()
}
