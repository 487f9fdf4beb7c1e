//! What is kept of a follower: told, shown, erased.

use std::process::{Command, Output, Stdio};

use crate::support::{
    Engine, World, WorldBuilder,
    browser::{Browser, Scripts, Theme},
    on_both_engines,
};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

/// Tables with rows of followers.
const KEPT: &str =
    "SELECT (SELECT COUNT(*) FROM followers) + (SELECT COUNT(*) FROM questions) + (SELECT COUNT(*) FROM answer_parts)
    + (SELECT COUNT(*) FROM usage) + (SELECT COUNT(*) FROM inbound) + (SELECT COUNT(*) FROM attachments)
    + (SELECT COUNT(*) FROM preferences) + (SELECT COUNT(*) FROM upload_links)";

/// `openid` leaves traces in every table: a choice, a question, a picture, a file.
async fn leaves_traces(world: &World, openid: &str, text: &str) {
    world.simulator.follow(openid);
    world.hears(openid, "/lang en").await;
    world.hears(openid, text).await;
    let page = world.upload_page(openid).await;
    world.hands_in(&page, "own.txt", format!("of {openid}")).await;
    world.is_read(&page).await;
    let before = world.simulator.chat(openid).len();
    world.says(openid, "画一只猫").await;
    world.until("the picture came", async |world: &World| world.simulator.chat(openid).len() > before + 1).await;
}

fn drawing(engine: Engine) -> WorldBuilder {
    WorldBuilder::new(engine).with("IMAGE_MODEL", "huixin-draw")
}

/// `huixin privacy …` on the world's database.
async fn privacy(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huixin"));
    command.arg("privacy").args(arguments).env_clear().envs(world.values.pairs()).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

on_both_engines! {
    async fn the_privacy_page_tells_what_is_configured_and_no_secret(engine: Engine) {
        let builder = drawing(engine).with("OPERATOR_NAME", "某某科技").with("OPERATOR_CONTACT", "privacy@example.cn");
        let builder = builder.with("OPERATOR_FILING", "京网信算备0001号").with("RETENTION_DAYS", "5").with("LLM_API_KEY", "sk-very-secret");
        let world = builder.with("MODERATION_URL", "https://moderation.example/v1").start().await;
        let page = world.fetch("/privacy").await;
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        for fact in [
            "某某科技", "privacy@example.cn", "京网信算备0001号", "最长 5 天", "5 天内可以打开", "7 天后，以上全部删除", "127.0.0.1：收到你的提问",
            "moderation.example：", "openid", "删除我的数据", "每分钟提问 60", "微信保存 3 天",
        ] {
            assert!(html.contains(fact), "{fact} is missing in {html}");
        }
        for forbidden in ["sk-very-secret", "/v1", "<script", "style="] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
        let english = reqwest::Client::new().get(format!("{}/privacy", world.url)).header("accept-language", "en-GB").send().await.unwrap();
        let english = english.text().await.unwrap();
        for fact in ["某某科技", "at most 5 days", "opens for 5 days", "after 7 days", "/delete-my-data", "60 questions a minute"] {
            assert!(english.contains(fact), "{fact} is missing in {english}");
        }
        world.end().await;
    }

    async fn an_operator_exports_and_erases_one_follower_and_nobody_else(engine: Engine) {
        let world = drawing(engine).start().await;
        leaves_traces(&world, ANNA, "你好").await;
        leaves_traces(&world, BEN, "早上好").await;
        world.is_quiet().await;
        let objects = world.kept_files("objects").len();
        let exported = privacy(&world, &["export", "--openid", ANNA]).await;
        assert!(exported.status.success(), "{exported:?}");
        let export: serde_json::Value = serde_json::from_slice(&exported.stdout).unwrap();
        assert_eq!(export["openid"], ANNA);
        assert_eq!(export["language"], "en");
        assert!(export.to_string().contains("你好") && export.to_string().contains("own.txt") && !export.to_string().contains("早上好"));
        assert_eq!(export["objects"].as_array().unwrap().len(), 1, "{export}");

        let unasked = privacy(&world, &["erase", "--openid", ANNA]).await;
        assert!(!unasked.status.success() && String::from_utf8_lossy(&unasked.stderr).contains("--yes"), "{unasked:?}");
        let slip = privacy(&world, &["erase", "--account", "mian", "--openid", ANNA, "--yes"]).await;
        assert!(!slip.status.success() && String::from_utf8_lossy(&slip.stderr).contains("there are: main"), "{slip:?}");
        assert_eq!(world.count_of("SELECT COUNT(*) FROM questions WHERE openid = $1", ANNA).await, 2);

        let erased = privacy(&world, &["erase", "--account", "main", "--openid", ANNA, "--yes"]).await;
        let receipt = String::from_utf8_lossy(&erased.stdout);
        assert!(erased.status.success() && receipt.contains("2 question(s)") && receipt.contains("2 stored object(s)"), "{erased:?}");
        assert_eq!(world.kept_files("objects").len(), objects - 2);
        let again = privacy(&world, &["export", "--openid", ANNA]).await;
        let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!((again["questions"].as_array().unwrap().len(), again["first_seen_at"].is_null()), (0, true));
        assert_eq!(world.count_of("SELECT COUNT(*) FROM questions WHERE openid = $1", BEN).await, 2);
        world.abandon().await;
    }

    async fn who_left_a_week_ago_is_erased_from_every_table_and_who_came_back_is_not(engine: Engine) {
        let mut world = drawing(engine).start().await;
        leaves_traces(&world, ANNA, "你好").await;
        leaves_traces(&world, BEN, "早上好").await;
        world.is_quiet().await;
        world.execute("UPDATE followers SET unfollowed_at = 1 WHERE openid = 'oAnna000000000000000000000001'").await;
        // The housekeeping begins with the process.
        world.restart().await;
        world.until("Anna is gone", async |world: &World| {
            world.count_of("SELECT COUNT(*) FROM followers WHERE openid = $1", ANNA).await == 0 && world.kept_files("objects").len() == 2
        }).await;
        assert_eq!(world.count_of("SELECT COUNT(*) FROM questions WHERE openid = $1", BEN).await, 2);
        world.execute("UPDATE followers SET unfollowed_at = 1").await;
        world.restart().await;
        world.until("nothing is left", async |world: &World| world.count(KEPT).await == 0 && world.kept_files("objects").is_empty()).await;
        world.end().await;
    }

    async fn questions_go_after_the_retention_even_where_their_page_would_be_open(engine: Engine) {
        let mut world = WorldBuilder::new(engine).with("RETENTION_DAYS", "2").with("ANSWER_PAGE_DAYS", "30").start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE page_expires_at - asked_at > 172800000").await, 0, "no page outlives its answer");
        // One that was asked in 2020, under another configuration.
        world.execute(
            "INSERT INTO questions (id, account, openid, text, state, attempts, answer, reasoning, shown, page_token, page_expires_at,
                                    asked_at, answered_at, push_tries)
             SELECT '016f5e66e800' || substr(id, 13), account, openid, 'old', 'delivered', 1, 'old', '', 0, 'old', page_expires_at * 2,
                    1577836800000, 1577836800000, 0 FROM questions",
        ).await;
        world.execute(
            "INSERT INTO answer_parts (question_id, seq, text, state, via, tries, changed_at)
             SELECT id, 0, 'old', 'sent', 'passive', 0, 1577836800000 FROM questions WHERE text = 'old'",
        ).await;
        world.restart().await;
        world.until("the old question is gone", async |world: &World| {
            world.count("SELECT COUNT(*) FROM questions WHERE text = 'old'").await == 0
        }).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM questions").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM answer_parts WHERE text = 'old'").await, 0);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_privacy_page_fits_a_phone_and_a_desk() {
    let world = drawing(Engine::Sqlite)
        .with("OPERATOR_NAME", "某某科技有限公司")
        .with("OPERATOR_CONTACT", "privacy@example.cn")
        .start()
        .await;
    let browser = Browser::start(Scripts::On).await;
    for (width, height, theme, name) in
        [(360, 740, Theme::Light, "privacy-360-light"), (1200, 900, Theme::Dark, "privacy-1200-dark")]
    {
        browser.screen(width, height, theme).await;
        browser.open(&format!("{}/privacy", world.url)).await;
        assert_eq!(
            browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth").await,
            serde_json::json!(true)
        );
        browser.picture(name).await;
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
    world.end().await;
}
