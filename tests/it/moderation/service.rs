//! A service over HTTP: its verdicts, and what follows from its silence.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use huixin::moderation::{By, Chain, Decision, OnFailure, Point, Settings, SettingsError, remote::Provider, remote::RemoteError};
use tokio::sync::Notify;

use super::{
    KEY, chain,
    fake::{Act, Fake, clean, flagged},
    folder, open_ai,
};

const POINTS: [Point; 5] = [Point::Question, Point::PicturePrompt, Point::Passage, Point::Answer, Point::Transcript];

#[tokio::test]
async fn a_flagged_text_is_dropped_with_its_gravest_category() {
    let fake = Fake::flagging("坏").await;
    let chain = chain(open_ai(&fake));
    let verdict = chain.check(Point::Question, "坏话").await;
    assert_eq!((verdict.decision, verdict.label.as_str(), verdict.score), (Decision::Drop, "violence", Some(0.9)));
    assert_eq!(verdict.by, By::OpenAi);
    assert_eq!(chain.check(Point::Answer, "好话").await.decision, Decision::Pass);
    let seen = &fake.seen()[0];
    assert!(seen.head.starts_with("POST /v1/moderations "), "{}", seen.head);
    assert!(seen.head.contains(&format!("authorization: Bearer {KEY}\r\n")), "{}", seen.head);
    assert!(seen.body.contains(r#""model":"omni-moderation-latest""#), "{}", seen.body);
}

#[tokio::test]
async fn words_are_looked_at_first_and_the_service_sees_what_they_left() {
    let fake = Fake::flagging("坏").await;
    let folder = folder(&[("w.txt", "必丢\n[replace]\n脏字\n")]);
    let chain = chain(Settings { words: vec![folder.path().to_owned()], ..open_ai(&fake) });
    assert_eq!(chain.check(Point::Question, "必丢").await.by, By::Words);
    assert!(fake.seen().is_empty());
    assert_eq!(chain.check(Point::Question, "脏字吧").await.decision, Decision::Replace("＊＊吧".to_owned()));
    assert_eq!(fake.inputs(), ["＊＊吧"]);
    assert_eq!(chain.check(Point::Question, "脏字坏").await.decision, Decision::Drop);
}

#[tokio::test]
async fn all_pieces_of_a_long_text_must_pass() {
    let fake = Fake::flagging("坏").await;
    let chain = chain(open_ai(&fake));
    let (long, end) = ("好".repeat(5_000), "好".repeat(300));
    assert_eq!(chain.check(Point::Answer, &long).await.decision, Decision::Pass);
    let inputs = fake.inputs();
    assert_eq!(inputs.len(), 3);
    assert!(inputs.iter().all(|input| input.chars().count() <= 2_000));
    assert_eq!(chain.check(Point::Answer, &format!("{long}坏{end}")).await.decision, Decision::Drop);
}

#[tokio::test]
async fn generated_text_never_passes_unseen_and_questions_do_as_configured() {
    let on_failure = [OnFailure::Refuse, OnFailure::LetPass];
    for (status, body, class) in
        [(500, "oops", "failing"), (503, "", "failing"), (429, r#"{"error":{"code":"rate_limit_exceeded"}}"#, "rate_limited")]
    {
        for questions_on_failure in on_failure {
            let fake = Fake::start(move |_, _| Act::Answer(status, body.to_owned())).await;
            let chain = chain(Settings { questions_on_failure, ..open_ai(&fake) });
            for point in POINTS {
                let verdict = chain.check(point, "文字").await;
                let may_pass = matches!(point, Point::Question | Point::Passage) && questions_on_failure == OnFailure::LetPass;
                let expected = if may_pass { Decision::Pass } else { Decision::Drop };
                assert_eq!(verdict.decision, expected, "{status} {point:?} {questions_on_failure:?}");
                assert!(may_pass || verdict.by == By::Failure && verdict.label == class, "{verdict:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_misconfigured_service_lets_nothing_pass_and_is_known_for_it() {
    let key_refused = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","type":"invalid_request_error","code":"invalid_api_key"}}}}"#
    );
    for (status, body, class) in [
        (401, key_refused.as_str(), "unauthorized"),
        (403, "", "unauthorized"),
        (404, "<html>not here</html>", "not_found"),
        (302, "", "not_found"),
        (400, "{}", "refused"),
        (200, "<html>a portal</html>", "malformed"),
        (200, "{}", "malformed"),
        (200, r#"{"results":[]}"#, "malformed"),
        (200, r#"{"results":[{"flagged":"maybe"}]}"#, "malformed"),
    ] {
        let body = body.to_owned();
        let fake = Fake::start(move |_, _| Act::Answer(status, body.clone())).await;
        let chain = chain(Settings { questions_on_failure: OnFailure::LetPass, ..open_ai(&fake) });
        for point in POINTS {
            let verdict = chain.check(point, "文字").await;
            assert_eq!((verdict.decision, verdict.label.as_str()), (Decision::Drop, class), "{status} {point:?}");
        }
        let failure = chain.failure().unwrap();
        assert!(failure.is_misconfigured() && failure.class() == class, "{failure}");
        assert!(!format!("{failure} {failure:?} {chain:?}").contains(KEY), "{failure}");
    }
}

#[tokio::test]
async fn a_service_that_hangs_is_given_its_time_and_no_more() {
    let fake = Fake::start(|_, _| Act::Hang).await;
    let settings = Settings { timeout: Duration::from_millis(50), questions_on_failure: OnFailure::LetPass, ..open_ai(&fake) };
    let chain = chain(settings);
    assert_eq!(chain.check(Point::Answer, "文字").await.label, "timeout");
    assert_eq!(chain.check(Point::Question, "文字").await.decision, Decision::Pass);
    assert_eq!(chain.failure(), Some(RemoteError::Timeout));
}

#[tokio::test]
async fn a_passing_failure_is_tried_once_more_and_then_forgotten() {
    let fake = Fake::start(|count, _| match count {
        0 => Act::Answer(502, String::new()),
        2 => Act::Close,
        4 | 5 => Act::Answer(500, String::new()),
        _ => Act::Answer(200, clean()),
    })
    .await;
    let chain = chain(open_ai(&fake));
    for expected in [Decision::Pass, Decision::Pass, Decision::Drop, Decision::Pass] {
        assert_eq!(chain.check(Point::Answer, "文字").await.decision, expected);
        assert_eq!(chain.failure().is_some(), expected == Decision::Drop);
    }
    assert_eq!(fake.seen().len(), 7);
}

#[tokio::test]
async fn one_piece_that_is_flagged_outweighs_another_that_failed() {
    let fake = Fake::start(
        |_, seen| if seen.body.contains('坏') { Act::Answer(200, flagged()) } else { Act::Answer(400, String::new()) },
    )
    .await;
    let verdict = chain(open_ai(&fake)).check(Point::Answer, &format!("坏{}", "好".repeat(3_000))).await;
    assert_eq!((verdict.decision, verdict.by), (Decision::Drop, By::OpenAi));
}

#[tokio::test]
async fn no_more_is_asked_at_once_than_configured() {
    let (go, most) = (Arc::new(Notify::new()), Arc::new(Mutex::new((0_usize, 0_usize))));
    let (signal, counted) = (Arc::clone(&go), Arc::clone(&most));
    let fake = Fake::start(move |_, _| {
        let mut counts = counted.lock().unwrap();
        counts.0 += 1;
        counts.1 = counts.1.max(counts.0);
        Act::Await(Arc::clone(&signal), clean())
    })
    .await;
    let chain = Arc::new(chain(Settings { concurrency: 2, ..open_ai(&fake) }));
    let checks: Vec<_> = (0..6)
        .map(|_| {
            let chain = Arc::clone(&chain);
            tokio::spawn(async move { chain.check(Point::Question, "文字").await })
        })
        .collect();
    for done in 1..=6 {
        fake.has_seen((done + 1).min(6)).await;
        most.lock().unwrap().0 -= 1;
        go.notify_one();
    }
    for check in checks {
        assert_eq!(check.await.unwrap().decision, Decision::Pass);
    }
    assert!(most.lock().unwrap().1 <= 2);
}

#[test]
fn an_address_that_is_none_is_refused() {
    for (url, word) in [("moderator", "not a URL"), ("ftp://m.example", "http"), ("https://user:pass@m.example", "user name")] {
        let provider = Provider::OpenAi { url: url.to_owned(), api_key: KEY.into(), model: String::new() };
        let error = Chain::new(Settings { provider: Some(provider), ..Settings::default() }).unwrap_err();
        assert!(matches!(error, SettingsError::Url { .. }) && error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn an_unreachable_service_is_a_failure_without_its_address() {
    let provider =
        Provider::OpenAi { url: "http://127.0.0.1:1/v1?key=secret".to_owned(), api_key: KEY.into(), model: String::new() };
    let chain = chain(Settings { provider: Some(provider), ..Settings::default() });
    assert_eq!(chain.check(Point::Answer, "文字").await.label, "unreachable");
    assert!(!chain.failure().unwrap().to_string().contains("secret"));
}
