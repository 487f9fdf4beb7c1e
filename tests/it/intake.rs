//! The durable door for messages, while everything else writes too.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use huixin::db::{
    self, followers,
    inbound::{Arrival, Intake, Key},
    questions,
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

    async fn questions_beyond_a_followers_room_are_refused_however_close_they_come(engine: Engine) {
        let database = Database::new(engine).await;
        let db = db::connect(&database.url).await.unwrap();
        db::migrate(&db).await.unwrap();
        let (intake, writer) = Intake::new(&db);
        tokio::spawn(writer);
        intake.store(question("oAnna", 0)).await.unwrap();
        let others = ["oBen", "oAnna", "oAnna", "oAnna", "oAnna", "oBen"].into_iter().zip(1..);
        let stored = join_all(others.map(|(openid, number)| intake.store(question(openid, number)))).await;
        let asked: Vec<bool> = stored.iter().map(|stored| stored.as_ref().unwrap().question_id.is_some()).collect();
        assert_eq!(asked, [true, true, true, false, false, true], "three of a follower's may be open");
        let refused = stored[3].as_ref().unwrap();
        assert_eq!(refused.reply().map(|reply| reply.content), Some("Too many.".to_owned()));
        assert_eq!(questions::show(&db, "question4").await.unwrap(), None);
        let again = intake.store(question("oAnna", 4)).await.unwrap();
        let reply = again.reply().map(|reply| reply.content);
        assert_eq!((again.deliveries, reply.as_deref()), (2, Some("Too many.")), "a repeat gets the same reply");
    }
}

fn question(openid: &str, number: usize) -> Arrival {
    let question = questions::New {
        kind: questions::Kind::Chat,
        id: format!("question{number}"),
        text: "Why?".into(),
        page_token: format!("page{number}"),
        page_expires_at: i64::MAX,
        owner: "seat/1".into(),
        room: questions::Room { questions: 3, refusal: "Too many.".into() },
    };
    Arrival { reply: None, question: Some(question), ..arrival(openid, &format!("m:{number}")) }
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
