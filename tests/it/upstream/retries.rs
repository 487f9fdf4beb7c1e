//! When the upstream is asked again, how often, of which model, and without what.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use huixin::llm::UpstreamError;
use huixin::llm::chat::{Delta, Echo, Question, Role, Settings, Turn, Upstream};
use tokio::sync::Notify;

use super::fake::{Act, Fake, chunk, content, cut, event, response, saying, stream_head, streamed};
use super::{ask, ask_again, settings, with_fallback};

const BUSY: &str = r#"{"error":{"message":"overloaded"}}"#;

#[tokio::test]
async fn a_request_says_what_is_set_and_nothing_else() {
    let fake = Fake::start([saying(&["好"])]).await;
    let (heard, result) = ask(settings(&fake)).await;
    assert_eq!((heard.content.as_str(), heard.started, result.unwrap().requests), ("好", vec!["main".to_owned()], 1));
    let seen = fake.seen().remove(0);
    assert!(seen.head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", seen.head);
    let expected = serde_json::json!({
        "model": "main", "messages": [{"role": "user", "content": "你好"}],
        "stream": true, "stream_options": {"include_usage": true},
    });
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn the_endpoint_is_found_however_the_base_url_is_written() {
    for suffix in ["", "/", "/chat/completions", "/chat/completions/"] {
        let fake = Fake::start([saying(&["好"])]).await;
        ask(Settings { base_url: format!("{}{suffix}", fake.url), ..settings(&fake) }).await.1.unwrap();
        let head = fake.seen().remove(0).head;
        assert!(head.starts_with("POST /v1/chat/completions"), "{suffix}: {head}");
    }
}

#[tokio::test]
async fn no_key_means_no_authorization() {
    let fake = Fake::start([saying(&["好"])]).await;
    ask(Settings { api_key: "".into(), ..settings(&fake) }).await.1.unwrap();
    assert!(!fake.seen()[0].head.to_lowercase().contains("authorization"));
}

#[tokio::test]
async fn reasoning_is_echoed_only_where_it_is_wanted() {
    let turns = [Turn { reasoning: Some("想".to_owned()), ..Turn::new(Role::Assistant, "好") }];
    for (echo, expected) in [(Echo::Never, None), (Echo::Always, Some("想"))] {
        let fake = Fake::start([saying(&["好"])]).await;
        let upstream = Upstream::new(Settings { echo_reasoning: echo, ..settings(&fake) }).unwrap();
        upstream.answer(Question::new(&turns), |_| {}).await.unwrap();
        assert_eq!(fake.seen()[0].body["messages"][0]["reasoning_content"].as_str(), expected);
    }
}

#[tokio::test]
async fn a_refused_parameter_is_left_out_and_remembered() {
    let refuse = |message: &str| response(400, "", &serde_json::json!({"error": {"message": message}}).to_string());
    for (name, refusal, gone, instead) in [
        ("usage", "Unknown parameter: 'stream_options'.", "stream_options", None),
        ("temperature", "Unsupported value: 'temperature' does not support 0.5 with this model.", "temperature", None),
        ("one of two", "`temperature` and `top_p` cannot both be specified for this model.", "top_p", Some("temperature")),
        (
            "length",
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "max_tokens",
            Some("max_completion_tokens"),
        ),
        ("echo", "reasoning_content in messages is not allowed", "messages/0/reasoning_content", None),
    ] {
        let fake = Fake::start([refuse(refusal), saying(&["好"])]).await;
        let everything = Settings {
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_tokens: Some(100),
            echo_reasoning: Echo::Always,
            ..settings(&fake)
        };
        let upstream = Upstream::new(everything).unwrap();
        let turns = [Turn { reasoning: Some("想".to_owned()), ..Turn::new(Role::Assistant, "好") }];
        let first = upstream.answer(Question::new(&turns), |_| {}).await.unwrap();
        let second = upstream.answer(Question::new(&turns), |_| {}).await.unwrap();
        assert_eq!((first.requests, second.requests), (2, 1), "{name}");
        let bodies: Vec<_> = fake.seen().into_iter().map(|seen| seen.body).collect();
        let has = |body: &serde_json::Value, field: &str| body.pointer(&format!("/{field}")).is_some();
        assert!(has(&bodies[0], gone) && !has(&bodies[1], gone) && !has(&bodies[2], gone), "{name}");
        assert!(instead.is_none_or(|field| has(&bodies[1], field) && has(&bodies[2], field)), "{name}");
    }
}

#[tokio::test]
async fn a_model_that_refuses_everything_is_mended_step_by_step_and_not_for_ever() {
    let refuse = |name: &str| {
        response(422, "", &serde_json::json!({"detail": [{"type": "extra_forbidden", "loc": ["body", name]}]}).to_string())
    };
    let script =
        ["stream_options", "top_p", "temperature", "max_tokens", "max_completion_tokens", "max_completion_tokens"].map(refuse);
    let fake = Fake::start(script).await;
    let everything = Settings { temperature: Some(0.5), top_p: Some(0.9), max_tokens: Some(100), ..settings(&fake) };
    let (_, result) = ask(everything).await;
    assert_eq!((result.unwrap_err().class(), fake.seen().len()), ("bad_request", 6));
}

#[tokio::test]
async fn a_busy_model_is_asked_three_times_then_the_fallback_twice() {
    for (status, class) in [(429, "rate_limited"), (500, "overloaded"), (503, "overloaded"), (408, "overloaded")] {
        let fake = Fake::start([response(status, "retry-after-ms: 5\r\n", BUSY)]).await;
        let (heard, result) = ask(with_fallback(&fake)).await;
        assert_eq!(result.unwrap_err().class(), class);
        assert_eq!(fake.models(), ["main", "main", "main", "spare", "spare"], "{status}");
        assert_eq!((heard.started.len(), heard.restarts), (0, 0), "nothing was heard, so nothing is void");
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_answer_is_made_again() {
    for lost in [vec![Act::Close], vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), Act::Close]] {
        let fake = Fake::start([lost, saying(&["好"])]).await;
        let (heard, result) = ask(settings(&fake)).await;
        assert_eq!((heard.content.as_str(), heard.restarts, result.unwrap().requests), ("好", 0, 2));
    }
}

#[tokio::test]
async fn the_pause_that_the_upstream_asks_for_is_kept() {
    let fake = Fake::start([response(429, "Retry-After: 1\r\n", BUSY), saying(&["好"])]).await;
    let began = Instant::now();
    let (heard, result) = ask(settings(&fake)).await;
    assert_eq!((heard.content.as_str(), result.unwrap().requests), ("好", 2));
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_pause_beyond_patience_goes_to_the_fallback_at_once_or_is_reported() {
    for pause in ["3600", "15"] {
        let fake = Fake::start([response(429, &format!("Retry-After: {pause}\r\n"), BUSY), saying(&["好"])]).await;
        let hurried = Settings { timeout: Duration::from_secs(10), ..with_fallback(&fake) };
        let (heard, result) = ask(hurried).await;
        assert_eq!((heard.content.as_str(), result.unwrap().model.as_str()), ("好", "spare"));
    }
    let fake = Fake::start([response(429, "Retry-After: 3600\r\n", BUSY)]).await;
    let (_, result) = ask(settings(&fake)).await;
    assert_eq!(result.unwrap_err().retry_after(), Some(Duration::from_hours(1)));
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn the_fallback_is_asked_where_it_may_help_and_only_there() {
    for (status, body, helps) in [
        (404, r#"{"error":{"code":"model_not_found"}}"#, true),
        (402, "", true),
        (401, "", false),
        (400, "bad", false),
        (400, r#"{"error":{"code":"content_filter"}}"#, false),
        (413, "", false),
    ] {
        let fake = Fake::start([response(status, "", body), saying(&["好"])]).await;
        let (_, result) = ask(with_fallback(&fake)).await;
        assert_eq!(result.is_ok(), helps, "{status} {body}");
        assert_eq!(fake.models(), if helps { vec!["main", "spare"] } else { vec!["main"] }, "{status} {body}");
    }
}

#[tokio::test]
async fn a_silent_model_leaves_half_of_the_time_to_the_fallback() {
    let begun = Act::Send([stream_head(), chunk(event(&content("半")))].concat());
    for (silent, restarts) in [(vec![Act::Hang], 0), (vec![begun, Act::Hang], 1)] {
        let fake = Fake::start([silent, saying(&["好"])]).await;
        let (heard, result) = ask(Settings { timeout: Duration::from_secs(2), ..with_fallback(&fake) }).await;
        assert_eq!((heard.content.as_str(), heard.restarts, result.unwrap().model.as_str()), ("好", restarts, "spare"));
    }
}

#[tokio::test]
async fn a_stream_that_dies_is_asked_again_and_what_was_heard_is_void() {
    let half = event(&content("半"));
    let broken = event(r#"{"error":{"code":502,"message":"provider died"}}"#);
    let interrupted = event(r#"{"choices":[{"delta":{},"finish_reason":"insufficient_system_resource"}]}"#);
    for (name, first) in [
        ("cut", cut(&half)),
        ("an end that is none", streamed(&half)),
        ("an error object", streamed(half.clone() + &broken)),
        ("a finish_reason that is an error", streamed(half.clone() + &interrupted)),
        ("not JSON", streamed(half.clone() + "data: oops\n\n" + &half)),
        (
            "cut inside a chunk of HTTP",
            vec![Act::Send([stream_head(), b"ff\r\n".to_vec(), half.clone().into_bytes()].concat()), Act::Close],
        ),
    ] {
        let fake = Fake::start([first, saying(&["完", "整"])]).await;
        let (heard, result) = ask(settings(&fake)).await;
        assert_eq!((heard.content.as_str(), heard.restarts, result.unwrap().requests), ("完整", 1, 2), "{name}");
        assert_eq!(heard.started, ["main", "main"], "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_always_breaks_is_given_up_with_what_arrived_kept() {
    let fake = Fake::start([cut(event(&content("半句")))]).await;
    let (heard, result) = ask(with_fallback(&fake)).await;
    assert_eq!(result.unwrap_err(), UpstreamError::Broken { received: 6 });
    assert_eq!(fake.models(), ["main", "main", "main", "spare", "spare"]);
    assert_eq!((heard.content.as_str(), heard.restarts), ("半句", 4));
}

#[tokio::test]
async fn a_half_answer_stands_where_nothing_better_comes() {
    let fake = Fake::start([cut(event(&content("半句"))), response(401, "", "")]).await;
    let (heard, result) = ask(settings(&fake)).await;
    assert_eq!(result.unwrap_err().class(), "unauthorized");
    assert_eq!((heard.content.as_str(), heard.restarts), ("半句", 0));
}

#[tokio::test]
async fn a_complete_answer_survives_the_loss_of_its_epilogue() {
    let complete = event(&content("好")) + &event(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#);
    let open = vec![Act::Send([stream_head(), chunk(&complete)].concat()), Act::Hang];
    for (name, acts) in [("cut", cut(&complete)), ("an open end", open)] {
        let fake = Fake::start([acts]).await;
        let began = Instant::now();
        let (heard, result) = ask(settings(&fake)).await;
        assert_eq!((heard.content.as_str(), result.unwrap().requests), ("好", 1), "{name}");
        assert!(began.elapsed() < Duration::from_secs(5), "{name}");
    }
}

#[tokio::test]
async fn a_delta_is_heard_before_the_next_one_is_sent() {
    let signal = Arc::new(Notify::new());
    let piece = |text| Act::Send(chunk(event(&content(text))));
    let end = Act::Send([chunk("data: [DONE]\n\n"), b"0\r\n\r\n".to_vec()].concat());
    let acts = vec![Act::Send(stream_head()), piece("一"), Act::Await(Arc::clone(&signal)), piece("二"), end];
    let fake = Fake::start([acts]).await;
    let heard = Mutex::new(Vec::new());
    let upstream = Upstream::new(settings(&fake)).unwrap();
    let listen = |delta| {
        if delta == Delta::Content("一".to_owned()) {
            signal.notify_one();
        }
        heard.lock().unwrap().push(delta);
    };
    upstream.answer(Question::new(&[Turn::new(Role::User, "数")]), listen).await.unwrap();
    let expected =
        [Delta::Started { model: "main".to_owned() }, Delta::Content("一".to_owned()), Delta::Content("二".to_owned())];
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[tokio::test]
async fn answers_share_one_connection() {
    let fake = Fake::start([saying(&["好"])]).await;
    let upstream = Upstream::new(settings(&fake)).unwrap();
    for _ in 0..3 {
        ask_again(&upstream).await.1.unwrap();
    }
    assert_eq!((fake.seen().len(), fake.connections()), (3, 1));
}

#[tokio::test]
async fn a_dropped_question_closes_its_connection() {
    let fake = Fake::start([vec![Act::Send([stream_head(), chunk(event(&content("好")))].concat()), Act::Hang]]).await;
    let upstream = Upstream::new(settings(&fake)).unwrap();
    let heard = Notify::new();
    let turns = [Turn::new(Role::User, "你好")];
    tokio::select! {
        result = upstream.answer(Question::new(&turns), |_| heard.notify_one()) => panic!("{result:?}"),
        () = heard.notified() => {}
    }
    fake.hung_up().await;
    assert_eq!(fake.seen().len(), 1);
}
