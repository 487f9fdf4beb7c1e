//! Choosing a model: by number, by name, by something near it; for talking and for drawing, for each follower alone.

use huixin::simulator::Message;

use super::{ANNA, BEN, chats, drawn, receives_media, system_prompt, world_of};
use crate::support::{Engine, World, on_both_engines, world::UNVERIFIED};

/// The numbered names of a list: number and name.
fn numbered(list: &str) -> Vec<(usize, String)> {
    let line = |line: &str| {
        let (number, rest) = line.split_once(". ")?;
        let name = rest.split([' ', '·']).next()?;
        Some((number.parse().ok()?, name.to_owned()))
    };
    list.lines().filter_map(line).collect()
}

fn number_of(list: &str, name: &str) -> usize {
    numbered(list).into_iter().find(|(_, other)| other == name).unwrap_or_else(|| panic!("{name} is not in {list}")).0
}

/// The model that the last question went to.
fn asked_model(world: &World) -> String {
    chats(world).last().unwrap()["model"].as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn every_number_of_the_list_chooses_the_model_beside_it(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with("IMAGE_MODEL", "huixin-draw").with("AUDIO_HEARING_MODEL", "huixin-hear").start().await;
        world.simulator.follow(ANNA);
        let list = world.hears(ANNA, "模型列表").await;
        assert!(list.contains("对话模型") && list.contains("画图模型") && list.len() <= 2000, "{list}");
        let names = numbered(&list);
        assert!(names.len() >= 10 && names.iter().enumerate().all(|(index, (number, _))| *number == index + 1), "{list}");
        assert!(list.lines().any(|line| line.contains("huixin-draw") && line.ends_with('✓')), "{list}");
        assert!(!list.contains("huixin-hear"), "what is set up to hear does not talk: {list}");
        for (number, name) in names {
            let said = world.hears(ANNA, &format!("模型 {number}")).await;
            assert!(said.contains(&name), "{number}: {said}");
        }
        assert!(chats(&world).is_empty());
        world.end().await;
    }

    async fn a_choice_lasts_over_a_restart_and_is_its_followers_alone(engine: Engine) {
        let mut world = world_of(engine, UNVERIFIED).start().await;
        for openid in [ANNA, BEN] {
            world.simulator.follow(openid);
        }
        let said = world.hears(ANNA, "/model glm-4.5-air").await;
        assert!(said.contains("glm-4.5-air"), "{said}");
        world.hears(ANNA, "你好").await;
        assert_eq!(asked_model(&world), "glm-4.5-air");
        assert!(system_prompt(&world).contains("glm-4.5-air"), "it is told its own name: {}", system_prompt(&world));
        world.hears(BEN, "你好").await;
        assert_eq!(asked_model(&world), "demo");
        world.restart().await;
        world.hears(ANNA, "再问一次").await;
        assert_eq!(asked_model(&world), "glm-4.5-air");
        let list = world.hears(ANNA, "/models").await;
        assert!(list.lines().any(|line| line.contains("glm-4.5-air") && line.ends_with('✓')), "{list}");
        world.end().await;
    }

    async fn the_model_that_draws_is_chosen_apart_from_the_one_that_talks(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with("IMAGE_MODEL", "huixin-draw").start().await;
        world.simulator.follow(ANNA);
        let list = world.hears(ANNA, "模型列表").await;
        let said = world.hears(ANNA, &format!("模型 {}", number_of(&list, "dall-e-3"))).await;
        assert!(said.contains("dall-e-3") && said.contains("画图"), "{said}");
        world.says(ANNA, "画一只猫").await;
        receives_media(&world, ANNA, 1).await;
        let request = world.simulator.asked().into_iter().find(|request| request["prompt"].is_string()).unwrap();
        assert_eq!((request["model"].as_str(), drawn(&world).len()), (Some("dall-e-3"), 1));
        world.hears(ANNA, "你好").await;
        assert_eq!(asked_model(&world), "demo");
        world.end().await;
    }

    async fn a_button_of_the_menu_chooses_too(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        for (index, key) in ["模型 glm-4.5-air", "/model gpt-4o-mini"].into_iter().enumerate() {
            let push = world.simulator.push(ANNA, Message::Click { key: key.into() });
            world.simulator.finished(push).await;
            // A click shows as an event of its own; what is said to it comes last.
            world.until("the choice is confirmed", async |world: &World| {
                world.received(ANNA).iter().filter(|text| text.contains("回答你")).count() == index + 1
            }).await;
            world.hears(ANNA, "你好").await;
            assert!(key.contains(&asked_model(&world)), "{key}: {}", asked_model(&world));
        }
        world.end().await;
    }

    async fn a_name_that_fits_none_or_several_is_asked_about(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        for (words, offered) in [("/model huixin", "huixin-demo-mini"), ("/model glm-4.5-ari", "glm-4.5-air")] {
            let said = world.hears(ANNA, words).await;
            assert!(said.contains(offered) && said.contains("你是指"), "{words}: {said}");
        }
        let said = world.hears(ANNA, "/model 99").await;
        assert!(said.contains("99") && said.contains("没有"), "{said}");
        world.hears(ANNA, "你好").await;
        assert_eq!(asked_model(&world), "demo");
        world.end().await;
    }

    async fn the_operators_list_is_the_only_one_there_is(engine: Engine) {
        let models = "demo[in=1 out=2], plain-talker, artist[draws per=0.5]";
        let world =
            world_of(engine, UNVERIFIED).with("LLM_MODELS", models).with("IMAGE_MODEL", "artist").start().await;
        world.simulator.follow(ANNA);
        let list = world.hears(ANNA, "模型列表").await;
        let names: Vec<String> = numbered(&list).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["demo", "plain-talker", "artist"]);
        assert!(list.lines().any(|line| line.contains("demo") && line.ends_with('✓')), "{list}");
        world.hears(ANNA, "模型 2").await;
        world.hears(ANNA, "你好").await;
        assert_eq!(asked_model(&world), "plain-talker");
        let said = world.hears(ANNA, "/model gpt-4o-mini").await;
        assert!(said.contains("没有"), "{said}");
        world.end().await;
    }
}
