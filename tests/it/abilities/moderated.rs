//! Moderation, at every point where text comes in or goes out: nothing forbidden is shown, and nothing is kept that need not be.

use std::time::Duration;

use huixin::simulator::{Message, Recording};
use serde_json::Value;

use super::{
    ANNA, chats, drawn, host, last_prompt, media,
    model::{self, Speech},
    pages::Pages,
    settled, start_fetching, world_of,
};
use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const WORDS: &str = "[drop]\n红线词\n[hold]\n待审词\n[replace]\n粗话词\n";
const FORBIDDEN: [&str; 3] = ["红线词", "待审词", "粗话词"];

struct Moderated {
    world: World,
    words: tempfile::TempDir,
}

async fn moderated(builder: WorldBuilder) -> Moderated {
    let words = tempfile::TempDir::new().unwrap();
    std::fs::write(words.path().join("words.txt"), WORDS).unwrap();
    let world = start_fetching(builder.with("MODERATION_WORDS", words.path().display().to_string()), &[]).await;
    world.simulator.follow(ANNA);
    Moderated { world, words }
}

/// Everything that anybody can read of the answers: what came, every page, and the rows.
async fn readable(world: &World) -> String {
    let mut all = world.received(ANNA).join("\n");
    for exchange in world.simulator.exchanges() {
        all += exchange.reply_message.as_deref().unwrap_or_default();
    }
    for token in world.texts("SELECT page_token FROM questions".into()).await {
        let page = reqwest::get(format!("{}/a/{token}", world.url)).await.unwrap();
        all += &page.text().await.unwrap();
    }
    for column in ["answer", "reasoning"] {
        all += &world.texts(format!("SELECT {column} FROM questions")).await.join("\n");
    }
    all + &world.texts("SELECT text FROM answer_parts".into()).await.join("\n")
}

async fn decisions(world: &World) -> Vec<String> {
    let sql = "SELECT point || ' ' || decision || ' ' || COALESCE(held_text, '-') FROM moderations ORDER BY decided_at, id";
    world.texts(sql.into()).await
}

/// A model that first thinks and then says this, slowly.
async fn saying(content: &'static str, reasoning: &'static str) -> String {
    let pause = Duration::from_millis(15);
    model::start(move |_: &Value| Speech { content: content.into(), reasoning: reasoning.into(), pause, counts: true }).await
}

on_both_engines! {
    async fn a_question_is_dropped_held_or_starred_out(engine: Engine) {
        let Moderated { world, words: _words } = moderated(world_of(engine, UNVERIFIED)).await;
        assert!(world.hears(ANNA, "说说红线词").await.contains("这个内容我不能回答"));
        assert!(world.hears(ANNA, "说说待审词").await.contains("需要人工确认"));
        assert!(chats(&world).is_empty());
        let text = world.hears(ANNA, "说说粗话词吧").await;
        assert!(text.contains("说说＊＊＊吧"), "{text}");
        assert_eq!(decisions(&world).await, ["question drop -", "question hold 说说待审词", "question replace -"]);
        world.hears(ANNA, "你好").await;
        let asked = serde_json::to_string(&chats(&world)).unwrap();
        assert!(FORBIDDEN.iter().all(|word| !asked.contains(word)), "the history has it still: {asked}");
        world.end().await;
    }

    async fn a_prompt_a_transcript_and_a_passage_are_looked_at(engine: Engine) {
        let page = "<html><body><p>这一页说的是红线词，很长很长的一段话，足够被当作正文。</p></body></html>".as_bytes().to_vec();
        let site = Pages::start(vec![("/page", "text/html; charset=utf-8", page)]).await;
        let words = tempfile::TempDir::new().unwrap();
        std::fs::write(words.path().join("words.txt"), WORDS).unwrap();
        let builder = world_of(engine, UNVERIFIED)
            .with("IMAGE_MODEL", "huixin-draw")
            .with("AUDIO_HEARING_MODEL", "huixin-hear")
            .with("MODERATION_WORDS", words.path().display().to_string());
        let world = start_fetching(builder, &[host(&site.url)]).await;
        world.simulator.follow(ANNA);
        assert!(world.hears(ANNA, "画一只红线词").await.contains("不能回答"));
        assert!(drawn(&world).is_empty() && media(&world, ANNA).is_empty());
        let before = world.received(ANNA).len();
        let push = world.simulator.speak(ANNA, &Recording::unrecognised("说说红线词"));
        world.simulator.finished(push).await;
        assert!(world.receives(ANNA, before + 1).await[before].contains("不能回答"));
        assert!(chats(&world).is_empty());
        let text = world.hears(ANNA, &format!("讲讲 {}/page", site.url)).await;
        assert!(!text.contains("来源"), "{text}");
        assert!(last_prompt(&world).contains("打不开") && !last_prompt(&world).contains("红线词"), "{}", last_prompt(&world));
        assert_eq!(decisions(&world).await, ["picture_prompt drop -", "transcript drop -", "passage drop -"]);
        world.end().await;
    }

    async fn what_a_model_writes_is_stopped_before_anybody_reads_it(engine: Engine) {
        for account in [UNVERIFIED, VERIFIED] {
            let url = saying("第一句没有问题，可以看。第二句里有红线词，不能看。第三句也看不到。", "先想想红线词。").await;
            let Moderated { world, words: _words } = moderated(world_of(engine, account).with("LLM_BASE_URL", url)).await;
            world.says(ANNA, "讲讲").await;
            settled(&world, 1).await;
            world.reads_on(ANNA).await;
            let all = readable(&world).await;
            assert!(FORBIDDEN.iter().all(|word| !all.contains(word)), "{all}");
            assert!(all.contains("第一句没有问题") && !all.contains("第三句"), "{all}");
            assert!(world.received(ANNA).join("").contains("后面的内容不便显示"), "{:?}", world.received(ANNA));
            assert!(decisions(&world).await.contains(&"answer drop -".to_owned()), "{:?}", decisions(&world).await);
            world.end().await;
        }
    }

    async fn an_answer_is_held_with_what_was_held_or_starred_out(engine: Engine) {
        let url = saying("开头很好。后面提到待审词这件事。", "").await;
        let Moderated { world, words: _words } = moderated(world_of(engine, UNVERIFIED).with("LLM_BASE_URL", url)).await;
        world.says(ANNA, "讲讲").await;
        settled(&world, 1).await;
        world.reads_on(ANNA).await;
        assert!(!readable(&world).await.contains("待审词"));
        let held = decisions(&world).await;
        assert!(held.len() == 1 && held[0].starts_with("answer hold ") && held[0].contains("待审词"), "{held:?}");
        world.end().await;
        let url = saying("这句有粗话词，没关系。", "").await;
        let Moderated { world, words: _words } = moderated(world_of(engine, UNVERIFIED).with("LLM_BASE_URL", url)).await;
        let text = world.hears(ANNA, "讲讲").await;
        assert!(text.contains("这句有＊＊＊，没关系。"), "{text}");
        world.end().await;
    }

    async fn while_the_moderator_is_away_no_answer_gets_out(engine: Engine) {
        let builder = world_of(engine, VERIFIED)
            .with("MODERATION_URL", "http://127.0.0.1:9/v1/moderations")
            .with("MODERATION_TIMEOUT_MS", "500")
            .with("MODERATION_FAIL_OPEN", "true");
        let world = builder.start().await;
        world.simulator.follow(ANNA);
        let text = world.hears(ANNA, "你好").await;
        assert!(text.contains("不能回答"), "{text}");
        assert_eq!(chats(&world).len(), 1, "the question passes");
        let all = readable(&world).await;
        assert!(!all.contains("你问的是「"), "{all}");
        world.end().await;
    }

    async fn a_service_judges_what_comes_and_goes(engine: Engine) {
        let mut world = world_of(engine, UNVERIFIED).surroundings().await;
        let url = format!("{}/v1/moderations", world.simulator.url());
        world.values = world.values.with("MODERATION_URL", url);
        world.restart().await;
        world.simulator.follow(ANNA);
        assert!(world.hears(ANNA, "你好").await.contains("你问的是「你好」"));
        assert!(world.hears(ANNA, "说说违禁的事").await.contains("不能回答"));
        assert_eq!(chats(&world).len(), 1);
        world.end().await;
    }

    async fn a_list_that_changes_is_in_force_without_a_restart(engine: Engine) {
        let Moderated { world, words } = moderated(world_of(engine, UNVERIFIED)).await;
        assert!(world.hears(ANNA, "说说新词汇").await.contains("你问的是"));
        std::fs::write(words.path().join("words.txt"), "新词汇\n").unwrap();
        world.until("the new list is in force", async |world: &World| {
            world.hears(ANNA, "说说新词汇").await.contains("不能回答")
        }).await;
        assert!(world.hears(ANNA, "说说红线词").await.contains("你问的是"));
        let push = world.simulator.push(ANNA, Message::text("再见"));
        world.simulator.finished(push).await;
        world.end().await;
    }
}
