//! The life of a question, as its follower sees it.

use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

on_both_engines! {
    async fn a_fast_answer_comes_with_the_first_delivery(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "你好");
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 1).await;
        assert!(texts[0].contains("你好"), "{texts:?}");
        assert_eq!(world.simulator.exchanges().len(), 1, "{}", world.transcript());
        assert_eq!(world.asked("你好"), 1);
        world.end().await;
    }

    async fn a_slow_answer_reaches_an_account_without_pushes_by_a_later_delivery(engine: Engine) {
        let world = WorldBuilder::new(engine).account(UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "slow 7 是什么");
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 1).await;
        assert!(texts[0].contains("slow 7"), "{texts:?}");
        assert_eq!(world.asked("slow 7"), 1, "{}", world.transcript());
        world.end().await;
    }

    async fn a_slow_answer_is_pushed_where_that_is_known_to_work(engine: Engine) {
        let world = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "push").start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "slow 12 是什么");
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 1).await;
        assert!(texts[0].contains("「slow 12 是什么」的回答"), "{texts:?}");
        assert_eq!(world.simulator.exchanges().len(), 1, "{}", world.transcript());
        assert_eq!(world.asked("slow 12"), 1);
        world.end().await;
    }

    async fn an_answer_slower_than_every_delivery_waits_for_the_next_message(engine: Engine) {
        let world = WorldBuilder::new(engine).account(UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "slow 20 是什么");
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 1).await;
        assert!(texts[0].contains("回答还在写"), "{texts:?}");
        world.until("the answer is whole", async |world: &World| {
            world.count("SELECT COUNT(*) FROM questions WHERE state = 'answered'").await == 1
        }).await;
        let push = world.simulator.say(ANNA, "继续");
        world.simulator.finished(push).await;
        let texts = world.receives(ANNA, 2).await;
        assert!(texts[1].contains("slow 20"), "{texts:?}");
        assert_eq!(world.asked("slow 20"), 1);
        world.end().await;
    }

    async fn three_questions_at_once_get_three_answers_each_to_its_follower(engine: Engine) {
        let world = WorldBuilder::new(engine).account(UNVERIFIED).start().await;
        for openid in [ANNA, BEN] {
            world.simulator.follow(openid);
        }
        let pushes = [(ANNA, "slow 3 甲"), (ANNA, "slow 6 乙"), (ANNA, "丙"), (BEN, "slow 6 丁")]
            .map(|(openid, text)| world.simulator.say(openid, text));
        for push in pushes {
            world.simulator.finished(push).await;
        }
        let texts = world.receives(ANNA, 3).await.join("\n");
        for word in ["甲", "乙", "丙"] {
            assert!(texts.contains(word), "{texts}");
            assert_eq!(world.asked(word), 1);
        }
        assert!(!texts.contains("丁"));
        assert!(world.receives(BEN, 1).await[0].contains("丁"));
        world.end().await;
    }
}
