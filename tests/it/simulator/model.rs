//! The demo model.

use std::time::{Duration, Instant};

use huixin::simulator::{Mode, Simulator};
use serde_json::{Value, json};

use super::{PERSONAL, start, stop};

/// The body of a streamed answer, or how far it came.
async fn ask(simulator: &Simulator, question: &str) -> (u16, String, bool) {
    let url = format!("{}/v1/chat/completions", simulator.url());
    let body = json!({
        "model": "huixin-demo", "stream": true, "stream_options": { "include_usage": true },
        "messages": [{ "role": "system", "content": "be brief" }, { "role": "user", "content": question }]
    });
    let mut response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    let (status, mut text) = (response.status().as_u16(), String::new());
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => text.push_str(&String::from_utf8_lossy(&bytes)),
            Ok(None) => return (status, text, true),
            Err(_) => return (status, text, false),
        }
    }
}

fn joined(stream: &str, field: &str) -> String {
    let events = stream.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    events.filter_map(|event| event["choices"][0]["delta"][field].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_demo_model_streams_an_answer_in_the_language_of_the_question() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let (status, stream, complete) = ask(&simulator, "你是谁").await;
    assert_eq!((status, complete), (200, true));
    assert!(joined(&stream, "content").starts_with("你问的是「你是谁」。"), "{stream}");
    assert!(
        stream.contains("\"finish_reason\":\"stop\"") && stream.contains("\"usage\":{") && stream.ends_with("data: [DONE]\n\n")
    );
    assert!(joined(&ask(&simulator, "a table please").await.1, "content").contains("| --- |"));
    assert_eq!(simulator.asked().len(), 2);
    assert_eq!(simulator.asked()[0]["messages"][1]["content"], "你是谁");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_demo_model_misbehaves_on_request() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let started = Instant::now();
    assert!(ask(&simulator, "slow 10 hello").await.2);
    assert!(started.elapsed() >= Duration::from_millis(500), "ten seconds, scaled");
    assert!(joined(&ask(&simulator, "long hello").await.1, "content").chars().count() >= 6000);
    assert!(!joined(&ask(&simulator, "think hello").await.1, "reasoning_content").is_empty());
    assert!(joined(&ask(&simulator, "thinktag hello").await.1, "content").starts_with("<think>"));
    assert!(!ask(&simulator, "die hello").await.2, "the connection breaks");
    assert!(!ask(&simulator, "die-once hello").await.2);
    assert!(ask(&simulator, "die-once hello").await.2);
    assert_eq!(ask(&simulator, "500 hello").await.0, 500);
    assert_eq!(ask(&simulator, "429 hello").await.0, 429);
    assert_eq!(ask(&simulator, "429 hello").await.0, 200);
    assert!(ask(&simulator, "filter hello").await.1.contains("content_filter"));
    assert!(ask(&simulator, "length hello").await.1.contains("\"finish_reason\":\"length\""));
    assert!(ask(&simulator, "json hello").await.1.starts_with('{'));
    assert_eq!(joined(&ask(&simulator, "empty hello").await.1, "content"), "");
    assert!(ask(&simulator, "error-in-stream hello").await.1.contains("\"error\":{"));
    simulator.switch(|switches| switches.upstream_fault = Some("503".to_owned()));
    assert_eq!(ask(&simulator, "hello").await.0, 503);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_demo_model_draws_the_same_picture_for_the_same_prompt() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let draw = async |prompt: &str, format: &str| {
        let body = json!({ "model": "huixin-draw", "prompt": prompt, "response_format": format });
        let url = format!("{}/v1/images/generations", simulator.url());
        reqwest::Client::new().post(url).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let first = draw("a mountain at dawn", "b64_json").await["data"][0]["b64_json"].clone();
    assert!(first.as_str().unwrap().starts_with("iVBORw0KGgo"), "a PNG");
    assert_eq!(draw("a mountain at dawn", "b64_json").await["data"][0]["b64_json"], first);
    assert_ne!(draw("a river", "b64_json").await["data"][0]["b64_json"], first);
    let url = draw("a river", "url").await["data"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(reqwest::get(url).await.unwrap().headers()["content-type"], "image/png");
    assert_eq!(draw("filter a river", "url").await["error"]["code"], "content_policy_violation");
    stop(simulator, bot).await;
}
