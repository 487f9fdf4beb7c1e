//! What was drawn and spoken, on the page; and what huixin itself says there.

use crate::support::{
    Engine, World, WorldBuilder,
    browser::{Browser, Scripts, Theme},
    on_both_engines,
};

const ANNA: &str = "oAnna000000000000000000000001";

fn drawing(engine: Engine) -> WorldBuilder {
    WorldBuilder::new(engine).with("IMAGE_MODEL", "huixin-draw")
}

on_both_engines! {
    async fn a_page_shows_what_was_drawn_to_whoever_has_its_address(engine: Engine) {
        let world = drawing(engine).start().await;
        world.simulator.follow(ANNA);
        world.says(ANNA, "画 slow 6 一只戴帽子的猫").await;
        let page = world.answer_page().await;
        let drawn = "SELECT COUNT(*) FROM questions WHERE state IN ('answered', 'delivered')";
        if world.count(drawn).await == 0 {
            let html = world.fetch(&page).await.text().await.unwrap();
            assert!(html.contains("正在画") && html.contains("http-equiv=\"refresh\""), "{html}");
        }
        let events = world.fetch(&format!("{page}/events")).await.text().await.unwrap();
        assert!(events.contains(&format!("{page}/pictures/0")), "{events}");
        let html = world.fetch(&page).await.text().await.unwrap();
        assert!(html.contains(&format!("<img src=\"{page}/pictures/0\" alt=\"")) && html.contains("一只戴帽子的猫"), "{html}");
        let picture = world.fetch(&format!("{page}/pictures/0")).await;
        let header = |name: &str| picture.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((picture.status().as_u16(), header("content-type").as_str()), (200, "image/png"));
        assert_eq!((header("x-content-type-options").as_str(), header("cache-control").as_str()), ("nosniff", "private, max-age=3600"));
        assert!(image::load_from_memory(&picture.bytes().await.unwrap()).unwrap().width() > 100);
        for stranger in [format!("{page}/pictures/1"), format!("{page}/voice/0"), format!("/a/{}/pictures/0", "b".repeat(32)), format!("{page}/pictures/x")] {
            assert_eq!(world.fetch(&stranger).await.status(), 404, "{stranger}");
        }
        world.execute("UPDATE questions SET page_expires_at = 1").await;
        assert_eq!(world.fetch(&format!("{page}/pictures/0")).await.status(), 404);
        world.end().await;
    }

    async fn a_page_that_is_open_when_the_model_chooses_to_draw_says_so(engine: Engine) {
        let world = drawing(engine).with("IMAGE_BY_MODEL", "true").start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "tool slow 6 一只猫");
        world.until("the question is stored", async |world: &World| world.count("SELECT COUNT(*) FROM questions").await == 1).await;
        let page = world.answer_page().await;
        let events = world.fetch(&format!("{page}/events")).await.text().await.unwrap();
        let at = |part: &str| events.find(part).unwrap_or_else(|| panic!("{part} is missing in {events}"));
        assert!(at("正在思考") < at("正在画") && at("正在画") < at("画好了"), "{events}");
        assert!(at("画好了") > at("\"phase\":\"finished\"") && events.contains(&format!("{page}/pictures/0")), "{events}");
        world.simulator.finished(push).await;
        world.end().await;
    }

    async fn a_spoken_answer_can_be_played_on_its_page_from_any_place(engine: Engine) {
        let world = WorldBuilder::new(engine).with("AUDIO_SPEAKING_MODEL", "huixin-speak").start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "语音 开").await;
        world.says(ANNA, "讲个故事").await;
        world.until("the answer was spoken", async |world: &World| {
            world.count("SELECT COUNT(*) FROM answer_parts WHERE kind = 'voice'").await == 1
        }).await;
        let page = world.answer_page().await;
        let html = world.fetch(&page).await.text().await.unwrap();
        assert!(html.contains(&format!("<audio controls preload=\"none\" src=\"{page}/voice/0\"")), "{html}");
        let whole = world.fetch(&format!("{page}/voice/0")).await;
        assert_eq!(whole.headers()["content-type"], "audio/mpeg");
        let whole = whole.bytes().await.unwrap();
        let client = reqwest::Client::new();
        let piece = client.get(format!("{}{page}/voice/0", world.url)).header("range", "bytes=10-19").send().await.unwrap();
        assert_eq!((piece.status().as_u16(), piece.headers()["content-range"].to_str().unwrap()), (206, format!("bytes 10-19/{}", whole.len()).as_str()));
        assert_eq!(piece.bytes().await.unwrap(), whole[10..20]);
        world.abandon().await;
    }

    async fn a_question_that_huixin_declines_has_its_own_sentence_on_the_page(engine: Engine) {
        let world = drawing(engine).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "/lang en").await;
        let said = world.hears(ANNA, "画 filter a lake").await;
        assert!(said.starts_with("Sorry, I may not draw this."), "{said}");
        let html = world.fetch(&world.answer_page().await).await.text().await.unwrap();
        assert!(html.contains("<html lang=\"en\">"), "{html}");
        assert_eq!(html.matches("Sorry, I may not draw this.").count(), 1, "{html}");
        assert!(html.contains("class=\"notice\"") && !html.contains("something went wrong"), "{html}");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_appears_on_a_page_that_is_open_while_it_is_drawn() {
    let world = drawing(Engine::Sqlite).start().await;
    world.simulator.follow(ANNA);
    let push = world.simulator.say(ANNA, "画 slow 20 一只戴帽子的猫");
    world.until("the question is stored", async |world: &World| world.count("SELECT COUNT(*) FROM questions").await == 1).await;
    let page = format!("{}{}", world.url, world.answer_page().await);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&page).await;
    browser.picture("drawing-360-light-0-waiting").await;
    browser.until("document.querySelector('.picture img') && document.querySelector('.picture img').naturalWidth > 100").await;
    browser.until("document.getElementById('letter').dataset.phase === 'finished'").await;
    browser.picture("drawing-360-light").await;
    browser.screen(1200, 900, Theme::Dark).await;
    browser.open(&page).await;
    browser.picture("drawing-1200-dark").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    drop(browser);
    let browser = Browser::start(Scripts::Off).await;
    browser.open(&page).await;
    browser.until("document.querySelector('.picture img').naturalWidth > 100").await;
    world.simulator.finished(push).await;
    world.end().await;
}
