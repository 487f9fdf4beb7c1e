//! The words a follower taps or types, and which answer they act on.

use crate::support::{
    Engine, World, WorldBuilder,
    chat::{Tap, tap},
    on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

const TOO_OLD: &str = "这条回答已经过期";

/// A world whose taps come back with their menu id, and one whose taps carry a code.
async fn worlds(engine: Engine) -> [World; 2] {
    let verified = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "push").start().await;
    let unverified = WorldBuilder::new(engine).account(UNVERIFIED).with("REPLY_MODE", "passive").start().await;
    for world in [&verified, &unverified] {
        world.simulator.follow(ANNA);
        world.simulator.follow(BEN);
    }
    [verified, unverified]
}

fn tap_of(text: &str, word: &str) -> Tap {
    tap(text, word).unwrap_or_else(|| panic!("no {word} below: {text}"))
}

/// What `openid` reads after tapping `tap`.
async fn reply_to(world: &World, openid: &str, tap: &Tap) -> String {
    let before = world.received(openid).len();
    world.taps(openid, tap).await;
    world.receives(openid, before + 1).await[before].clone()
}

on_both_engines! {
    async fn another_answer_is_given_to_the_tapped_question_and_not_to_the_newest(engine: Engine) {
        for world in worlds(engine).await {
            let first = world.hears(ANNA, "第一个问题").await;
            world.hears(ANNA, "第二个问题").await;
            let text = reply_to(&world, ANNA, &tap_of(&first, "换一个")).await;
            assert!(text.contains("你问的是「第一个问题」"), "{text}");
            assert_eq!((world.asked("第一个问题"), world.asked("第二个问题")), (2, 1));
            world.end().await;
        }
    }

    async fn the_rest_of_the_tapped_answer_comes_although_a_newer_one_came(engine: Engine) {
        let world = WorldBuilder::new(engine).account(UNVERIFIED).with("REPLY_MODE", "passive").start().await;
        world.simulator.follow(ANNA);
        world.says(ANNA, "long 第一个问题").await;
        world.is_quiet().await;
        let first = world.received(ANNA).last().unwrap().clone();
        let second = world.hears(ANNA, "第二个问题").await;
        assert!(second.contains("你问的是「第二个问题」"), "{second}");
        let text = reply_to(&world, ANNA, &tap_of(&first, "继续")).await;
        assert!(!text.contains("第二个问题"), "{text}");
        assert!(text.contains(" 段") || text.contains("「long 第一个问题」"), "{text}");
        world.reads_on(ANNA).await;
        let text = reply_to(&world, ANNA, &tap_of(&first, "继续")).await;
        assert!(text.contains("没有更多内容了"), "{text}");
        assert_eq!((world.asked("第一个问题"), world.asked("第二个问题")), (1, 1));
        world.end().await;
    }

    async fn a_tap_on_an_answer_that_is_gone_says_so_and_touches_no_other(engine: Engine) {
        for world in worlds(engine).await {
            let first = world.hears(ANNA, "第一个问题").await;
            world.is_quiet().await;
            world.until("the answer is on the wire", async |world: &World| {
                world.count("SELECT COUNT(*) FROM inbound WHERE reply_owner IS NOT NULL").await == 0
            }).await;
            world.execute("DELETE FROM questions").await;
            world.hears(ANNA, "第二个问题").await;
            let text = reply_to(&world, ANNA, &tap_of(&first, "换一个")).await;
            assert!(text.contains(TOO_OLD), "{text}");
            let more = Tap { content: tap_of(&first, "换一个").content.replace("换一个", "继续"), ..tap_of(&first, "换一个") };
            let text = reply_to(&world, ANNA, &more).await;
            assert!(text.contains(TOO_OLD), "{text}");
            assert_eq!((world.asked("第一个问题"), world.asked("第二个问题")), (1, 1));
            world.end().await;
        }
    }

    async fn nobody_can_use_another_followers_answer(engine: Engine) {
        for world in worlds(engine).await {
            let annas = world.hears(ANNA, "安娜的问题").await;
            world.hears(BEN, "本的问题").await;
            for word in ["换一个", "继续"] {
                let again = tap_of(&annas, "换一个");
                let stolen = Tap { content: again.content.replace("换一个", word), ..again };
                let text = reply_to(&world, BEN, &stolen).await;
                assert!(text.contains(TOO_OLD) && !text.contains("安娜"), "{text}");
            }
            assert_eq!((world.asked("安娜的问题"), world.asked("本的问题")), (1, 1));
            world.end().await;
        }
    }

    async fn a_tapped_new_beginning_forgets_the_conversation(engine: Engine) {
        for world in worlds(engine).await {
            let first = world.hears(ANNA, "第一个问题").await;
            let text = reply_to(&world, ANNA, &tap_of(&first, "清空")).await;
            assert!(text.contains("之前的对话我已经忘掉"), "{text}");
            world.hears(ANNA, "第二个问题").await;
            let asked = world.simulator.asked().last().unwrap()["messages"].to_string();
            assert!(asked.contains("第二个问题") && !asked.contains("第一个问题"), "{asked}");
            world.end().await;
        }
    }

    async fn typed_words_are_as_good_as_taps(engine: Engine) {
        for world in worlds(engine).await {
            for (typed, said) in [
                ("继续", "没有更多内容了"),
                ("More", "没有更多内容了"),
                ("换一个", "还没有可以重新回答的问题"),
                ("／reset", "之前的对话我已经忘掉"),
                ("帮助", "直接发文字或语音提问即可"),
            ] {
                let text = world.hears(ANNA, typed).await;
                assert!(text.contains(said), "{typed}: {text}");
            }
            assert!(world.simulator.asked().is_empty());
            world.hears(ANNA, "第一个问题").await;
            world.hears(ANNA, "第二个问题").await;
            let text = world.hears(ANNA, "换一个。").await;
            assert!(text.contains("你问的是「第二个问题」"), "{text}");
            let text = world.hears(ANNA, "继续讲第二点").await;
            assert!(text.contains("你问的是「继续讲第二点」"), "more than the word is a question: {text}");
            world.end().await;
        }
    }
}
