//! A model that decides by itself to have a picture drawn.

use huixin::llm::UpstreamError;
use huixin::llm::chat::{Call, Outcome, Question, Role, Tools, Turn, Upstream};
use serde_json::{Value, json};

use super::fake::{Act, Fake, chunk, event, response, saying, stream_head, streamed};
use super::{Heard, settings};

const CALLED: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;

async fn ask(upstream: &Upstream, tools: Tools) -> (Heard, Result<Outcome, UpstreamError>) {
    let mut heard = Heard::default();
    let turns = [Turn::new(Role::User, "画一只猫")];
    let result = upstream.answer(Question { tools, ..Question::new(&turns) }, |delta| heard.take(delta)).await;
    (heard, result)
}

fn delta(delta: &Value) -> String {
    event(&json!({"choices": [{"index": 0, "delta": delta}]}).to_string())
}

fn piece(call: &Value) -> String {
    delta(&json!({"tool_calls": [call]}))
}

fn cat() -> Call {
    Call::Draw { prompt: "一只猫".to_owned() }
}

#[tokio::test]
async fn a_tool_is_offered_only_where_it_is_wanted() {
    let fake = Fake::start([saying(&["好"])]).await;
    let upstream = Upstream::new(settings(&fake)).unwrap();
    for (tools, offered) in [(Tools::Draw, Some("draw_picture")), (Tools::None, None)] {
        let (_, result) = ask(&upstream, tools).await;
        assert_eq!(result.unwrap().call, None);
        let body = fake.seen().pop().unwrap().body;
        assert_eq!(body.pointer("/tools/0/function/name").and_then(Value::as_str), offered);
        assert_eq!(body.get("tools").is_some(), offered.is_some());
    }
}

#[tokio::test]
async fn a_call_is_read_however_it_is_cut() {
    let whole = r#"{"prompt":"一只猫"}"#;
    let (begin, end) = whole.split_at(10);
    for (name, body) in [
        (
            "OpenAI's pieces",
            piece(&json!({"index": 0, "id": "c1", "type": "function", "function": {"name": "draw_picture", "arguments": ""}}))
                + &piece(&json!({"index": 0, "function": {"arguments": begin}}))
                + &piece(&json!({"index": 0, "function": {"arguments": end}})),
        ),
        (
            "the name in every piece",
            piece(&json!({"index": 0, "id": "c1", "function": {"name": "draw_picture", "arguments": begin}}))
                + &piece(&json!({"index": 0, "id": "c1", "function": {"name": "draw_picture", "arguments": end}})),
        ),
        (
            "no index",
            piece(&json!({"id": "c1", "function": {"name": "draw_picture", "arguments": begin}}))
                + &piece(&json!({"id": "", "function": {"arguments": end}})),
        ),
        ("one piece", piece(&json!({"index": 0, "id": "c1", "function": {"name": "draw_picture", "arguments": whole}}))),
        ("an object", piece(&json!({"id": "c1", "function": {"name": "draw_picture", "arguments": {"prompt": "一只猫"}}}))),
        ("encoded twice", piece(&json!({"function": {"name": "draw_picture", "arguments": json!(whole).to_string()}}))),
        ("the older name", delta(&json!({"function_call": {"name": "draw_picture", "arguments": whole}}))),
        (
            "behind a tool that is not on offer",
            piece(&json!({"index": 0, "id": "c1", "function": {"name": "search", "arguments": "{}"}}))
                + &piece(&json!({"index": 1, "id": "c2", "function": {"name": "draw_picture", "arguments": whole}})),
        ),
    ] {
        let body = body + &event(CALLED) + "data: [DONE]\n\n";
        for drip in [false, true] {
            let body = [chunk(&body), b"0\r\n\r\n".to_vec()].concat();
            let body = if drip { Act::Drip(body) } else { Act::Send(body) };
            let acts = vec![Act::Send(stream_head()), body];
            let fake = Fake::start([acts]).await;
            let (heard, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
            let outcome = result.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((outcome.call, heard.content.as_str(), outcome.requests), (Some(cat()), "", 1), "{name}");
        }
    }
}

#[tokio::test]
async fn a_call_may_come_in_one_document_and_beside_words() {
    let call = json!({"id": "c1", "function": {"name": "draw_picture", "arguments": "{\"prompt\":\" 一只猫 \"}"}});
    let document = json!({"choices": [{"message": {"content": null, "tool_calls": [call]}, "finish_reason": "tool_calls"}]});
    let fake = Fake::start([response(200, "", &document.to_string())]).await;
    let (_, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
    assert_eq!(result.unwrap().call, Some(cat()));

    let body = delta(&json!({"content": "好的，"})) + &piece(&call) + &event(CALLED);
    let fake = Fake::start([streamed(body)]).await;
    let (heard, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
    assert_eq!((heard.content.as_str(), result.unwrap().call), ("好的，", Some(cat())));
}

#[tokio::test]
async fn what_cannot_be_understood_is_no_call_and_the_model_is_asked_for_words() {
    for (name, function) in [
        ("an unknown tool", json!({"name": "search_web", "arguments": "{\"prompt\":\"x\"}"})),
        ("no JSON", json!({"name": "draw_picture", "arguments": "{\"prompt\":"})),
        ("no prompt", json!({"name": "draw_picture", "arguments": "{}"})),
        ("an empty prompt", json!({"name": "draw_picture", "arguments": "{\"prompt\":\" \"}"})),
        ("another type", json!({"name": "draw_picture", "arguments": "{\"prompt\":1}"})),
        ("no arguments", json!({"name": "draw_picture"})),
    ] {
        let body = piece(&json!({"index": 0, "id": "c1", "function": function})) + &event(CALLED);
        let fake = Fake::start([streamed(body), saying(&["喵"])]).await;
        let (heard, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
        assert_eq!((heard.content.as_str(), result.unwrap().call), ("喵", None), "{name}");
        let offered: Vec<bool> = fake.seen().iter().map(|seen| seen.body.get("tools").is_some()).collect();
        assert_eq!(offered, [true, false], "{name}");
    }
    // Beside words, it is passed over.
    let body = delta(&json!({"content": "喵"})) + &piece(&json!({"function": {"name": "x", "arguments": "{}"}})) + &event(CALLED);
    let fake = Fake::start([streamed(body)]).await;
    let (heard, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
    assert_eq!((heard.content.as_str(), result.unwrap().call), ("喵", None));
}

#[tokio::test]
async fn a_call_that_nothing_offered_is_not_heard() {
    let body = piece(&json!({"function": {"name": "draw_picture", "arguments": "{\"prompt\":\"x\"}"}})) + &event(CALLED);
    let fake = Fake::start([streamed(body)]).await;
    let (_, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::None).await;
    assert_eq!(result.unwrap_err(), UpstreamError::Empty);
}

#[tokio::test]
async fn a_model_that_refuses_tools_is_not_offered_them_again() {
    for (status, refusal) in [
        (400, "registry.ollama.ai/library/gemma:7b does not support tools"),
        (400, "`tools` is not supported by this model"),
        (422, "[{'loc': ['body', 'tools'], 'msg': 'Extra inputs are not permitted'}]"),
        (404, "No endpoints found that support tool use."),
        (400, "Function call is not supported for this model."),
    ] {
        let refused = response(status, "", &json!({"error": {"message": refusal}}).to_string());
        let fake = Fake::start([refused, saying(&["好"])]).await;
        let upstream = Upstream::new(settings(&fake)).unwrap();
        for _ in 0..2 {
            let (heard, result) = ask(&upstream, Tools::Draw).await;
            assert_eq!((heard.content.as_str(), result.unwrap().call), ("好", None), "{refusal}");
        }
        let offered: Vec<bool> = fake.seen().iter().map(|seen| seen.body.get("tools").is_some()).collect();
        assert_eq!(offered, [true, false, false], "{refusal}");
    }
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_like_a_text() {
    let filler = "x".repeat(512 * 1024);
    let mut acts = vec![Act::Send(stream_head())];
    acts.extend(
        (0..12).map(|_| Act::Send(chunk(piece(&json!({"index": 0, "function": {"name": "draw_picture", "arguments": filler}}))))),
    );
    acts.push(Act::Hang);
    let fake = Fake::start([acts, saying(&["好"])]).await;
    let (heard, result) = ask(&Upstream::new(settings(&fake)).unwrap(), Tools::Draw).await;
    assert_eq!((heard.content.as_str(), result.unwrap().call), ("好", None));
}
