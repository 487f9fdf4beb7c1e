//! Pictures: wished for in words, by a command or by the model; in time, late, or not at all.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use huixin::{
    picture::read_aigc,
    simulator::{ApiFault, MediaKind, Via, Wrong},
    storage::{Key, Storage},
};
use serde_json::{Value, json};

use super::{ANNA, BEN, drawn, host, media, pages::Pages, receives_media, settled, start_fetching, world_of};
use crate::support::{
    Engine, World, WorldBuilder,
    chat::page_link,
    on_both_engines,
    world::{Account, UNVERIFIED, VERIFIED},
};

const UPLOAD: &str = "/cgi-bin/media/upload";
const SEND: &str = "/cgi-bin/message/custom/send";
const DRAWER: &str = "huixin-draw";

fn drawing(engine: Engine, account: Account) -> WorldBuilder {
    world_of(engine, account).with("IMAGE_MODEL", DRAWER).with("IMAGE_TIMEOUT_SECS", "20").with("IMAGE_LABEL", "false")
}

async fn starts(builder: WorldBuilder) -> World {
    let world = builder.start().await;
    for openid in [ANNA, BEN] {
        world.simulator.follow(openid);
    }
    world
}

/// What the upstream draws for `prompt`, byte by byte.
async fn upstreams(world: &World, prompt: &str) -> Vec<u8> {
    let body = json!({ "model": DRAWER, "prompt": prompt, "response_format": "b64_json" });
    let url = format!("{}/v1/images/generations", world.simulator.url());
    let answer: Value = reqwest::Client::new().post(url).json(&body).send().await.unwrap().json().await.unwrap();
    STANDARD.decode(answer["data"][0]["b64_json"].as_str().unwrap()).unwrap()
}

/// The objects of every picture part, as they are kept.
async fn kept(world: &World) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(world.values.of("DATA_DIR").unwrap()).join("objects");
    let storage = Storage::in_folder(folder).unwrap();
    let mut kept = Vec::new();
    for object in world.texts("SELECT object FROM answer_parts WHERE kind = 'image' ORDER BY changed_at".into()).await {
        kept.push(storage.get(&Key::parse(&object).unwrap()).await.unwrap().unwrap());
    }
    kept
}

fn calls(world: &World, path: &str) -> usize {
    world.simulator.calls().iter().filter(|call| call.path == path).count()
}

fn refuse(world: &World, path: &str, errcode: i64, times: u32) {
    let wrong = Wrong::Errcode { errcode, errmsg: "refused for a test".into() };
    world.simulator.switch(|switches| switches.api_faults.push(ApiFault { path: path.into(), times, wrong }));
}

on_both_engines! {
    async fn a_wish_in_words_or_by_command_is_answered_with_the_very_picture_that_was_drawn(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED)).await;
        for (wish, prompt) in
            [("/draw a red house", "a red house"), ("画一只猫", "一只猫"), ("生成图片 雪山日出", "雪山日出"), ("／画图 荷花", "荷花")]
        {
            let before = media(&world, ANNA).len();
            world.says(ANNA, wish).await;
            let pictures = receives_media(&world, ANNA, before + 1).await;
            let (via, medium) = &pictures[before];
            assert!(matches!(via, Via::Passive { .. }) && medium.kind == MediaKind::Image, "{wish}: {via:?}");
            assert_eq!(drawn(&world).last().unwrap(), prompt);
            let given = upstreams(&world, prompt).await;
            assert!(medium.bytes == given, "{wish}: WeChat got other bytes");
            assert!(kept(&world).await.last().unwrap() == &given, "{wish}: other bytes are kept");
        }
        assert!(world.received(ANNA).is_empty(), "{:?}", world.received(ANNA));
        assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE kind = 'draw'").await, 4);
        world.end().await;
    }

    async fn a_labelled_picture_says_that_a_machine_made_it(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED).with("IMAGE_LABEL", "true").with("OPERATOR_NAME", "回信测试")).await;
        world.says(ANNA, "画一只猫").await;
        let pictures = receives_media(&world, ANNA, 1).await;
        let aigc = read_aigc(&pictures[0].1.bytes).expect("the mark is in the picture");
        let ids = world.texts("SELECT id FROM questions".into()).await;
        let said = format!("{aigc:?}");
        assert!(said.contains("回信测试") && said.contains(&ids[0]), "{said}");
        assert!(kept(&world).await[0] == pictures[0].1.bytes);
        world.end().await;
    }

    async fn another_one_is_drawn_on_demand(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED)).await;
        world.says(ANNA, "画一只猫").await;
        receives_media(&world, ANNA, 1).await;
        world.says(ANNA, "换一个").await;
        receives_media(&world, ANNA, 2).await;
        assert_eq!(drawn(&world), ["一只猫", "一只猫"]);
        world.end().await;
    }

    async fn a_slow_picture_is_announced_and_fetched_where_nothing_can_be_pushed(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED)).await;
        let texts = world.hears(ANNA, "/draw slow 24 一只猫").await;
        assert!(texts.contains("正在画") && page_link(&texts).is_some(), "{texts}");
        settled(&world, 1).await;
        assert!(media(&world, ANNA).is_empty());
        world.says(ANNA, "继续").await;
        let pictures = receives_media(&world, ANNA, 1).await;
        assert!(pictures[0].1.bytes == kept(&world).await[0]);
        assert_eq!(drawn(&world).len(), 1);
        world.end().await;
    }

    async fn a_slow_picture_is_announced_and_pushed_where_that_works(engine: Engine) {
        let world = starts(drawing(engine, VERIFIED)).await;
        world.says(ANNA, "/draw slow 20 一只猫").await;
        let pictures = receives_media(&world, ANNA, 1).await;
        assert_eq!(pictures[0].0, Via::Customer);
        assert_eq!(world.received(ANNA), ["正在画，请稍等。"]);
        assert_eq!((drawn(&world).len(), calls(&world, UPLOAD)), (1, 1));
        world.end().await;
    }

    async fn what_wechat_does_not_take_is_made_to_fit(engine: Engine) {
        let world = starts(drawing(engine, VERIFIED)).await;
        for (index, wish) in ["/draw 20mb 一座城", "/draw webp 一只猫", "/draw jpeg 一只狗"].into_iter().enumerate() {
            world.says(ANNA, wish).await;
            let pictures = receives_media(&world, ANNA, index + 1).await;
            let medium = &pictures[index].1;
            assert!(["image/png", "image/jpeg"].contains(&medium.content_type), "{wish}: {}", medium.content_type);
            assert!(medium.bytes.len() <= 10 << 20, "{wish}: {} bytes", medium.bytes.len());
        }
        world.end().await;
    }

    async fn a_picture_at_an_address_is_fetched_from_hosts_that_are_allowed_alone(engine: Engine) {
        let picture = include_bytes!("../../cases/pictures/progressive.jpg").to_vec();
        let kept_at = Pages::start(vec![("/drawn.jpg", "image/jpeg", picture.clone())]).await;
        let answer = json!({ "data": [{ "url": format!("{}/drawn.jpg", kept_at.url) }] }).to_string().into_bytes();
        let drawer = Pages::start(vec![("/v1/images/generations", "application/json", answer)]).await;
        let builder = || drawing(engine, UNVERIFIED).with("IMAGE_BASE_URL", format!("{}/v1", drawer.url));
        let world = start_fetching(builder(), &[host(&kept_at.url)]).await;
        world.simulator.follow(ANNA);
        world.says(ANNA, "画一只猫").await;
        let pictures = receives_media(&world, ANNA, 1).await;
        assert!(pictures[0].1.bytes == picture);
        world.end().await;
        let world = starts(builder()).await;
        let text = world.hears(ANNA, "画一只猫").await;
        assert!(text.contains("出了点问题"), "{text}");
        assert_eq!((kept_at.asked(), media(&world, ANNA).len()), (1, 0));
        world.end().await;
    }

    async fn what_may_not_or_cannot_be_drawn_is_said_with_its_reason(engine: Engine) {
        let world = starts(drawing(engine, VERIFIED).with("IMAGE_TIMEOUT_SECS", "2")).await;
        let text = world.hears(ANNA, "/draw filter 一只猫").await;
        assert!(text.contains("这个我不能画") && text.contains("asked to refuse"), "{text}");
        for wish in ["/draw empty 一只猫", "/draw garbage 一只猫", "/draw 500 一只猫", "/draw slow 30 一只猫"] {
            let before = world.received(ANNA).len();
            world.says(ANNA, wish).await;
            let name = format!("an apology for {wish}");
            world.until(&name, async |world: &World| {
                world.received(ANNA)[before..].iter().any(|text| text.contains("抱歉"))
            }).await;
        }
        assert!(media(&world, ANNA).is_empty());
        world.end().await;
    }

    async fn a_refused_upload_leaves_words_and_the_way_to_the_page(engine: Engine) {
        for account in [UNVERIFIED, VERIFIED] {
            let world = starts(drawing(engine, account)).await;
            refuse(&world, UPLOAD, 45009, 50);
            let text = world.hears(ANNA, "画一只猫").await;
            assert!(text.contains("没能发到聊天里") && page_link(&text).is_some(), "{text}");
            world.simulator.switch(|switches| switches.api_faults.clear());
            world.says(ANNA, "上一个").await;
            receives_media(&world, ANNA, 1).await;
            assert_eq!(drawn(&world).len(), 1);
            world.end().await;
        }
    }

    async fn a_picture_that_wechat_forgot_is_uploaded_anew(engine: Engine) {
        let world = starts(drawing(engine, VERIFIED)).await;
        refuse(&world, SEND, 40007, 1);
        world.says(ANNA, "/draw slow 8 一只猫").await;
        receives_media(&world, ANNA, 1).await;
        assert_eq!((calls(&world, UPLOAD), calls(&world, SEND)), (2, 2), "{}", world.transcript());
        world.end().await;
    }

    async fn two_followers_at_once_get_their_own_pictures(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED)).await;
        let pushes = [world.simulator.say(ANNA, "画一只猫"), world.simulator.say(BEN, "画一条狗")];
        for push in pushes {
            world.simulator.finished(push).await;
        }
        for (openid, prompt) in [(ANNA, "一只猫"), (BEN, "一条狗")] {
            if media(&world, openid).is_empty() {
                world.is_quiet().await;
                world.says(openid, "继续").await;
            }
            let pictures = receives_media(&world, openid, 1).await;
            assert!(pictures.len() == 1 && pictures[0].1.bytes == upstreams(&world, prompt).await, "{openid}");
        }
        world.end().await;
    }

    async fn a_wish_that_is_delivered_twice_at_once_is_drawn_once(engine: Engine) {
        for account in [UNVERIFIED, VERIFIED] {
            let world = starts(drawing(engine, account)).await;
            world.simulator.switch(|switches| switches.push_faults.duplicate = true);
            world.says(ANNA, "/draw slow 1 一只猫").await;
            // Delivered twice each time, the second round is the last one: what is drawn by then comes with 继续.
            world.reads_on(ANNA).await;
            receives_media(&world, ANNA, 1).await;
            world.is_quiet().await;
            assert_eq!((drawn(&world).len(), calls(&world, UPLOAD)), (1, 1), "{}", world.transcript());
            world.end().await;
        }
    }

    async fn the_model_may_decide_to_draw(engine: Engine) {
        let world = starts(drawing(engine, UNVERIFIED).with("IMAGE_BY_MODEL", "true")).await;
        world.says(ANNA, "tool 一只白猫在雪地里").await;
        receives_media(&world, ANNA, 1).await;
        assert_eq!(drawn(&world), ["一只白猫在雪地里"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM questions WHERE kind = 'draw'").await, 1);
        for question in ["no-tools 你好", "今天怎么样"] {
            let text = world.hears(ANNA, question).await;
            assert!(text.contains("你问的是"), "{text}");
        }
        for question in ["tool-unknown 一只猫", "tool-garbage 一只猫"] {
            let text = world.hears(ANNA, question).await;
            assert!(text.contains("抱歉") || text.contains("你问的是"), "{text}");
        }
        assert_eq!(drawn(&world).len(), 1);
        world.end().await;
    }

    async fn where_nothing_is_drawn_the_wish_is_declined(engine: Engine) {
        let world = starts(world_of(engine, UNVERIFIED)).await;
        let text = world.hears(ANNA, "/draw 一只猫").await;
        assert!(text.contains("还不能画图"), "{text}");
        assert!(world.simulator.asked().is_empty());
        let described = world.hears(ANNA, "画一个流程图").await;
        assert!(described.contains("你问的是「画一个流程图」"), "a wish in words is a question then: {described}");
        world.end().await;
    }
}
