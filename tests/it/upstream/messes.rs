//! Streams as upstreams really send them. Every case is read twice: in one piece, and byte by byte.

use huixin::llm::chat::{Finish, Usage};

use super::fake::{Act, Fake, chunk, content, event, stream_head};
use super::{ask, settings};

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

struct Mess {
    name: &'static str,
    body: Vec<u8>,
    content: &'static str,
    reasoning: &'static str,
    finish: Finish,
}

fn mess(name: &'static str, body: impl Into<Vec<u8>>, content: &'static str) -> Mess {
    Mess { name, body: body.into(), content, reasoning: "", finish: Finish::Stop }
}

fn thought(name: &'static str, pieces: &[&str], reasoning: &'static str, content: &'static str) -> Mess {
    Mess { reasoning, ..mess(name, said(pieces), content) }
}

/// A plain stream of pieces of content.
fn said(pieces: &[&str]) -> String {
    pieces.iter().map(|piece| event(&self::content(piece))).collect::<String>() + &event(STOP) + "data: [DONE]\n\n"
}

/// One delta object, then the end.
fn delta(object: &str) -> String {
    event(&format!(r#"{{"choices":[{{"index":0,"delta":{object}}}]}}"#)) + &event(STOP)
}

async fn assert_read(messes: Vec<Mess>) {
    for mess in messes {
        for whole in [true, false] {
            let body = [chunk(&mess.body), b"0\r\n\r\n".to_vec()].concat();
            let body = if whole { Act::Send(body) } else { Act::Drip(body) };
            let fake = Fake::start([vec![Act::Send(stream_head()), body]]).await;
            let (heard, result) = ask(settings(&fake)).await;
            let name = format!("{}, in one piece: {whole}", mess.name);
            let outcome = result.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((heard.content.as_str(), heard.reasoning.as_str()), (mess.content, mess.reasoning), "{name}");
            assert_eq!((outcome.finish, outcome.requests), (mess.finish.clone(), 1), "{name}");
        }
    }
}

#[tokio::test]
async fn lines_and_events_are_read_however_they_are_written() {
    let plain = said(&["你好", "，世界"]);
    let greeting = "你好，世界";
    assert_read(vec![
        mess("line feeds", plain.clone(), greeting),
        mess("carriage return and line feed", plain.replace('\n', "\r\n"), greeting),
        mess("carriage returns alone", plain.replace('\n', "\r"), greeting),
        mess("a byte order mark", format!("\u{feff}{plain}"), greeting),
        mess("data without a space", plain.replace("data: ", "data:"), greeting),
        mess("comments before and between", format!(": keep-alive\n\n{}", plain.replace("\n\n", "\n\n: ping\n\n")), greeting),
        mess("a comment inside an event", plain.replace("data: ", ": hm\ndata: "), greeting),
        mess("event, id and retry lines", plain.replace("data: ", "event: message\nid: 1\nretry: 3000\ndata: "), greeting),
        mess("an unknown field", plain.replace("data: ", "foo: bar\ndata: "), greeting),
        mess("a ping event", format!("event: ping\ndata: {{\"type\":\"ping\"}}\n\n{plain}"), greeting),
        mess("empty data", format!("data:\n\ndata: \n\n{plain}"), greeting),
        mess("leading blank lines", format!("\n\n\r\n{plain}"), greeting),
        mess(
            "one event in several data lines",
            format!("data: {{\"choices\":\ndata: [{{\"delta\":\ndata: {{\"content\":\"行\"}}}}]}}\n\n{}", event(STOP)),
            "行",
        ),
        mess("no blank lines between events", plain.replace("\n\n", "\n") + "\n", greeting),
    ])
    .await;
}

#[tokio::test]
async fn an_answer_may_end_in_any_of_the_known_ways() {
    let said = event(&content("好"));
    let length = r#"{"choices":[{"delta":{"content":"好"},"finish_reason":"length"}]}"#;
    let filtered = r#"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#;
    let tool = r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#;
    assert_read(vec![
        mess("[DONE] without finish_reason", said.clone() + "data: [DONE]\n\n", "好"),
        mess("[DONE] without its blank line", said.clone() + "data: [DONE]", "好"),
        mess("finish_reason without [DONE]", said.clone() + &event(STOP), "好"),
        mess("finish_reason without its blank line", said.clone() + "data: " + STOP, "好"),
        mess("an end event with [DONE]", said.clone() + "event: end\ndata: [DONE]\n\n", "好"),
        mess("an end event with nothing", said.clone() + "event: end\ndata:\n\n", "好"),
        mess("an end event in words", said.clone() + "event: done\ndata: bye\n\n", "好"),
        mess("text after the end", said.clone() + "data: [DONE]\n\n" + &said, "好"),
        Mess { finish: Finish::Length, ..mess("length with the last piece", event(length), "好") },
        Mess { finish: Finish::ContentFilter, ..mess("filtered half-way", said.clone() + &event(filtered), "好") },
        Mess { finish: Finish::Other("tool_calls".to_owned()), ..mess("another reason", said.clone() + &event(tool), "好") },
    ])
    .await;
}

#[tokio::test]
async fn text_is_found_wherever_upstreams_put_it() {
    let apart = |name, object: &str, reasoning, content| Mess { reasoning, ..mess(name, delta(object), content) };
    assert_read(vec![
        mess(
            "content null first",
            delta(r#"{"role":"assistant","content":null}"#).replace(&event(STOP), "") + &said(&["好"]),
            "好",
        ),
        mess("role in every chunk", delta(r#"{"role":"assistant","content":"好"}"#), "好"),
        mess("parts", delta(r#"{"content":[{"type":"text","text":"好"},{"type":"text","text":"的"}]}"#), "好的"),
        mess("a refusal", delta(r#"{"content":null,"refusal":"不行"}"#), "不行"),
        mess("choices empty and usage", event(r#"{"choices":[],"usage":null}"#) + &said(&["好"]), "好"),
        mess("delta absent", event(r#"{"choices":[{"index":0,"finish_reason":null}]}"#) + &said(&["好"]), "好"),
        mess(
            "empty and null finish_reason",
            event(r#"{"choices":[{"delta":{"content":"好"},"finish_reason":""}]}"#)
                + &event(r#"{"choices":[{"delta":{"content":"的"},"finish_reason":"null"}]}"#)
                + &event(STOP),
            "好的",
        ),
        mess(
            "message in place of delta",
            event(r#"{"choices":[{"message":{"content":"好"}}]}"#)
                + &event(r#"{"choices":[{"message":{"content":"的"}}]}"#)
                + &event(STOP),
            "好的",
        ),
        mess(
            "the whole message again at the end",
            event(&content("好")) + &event(r#"{"choices":[{"message":{"content":"好"},"finish_reason":"stop"}]}"#),
            "好",
        ),
        mess(
            "half a character",
            event(r#"{"choices":[{"delta":{"content":"\ud83d"}}]}"#)
                + &event(r#"{"choices":[{"delta":{"content":"\ude00\\u好\ud83d\ude00"}}]}"#)
                + &event(STOP),
            "\u{fffd}\u{fffd}\\u好😀",
        ),
        mess("a second choice", event(r#"{"choices":[{"index":1,"delta":{"content":"错"}}]}"#) + &said(&["好"]), "好"),
        mess(
            "success codes beside the choices",
            event(r#"{"code":0,"message":"Success","choices":[{"delta":{"content":"好"}}]}"#) + &event(STOP),
            "好",
        ),
        mess("a null error", event(r#"{"error":null,"choices":[{"delta":{"content":"好"}}]}"#) + &event(STOP), "好"),
        apart("reasoning_content", r#"{"reasoning_content":"想","content":""}"#, "想", "好").then(&["\n\n好"]),
        apart("reasoning", r#"{"reasoning":"想","content":null}"#, "想", "好").then(&["好"]),
        apart("both names of reasoning", r#"{"reasoning":"想","reasoning_content":"想"}"#, "想", "好").then(&["好"]),
        apart(
            "thinking as a part",
            r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"想"}]},{"type":"text","text":"好"}]}"#,
            "想",
            "好",
        ),
    ])
    .await;
}

impl Mess {
    /// Puts more pieces of content before the end.
    fn then(mut self, pieces: &[&str]) -> Self {
        self.body.truncate(self.body.len() - event(STOP).len());
        self.body.extend_from_slice(said(pieces).as_bytes());
        self
    }
}

#[tokio::test]
async fn thinking_inside_the_content_is_told_apart() {
    assert_read(vec![
        thought("one piece", &["<think>想</think>好"], "想", "好"),
        thought("tags split over pieces", &["<th", "ink>想", "想</t", "hin", "k>", "\n\n", "好"], "想想", "好"),
        thought("after white space", &["\n ", "<think>\n想\n</think>\n\n好"], "\n想\n", "好"),
        thought("the longer tag", &["<thinking>想</think></thinking>好"], "想</think>", "好"),
        thought("Gemini's tag", &["<thought>想</thought>好"], "想", "好"),
        thought("two blocks", &["<think>一</think>\n<think>二</think>\n好"], "一二", "好"),
        thought("an empty block", &["<think>\n\n</think>\n\n好"], "\n\n", "好"),
        thought("a closing tag left over by a parser", &["</think>\n\n好"], "", "好"),
        thought("no opening tag", &["想想\n", "</thi", "nk>\n\n好"], "想想\n", "好"),
        thought("a tag in the middle is text", &["写 <think> 就", "好 </think>"], "", "写 <think> 就好 </think>"),
        thought("a closing tag in code is text", &["```\n</think>\n```"], "", "```\n</think>\n```"),
        thought("a closing tag inside a line is text", &["用 </think> 结束"], "", "用 </think> 结束"),
        thought("something like a tag", &["<thin", "g>"], "", "<thing>"),
        thought("the beginning of a tag at the end", &["1 <", " 2 </th"], "", "1 < 2 </th"),
        thought("an indented start", &["  \n  好"], "", "好"),
    ])
    .await;
}

#[tokio::test]
async fn usage_is_read_from_wherever_it_stands() {
    let counted = Some(Usage { prompt_tokens: 7, completion_tokens: 3, reasoning_tokens: Some(1) });
    let usage = r#""usage":{"prompt_tokens":7,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":1}}"#;
    let said = event(&content("好"));
    for (name, body) in [
        ("in a last chunk", format!("{said}{}data: {{\"choices\":[],{usage}}}\n\ndata: [DONE]\n\n", event(STOP))),
        (
            "in the chunk of the finish_reason",
            format!("{said}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}],{usage}}}\n\n"),
        ),
        ("inside the choice", format!("{said}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\",{usage}}}]}}\n\n")),
        (
            "growing with every chunk",
            format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"好\"}}}}],\"usage\":{{\"prompt_tokens\":7}}}}\n\ndata: {{\"choices\":[],{usage}}}\n\n{}",
                event(STOP)
            ),
        ),
    ] {
        let fake = Fake::start([super::fake::streamed(body)]).await;
        let (_, result) = ask(settings(&fake)).await;
        assert_eq!(result.unwrap().usage, counted, "{name}");
    }
}

#[tokio::test]
async fn an_upstream_that_ignores_stream_is_read_just_the_same() {
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"<think>想</think>\n好","reasoning_content":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;
    for (kind, body) in [
        ("application/json", body.to_owned()),
        ("text/event-stream", format!("\n {body}\n")),
        ("text/plain", format!("\u{feff}{body}")),
    ] {
        let fake = Fake::start([super::fake::response(200, &format!("Content-Type: {kind}\r\n"), &body)]).await;
        let (heard, result) = ask(settings(&fake)).await;
        let outcome = result.unwrap();
        assert_eq!((heard.content.as_str(), heard.reasoning.as_str(), outcome.finish), ("好", "想", Finish::Stop), "{kind}");
        assert_eq!(outcome.usage, Some(Usage { prompt_tokens: 7, completion_tokens: 3, reasoning_tokens: None }));
    }
}

#[tokio::test]
async fn events_are_recognised_under_a_wrong_content_type() {
    let fake = Fake::start([super::fake::response(200, "Content-Type: application/json\r\n", &said(&["好"]))]).await;
    let (heard, result) = ask(settings(&fake)).await;
    assert_eq!((heard.content.as_str(), result.unwrap().finish), ("好", Finish::Stop));
}
