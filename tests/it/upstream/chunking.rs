//! The reader of answers, without a network: how the bytes are cut must not matter, and no bytes may break it.

use futures_util::{FutureExt, stream};
use huixin::llm::UpstreamError;
use huixin::llm::chat::Delta;
use huixin::llm::chat::stream::{EVENT_MAX, Ending, Reader, TEXT_MAX};
use proptest::prelude::*;
use tokio_util::bytes::Bytes;

use super::Heard;
use super::fake::{content, event};

/// Reads `bytes` in pieces that end at `cuts`.
fn read(bytes: &[u8], cuts: &[usize]) -> (Heard, Result<Ending, UpstreamError>) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    let pieces: Vec<_> = cuts.windows(2).map(|pair| Ok(Bytes::copy_from_slice(&bytes[pair[0]..pair[1]]))).collect();
    let mut reader = Reader::new(Box::pin(stream::iter(pieces)));
    let mut heard = Heard::default();
    loop {
        match reader.next().now_or_never().expect("bytes in memory never wait") {
            Ok(Some(delta)) => heard.take(delta),
            Ok(None) => return (heard, reader.ending()),
            Err(error) => return (heard, Err(error)),
        }
    }
}

fn any_stream() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z你好，。😀é\n ]{0,6}",
        Just("<think>".to_owned()),
        Just("</think>".to_owned()),
        Just("\n</think>".to_owned()),
        Just("<thinking>x</thinking>".to_owned()),
        Just("<".to_owned()),
        Just("```".to_owned()),
    ];
    let end = prop_oneof![Just("\n\n"), Just("\r\n\r\n"), Just("\r\r")];
    (prop::collection::vec(piece, 0..12), end, any::<bool>()).prop_map(|(pieces, end, marked)| {
        let mut body: String = pieces.iter().map(|piece| event(&content(piece)) + ": ping\n\n").collect();
        body += &event(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#);
        let body = if marked { format!("\u{feff}{body}") } else { body };
        body.replace("\n\n", end)
    })
}

proptest! {
    #[test]
    fn any_cut_of_a_stream_gives_the_same_answer(body in any_stream(), cuts in prop::collection::vec(any::<usize>(), 0..20)) {
        let whole = read(body.as_bytes(), &[]);
        let every: Vec<usize> = (0..body.len()).collect();
        prop_assert_eq!(&read(body.as_bytes(), &cuts), &whole);
        prop_assert_eq!(&read(body.as_bytes(), &every), &whole);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(any::<usize>(), 0..8)) {
        let _ = read(&bytes, &cuts);
        let prefixed = [b"data: {\"choices\":[{\"delta\":{\"content\":\"".as_slice(), &bytes].concat();
        let _ = read(&prefixed, &cuts);
    }

    #[test]
    fn text_without_a_tag_arrives_unchanged(pieces in prop::collection::vec("[a-z你好😀<>/ ]{0,8}", 1..10)) {
        let text = pieces.concat();
        prop_assume!(!text.contains("think") && !text.contains("thought") && !text.trim().is_empty());
        let body: String = pieces.iter().map(|piece| event(&content(piece))).collect::<String>() + "data: [DONE]\n\n";
        let (heard, ending) = read(body.as_bytes(), &[]);
        prop_assert!(ending.is_ok());
        prop_assert_eq!(heard.content, text.trim_start());
    }
}

#[test]
fn a_delta_is_ready_as_soon_as_its_event_is_complete() {
    let first = event(&content("一"));
    let pieces = [Ok(Bytes::from(first))];
    let endless = futures_util::StreamExt::chain(stream::iter(pieces), stream::pending());
    let mut reader = Reader::new(Box::pin(endless));
    assert_eq!(reader.next().now_or_never(), Some(Ok(Some(Delta::Content("一".to_owned())))));
    assert_eq!(reader.next().now_or_never(), None);
}

#[test]
fn an_event_without_an_end_is_refused_before_it_fills_the_memory() {
    let endless = [b"data: ".to_vec(), vec![b'x'; EVENT_MAX]].concat();
    let (_, ending) = read(&endless, &(0..64).map(|n| n * 20_000).collect::<Vec<_>>());
    assert!(matches!(ending, Err(UpstreamError::Malformed { reason }) if reason.contains("event of more than")));
}

#[test]
fn blank_lines_before_the_answer_are_passed_over_whatever_follows() {
    for answer in [event(&content("好")) + "data: [DONE]\n\n", r#"{"choices":[{"message":{"content":"好"}}]}"#.to_owned()] {
        let late = "\n".repeat(3000) + &answer;
        let every: Vec<usize> = (0..late.len()).collect();
        let (heard, ending) = read(late.as_bytes(), &every);
        assert_eq!((heard.content.as_str(), ending.is_ok()), ("好", true));
    }
}

#[test]
fn an_answer_without_an_end_is_kept_up_to_the_limit() {
    let piece = event(&content(&"长".repeat(100_000)));
    let body = piece.repeat(TEXT_MAX / 300_000 + 3);
    let (heard, ending) = read(body.as_bytes(), &[]);
    assert_eq!(ending.unwrap().finish, huixin::llm::chat::Finish::Length);
    assert!((TEXT_MAX..TEXT_MAX + 300_001).contains(&heard.content.len()), "{}", heard.content.len());
}

#[test]
fn a_stream_that_is_cut_says_how_much_arrived() {
    let body = event(&content("你好")) + &event(&content("世界"));
    for (name, bytes) in [
        ("between events", body.as_bytes()),
        ("inside the JSON", &body.as_bytes()[..body.len() - 20]),
        ("inside a character", &body.as_bytes()[..=body.find("界").unwrap()]),
        ("inside a field name", &body.as_bytes()[..event(&content("你好")).len() + 2]),
    ] {
        let (_, ending) = read(bytes, &[]);
        let received = if name == "between events" { 12 } else { 6 };
        assert_eq!(ending, Err(UpstreamError::Broken { received }), "{name}");
    }
}
