//! The durable door for messages, while everything else writes too.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use huixin::db::{
    self, followers,
    inbound::{Arrival, Intake, Key},
};

use crate::support::{Engine, database::Database, on_both_engines};

/// Other writers: many times what one commit takes.
const OTHERS: usize = 2_000;

on_both_engines! {
    async fn a_message_does_not_stand_in_line_behind_other_writers(engine: Engine) {
        let database = Database::new(engine).await;
        let db = db::connect(&database.url).await.unwrap();
        db::migrate(&db).await.unwrap();
        let (intake, writer) = Intake::new(&db);
        tokio::spawn(writer);
        let written = Arc::new(AtomicUsize::new(0));
        let others: Vec<_> = (0..OTHERS)
            .map(|_| {
                let (db, written) = (db.clone(), written.clone());
                tokio::spawn(async move {
                    followers::close_window(&db, "main", "oAnna").await.unwrap();
                    written.fetch_add(1, Ordering::Relaxed);
                })
            })
            .collect();
        while written.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let stored = intake.store(arrival("oBen", "m:1")).await.unwrap();
        assert_eq!(stored.deliveries, 1);
        assert!(written.load(Ordering::Relaxed) < OTHERS / 2, "{written:?} others were written first");
        for other in others {
            other.await.unwrap();
        }
    }
}

fn arrival(openid: &str, dedup_key: &str) -> Arrival {
    Arrival {
        key: Key { account: "main".into(), openid: openid.into(), dedup_key: dedup_key.into() },
        kind: "text".into(),
        received_at: 1,
        reply: Some("reply".into()),
        question: None,
        attachments: Vec::new(),
        continues: None,
        follower: None,
    }
}
