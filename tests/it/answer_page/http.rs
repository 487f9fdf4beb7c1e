//! Headers, status and HTML of the page, and the events of its stream, byte by byte.

use huixin::http::answers::{AnswerState, AnswerView, Cut, Language};
use huixin::http::headers::Transport;
use reqwest::Response;
use serde_json::Value;

use super::server::{AnswerServer, view, waiting};

async fn fetch(url: &str) -> Response {
    reqwest::get(url).await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_is_protected_and_kept_by_nobody() {
    let server = AnswerServer::start(Transport::Https);
    let _answer = server.keep("t", view("问题", "答案"));
    for path in ["/a/t", "/a/t/events", "/a/expired", "/a/unknown"] {
        let response = fetch(&format!("{}{path}", server.url)).await;
        let policy = header(&response, "content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(header(&response, "cache-control").starts_with("no-store, private"), "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert!(header(&response, "x-robots-tag").contains("noindex"), "{path}");
        assert!(header(&response, "permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(header(&response, "strict-transport-security").starts_with("max-age="), "{path}");
    }
}

#[tokio::test]
async fn only_https_is_promised_to_stay_https() {
    let server = AnswerServer::start(Transport::Plain);
    let response = fetch(&server.page_url("unknown")).await;
    assert_eq!(header(&response, "strict-transport-security"), "");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_so_in_the_readers_language() {
    let server = AnswerServer::start(Transport::Plain);
    let response = fetch(&server.page_url("unknown")).await;
    assert_eq!(response.status(), 404);
    assert!(response.text().await.unwrap().contains("没有这封回信"));
    let request = reqwest::Client::new().get(server.page_url("expired")).header("accept-language", "en-GB,zh;q=0.5");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 410);
    assert!(response.text().await.unwrap().contains("This answer has expired"));
}

#[tokio::test]
async fn the_page_shows_the_question_the_answer_and_what_is_known_of_it() {
    let server = AnswerServer::start(Transport::Plain);
    let answer = AnswerView {
        reasoning: "想了<想".into(),
        reasoned_ms: Some(72_400),
        cut: Some(Cut::Length),
        ..view("<b>问</b>\"题\" </textarea>", "**答**案")
    };
    let _answer = server.keep("t", answer);
    let html = fetch(&server.page_url("t")).await.text().await.unwrap();
    for part in [
        "<html lang=\"zh-CN\">",
        "<meta name=\"robots\" content=\"noindex, nofollow, noarchive\">",
        "<strong>答</strong>案",
        "回答完毕",
        "思考了 1 分 12 秒",
        "<dt>模型</dt><dd>deepseek-chat</dd>",
        "内容由人工智能生成",
        "发送“继续”",
        "datetime=\"2026-11-24T06:03:20Z\">2026-11-24 14:03<",
        "<meta property=\"og:description\" content=\"答案\">",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    for forbidden in ["<b>问", "想了<想", "</textarea>", "http-equiv", "style=", "onclick", "<script>"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
}

#[tokio::test]
async fn a_page_without_scripts_asks_again_until_the_answer_is_there() {
    let server = AnswerServer::start(Transport::Plain);
    let _answer = server.keep("t", waiting("问题"));
    let html = fetch(&server.page_url("t")).await.text().await.unwrap();
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"), "{html}");
    assert!(html.contains("已经收到，正在思考"), "{html}");
}

#[tokio::test]
async fn an_english_answer_has_an_english_page() {
    let server = AnswerServer::start(Transport::Plain);
    let _answer = server.keep(
        "t",
        AnswerView { language: Language::English, reasoning: "hm".into(), reasoned_ms: Some(900), ..view("Why?", "Because.") },
    );
    let html = fetch(&server.page_url("t")).await.text().await.unwrap();
    for part in
        ["<html lang=\"en\">", "<dt>Model</dt><dd>deepseek-chat</dd>", "Thought for 1 s", "Written by artificial intelligence"]
    {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_under_the_hash_of_their_content() {
    let server = AnswerServer::start(Transport::Plain);
    let _answer = server.keep("t", view("问题", "答案"));
    let html = fetch(&server.page_url("t")).await.text().await.unwrap();
    for (file, kind) in [("answer.css", "text/css"), ("answer.js", "text/javascript"), ("favicon.svg", "image/svg+xml")] {
        let start = html.find(&format!("/assets/{file}?v=")).unwrap();
        let url = format!("{}{}", server.url, html[start..].split('"').next().unwrap());
        let response = fetch(&url).await;
        assert!(header(&response, "content-type").starts_with(kind), "{file}");
        assert!(header(&response, "cache-control").contains("immutable"), "{file}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{file}");
        let tag = header(&response, "etag").to_owned();
        let again = reqwest::Client::new().get(&url).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{file}");
        let other = fetch(&format!("{}/assets/{file}?v=0123", server.url)).await;
        assert_eq!(header(&other, "cache-control"), "public, no-cache", "{file}");
    }
    assert_eq!(fetch(&format!("{}/assets/..%2fCargo.toml", server.url)).await.status(), 404);
}

/// A page's side of the stream.
struct Reader {
    response: Response,
    buffer: String,
    answer: Vec<u16>,
    events: Vec<Value>,
}

impl Reader {
    async fn open(server: &AnswerServer, token: &str) -> Self {
        // A browser offers compression, and an event in a half-filled block would be late.
        let request =
            reqwest::Client::new().get(format!("{}/events", server.page_url(token))).header("accept-encoding", "gzip, br");
        Self { response: request.send().await.unwrap(), buffer: String::new(), answer: Vec::new(), events: Vec::new() }
    }

    /// The next event, applied to the answer so far; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                self.buffer = rest.to_string();
                let Some(data) = data else { continue };
                let event: Value = serde_json::from_str(&data).unwrap();
                self.answer.truncate(event["answer"]["keep"].as_u64().unwrap() as usize);
                self.answer.extend(event["answer"]["add"].as_str().unwrap().encode_utf16());
                self.events.push(event.clone());
                return Some(event);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    fn answer(&self) -> String {
        String::from_utf16(&self.answer).unwrap()
    }
}

#[tokio::test]
async fn the_stream_begins_with_the_answer_so_far_and_ends_after_its_end() {
    let server = AnswerServer::start(Transport::Plain);
    let writing = server.keep("t", waiting("问题"));
    let mut reader = Reader::open(&server, "t").await;
    assert_eq!(header(&reader.response, "content-type"), "text/event-stream");
    assert_eq!(header(&reader.response, "content-encoding"), "identity");
    assert_eq!(header(&reader.response, "x-accel-buffering"), "no");
    assert_eq!(reader.next().await.unwrap()["phase"], "waiting");
    writing.send_modify(|view| {
        view.state = AnswerState::Writing;
        view.answer = "第一句 😀。".into();
    });
    assert_eq!(reader.next().await.unwrap()["phase"], "writing");
    assert_eq!(reader.answer(), "<p>第一句 😀。</p>\n");
    writing.send_modify(|view| view.answer = "第一句 😀。**第二".into());
    let event = reader.next().await.unwrap();
    assert_eq!(event["answer"]["add"], "strong>第二</strong></p>\n", "only what is new is sent");
    assert!(event.get("foot").is_none(), "{event}");
    writing.send_modify(|view| {
        view.state = AnswerState::Finished;
        view.answer = "第一句 😀。**第二句**。".into();
    });
    let event = reader.next().await.unwrap();
    assert_eq!(event["phase"], "finished");
    assert_eq!(reader.answer(), "<p>第一句 😀。<strong>第二句</strong>。</p>\n");
    assert!(event["state"].as_str().unwrap().contains("回答完毕"));
    assert!(reader.next().await.is_none());
}

#[tokio::test]
async fn a_fast_model_makes_few_events_and_loses_no_word() {
    let server = AnswerServer::start(Transport::Plain);
    let writing = server.keep("t", waiting("问题"));
    let mut reader = Reader::open(&server, "t").await;
    reader.next().await.unwrap();
    let model = tokio::spawn(async move {
        for words in 1..=200 {
            writing.send_modify(|view| {
                view.state = AnswerState::Writing;
                view.answer = "词 ".repeat(words).into();
            });
            tokio::task::yield_now().await;
        }
        writing.send_modify(|view| view.state = AnswerState::Finished);
    });
    while reader.next().await.is_some() {}
    model.await.unwrap();
    assert!(reader.events.len() < 20, "{} events", reader.events.len());
    assert_eq!(reader.answer().matches('词').count(), 200);
}

#[tokio::test]
async fn a_stream_whose_writer_has_gone_ends_without_a_final_state() {
    let server = AnswerServer::start(Transport::Plain);
    let writing = server.keep("t", waiting("问题"));
    let mut reader = Reader::open(&server, "t").await;
    reader.next().await.unwrap();
    writing.send_modify(|view| view.answer = "半句".into());
    drop(writing);
    assert_eq!(reader.next().await.unwrap()["phase"], "waiting");
    assert_eq!(reader.answer(), "<p>半句</p>\n");
    assert!(reader.next().await.is_none(), "the page connects again and finds who writes now");
}
