//! What a reader sees: on a phone and a desk, by day and by night, while the answer is written.

use huixin::http::answers::{AnswerState, AnswerView, Cut, Language};
use huixin::http::headers::Transport;
use serde_json::json;

use super::server::{AnswerServer, RICH_ANSWER, view, waiting};
use crate::support::browser::{Browser, Scripts, Theme};

const QUESTION: &str = "公众号后台的消息为什么要先存库再回复？微信 5 秒超时会重发三次，能不能给一个对比表格和 Rust 代码示例？\
     另外如果进程在应答之前崩溃了，这条消息还找得回来吗？最好顺便讲讲重试间隔应该怎么设置，以及上线之前要检查哪些东西。谢谢！";

const NO_OVERFLOW: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";

#[tokio::test]
async fn the_page_fits_a_phone_and_a_desk_by_day_and_by_night() {
    let server = AnswerServer::start(Transport::Plain);
    let reasoning = "用户想知道为什么要先存库。\n\n先想清楚微信的重试机制：5 秒、三次。再比较三种做法……".into();
    let rich = AnswerView { reasoning, reasoned_ms: Some(12_400), ..view(QUESTION, RICH_ANSWER) };
    let _kept = server.keep("rich", rich.clone());
    let apology = "模型服务暂时不可用，已经记录下来。请过几分钟再问一次，不会重复计费。".to_owned();
    let failed = AnswerView {
        state: AnswerState::Failed { apology },
        answered_at: None,
        ..view("今天的新闻有哪些？", "今天的要闻有三条。第一条，")
    };
    let _failed = server.keep("failed", failed);
    let english = AnswerView {
        language: Language::English,
        cut: Some(Cut::Length),
        ..view(
            "What does `Pin` do?",
            "It keeps a value in place.\n\n```rust\nlet pinned = Box::pin(future);\n```\n\n> [!TIP]\n> Read the docs.",
        )
    };
    let _english = server.keep("english", english);

    let browser = Browser::start(Scripts::On).await;
    for (token, width, height, theme) in [
        ("rich", 360, 740, Theme::Light),
        ("rich", 360, 740, Theme::Dark),
        ("rich", 1200, 900, Theme::Light),
        ("rich", 1200, 900, Theme::Dark),
        ("failed", 360, 740, Theme::Light),
        ("english", 360, 740, Theme::Dark),
        ("expired", 360, 740, Theme::Light),
        ("unknown", 1200, 900, Theme::Light),
    ] {
        browser.screen(width, height, theme).await;
        browser.open(&server.page_url(token)).await;
        assert_eq!(browser.value(NO_OVERFLOW).await, json!(true), "{token} at {width} pixels is wider than its screen");
        let theme = if theme == Theme::Dark { "dark" } else { "light" };
        browser.picture(&format!("{token}-{width}-{theme}")).await;
    }
    let console: Vec<String> = browser.console().await.into_iter().filter(|line| !line.contains("status of 4")).collect();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn an_answer_appears_as_it_is_written_and_can_be_copied_when_it_is_finished() {
    let server = AnswerServer::start(Transport::Plain);
    let writing = server.keep("live", waiting("慢慢说"));
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("live")).await;
    browser.picture("live-0-waiting").await;

    writing.send_modify(|view| view.reasoning = "先想一想".into());
    browser.until("document.getElementById('reasoning-text').innerText || !document.getElementById('reasoning').hidden").await;
    let letters: Vec<char> = RICH_ANSWER.chars().collect();
    for end in (0..letters.len()).step_by(97) {
        writing.send_modify(|view| {
            view.state = AnswerState::Writing;
            view.answer = letters[..end].iter().collect::<String>().into();
        });
        tokio::task::yield_now().await;
        if end == 97 * 4 {
            browser.until("document.querySelector('#answer h2')").await;
            browser.picture("live-1-writing").await;
            browser.value("window.keptHeading = document.querySelector('#answer h2'), 0").await;
        }
    }
    browser.until("document.querySelector('#answer table')").await;
    writing.send_modify(|view| {
        view.state = AnswerState::Finished;
        view.answer = RICH_ANSWER.into();
    });
    browser.until("document.getElementById('letter').dataset.phase === 'finished'").await;
    assert_eq!(browser.value("window.keptHeading.isConnected").await, json!(true), "what stays the same is not replaced");
    assert_eq!(browser.value("document.querySelectorAll('figure.code button').length").await, json!(2));
    assert_eq!(browser.value("document.getElementById('copy-all').hidden").await, json!(false));
    browser.picture("live-2-finished").await;
    let streamed = browser.value("document.getElementById('answer').innerText").await;
    browser.open(&server.page_url("live")).await;
    assert_eq!(
        browser.value("document.getElementById('answer').innerText").await,
        streamed,
        "streamed and loaded pages are the same"
    );
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_whole_answer_and_each_block_of_code_can_be_copied() {
    let server = AnswerServer::start(Transport::Plain);
    let _kept = server.keep("t", view("复制", "第一段。\n\n```rust\nlet a = 1;\n```\n\n- 甲\n- 乙"));
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("t")).await;
    // Stands in for the system's clipboard, which a browser without a window does not have.
    browser.value("(navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }, 0)").await;
    browser.tap("figure.code button").await;
    assert_eq!(browser.value("window.copied").await, json!("let a = 1;\n"));
    browser.until("document.querySelector('figure.code button').textContent === '已复制'").await;
    browser.tap("#copy-all").await;
    let copied = browser.value("window.copied").await;
    let copied = copied.as_str().unwrap();
    assert!(copied.starts_with("第一段。\n\nlet a = 1;\n"), "{copied}");
    assert!(copied.ends_with("乙\n\n内容由人工智能生成，可能有误，请核实后使用。"), "{copied}");
    browser
        .value(
            "(navigator.clipboard.writeText = () => Promise.reject(new Error('refused')), document.execCommand = () => false, 0)",
        )
        .await;
    browser.tap("#copy-all").await;
    browser.until("document.querySelector('#copy-all').textContent.startsWith('复制失败')").await;
}

#[tokio::test]
async fn a_reader_at_the_end_follows_the_answer_and_never_begins_there() {
    let server = AnswerServer::start(Transport::Plain);
    let writing = server.keep("slow", waiting("慢"));
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("slow")).await;
    for paragraph in 0..25 {
        writing.send_modify(|view| {
            view.state = AnswerState::Writing;
            view.answer = format!("{}第{paragraph}段话\n\n", view.answer).into();
        });
        browser.until(&format!("document.body.innerText.includes('第{paragraph}段话')")).await;
    }
    writing.send_modify(|view| view.state = AnswerState::Finished);
    browser.until("document.getElementById('letter').dataset.phase === 'finished'").await;
    browser.until("window.scrollY > 0 && window.scrollY + window.innerHeight > document.documentElement.scrollHeight - 2").await;

    let writing = server.keep("fast", waiting("快"));
    browser.open(&server.page_url("fast")).await;
    writing.send_modify(|view| {
        view.state = AnswerState::Finished;
        view.answer = RICH_ANSWER.into();
    });
    browser.until("document.getElementById('letter').dataset.phase === 'finished'").await;
    assert_eq!(browser.value("window.scrollY").await, json!(0), "an answer that comes at once is read from its beginning");
}

#[tokio::test]
async fn a_reader_who_scrolls_up_stays_there_and_is_offered_the_end() {
    let server = AnswerServer::start(Transport::Plain);
    let long = "一段话。\n\n".repeat(60);
    let writing = server.keep("t", AnswerView { state: AnswerState::Writing, ..view("长", &long) });
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("t")).await;
    browser.until("!document.querySelector('#to-the-end').hidden").await;
    writing.send_modify(|view| view.answer = format!("{long}最后一段").into());
    browser.until("document.body.innerText.includes('最后一段')").await;
    assert_eq!(browser.value("window.scrollY").await, json!(0));
    browser.picture("live-3-offered").await;
    browser.tap("#to-the-end").await;
    browser.until("document.querySelector('#to-the-end').hidden").await;
    writing.send_modify(|view| view.answer = format!("{long}最后一段\n\n再一段\n\n又一段").into());
    browser.until("document.body.innerText.includes('又一段')").await;
    browser.until("window.scrollY + window.innerHeight > document.documentElement.scrollHeight - 2").await;
}

#[tokio::test]
async fn a_page_follows_on_when_the_writer_is_replaced() {
    let server = AnswerServer::start(Transport::Plain);
    let first = server.keep("t", waiting("换人"));
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("t")).await;
    first.send_modify(|view| view.answer = "第一个写手".into());
    browser.until("document.body.innerText.includes('第一个写手')").await;
    let second = server.keep("t", AnswerView { state: AnswerState::Writing, ..view("换人", "第二个写手") });
    drop(first);
    browser.until("document.body.innerText.includes('第二个写手')").await;
    second.send_modify(|view| {
        view.state = AnswerState::Failed { apology: "对不起，没能答完。".to_owned() };
    });
    browser.until("document.querySelector('.notice').innerText === '对不起，没能答完。'").await;
}

#[tokio::test]
async fn a_finished_page_can_be_read_without_scripts() {
    let server = AnswerServer::start(Transport::Plain);
    let _finished = server.keep("rich", view("短问题", RICH_ANSWER));
    let writing = server.keep("live", waiting("慢慢说"));
    let browser = Browser::start(Scripts::Off).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&server.page_url("rich")).await;
    browser.picture("rich-360-without-scripts").await;
    // The driver's own expressions run even where the page's scripts may not.
    assert_eq!(browser.value("document.querySelectorAll('#answer table').length").await, json!(1));
    assert_eq!(browser.value("document.querySelectorAll('button:not([hidden])').length").await, json!(0));
    browser.open(&server.page_url("live")).await;
    writing.send_modify(|view| {
        view.state = AnswerState::Finished;
        view.answer = "写完了".into();
    });
    browser.until("document.body.innerText.includes('写完了')").await;
}
