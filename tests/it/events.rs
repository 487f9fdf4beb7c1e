//! Everything that is no typed question: follows, scans, menus, voices, places, pictures; and pushes that come twice.

use huixin::simulator::{Exchange, Message, Outcome, PushId};

use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";

/// What ANNA reads after doing `message`.
async fn reply_to(world: &World, message: Message) -> String {
    let before = world.received(ANNA).len();
    let push = world.simulator.push(ANNA, message);
    world.simulator.finished(push).await;
    world.receives(ANNA, before + 1).await[before].clone()
}

async fn world(engine: Engine) -> World {
    let world = World::new(engine).await;
    world.simulator.follow(ANNA);
    world
}

/// The deliveries of `push` that have ended.
fn deliveries(world: &World, push: PushId) -> Vec<Exchange> {
    let is_meant = |exchange: &Exchange| exchange.push == push && exchange.outcome != Outcome::Open;
    world.simulator.exchanges().into_iter().filter(is_meant).collect()
}

/// The text within a passive reply.
fn content(exchange: &Exchange) -> Option<String> {
    let document = exchange.reply_message.as_ref()?;
    Some(document.split_once("<Content>")?.1.split_once("</Content>")?.0.to_owned())
}

fn click(key: &str) -> Message {
    Message::Click { key: key.to_owned() }
}

fn voice(recognition: Option<&str>) -> Message {
    Message::Voice { media_id: "voice-1".to_owned(), recognition: recognition.map(str::to_owned) }
}

on_both_engines! {
    async fn a_new_follower_is_welcomed(engine: Engine) {
        let world = world(engine).await;
        for message in [
            Message::Subscribe { scene: None },
            Message::Subscribe { scene: Some("shop-7".to_owned()) },
            Message::Scan { scene: "shop-7".to_owned() },
        ] {
            let text = reply_to(&world, message.clone()).await;
            assert!(text.contains("欢迎关注") && text.contains("清空"), "{message:?}: {text}");
        }
        assert!(world.simulator.asked().is_empty());
        world.end().await;
    }

    async fn a_welcome_of_ones_own_takes_its_place(engine: Engine) {
        let world = WorldBuilder::new(engine).with("WELCOME_TEXT", "这里是 <北门> 书店 & 茶").start().await;
        assert_eq!(reply_to(&world, Message::Subscribe { scene: None }).await, "这里是 <北门> 书店 & 茶");
        world.end().await;
    }

    async fn a_menu_click_commands_or_asks(engine: Engine) {
        let world = world(engine).await;
        assert!(reply_to(&world, click("帮助")).await.contains("直接发文字或语音提问即可"));
        assert!(reply_to(&world, click("清空")).await.contains("之前的对话我已经忘掉"));
        assert!(world.simulator.asked().is_empty());
        assert!(reply_to(&world, click("怎么付款")).await.contains("你问的是「怎么付款」"));
        assert_eq!(world.asked("怎么付款"), 1);
        world.end().await;
    }

    async fn what_was_spoken_is_answered_where_it_was_understood(engine: Engine) {
        let world = world(engine).await;
        assert!(reply_to(&world, voice(Some("几点开门？"))).await.contains("你问的是「几点开门？」"));
        let text = reply_to(&world, voice(None)).await;
        assert!(text.contains("看不懂这段语音") && text.contains("文字"), "{text}");
        assert_eq!(world.simulator.asked().len(), 1);
        world.end().await;
    }

    async fn a_place_is_asked_about_and_a_link_too(engine: Engine) {
        let world = world(engine).await;
        let place = Message::Location { latitude: 31.23, longitude: 121.47, label: "外滩".to_owned() };
        assert!(reply_to(&world, place).await.contains("外滩"));
        assert_eq!((world.asked("外滩"), world.asked("31.23")), (1, 1));
        let link = Message::Link { title: "怎样泡茶".into(), description: "水温".into(), url: "https://tea.test/1".into() };
        reply_to(&world, link).await;
        assert_eq!(world.asked("怎样泡茶"), 1);
        world.end().await;
    }

    async fn what_cannot_be_read_is_named(engine: Engine) {
        let world = world(engine).await;
        let media_id = || "media-1".to_owned();
        for (message, named) in [
            (Message::Video { media_id: media_id() }, "看不懂视频"),
            (Message::ShortVideo { media_id: media_id() }, "看不懂视频"),
            (Message::File { title: "账单.pdf".into() }, "传文件"),
            (Message::text("【收到不支持的消息类型，暂无法显示】"), "看不懂这种消息"),
        ] {
            let text = reply_to(&world, message.clone()).await;
            assert!(text.contains(named), "{message:?}: {text}");
        }
        assert!(world.simulator.asked().is_empty());
        world.end().await;
    }

    async fn what_nobody_has_heard_of_is_recorded_and_acknowledged(engine: Engine) {
        let world = world(engine).await;
        for (message, kind) in [
            (Message::Event { event: "brand_new".into(), fields: "<New><![CDATA[1]]></New>".into() }, "event:brand_new"),
            (Message::View { url: "https://shop.test".into() }, "event:view"),
            (Message::Position { latitude: 1.0, longitude: 2.0 }, "event:location"),
            (Message::PicWeixin { key: "k".into() }, "event:pic_weixin"),
        ] {
            let push = world.simulator.push(ANNA, message);
            world.simulator.finished(push).await;
            let ended = deliveries(&world, push);
            assert_eq!((ended.len(), &ended[0].outcome), (1, &Outcome::Acknowledged), "{kind}: {}", world.transcript());
            let kinds = world.texts("SELECT kind FROM inbound ORDER BY received_at".to_owned()).await;
            assert_eq!(kinds.last().unwrap(), kind);
        }
        assert!(world.received(ANNA).is_empty() && world.simulator.asked().is_empty());
        world.end().await;
    }

    async fn two_deliveries_at_once_get_one_answer(engine: Engine) {
        for account in [VERIFIED, UNVERIFIED] {
            let world = WorldBuilder::new(engine).account(account).start().await;
            world.simulator.follow(ANNA);
            world.simulator.switch(|switches| switches.push_faults.duplicate = true);
            for message in [Message::text("你好"), Message::text("slow 2 你好"), Message::Scan { scene: "1".into() }, click("你是谁")] {
                let push = world.simulator.push(ANNA, message.clone());
                world.simulator.finished(push).await;
                world.until("both are answered", async |world: &World| deliveries(world, push).len() == 2).await;
                let replies: Vec<_> = deliveries(&world, push).iter().map(content).collect();
                assert!(replies[0].is_some() && replies[0] == replies[1], "{message:?}: {replies:?}");
            }
            assert_eq!(world.count("SELECT COUNT(*) FROM questions").await, 3);
            assert_eq!(world.simulator.asked().len(), 3);
            assert_eq!(world.received(ANNA).len(), 4);
            world.end().await;
        }
    }

    async fn a_repeat_after_a_while_gets_the_same_reply(engine: Engine) {
        let world = world(engine).await;
        world.simulator.switch(|switches| switches.push_faults.repeat_after_secs = Some(4.0));
        for message in [Message::text("你好"), Message::text("帮助"), Message::Image { media_id: "m".into() }, click("清空")] {
            let push = world.simulator.push(ANNA, message.clone());
            world.until("the repeat is answered", async |world: &World| deliveries(world, push).len() == 2).await;
            let replies: Vec<_> = deliveries(&world, push).iter().map(content).collect();
            assert!(replies[0].is_some() && replies[0] == replies[1], "{message:?}: {replies:?}");
        }
        assert_eq!((world.simulator.asked().len(), world.received(ANNA).len()), (1, 4));
        world.end().await;
    }

    async fn a_repeat_after_a_push_is_acknowledged_and_pushes_nothing(engine: Engine) {
        let world = WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "push").start().await;
        world.simulator.follow(ANNA);
        world.simulator.switch(|switches| switches.push_faults.repeat_after_secs = Some(15.0));
        let push = world.simulator.say(ANNA, "slow 8 你好");
        world.receives(ANNA, 1).await;
        world.until("the repeat is answered", async |world: &World| deliveries(world, push).len() == 2).await;
        assert!(deliveries(&world, push).iter().all(|exchange| exchange.outcome == Outcome::Acknowledged), "{}", world.transcript());
        world.is_quiet().await;
        assert_eq!((world.received(ANNA).len(), world.asked("你好")), (1, 1));
        world.end().await;
    }
}
