//! Pushes within WeChat's allowance, and everything that can become of one.

use std::time::Duration;

use huixin::{
    clock::now_ms,
    db::questions,
    simulator::{ApiFault, Message, Via, Wrong},
};

use crate::support::{
    Engine, World, WorldBuilder,
    chat::{page_link, tap},
    on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";
const SEND: &str = "/cgi-bin/message/custom/send";
const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// An answer that is whole after the deadline, and short.
const LATE: &str = "slow 8 讲个故事";

/// Every row about a follower.
const KEPT: &str =
    "SELECT (SELECT COUNT(*) FROM followers) + (SELECT COUNT(*) FROM questions) + (SELECT COUNT(*) FROM answer_parts)";

async fn pushing(engine: Engine) -> World {
    let world = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "push").start().await;
    world.simulator.follow(ANNA);
    world
}

/// The errcodes of every call of `path`, in order.
fn calls(world: &World, path: &str) -> Vec<i64> {
    world.simulator.calls().iter().filter(|call| call.path == path).map(|call| call.errcode).collect()
}

fn fault(world: &World, path: &str, wrong: Wrong) {
    world.simulator.switch(|switches| switches.api_faults.push(ApiFault { path: path.to_owned(), times: 1, wrong }));
}

fn refusal(errcode: i64) -> Wrong {
    Wrong::Errcode { errcode, errmsg: "refused for once".to_owned() }
}

/// How many pushed texts the follower sees with `piece` in them.
fn pushed(world: &World, piece: &str) -> usize {
    let chat = world.simulator.chat(ANNA);
    let shown = chat.iter().filter(|bubble| bubble.via == Via::Customer).filter_map(crate::support::world::text_of);
    shown.filter(|text| text.contains(piece)).count()
}

fn never_over_the_allowance(world: &World) {
    let codes = calls(world, SEND);
    assert!(codes.iter().all(|errcode| *errcode == 0), "{codes:?}");
}

on_both_engines! {
    async fn five_pushes_follow_a_message_and_the_rest_waits_for_the_next(engine: Engine) {
        let world = pushing(engine).await;
        world.says(ANNA, "slow 6 long 讲个故事").await;
        let texts = world.receives(ANNA, 5).await;
        world.is_quiet().await;
        assert_eq!(world.received(ANNA).len(), 5, "{}", world.transcript());
        assert!(texts[..4].iter().all(|text| tap(text, "继续").is_none()), "{texts:?}");
        assert!(tap(&texts[4], "继续").is_some() && page_link(&texts[4]).is_some(), "{}", texts[4]);
        world.says(ANNA, "继续").await;
        world.receives(ANNA, 11).await;
        world.is_quiet().await;
        assert_eq!(world.received(ANNA).len(), 11, "one reply and five pushes\n{}", world.transcript());
        world.reads_on(ANNA).await;
        never_over_the_allowance(&world);
        assert_eq!(world.asked("讲个故事"), 1);
        world.end().await;
    }

    async fn a_menu_click_allows_three_pushes(engine: Engine) {
        let world = pushing(engine).await;
        let push = world.simulator.push(ANNA, Message::Click { key: "slow 6 long 讲个故事".to_owned() });
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 3).await;
        world.is_quiet().await;
        assert_eq!(pushed(&world, ""), 3, "{}", world.transcript());
        let newest = texts.last().unwrap();
        assert!(tap(newest, "继续").is_some() && page_link(newest).is_some(), "{newest}");
        world.reads_on(ANNA).await;
        never_over_the_allowance(&world);
        world.end().await;
    }

    async fn a_refused_right_is_learnt_and_the_answer_comes_with_the_next_message(engine: Engine) {
        let world = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "auto").start().await;
        world.simulator.follow(ANNA);
        world.says(ANNA, "slow 20 第一个").await;
        world.until("the answer is pushed", async |world: &World| pushed(world, "第一个") == 1).await;
        world.until("the right is learnt", async |world: &World| {
            world.count("SELECT COUNT(*) FROM capabilities WHERE allowed").await == 1
        }).await;
        fault(&world, SEND, refusal(48001));
        world.says(ANNA, "slow 8 第二个").await;
        world.until("the refusal is learnt", async |world: &World| {
            world.count("SELECT COUNT(*) FROM capabilities WHERE NOT allowed").await == 1
        }).await;
        world.is_quiet().await;
        let text = world.hears(ANNA, "第三个").await;
        assert!(text.contains("「slow 8 第二个」的回答") && text.contains("你问的是「第三个」"), "{text}");
        assert_eq!((pushed(&world, "第二个"), world.asked("第二个")), (0, 1));
        world.end().await;
    }

    async fn a_right_that_is_lost_between_two_questions_loses_no_answer(engine: Engine) {
        let world = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "auto").start().await;
        world.simulator.follow(ANNA);
        world.says(ANNA, "slow 20 第一个").await;
        world.until("the answer is pushed", async |world: &World| pushed(world, "第一个") == 1).await;
        world.simulator.switch(|switches| switches.account = UNVERIFIED);
        world.says(ANNA, "slow 20 第二个").await;
        world.reads_on(ANNA).await;
        let texts = world.received(ANNA).join("\n");
        assert_eq!(texts.matches("你问的是「slow 20 第二个」").count(), 1, "{texts}");
        world.end().await;
    }

    async fn a_closed_window_keeps_the_answer_for_the_next_message(engine: Engine) {
        let world = pushing(engine).await;
        fault(&world, SEND, refusal(45015));
        world.says(ANNA, LATE).await;
        world.until("the push is refused", async |world: &World| calls(world, SEND) == [45015]).await;
        world.is_quiet().await;
        let text = world.hears(ANNA, "再问一个").await;
        assert!(text.contains("的回答") && text.contains("你问的是「slow 8 讲个故事」"), "{text}");
        assert_eq!(calls(&world, SEND), [45015]);
        world.end().await;
    }

    async fn a_busy_platform_gets_the_push_again(engine: Engine) {
        let world = pushing(engine).await;
        fault(&world, SEND, refusal(-1));
        world.says(ANNA, LATE).await;
        world.receives(ANNA, 1).await;
        world.is_quiet().await;
        assert_eq!((calls(&world, SEND), pushed(&world, "讲个故事")), (vec![-1, 0], 1));
        world.end().await;
    }

    async fn a_revoked_token_is_renewed_once(engine: Engine) {
        let world = pushing(engine).await;
        world.says(ANNA, LATE).await;
        world.receives(ANNA, 1).await;
        world.is_quiet().await;
        let renewals = calls(&world, STABLE_TOKEN).len();
        world.simulator.revoke_tokens();
        world.says(ANNA, "slow 8 另一个").await;
        world.receives(ANNA, 2).await;
        world.is_quiet().await;
        assert_eq!(pushed(&world, "另一个"), 1, "{}", world.transcript());
        assert_eq!(calls(&world, STABLE_TOKEN).len(), renewals + 1, "{}", world.transcript());
        world.end().await;
    }

    async fn a_push_without_a_verdict_is_repeated_once(engine: Engine) {
        for (wrong, copies) in [(Wrong::TimeoutAfter, 2), (Wrong::TimeoutBefore, 1), (Wrong::Status { status: 500 }, 1), (Wrong::Garbage, 2)] {
            let world = pushing(engine).await;
            fault(&world, SEND, wrong.clone());
            world.says(ANNA, LATE).await;
            world.receives(ANNA, copies).await;
            world.is_quiet().await;
            assert_eq!(pushed(&world, "讲个故事"), copies, "{wrong:?}\n{}", world.transcript());
            assert_eq!(calls(&world, SEND).len(), 2, "{wrong:?}");
            world.end().await;
        }
    }

    async fn nothing_is_pushed_to_someone_who_left(engine: Engine) {
        let world = pushing(engine).await;
        world.says(ANNA, LATE).await;
        let left = world.simulator.push(ANNA, Message::Unsubscribe);
        world.simulator.finished(left).await;
        world.until("the open question is dropped", async |world: &World| {
            world.count("SELECT COUNT(*) FROM questions WHERE failure = 'unfollowed' AND state = 'failed'").await == 1
        }).await;
        // The late answer would be pushed now.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert!(calls(&world, SEND).is_empty(), "{}", world.transcript());
        assert!(world.received(ANNA).is_empty());
        world.end().await;
    }

    async fn what_a_follower_said_is_erased_a_week_after_they_left(engine: Engine) {
        let mut world = pushing(engine).await;
        world.hears(ANNA, "讲个故事").await;
        let left = world.simulator.push(ANNA, Message::Unsubscribe);
        world.simulator.finished(left).await;
        world.until("the follower is gone", async |world: &World| {
            world.count("SELECT COUNT(*) FROM followers WHERE unfollowed_at IS NOT NULL").await == 1
        }).await;
        let kept = world.count(KEPT).await;
        world.execute("UPDATE followers SET unfollowed_at = unfollowed_at - 6 * 86400000").await;
        world.execute("UPDATE inbound SET received_at = received_at - 6 * 86400000").await;
        world.restart().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(world.count(KEPT).await, kept, "six days are no week");
        assert_eq!(world.count("SELECT COUNT(*) FROM inbound").await, 0, "the ledger forgets after two days");
        world.execute("UPDATE followers SET unfollowed_at = unfollowed_at - 86400000").await;
        world.restart().await;
        world.until("everything is erased", async |world: &World| world.count(KEPT).await == 0).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM usage").await, 0);
        world.end().await;
    }

    async fn a_question_asked_after_coming_back_outlives_the_leave(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let left_at = now_ms();
        world.until("time has passed", async |_: &World| now_ms() > left_at).await;
        let asks = world.simulator.push(ANNA, Message::text("slow 2 我回来了"));
        world.until("the question is stored", async |world: &World| world.count("SELECT COUNT(*) FROM questions").await == 1).await;
        // As the leave of a moment ago does, when it comes to it late.
        questions::drop_open(&world.db, "main", ANNA, left_at).await.unwrap();
        world.simulator.finished(asks).await;
        world.until("the answer is here", async |world: &World| !world.received(ANNA).is_empty()).await;
        world.end().await;
    }

    async fn someone_who_comes_back_is_answered_again(engine: Engine) {
        let world = pushing(engine).await;
        for message in [Message::Unsubscribe, Message::Subscribe { scene: None }] {
            let push = world.simulator.push(ANNA, message);
            world.simulator.finished(push).await;
        }
        world.receives(ANNA, 1).await;
        world.says(ANNA, LATE).await;
        world.until("the answer is pushed", async |world: &World| pushed(world, "讲个故事") == 1).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM followers WHERE unfollowed_at IS NULL").await, 1);
        world.end().await;
    }
}
