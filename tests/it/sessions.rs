//! What the model is told of earlier turns, read from the requests it got.

use serde_json::Value;

use crate::support::{Engine, World, WorldBuilder, on_both_engines};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

/// The messages of the newest request whose question has `topic` in it.
fn told(world: &World, topic: &str) -> Vec<Value> {
    let requests = world.simulator.asked();
    let newest_first = requests.iter().rev().map(|request| request["messages"].as_array().unwrap());
    let mut about = newest_first.filter(|turns| turns.last().unwrap()["content"].to_string().contains(topic));
    about.next().unwrap_or_else(|| panic!("nobody asked about {topic}")).clone()
}

fn text_of(messages: &[Value]) -> String {
    messages.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

async fn follow(world: &World, openid: &str) {
    world.simulator.follow(openid);
    world.simulator.until(|simulator| simulator.chat(openid).is_empty()).await;
}

on_both_engines! {
    async fn the_second_question_is_asked_with_the_first_turn(engine: Engine) {
        let world = World::new(engine).await;
        follow(&world, ANNA).await;
        world.hears(ANNA, "苹果什么颜色").await;
        world.hears(ANNA, "梨子什么颜色").await;
        let messages = told(&world, "梨子");
        let roles: Vec<&str> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["system", "user", "assistant", "user"]);
        assert_eq!(messages[1]["content"], "苹果什么颜色");
        assert!(messages[2]["content"].as_str().unwrap().contains("你问的是「苹果什么颜色」"), "{messages:?}");
        assert_eq!(messages[3]["content"], "梨子什么颜色");
        world.end().await;
    }

    async fn every_word_for_a_new_beginning_forgets_the_conversation(engine: Engine) {
        let world = World::new(engine).await;
        follow(&world, ANNA).await;
        for word in ["/reset", "清空", "重新开始", "／RESET"] {
            world.hears(ANNA, "苹果什么颜色").await;
            let said = world.hears(ANNA, word).await;
            assert!(said.contains("之前的对话我已经忘掉"), "{word}: {said}");
            world.hears(ANNA, "梨子什么颜色").await;
            let messages = told(&world, "梨子");
            assert_eq!(messages.len(), 2, "{word}: {}", text_of(&messages));
            assert!(!text_of(&messages).contains("苹果"), "{word}");
        }
        world.hears(ANNA, "桃子什么颜色").await;
        assert!(text_of(&told(&world, "桃子")).contains("梨子"), "what was said since is remembered");
        world.end().await;
    }

    async fn nobody_is_told_of_another_followers_turns(engine: Engine) {
        let world = World::new(engine).await;
        for openid in [ANNA, BEN] {
            follow(&world, openid).await;
        }
        for round in 1..=3 {
            world.hears(ANNA, &format!("甲方的秘密 {round}")).await;
            world.hears(BEN, &format!("乙方的秘密 {round}")).await;
        }
        world.hears(BEN, "清空").await;
        world.hears(ANNA, "甲方的秘密 4").await;
        for request in world.simulator.asked() {
            let text = request["messages"].to_string();
            assert!(!(text.contains("甲方") && text.contains("乙方")), "{text}");
        }
        assert!(text_of(&told(&world, "甲方的秘密 4")).contains("甲方的秘密 3"), "another's 清空 changes nothing here");
        world.end().await;
    }

    async fn a_pause_longer_than_a_conversations_forgets_it(engine: Engine) {
        let world = WorldBuilder::new(engine).with("SESSION_IDLE_MINS", "1").start().await;
        follow(&world, ANNA).await;
        world.hears(ANNA, "苹果什么颜色").await;
        world.execute("UPDATE questions SET asked_at = asked_at - 50000, answered_at = answered_at - 50000").await;
        world.hears(ANNA, "梨子什么颜色").await;
        assert!(text_of(&told(&world, "梨子")).contains("苹果"));
        world.execute("UPDATE questions SET asked_at = asked_at - 61000, answered_at = answered_at - 61000").await;
        world.hears(ANNA, "桃子什么颜色").await;
        assert_eq!(told(&world, "桃子").len(), 2);
        world.hears(ANNA, "杏子什么颜色").await;
        let text = text_of(&told(&world, "杏子"));
        assert!(text.contains("桃子") && !text.contains("梨子") && !text.contains("苹果"), "{text}");
        world.end().await;
    }

    async fn the_system_message_names_the_model_and_the_date(engine: Engine) {
        for own in [None, Some("你是一只猫。")] {
            let builder = WorldBuilder::new(engine);
            let builder = if let Some(own) = own { builder.with("LLM_SYSTEM_PROMPT", own) } else { builder };
            let world = builder.start().await;
            follow(&world, ANNA).await;
            let dates = [jiff::ZonedDateTime::now().date().to_string()];
            world.hears(ANNA, "你是哪个模型").await;
            let system = told(&world, "哪个模型").remove(0);
            let text = system["content"].as_str().unwrap();
            assert_eq!(system["role"], "system");
            let dates = [&dates[..], &[jiff::ZonedDateTime::now().date().to_string()]].concat();
            assert!(text.contains("demo") && dates.iter().any(|date| text.contains(date)), "{text}");
            assert!(own.is_none_or(|own| text.contains(own)), "{text}");
            world.end().await;
        }
    }

    async fn no_memory_is_kept_where_its_budget_is_nothing(engine: Engine) {
        let world = WorldBuilder::new(engine).with("SESSION_TOKENS", "0").start().await;
        follow(&world, ANNA).await;
        world.hears(ANNA, "苹果什么颜色").await;
        world.hears(ANNA, "梨子什么颜色").await;
        assert_eq!(told(&world, "梨子").len(), 2);
        world.end().await;
    }
}
