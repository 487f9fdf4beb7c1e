//! The list of models that the upstream offers: how it is read, and how often it is asked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use huixin::llm::models::{Ability, Catalogue, Entry, catalogue::FRESH};
use serde_json::json;
use tokio::sync::Notify;

use super::KEY;
use super::fake::{Act, Fake, response};

fn catalogue(fake: &Fake) -> Catalogue {
    Catalogue::upstream(&fake.url, &KEY.into(), FRESH).unwrap()
}

fn names(entries: &[&Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.name.clone()).collect()
}

#[tokio::test]
async fn the_list_is_sorted_and_chat_and_pictures_are_apart() {
    let list = json!({"object": "list", "data": [
        {"id": "qwen-plus"}, {"id": "gpt-4o"}, {"id": "dall-e-3"}, {"id": "text-embedding-3-small"}, {"id": "whisper-1"},
        {"id": "unheard-of"}, {"id": "gpt-4o"}, {"id": ""}, {"no": "id"}, null,
    ]});
    let fake = Fake::start([response(200, "", &list.to_string())]).await;
    let listing = catalogue(&fake).listing().await.unwrap();
    assert_eq!(names(&listing.chat()), ["gpt-4o", "qwen-plus", "unheard-of"]);
    assert_eq!(names(&listing.picture()), ["dall-e-3"]);
    let head = fake.seen().remove(0).head;
    assert!(head.starts_with("GET /v1/models HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("authorization: Bearer {KEY}")), "{head}");
}

#[tokio::test]
async fn what_an_upstream_states_of_a_model_is_believed_more_than_its_name() {
    for (name, item, expected) in [
        (
            "OpenRouter",
            json!({"id": "x/alpha", "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]}}),
            vec![Ability::Writes, Ability::Sees],
        ),
        (
            "a text model with a seeing name",
            json!({"id": "gpt-4o-text", "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]}}),
            vec![Ability::Writes],
        ),
        (
            "one that talks and draws",
            json!({"id": "x/beta", "architecture": {"input_modalities": ["text"], "output_modalities": ["image", "text"]}}),
            vec![Ability::Writes, Ability::Draws],
        ),
        (
            "Mistral",
            json!({"id": "mistral-x", "capabilities": {"completion_chat": true, "vision": true}}),
            vec![Ability::Writes, Ability::Sees],
        ),
        ("Together", json!({"id": "x/gamma", "type": "image"}), vec![Ability::Draws]),
        ("a type that says nothing", json!({"id": "qwen-vl-max", "type": "chat"}), vec![Ability::Writes, Ability::Sees]),
    ] {
        let fake = Fake::start([response(200, "", &json!([item]).to_string())]).await;
        let listing = catalogue(&fake).listing().await.unwrap();
        let entry = listing.show(item["id"].as_str().unwrap()).unwrap();
        assert_eq!(entry.abilities.iter().collect::<Vec<_>>(), expected, "{name}");
    }
}

#[tokio::test]
async fn names_come_in_any_of_the_known_shapes() {
    for (document, expected) in [
        (json!({"data": [{"id": "models/gemini-2.5-flash"}]}), "gemini-2.5-flash"),
        (json!({"models": [{"name": "llama3.1:8b"}]}), "llama3.1:8b"),
        (json!([{"id": "accounts/x/models/y"}]), "accounts/x/models/y"),
        (json!(["glm-5"]), "glm-5"),
    ] {
        let fake = Fake::start([response(200, "", &document.to_string())]).await;
        let listing = catalogue(&fake).listing().await.unwrap();
        assert_eq!(names(&listing.chat()), [expected]);
    }
}

#[tokio::test]
async fn many_who_ask_at_once_cost_one_request() {
    let go = Arc::new(Notify::new());
    let mut answer = vec![Act::Await(Arc::clone(&go))];
    answer.extend(response(200, "", r#"{"data":[{"id":"glm-5"}]}"#));
    let fake = Fake::start([answer]).await;
    let catalogue = Arc::new(catalogue(&fake));
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let catalogue = Arc::clone(&catalogue);
            tokio::spawn(async move { catalogue.listing().await.unwrap() })
        })
        .collect();
    go.notify_one();
    for listing in asking {
        assert_eq!(names(&listing.await.unwrap().chat()), ["glm-5"]);
    }
    catalogue.listing().await.unwrap();
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn a_failure_is_told_by_its_class_and_not_kept() {
    let list = r#"{"data":[{"id":"glm-5"}]}"#;
    for (first, class) in [
        (response(401, "", r#"{"error":{"message":"no such key"}}"#), "unauthorized"),
        (response(404, "", "not found"), "not_found"),
        (response(200, "", "<html>"), "malformed"),
        (response(200, "", r#"{"error":{"message":"Incorrect API key provided"}}"#), "unauthorized"),
        (response(200, "", r#"{"hello":1}"#), "malformed"),
        (vec![Act::Close], "unreachable"),
    ] {
        let fake = Fake::start([first, response(200, "", list)]).await;
        let catalogue = catalogue(&fake);
        let error = catalogue.listing().await.unwrap_err();
        assert_eq!(error.class(), class);
        assert!(!error.to_string().contains(KEY));
        assert_eq!(names(&catalogue.listing().await.unwrap().chat()), ["glm-5"], "{class}");
    }
}

#[tokio::test]
async fn an_older_list_stands_in_for_one_that_fails() {
    let list = r#"{"data":[{"id":"glm-5"}]}"#;
    let fake = Fake::start([response(200, "", list), response(500, "", "down")]).await;
    let catalogue = Catalogue::upstream(&fake.url, &KEY.into(), Duration::from_millis(5)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while fake.seen().len() < 3 {
        assert!(Instant::now() < deadline, "a list that is too old is asked for again");
        assert_eq!(names(&catalogue.listing().await.unwrap().chat()), ["glm-5"]);
        tokio::task::yield_now().await;
    }
}
