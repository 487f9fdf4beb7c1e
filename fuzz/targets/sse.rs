//! Reads arbitrary bytes as a model's answer, whole and in pieces.
#![no_main]

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use huixin::llm::chat::Delta;
use huixin::llm::chat::stream::{Ending, Reader, TEXT_MAX};
use libfuzzer_sys::fuzz_target;

/// The answer and the thinking that are left at the end, and how it ended; errors differ in their words by the cut.
fn read(pieces: Vec<&[u8]>) -> (String, String, Option<Ending>) {
    let pieces: Vec<_> = pieces.into_iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut reader = Reader::new(Box::pin(stream::iter(pieces)));
    let (mut content, mut reasoning) = (String::new(), String::new());
    loop {
        match reader.next().now_or_never() {
            None => unreachable!("bytes in memory never wait"),
            Some(Ok(Some(Delta::Content(piece)))) => content += &piece,
            Some(Ok(Some(Delta::Reasoning(piece)))) => reasoning += &piece,
            Some(Ok(Some(Delta::Restarted))) => content.clear(),
            Some(Ok(Some(Delta::Started { .. }))) => unreachable!("the reader knows no model"),
            Some(Ok(None)) => return (content, reasoning, reader.ending().ok()),
            // What is asked again anyway: how much was heard before may depend on the cut.
            Some(Err(_)) => return (String::new(), String::new(), None),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let whole = read(vec![bytes]);
    assert!(whole.0.len() + whole.1.len() <= TEXT_MAX + bytes.len());
    assert!(whole.2.is_none() || !whole.0.is_empty(), "an answer without words has no ending");
    assert_eq!(read(bytes.chunks(1).collect()), whole);
    assert_eq!(read(bytes.chunks(7).collect()), whole);
});
