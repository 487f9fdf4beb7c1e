//! Deliveries: how often, how long, and what the follower sees of what comes back.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use huixin::simulator::{Message, Mode, Outcome, Shown, Via};

use super::{FOLLOWER, PERSONAL, VERIFIED, answers, between, notice, outcomes, say, start, stop};

#[tokio::test]
async fn a_passive_reply_is_shown_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (simulator, bot) = start(PERSONAL, mode);
        say(&simulator, "你好").await;
        assert_eq!(answers(&simulator), [Shown::text("echo 你好")], "{mode:?}");
        assert_eq!(outcomes(&simulator), [Outcome::Replied]);
        stop(simulator, bot).await;
    }
}

#[tokio::test]
async fn silence_is_delivered_three_times_and_ends_in_the_notice() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let started = Instant::now();
    say(&simulator, "never").await;
    assert!(started.elapsed() >= Duration::from_millis(740), "three times five seconds, scaled");
    assert_eq!(outcomes(&simulator), [Outcome::TimedOut, Outcome::TimedOut, Outcome::TimedOut]);
    assert_eq!(answers(&simulator), [notice()]);
    let seen = bot.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|message| message == &seen[0]), "the same message, with the same MsgId");
    let queries: BTreeSet<_> =
        simulator.exchanges().into_iter().map(|exchange| between(&exchange.query, "nonce=", "&").to_owned()).collect();
    assert_eq!(queries.len(), 3, "each with a nonce of its own");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_third_delivery_can_still_be_answered() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "late").await;
    assert_eq!(outcomes(&simulator), [Outcome::TimedOut, Outcome::TimedOut, Outcome::Replied]);
    let last = simulator.chat(FOLLOWER).pop().unwrap();
    assert!(matches!(last.via, Via::Passive { delivery: 3, .. }), "{last:?}");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_success_ends_the_push_in_silence() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "ok").await;
    assert_eq!(outcomes(&simulator), [Outcome::Acknowledged]);
    assert_eq!(answers(&simulator), []);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn what_is_no_reply_becomes_the_notice() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    for text in ["malformed", "clear", "500"] {
        say(&simulator, text).await;
    }
    assert_eq!(answers(&simulator), [notice(), notice(), notice()]);
    let outcomes = outcomes(&simulator);
    assert!(matches!(outcomes[0], Outcome::Malformed(_)), "an HTTP 200 with JSON");
    assert!(matches!(outcomes[1], Outcome::Malformed(_)), "a clear reply in secure mode");
    assert_eq!(outcomes[2..], [Outcome::Refused, Outcome::Refused, Outcome::Refused], "another status is repeated");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_reply_above_2048_bytes_is_not_shown() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "long").await;
    assert_eq!(outcomes(&simulator), [Outcome::TooLong(2100)]);
    assert_eq!(answers(&simulator), []);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_duplicate_arrives_twice_and_is_shown_once() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    simulator.switch(|switches| switches.push_faults.duplicate = true);
    say(&simulator, "twice").await;
    assert_eq!(bot.seen().len(), 2);
    assert_eq!(answers(&simulator), [Shown::text("echo twice")]);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn message_numbers_repeat_across_followers() {
    let (simulator, bot) = start(PERSONAL, Mode::Plain);
    for openid in [FOLLOWER, "oSimulatedFollower0000000002"] {
        let push = simulator.say(openid, "hi");
        simulator.finished(push).await;
    }
    let numbers: Vec<_> = bot.seen().iter().map(|message| between(message, "<MsgId>", "</MsgId>").to_owned()).collect();
    assert_eq!(numbers[0], numbers[1]);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_simulator_that_starts_again_uses_no_number_twice() {
    let mut numbers = BTreeSet::new();
    for _ in 0..2 {
        let (simulator, bot) = start(PERSONAL, Mode::Plain);
        for text in ["one", "two", "three"] {
            say(&simulator, text).await;
        }
        numbers.extend(bot.seen().iter().map(|message| between(message, "<MsgId>", "</MsgId>").to_owned()));
        stop(simulator, bot).await;
    }
    assert_eq!(numbers.len(), 6, "{numbers:?}");
}

#[tokio::test]
async fn a_repetition_comes_after_the_answer_and_an_overtaking_push_first() {
    let (simulator, bot) = start(PERSONAL, Mode::Plain);
    simulator.switch(|switches| switches.push_faults.repeat_after_secs = Some(1.0));
    say(&simulator, "again").await;
    simulator.until(|simulator| simulator.exchanges().len() == 2).await;
    simulator.switch(|switches| switches.push_faults = huixin::simulator::PushFaults::default());
    say(&simulator, "between").await;
    simulator.switch(|switches| switches.push_faults.reorder = true);
    let (first, second) = (simulator.say(FOLLOWER, "first"), simulator.say(FOLLOWER, "second"));
    simulator.finished(first).await;
    simulator.finished(second).await;
    let contents: Vec<_> = bot.seen().iter().map(|message| super::cdata(message, "Content").to_owned()).collect();
    assert_eq!(contents, ["again", "again", "between", "second", "first"]);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_tapped_link_carries_its_id_on_a_verified_account_alone() {
    for (account, carried) in [(PERSONAL, ""), (VERIFIED, "go_1")] {
        let (simulator, bot) = start(account, Mode::Plain);
        let push = simulator.tap(FOLLOWER, "go_1", "继续");
        simulator.finished(push).await;
        let seen = bot.seen().remove(0);
        assert_eq!((super::cdata(&seen, "Content"), super::cdata(&seen, "bizmsgmenuid")), ("继续", carried));
        stop(simulator, bot).await;
    }
}

#[tokio::test]
async fn every_kind_of_message_and_event_is_pushed_with_its_fields() {
    let (simulator, bot) = start(PERSONAL, Mode::Plain);
    let text = |value: &str| value.to_owned();
    let kinds = [
        (Message::Image { media_id: text("M") }, "<MsgType><![CDATA[image]]></MsgType><PicUrl>"),
        (Message::Voice { media_id: text("M"), recognition: Some(text("你好")) }, "<Recognition><![CDATA[你好]]>"),
        (Message::Video { media_id: text("M") }, "<ThumbMediaId><![CDATA[M]]>"),
        (Message::ShortVideo { media_id: text("M") }, "<![CDATA[shortvideo]]>"),
        (Message::Location { latitude: 39.9, longitude: 116.4, label: text("东城") }, "<Location_X>39.900000</Location_X>"),
        (
            Message::Link { title: text("t"), description: text("d"), url: text("http://a/?b&c") },
            "<Url><![CDATA[http://a/?b&c]]>",
        ),
        (Message::File { title: text("a.pdf") }, "<![CDATA[file]]>"),
        (Message::Subscribe { scene: Some(text("s")) }, "<EventKey><![CDATA[qrscene_s]]>"),
        (Message::Scan { scene: text("s") }, "<![CDATA[SCAN]]></Event><EventKey><![CDATA[s]]>"),
        (Message::Position { latitude: 31.2, longitude: 121.5 }, "<Precision>65.000000</Precision>"),
        (Message::View { url: text("http://a") }, "<MenuId><![CDATA[400000001]]></MenuId>"),
        (Message::ScancodeWaitmsg { key: text("k"), result: text("r") }, "<ScanResult><![CDATA[r]]>"),
        (Message::PicWeixin { key: text("k") }, "<PicMd5Sum>"),
        (Message::LocationSelect { key: text("k"), label: text("l") }, "<Poiname><![CDATA[]]></Poiname>"),
        (Message::Event { event: text("VERIFY"), fields: text("<A>1</A>") }, "<Event><![CDATA[VERIFY]]></Event><A>1</A>"),
        (Message::text("a]]>b"), "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>"),
    ];
    for (message, expected) in kinds {
        let push = simulator.push(FOLLOWER, message);
        simulator.finished(push).await;
        let sent = simulator.exchanges().pop().unwrap().message;
        assert!(sent.contains(expected), "{sent}");
        assert_eq!(sent.contains("<MsgId>"), !sent.contains("<![CDATA[event]]>"), "{sent}");
    }
    assert!(simulator.exchanges().iter().all(|exchange| exchange.outcome == Outcome::Replied));
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_console_accepts_an_address_that_echoes_and_nothing_else() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    assert!(simulator.verify_webhook().await.passed);
    simulator.set_webhook(format!("{}/nowhere", bot.url));
    assert_eq!(simulator.verify_webhook().await.reason, "answered with status 404");
    stop(simulator, bot).await;
}
