//! Limits: each with its sentence and the time it is free again, over replicas and crashes.

use std::time::{Duration, Instant};

use super::{
    ANNA, BEN, chats, drawn,
    model::{self, Speech},
    receives_media, settled, world_of,
};
use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    process::Process,
    world::{UNVERIFIED, VERIFIED},
};

async fn limited(builder: WorldBuilder) -> World {
    let world = builder.start().await;
    for openid in [ANNA, BEN] {
        world.simulator.follow(openid);
    }
    world
}

/// Lets everything that was asked and used have happened so much earlier.
async fn earlier(world: &World, sql: [&'static str; 2]) {
    for statement in sql {
        world.execute(statement).await;
    }
}

const AN_HOUR: [&str; 2] =
    ["UPDATE questions SET admitted_at = admitted_at - 3600001", "UPDATE usage SET used_at = used_at - 3600001"];
const A_DAY: [&str; 2] =
    ["UPDATE questions SET admitted_at = admitted_at - 86400001", "UPDATE usage SET used_at = used_at - 86400001"];

on_both_engines! {
    async fn each_limit_of_questions_has_its_sentence_and_is_free_again_in_time(engine: Engine) {
        for (name, sentence, free_in) in [
            ("LIMIT_CALLS_PER_MINUTE", "发得太快了", "秒后"),
            ("LIMIT_CALLS_PER_HOUR", "一小时内的提问已经用完", "60 分钟后"),
            ("LIMIT_CALLS_PER_DAY", "一天内的提问已经用完", "24 小时后"),
        ] {
            let world = limited(world_of(engine, UNVERIFIED).with(name, "2")).await;
            for question in ["甲", "乙"] {
                assert!(world.hears(ANNA, question).await.contains("你问的是"));
            }
            for question in ["丙", "丁"] {
                let text = world.hears(ANNA, question).await;
                assert!(text.contains(sentence) && text.contains(free_in), "{name}: {text}");
            }
            assert_eq!(chats(&world).len(), 2, "{name}");
            assert!(world.hears(BEN, "甲").await.contains("你问的是"), "{name}: another follower is not limited");
            assert!(world.hears(ANNA, "帮助").await.contains("还可以回复"), "{name}: commands are free");
            earlier(&world, A_DAY).await;
            assert!(world.hears(ANNA, "戊").await.contains("你问的是"), "{name}");
            world.end().await;
        }
    }

    async fn pictures_have_limits_of_their_own_whoever_decides_to_draw(engine: Engine) {
        for (name, sentence) in [("LIMIT_PICTURES_PER_HOUR", "一小时内的画图已经用完"), ("LIMIT_PICTURES_PER_DAY", "一天内的画图已经用完")] {
            let world = limited(
                world_of(engine, VERIFIED).with(name, "1").with("IMAGE_MODEL", "huixin-draw").with("IMAGE_BY_MODEL", "true"),
            )
            .await;
            world.says(ANNA, "画一只猫").await;
            receives_media(&world, ANNA, 1).await;
            for wish in ["画一只狗", "换一个", "tool 一只鸟"] {
                let text = world.hears(ANNA, wish).await;
                assert!(text.contains(sentence), "{name}, {wish}: {text}");
            }
            assert_eq!(drawn(&world).len(), 1);
            assert!(world.hears(ANNA, "你好").await.contains("你问的是"), "{name}: words are not limited");
            earlier(&world, if name.ends_with("HOUR") { AN_HOUR } else { A_DAY }).await;
            world.says(ANNA, "画一只狗").await;
            receives_media(&world, ANNA, 2).await;
            world.end().await;
        }
    }

    async fn tokens_are_counted_or_estimated_and_limited(engine: Engine) {
        let world = limited(world_of(engine, UNVERIFIED).with("LIMIT_TOKENS_PER_DAY", "20")).await;
        assert!(world.hears(ANNA, "你好").await.contains("你问的是"));
        settled(&world, 1).await;
        assert!(world.count("SELECT CAST(SUM(prompt_tokens + completion_tokens) AS BIGINT) FROM usage").await > 20);
        let text = world.hears(ANNA, "再问").await;
        assert!(text.contains("字数额度") && text.contains("24 小时后"), "{text}");
        assert!(world.hears(BEN, "你好").await.contains("你问的是"));
        earlier(&world, A_DAY).await;
        assert!(world.hears(ANNA, "再问").await.contains("你问的是"));
        world.end().await;
    }

    async fn tokens_are_estimated_where_the_upstream_does_not_count_them(engine: Engine) {
        let url = model::start(|_| Speech::of("一段足够长的回答，来来回回说的都是同一件事。".repeat(4))).await;
        let world = limited(world_of(engine, UNVERIFIED).with("LLM_BASE_URL", url).with("LIMIT_TOKENS_PER_DAY", "60")).await;
        assert!(world.hears(ANNA, "你好").await.contains("同一件事"));
        settled(&world, 1).await;
        let written = world.count("SELECT completion_tokens FROM usage").await;
        assert!((40..400).contains(&written), "{written} tokens for a hundred characters");
        assert!(world.count("SELECT prompt_tokens FROM usage").await > 10);
        assert!(world.hears(ANNA, "再问").await.contains("字数额度"));
        world.end().await;
    }

    async fn an_account_costs_no_more_in_a_day_than_its_operator_allows(engine: Engine) {
        let models = "demo[in=1000 out=2000], huixin-draw[draws per=0.5]";
        let world = limited(
            world_of(engine, UNVERIFIED)
                .with("LLM_MODELS", models)
                .with("IMAGE_MODEL", "huixin-draw")
                .with("LIMIT_ACCOUNT_COST_PER_DAY", "0.4"),
        )
        .await;
        world.says(ANNA, "画一只猫").await;
        receives_media(&world, ANNA, 1).await;
        assert_eq!(world.count("SELECT CAST(SUM(cost_micros) AS BIGINT) FROM usage").await, 500_000);
        for openid in [ANNA, BEN] {
            let text = world.hears(openid, "你好").await;
            assert!(text.contains("额度已经用完") && text.contains("24 小时后"), "{text}");
        }
        earlier(&world, A_DAY).await;
        assert!(world.hears(BEN, "你好").await.contains("你问的是"));
        settled(&world, 4).await;
        let cost = "SELECT cost_micros - prompt_tokens * 1000 - completion_tokens * 2000 FROM usage WHERE model = 'demo'";
        assert_eq!(world.count(cost).await, 0, "tokens at their prices");
        world.end().await;
    }

    async fn an_account_answers_only_so_many_at_the_same_time(engine: Engine) {
        let world = limited(world_of(engine, VERIFIED).with("LIMIT_ACCOUNT_CONCURRENCY", "1")).await;
        world.simulator.switch(|switches| switches.model_delay_secs = 3.0);
        for (openid, question) in [(ANNA, "甲"), (BEN, "乙"), (ANNA, "丙")] {
            world.simulator.say(openid, question);
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while world.count("SELECT COUNT(*) FROM questions WHERE state IN ('answered', 'delivered')").await < 3 {
            let answering = world.count("SELECT COUNT(*) FROM questions WHERE state = 'answering'").await;
            assert!(answering <= 1, "{answering} at once");
            assert!(Instant::now() < deadline, "{}", world.transcript());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        world.is_quiet().await;
        world.end().await;
    }

    async fn a_question_that_kills_its_process_is_counted_once(engine: Engine) {
        let world =
            world_of(engine, UNVERIFIED).with("LIMIT_CALLS_PER_DAY", "2").with("LIMIT_ACCOUNT_CONCURRENCY", "1").surroundings().await;
        world.simulator.follow(ANNA);
        if !cfg!(feature = "crash-points") {
            return world.abandon().await;
        }
        let mut process = Process::start(&world.values.clone().with("HUIXIN_CRASH_AT", "question started")).await;
        world.simulator.set_webhook(format!("{}/wechat", process.url));
        world.simulator.say(ANNA, "甲");
        let deadline = Instant::now() + Duration::from_secs(20);
        while process.is_alive() {
            assert!(Instant::now() < deadline, "the process did not die");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let process = Process::start(&world.values).await;
        world.simulator.set_webhook(format!("{}/wechat", process.url));
        settled(&world, 1).await;
        world.reads_on(ANNA).await;
        assert!(world.hears(ANNA, "乙").await.contains("你问的是"), "the first was counted twice");
        assert!(world.hears(ANNA, "丙").await.contains("已经用完"));
        drop(process);
        world.abandon().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_count_together() {
    let world = world_of(Engine::Postgres, UNVERIFIED).with("LIMIT_CALLS_PER_DAY", "4").surroundings().await;
    world.simulator.follow(ANNA);
    let folders = [tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap()];
    let values = |folder: &tempfile::TempDir| world.values.clone().with("DATA_DIR", folder.path().display().to_string());
    let replicas = [Process::start(&values(&folders[0])).await, Process::start(&values(&folders[1])).await];
    let mut pushes = Vec::new();
    for number in 0..8 {
        world.simulator.set_webhook(format!("{}/wechat", replicas[number % 2].url));
        pushes.push(world.simulator.say(ANNA, &format!("第 {number} 问")));
    }
    for push in pushes {
        world.simulator.finished(push).await;
    }
    settled(&world, 8).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE admitted_at IS NOT NULL").await, 4);
    assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE failure = 'limited'").await, 4);
    assert_eq!(chats(&world).len(), 4);
    world.abandon().await;
}
