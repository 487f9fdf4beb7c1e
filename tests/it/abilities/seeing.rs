//! Pictures that a follower sends: kept until a question comes, shown with that question and no other.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::{ANNA, chats, pictures_shown, settled, start_fetching, world_of};
use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

const SEER: &str = "huixin-demo-vl";
const RED: [u8; 3] = [200, 30, 30];
const BLUE: [u8; 3] = [40, 80, 200];

fn picture(colour: [u8; 3]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::from_pixel(120, 80, Rgb(colour))).write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

fn seeing(engine: Engine) -> WorldBuilder {
    world_of(engine, UNVERIFIED).with("LLM_MODEL", SEER)
}

/// Sends a picture; returns what is said to it.
async fn shows(world: &World, colour: [u8; 3]) -> String {
    let before = world.received(ANNA).len();
    let push = world.simulator.send_picture(ANNA, picture(colour)).unwrap();
    world.simulator.finished(push).await;
    world.receives(ANNA, before + 1).await[before].clone()
}

/// The picture waited for ten minutes and a little more.
async fn ten_minutes_pass(world: &World) {
    world.execute("UPDATE attachments SET received_at = received_at - 601000").await;
}

on_both_engines! {
    async fn a_question_is_asked_about_the_picture_before_it_and_the_next_one_is_not(engine: Engine) {
        let world = seeing(engine).start().await;
        world.simulator.follow(ANNA);
        assert!(shows(&world, RED).await.contains("收到图片"));
        assert!(chats(&world).is_empty());
        let text = world.hears(ANNA, "这是什么颜色").await;
        assert!(text.contains("120 × 80") && text.contains("红色"), "{text}");
        let text = world.hears(ANNA, "谢谢").await;
        assert!(text.contains("你问的是「谢谢」"), "{text}");
        assert_eq!(pictures_shown(&world), 0);
        world.end().await;
    }

    async fn several_pictures_are_asked_about_at_once(engine: Engine) {
        let world = seeing(engine).start().await;
        world.simulator.follow(ANNA);
        shows(&world, RED).await;
        assert!(shows(&world, BLUE).await.contains("第 2 张"));
        let text = world.hears(ANNA, "比较一下").await;
        let (red, blue) = (text.find("红色"), text.find("蓝色"));
        assert!(red.is_some() && red < blue, "{text}");
        assert_eq!(pictures_shown(&world), 2);
        world.end().await;
    }

    async fn a_question_does_not_take_pictures_that_come_after_it(engine: Engine) {
        let world = seeing(engine).start().await;
        world.simulator.follow(ANNA);
        world.simulator.switch(|switches| switches.model_delay_secs = 4.0);
        let asked = world.simulator.say(ANNA, "你好");
        world.until("the model is asked", async |world: &World| world.asked("你好") == 1).await;
        let shown = world.simulator.send_picture(ANNA, picture(RED)).unwrap();
        for push in [asked, shown] {
            world.simulator.finished(push).await;
        }
        world.simulator.switch(|switches| switches.model_delay_secs = 0.0);
        assert_eq!(pictures_shown(&world), 0);
        world.reads_on(ANNA).await;
        let text = world.hears(ANNA, "什么颜色").await;
        assert!(text.contains("红色"), "{text}");
        world.end().await;
    }

    async fn a_picture_waits_for_ten_minutes_and_no_longer(engine: Engine) {
        let world = seeing(engine).start().await;
        world.simulator.follow(ANNA);
        shows(&world, RED).await;
        ten_minutes_pass(&world).await;
        let text = world.hears(ANNA, "什么颜色").await;
        assert!(text.contains("你问的是"), "{text}");
        assert_eq!(pictures_shown(&world), 0);
        assert!(shows(&world, BLUE).await.contains("收到图片"), "the old one is not counted");
        assert!(world.hears(ANNA, "什么颜色").await.contains("蓝色"));
        assert_eq!(pictures_shown(&world), 1);
        world.end().await;
    }

    async fn a_model_that_cannot_see_names_those_that_can_and_the_picture_is_not_lost(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        shows(&world, RED).await;
        let text = world.hears(ANNA, "什么颜色").await;
        assert!(text.contains("看不了图片") && text.contains(SEER) && text.contains("换一个"), "{text}");
        assert!(chats(&world).is_empty());
        let line = text.lines().find(|line| line.contains(SEER)).unwrap();
        let number = line.trim_start_matches("• ").split('.').next().unwrap();
        assert!(world.hears(ANNA, &format!("模型 {number}")).await.contains(SEER));
        assert!(world.hears(ANNA, "你好").await.contains("你问的是"), "other questions are answered meanwhile");
        let question = "SELECT id FROM questions WHERE text = '什么颜色'";
        let id = world.texts(question.into()).await.remove(0);
        let again = format!("换一个 {}", &id[id.len() - 5..]);
        assert!(world.hears(ANNA, &again).await.contains("红色"));
        world.end().await;
    }

    async fn another_answer_is_about_the_same_picture(engine: Engine) {
        let world = seeing(engine).start().await;
        world.simulator.follow(ANNA);
        shows(&world, RED).await;
        assert!(world.hears(ANNA, "什么颜色").await.contains("红色"));
        assert!(world.hears(ANNA, "换一个").await.contains("红色"));
        assert_eq!((chats(&world).len(), pictures_shown(&world)), (2, 1));
        let downloads = world.simulator.calls().iter().filter(|call| call.path == "/cgi-bin/media/get").count();
        assert_eq!(downloads, 1, "its bytes are kept");
        world.end().await;
    }

    async fn an_account_without_its_secret_sees_by_the_address(engine: Engine) {
        let world = start_fetching(seeing(engine).with("WECHAT_APP_SECRET", ""), &[]).await;
        world.simulator.follow(ANNA);
        shows(&world, RED).await;
        assert!(world.hears(ANNA, "什么颜色").await.contains("红色"));
        assert!(world.simulator.calls().is_empty(), "{}", world.transcript());
        world.end().await;
    }

    async fn a_picture_that_cannot_be_opened_is_asked_for_again(engine: Engine) {
        let world = world_of(engine, VERIFIED).with("LLM_MODEL", SEER).start().await;
        world.simulator.follow(ANNA);
        let media_id = world.simulator.keep(b"\x89PNG and nothing more".to_vec()).unwrap();
        let push = world.simulator.push(ANNA, huixin::simulator::Message::Image { media_id });
        world.simulator.finished(push).await;
        let text = world.hears(ANNA, "什么颜色").await;
        assert!(text.contains("打不开"), "{text}");
        settled(&world, 1).await;
        assert!(chats(&world).is_empty());
        world.end().await;
    }

    async fn where_nobody_sees_pictures_are_not_kept(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with("LLM_MODELS", "demo, plain-talker").start().await;
        world.simulator.follow(ANNA);
        assert!(shows(&world, RED).await.contains("看不懂图片"));
        assert_eq!(world.count("SELECT COUNT(*) FROM attachments").await, 0);
        world.end().await;
    }
}
