//! Pages and files: read once, quoted behind a fence, named below the answer; and what may not be reached.

use huixin::{
    db::{
        attachments::{self, Kind, New, Outcome, State},
        upload_links::{self, UploadLink},
    },
    simulator::Message,
};

use super::{ANNA, host, last_prompt, pages::Pages, start_fetching, system_prompt, world_of};
use crate::support::{Engine, World, on_both_engines, world::UNVERIFIED};

const ARTICLE: &str = "<html><head><title>桥的故事</title></head><body><article><h1>桥的故事</h1>\
    <p>赵州桥建于隋代。它已经站了一千四百年，经历了十次水灾和八次战乱。</p>\
    <p>设计它的人叫李春，桥上有四个小拱，既省石料又能泄洪。</p></article></body></html>";

async fn site() -> Pages {
    let html = |text: &str| text.as_bytes().to_vec();
    Pages::start(vec![
        ("/bridge", "text/html; charset=utf-8", html(ARTICLE)),
        ("/broken", "500", html("oh")),
        ("/empty", "text/html", html("<html></html>")),
    ])
    .await
}

async fn shares(world: &World, url: String) -> String {
    let before = world.received(ANNA).len();
    let link = Message::Link { title: "桥".into(), description: "一座老桥".into(), url };
    let push = world.simulator.push(ANNA, link);
    world.simulator.finished(push).await;
    world.receives(ANNA, before + 1).await[before].clone()
}

/// A file of Anna's that has been read.
async fn hands_in(world: &World, name: &str, text: &str) {
    let file = New { object: None, ..New::from(Kind::File, name.into(), String::new()) };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let link = UploadLink { account: "main".to_owned(), openid: ANNA.to_owned(), expires_at: now + 60_000 };
    upload_links::open(&world.db, &file.id, &link).await.unwrap();
    let bound = attachments::Bound { since: 0, most: 20 };
    assert!(attachments::add_file(&world.db, &file.id, &file, bound, now).await.unwrap());
    let read = Outcome { state: State::Ready, failure: None, object: None, text };
    attachments::settle(&world.db, &file.id, &read).await.unwrap();
}

fn fenced(prompt: &str) -> bool {
    prompt.contains("<<<") && prompt.contains(">>>") && prompt.lines().any(|line| line.starts_with("| "))
}

on_both_engines! {
    async fn a_shared_page_is_read_and_named(engine: Engine) {
        let site = site().await;
        let world = start_fetching(world_of(engine, UNVERIFIED), &[host(&site.url)]).await;
        world.simulator.follow(ANNA);
        let text = shares(&world, format!("{}/bridge", site.url)).await;
        assert!(text.contains("赵州桥建于隋代") && text.contains("来源：") && text.contains(host(&site.url)), "{text}");
        let prompt = last_prompt(&world);
        assert!(fenced(&prompt) && prompt.contains("| "), "{prompt}");
        assert!(!prompt.contains("看不到"), "the page is there: {prompt}");
        assert!(!system_prompt(&world).contains("赵州桥"));
        world.says(ANNA, "换一个").await;
        world.is_quiet().await;
        assert_eq!(site.asked(), 1, "what was read is kept");
        world.end().await;
    }

    async fn an_address_in_a_text_is_read(engine: Engine) {
        let site = site().await;
        let world = start_fetching(world_of(engine, UNVERIFIED), &[host(&site.url)]).await;
        world.simulator.follow(ANNA);
        let text = world.hears(ANNA, &format!("这篇讲什么{}/bridge，谁设计的", site.url)).await;
        assert!(text.contains("赵州桥建于隋代") && text.contains("桥的故事"), "{text}");
        assert_eq!(site.asked(), 1);
        world.end().await;
    }

    async fn an_inner_address_is_not_reached(engine: Engine) {
        let site = site().await;
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        for url in [format!("{}/bridge", site.url), "http://169.254.169.254/latest/meta-data".into(), "http://localhost/".into()] {
            let text = world.hears(ANNA, &format!("看看 {url}")).await;
            assert!(!text.contains("赵州桥") && !text.contains("来源："), "{text}");
            let prompt = last_prompt(&world);
            assert!(prompt.contains("打不开") && !prompt.contains("赵州桥"), "{prompt}");
        }
        assert_eq!(site.asked(), 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM attachments WHERE state = 'failed'").await, 3);
        world.end().await;
    }

    async fn a_page_that_fails_is_not_guessed_at(engine: Engine) {
        let site = site().await;
        let world = start_fetching(world_of(engine, UNVERIFIED), &[host(&site.url)]).await;
        world.simulator.follow(ANNA);
        for path in ["/broken", "/empty", "/absent"] {
            let text = shares(&world, format!("{}{path}", site.url)).await;
            assert!(!text.contains("来源："), "{text}");
            assert!(last_prompt(&world).contains("打不开"), "{}", last_prompt(&world));
        }
        world.end().await;
    }

    async fn a_file_is_asked_about_by_the_passages_that_fit(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        hands_in(&world, "合同.pdf", "甲方应在三十日内付款。逾期每日按千分之一计违约金。").await;
        let text = world.hears(ANNA, "多久付款").await;
        assert!(text.contains("三十日内付款") && text.contains("《合同.pdf》"), "{text}");
        assert!(fenced(&last_prompt(&world)), "{}", last_prompt(&world));
        world.hears(ANNA, "清空").await;
        world.hears(ANNA, "多久付款").await;
        assert!(!last_prompt(&world).contains("三十日"), "a file belongs to its conversation");
        world.end().await;
    }
}
