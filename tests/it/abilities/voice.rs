//! Voice: heard by WeChat or by the speech model, quoted, remembered; and answers that are spoken.

use huixin::simulator::{MediaKind, Recognition, Recording, Via, VoiceFormat};

use super::{ANNA, chats, media, receives_media, settled, text_of, world_of};
use crate::support::{
    Engine, World, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const HEARER: (&str, &str) = ("AUDIO_HEARING_MODEL", "huixin-hear");
const SPEAKER: (&str, &str) = ("AUDIO_SPEAKING_MODEL", "huixin-speak");

async fn speaks(world: &World, recording: Recording) -> String {
    let before = world.received(ANNA).len();
    let push = world.simulator.speak(ANNA, &recording);
    world.simulator.finished(push).await;
    world.receives(ANNA, before + 1).await[before].clone()
}

fn recognised(words: &str) -> Recording {
    Recording { words: words.into(), format: VoiceFormat::Amr, recognition: Recognition::On }
}

on_both_engines! {
    async fn what_wechat_heard_is_quoted_and_answered(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        let text = speaks(&world, recognised("今天星期几")).await;
        assert!(text.contains("听到：今天星期几") && text.contains("你问的是「今天星期几」"), "{text}");
        let text = speaks(&world, Recording::unrecognised("今天星期几")).await;
        assert!(text.contains("这段语音"), "nobody can hear it: {text}");
        assert_eq!(chats(&world).len(), 1);
        world.end().await;
    }

    async fn what_the_speech_model_heard_is_quoted_answered_and_remembered(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with(HEARER.0, HEARER.1).start().await;
        world.simulator.follow(ANNA);
        let text = speaks(&world, Recording::unrecognised("今天星期几")).await;
        assert!(text.contains("听到：今天星期几") && text.contains("你问的是「今天星期几」"), "{text}");
        assert_eq!(world.texts("SELECT text FROM questions".into()).await, ["今天星期几"]);
        world.hears(ANNA, "那明天呢").await;
        let request = chats(&world).pop().unwrap();
        let past: Vec<String> = request["messages"].as_array().unwrap().iter().map(|turn| text_of(&turn["content"])).collect();
        assert_eq!(past[1], "今天星期几");
        assert!(!past[2].contains("听到"), "the model never said that it heard something: {}", past[2]);
        world.end().await;
    }

    async fn a_recording_that_says_nothing_is_asked_for_again(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with(HEARER.0, HEARER.1).start().await;
        world.simulator.follow(ANNA);
        for words in ["hear-empty 你好", "hear-401 你好"] {
            let text = speaks(&world, Recording::unrecognised(words)).await;
            assert!(text.contains("没听清"), "{words}: {text}");
        }
        assert!(chats(&world).is_empty());
        world.end().await;
    }

    async fn a_voice_message_without_an_answer_gets_an_apology(engine: Engine) {
        let world = world_of(engine, VERIFIED).with("LLM_TIMEOUT_SECS", "1").start().await;
        world.simulator.follow(ANNA);
        let text = speaks(&world, recognised("401 你好")).await;
        assert!(text.contains("抱歉") && !text.contains("没能写完"), "{text}");
        assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE state = 'failed'").await, 1);
        world.end().await;
    }

    async fn a_spoken_question_that_is_answered_late_is_named_by_its_words(engine: Engine) {
        let world = world_of(engine, VERIFIED).with(HEARER.0, HEARER.1).start().await;
        world.simulator.follow(ANNA);
        let text = speaks(&world, Recording::unrecognised("slow 10 星期几")).await;
        assert!(text.contains("「slow 10 星期几」的回答"), "{text}");
        world.end().await;
    }

    async fn spoken_answers_come_first_and_their_words_after_them(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with(SPEAKER.0, SPEAKER.1).start().await;
        world.simulator.follow(ANNA);
        assert!(world.hears(ANNA, "语音 开").await.contains("已打开"));
        world.says(ANNA, "讲讲回信").await;
        let spoken = receives_media(&world, ANNA, 1).await;
        let (via, medium) = &spoken[0];
        assert!(matches!(via, Via::Passive { .. }) && medium.kind == MediaKind::Voice);
        assert!(medium.seconds().unwrap() <= 60.0);
        assert!(medium.words().unwrap().starts_with("你问的是「讲讲回信」"), "{:?}", medium.words());
        let before = world.received(ANNA).len();
        world.reads_on(ANNA).await;
        assert!(world.received(ANNA)[before..].join("").contains("你问的是「讲讲回信」"), "{:?}", world.received(ANNA));
        assert!(world.hears(ANNA, "/voice off").await.contains("关闭"));
        assert!(world.hears(ANNA, "再讲讲").await.contains("你问的是"));
        assert_eq!(media(&world, ANNA).len(), 1);
        world.end().await;
    }

    async fn a_late_answer_is_spoken_before_the_rest_of_its_words(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with(SPEAKER.0, SPEAKER.1).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "/voice on").await;
        let text = world.hears(ANNA, "slow 20 long 讲讲回信").await;
        assert!(text.contains("回答还在写"), "{text}");
        settled(&world, 1).await;
        world.says(ANNA, "继续").await;
        let spoken = receives_media(&world, ANNA, 1).await;
        let words = spoken[0].1.words().unwrap();
        assert!(words.chars().count() <= 240 && spoken[0].1.seconds().unwrap() <= 60.0, "{words}");
        world.reads_on(ANNA).await;
        assert!(world.received(ANNA).join("").contains("第 4 段"), "{:?}", world.received(ANNA));
        assert_eq!(media(&world, ANNA).len(), 1);
        world.end().await;
    }

    async fn a_spoken_answer_and_its_words_are_pushed_where_that_works(engine: Engine) {
        let world = world_of(engine, VERIFIED).with(SPEAKER.0, SPEAKER.1).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "/voice on").await;
        let before = world.received(ANNA).len();
        let push = world.simulator.speak(ANNA, &recognised("slow 8 讲讲回信"));
        world.simulator.finished(push).await;
        let spoken = receives_media(&world, ANNA, 1).await;
        assert_eq!(spoken[0].0, Via::Customer);
        assert!(!spoken[0].1.words().unwrap().contains("听到"), "its own question is not read out: {:?}", spoken[0].1.words());
        world.is_quiet().await;
        world.reads_on(ANNA).await;
        assert!(world.received(ANNA)[before..].join("").contains("你问的是"), "{:?}", world.received(ANNA));
        world.end().await;
    }

    async fn what_cannot_be_spoken_is_left_out(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with(SPEAKER.0, SPEAKER.1).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "/voice on").await;
        for (count, question) in ["#say-overlong 你好", "#say-401 你好", "#say-empty 你好", "#say-garbage 你好"].into_iter().enumerate() {
            let text = world.hears(ANNA, question).await;
            assert!(text.contains("你问的是"), "{question}: {text}");
            settled(&world, count as i64 + 1).await;
        }
        assert!(media(&world, ANNA).is_empty());
        world.end().await;
    }

    async fn where_nobody_speaks_it_is_said(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        assert!(world.hears(ANNA, "/voice on").await.contains("不能用语音回答"));
        world.end().await;
    }
}
