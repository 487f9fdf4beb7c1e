//! The durable door for replies: many in one transaction, and each with an outcome of its own.

use futures_util::future::join_all;
use huixin::db::{
    self, Db,
    answer_parts::Kind,
    followers,
    inbound::{Arrival, Intake, Key},
    outlet::{Beginning, Outlet, PassiveReply, Written},
    questions::{self, State},
};

use crate::support::{Engine, database::Database, on_both_engines};

/// More than fit into one transaction.
const MANY: usize = 1_200;

const OWNER: &str = "seat/1";

on_both_engines! {
    async fn many_beginnings_at_once_are_each_written(engine: Engine) {
        let (_database, db, intake, outlet) = doors(engine).await;
        ask(&intake, MANY).await;
        let written = join_all((0..MANY).map(|number| outlet.write(beginning(number, "One sentence.")))).await;
        assert!(written.iter().all(|one| matches!(one, Ok(Written::Reply))));
        for number in [0, MANY / 2, MANY - 1] {
            let question = questions::show(&db, &id(number)).await.unwrap().unwrap();
            assert_eq!((question.shown, question.answer.as_str()), (13, "One sentence."));
            assert!(question.acknowledged_at.is_some(), "no other delivery comes, so the rest may be pushed");
        }
    }

    async fn of_two_replies_to_a_message_the_first_counts_and_neighbours_are_untouched(engine: Engine) {
        let (_database, _db, intake, outlet) = doors(engine).await;
        ask(&intake, 40).await;
        let first = outlet.write(beginning(7, "First.")).await.unwrap();
        assert_eq!(first, Written::Reply);
        let second = join_all((0..40).map(|number| outlet.write(beginning(number, "Second.")))).await;
        for (number, one) in second.into_iter().enumerate() {
            let expected = if number == 7 { already("First.") } else { Written::Reply };
            assert_eq!(one.unwrap(), expected, "{number}");
        }
    }

    async fn replies_to_one_message_at_the_same_moment_agree(engine: Engine) {
        let (_database, _db, intake, outlet) = doors(engine).await;
        ask(&intake, 1).await;
        let texts = ["A.", "B.", "C."];
        let written = join_all(texts.map(|text| outlet.write(beginning(0, text)))).await;
        let written: Vec<Written> = written.into_iter().map(Result::unwrap).collect();
        assert_eq!(written, [Written::Reply, already("A."), already("A.")]);
    }

    async fn an_answer_that_grew_whole_leaves_no_trace_of_its_beginning(engine: Engine) {
        let (_database, db, intake, outlet) = doors(engine).await;
        ask(&intake, 2).await;
        questions::drop_open(&db, "main", &openid(0), 5).await.unwrap();
        let written = join_all((0..2).map(|number| outlet.write(beginning(number, "Begun.")))).await;
        let written: Vec<Written> = written.into_iter().map(Result::unwrap).collect();
        assert_eq!(written, [Written::Conflict, Written::Reply]);
        let stored = db::inbound::show(&db, &key(0)).await.unwrap().unwrap();
        assert_eq!(stored.reply(), None);
        assert_eq!(questions::show(&db, &id(0)).await.unwrap().unwrap().shown, 0);
    }

    async fn an_acknowledgement_tells_what_became_of_the_question(engine: Engine) {
        let (_database, db, intake, outlet) = doors(engine).await;
        ask(&intake, 3).await;
        questions::drop_open(&db, "main", &openid(1), 5).await.unwrap();
        let states = join_all([id(0), id(1), "unheard-of".into()].iter().map(|id| outlet.acknowledge(id, 9))).await;
        let states: Vec<Option<State>> = states.into_iter().map(Result::unwrap).collect();
        assert_eq!(states, [Some(State::Received), Some(State::Failed), None]);
        outlet.acknowledge(&id(0), 12).await.unwrap();
        assert_eq!(questions::show(&db, &id(0)).await.unwrap().unwrap().acknowledged_at, Some(9));
    }

    async fn a_reply_that_the_database_refuses_takes_no_other_with_it(engine: Engine) {
        let (_database, db, intake, outlet) = doors(engine).await;
        ask(&intake, 3).await;
        // `shown` may not be negative.
        let mut refused = beginning(1, "x");
        refused.beginning = refused.beginning.map(|beginning| Beginning { to: -1, ..beginning });
        let replies = [beginning(0, "Good."), refused, beginning(2, "Good.")];
        let written = join_all(replies.map(|reply| outlet.write(reply))).await;
        assert!(matches!(&written[..], [Ok(Written::Reply), Err(_), Ok(Written::Reply)]), "{written:?}");
        assert_eq!(db::inbound::show(&db, &key(1)).await.unwrap().unwrap().reply(), None);
    }
}

async fn doors(engine: Engine) -> (Database, Db, Intake, Outlet) {
    let database = Database::new(engine).await;
    let db = db::connect(&database.url).await.unwrap();
    db::migrate(&db).await.unwrap();
    let (intake, arrivals) = Intake::new(&db);
    let (outlet, replies) = Outlet::new(&db);
    tokio::spawn(arrivals);
    tokio::spawn(replies);
    (database, db, intake, outlet)
}

/// One question of each of `count` followers.
async fn ask(intake: &Intake, count: usize) {
    let stored = join_all((0..count).map(|number| intake.store(arrival(number)))).await;
    assert!(stored.iter().all(Result::is_ok));
}

fn arrival(number: usize) -> Arrival {
    let question = questions::New {
        kind: questions::Kind::Chat,
        id: id(number),
        text: "Why?".into(),
        page_token: format!("page{number}"),
        page_expires_at: i64::MAX,
        owner: OWNER.into(),
        room: questions::Room { questions: 8, refusal: "Too many.".into() },
    };
    let change = followers::Change {
        allowance: followers::Allowance::Message,
        session: followers::Session::GoesOn,
        following: followers::Following::Yes,
    };
    Arrival {
        attachments: Vec::new(),
        key: key(number),
        kind: "text".into(),
        received_at: 1,
        reply: None,
        question: Some(question),
        continues: None,
        follower: Some(change),
    }
}

fn beginning(number: usize, text: &str) -> PassiveReply {
    let beginning = Beginning {
        question_id: id(number),
        text: text.into(),
        answer: text.into(),
        owner: OWNER.into(),
        from: 0,
        to: text.len() as i64,
    };
    PassiveReply {
        kind: Kind::Text,
        inbound: key(number),
        reply: text.into(),
        parts: Vec::new(),
        beginning: Some(beginning),
        owner: OWNER.into(),
        at: 3,
    }
}

fn key(number: usize) -> Key {
    Key { account: "main".into(), openid: openid(number), dedup_key: format!("m:{number}") }
}

fn openid(number: usize) -> String {
    format!("o{number}")
}

fn id(number: usize) -> String {
    format!("question{number}")
}

fn already(text: &str) -> Written {
    Written::Already(db::inbound::Reply { kind: Kind::Text, content: text.to_owned() })
}
