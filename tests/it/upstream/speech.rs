//! Speech to text and text to speech: what is sent, what comes back, how long it plays.

use std::time::Duration;

use huixin::llm::UpstreamError;
use huixin::llm::speech::{Heard, SPOKEN_MAX, Settings, Speech, mp3_seconds};
use serde_json::json;

use super::KEY;
use super::fake::{Act, Fake, bytes, response};

fn speech(fake: &Fake) -> Speech {
    let settings = Settings {
        base_url: fake.url.clone(),
        api_key: KEY.into(),
        hearing_model: Some("whisper-1".to_owned()),
        speaking_model: Some("tts-1".to_owned()),
        timeout: Duration::from_secs(20),
    };
    Speech::new(settings).unwrap()
}

async fn hear(fake: &Fake) -> Result<Heard, UpstreamError> {
    speech(fake).hear(b"#!AMR\n sound".to_vec(), "voice.amr", "audio/amr").await
}

/// One frame of MPEG-1 Layer III at 128 kbit/s and 44.1 kHz: 417 bytes, 1152 samples.
fn frame() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0x55);
    frame
}

fn mp3(frames: usize) -> Vec<u8> {
    frame().repeat(frames)
}

#[tokio::test]
async fn a_recording_is_sent_as_a_form_with_its_name_and_type() {
    let fake = Fake::start([response(200, "", r#"{"text":" 你好 ","usage":{"type":"duration","seconds":3}}"#)]).await;
    let heard = hear(&fake).await.unwrap();
    assert_eq!(heard, Heard { text: "你好".to_owned(), seconds: Some(3.0) });
    let seen = fake.seen().remove(0);
    assert!(seen.head.starts_with("POST /v1/audio/transcriptions HTTP/1.1\r\n"), "{}", seen.head);
    assert!(seen.head.to_lowercase().contains("content-type: multipart/form-data; boundary="), "{}", seen.head);
    let form = String::from_utf8_lossy(&seen.raw).to_lowercase();
    for part in [
        "name=\"model\"\r\n\r\nwhisper-1\r\n",
        "name=\"response_format\"\r\n\r\njson\r\n",
        "name=\"file\"; filename=\"voice.amr\"\r\ncontent-type: audio/amr\r\n\r\n#!amr\n sound\r\n",
    ] {
        assert!(form.contains(part), "{part:?} in {form}");
    }
}

#[tokio::test]
async fn words_are_found_in_any_of_the_known_answers() {
    for (name, body, text, seconds) in [
        ("verbose", r#"{"text":"一二三","duration":4.2,"segments":[]}"#, "一二三", Some(4.2)),
        ("SenseVoice", r#"{"text":"<|zh|><|NEUTRAL|><|Speech|><|woitn|>一二三"}"#, "一二三", None),
        ("a mark that never ends", r#"{"text":"一<|zh"}"#, "一", None),
        ("nothing was said", r#"{"text":""}"#, "", None),
        ("bare text", "一二三\n", "一二三", None),
        ("a bare string", r#""一二三""#, "一二三", None),
    ] {
        let fake = Fake::start([response(200, "", body)]).await;
        assert_eq!(hear(&fake).await.unwrap(), Heard { text: text.to_owned(), seconds }, "{name}");
    }
}

#[tokio::test]
async fn hearing_fails_with_a_class_and_is_tried_again_where_that_helps() {
    for (name, acts, class, requests) in [
        ("a format it does not know", response(400, "", r#"{"error":{"message":"Invalid file format."}}"#), "bad_request", 1),
        ("busy", response(503, "retry-after-ms: 5\r\n", ""), "overloaded", 3),
        (
            "an error that looks like success",
            response(200, "", r#"{"error":{"code":"insufficient_quota"}}"#),
            "quota_exhausted",
            1,
        ),
        ("a page", response(200, "", "<html>"), "malformed", 1),
        ("no text", response(200, "", r#"{"segments":[]}"#), "malformed", 1),
    ] {
        let fake = Fake::start([acts]).await;
        let error = hear(&fake).await.unwrap_err();
        assert_eq!((error.class(), fake.seen().len()), (class, requests), "{name}: {error}");
    }
    let fake = Fake::start([vec![Act::Close], response(200, "", r#"{"text":"好"}"#)]).await;
    assert_eq!(hear(&fake).await.unwrap().text, "好", "the recording is sent again, whole");
    assert_eq!(fake.seen()[0].raw.len(), fake.seen()[1].raw.len());
}

#[tokio::test]
async fn a_text_is_spoken_as_mp3() {
    let fake = Fake::start([bytes(&mp3(3))]).await;
    assert_eq!(speech(&fake).say("你好", "alloy").await.unwrap(), mp3(3));
    let seen = fake.seen().remove(0);
    assert!(seen.head.starts_with("POST /v1/audio/speech HTTP/1.1\r\n"), "{}", seen.head);
    let expected = json!({"model": "tts-1", "input": "你好", "voice": "alloy", "response_format": "mp3"});
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn what_is_no_mp3_or_too_long_is_not_taken_for_speech() {
    let too_long = mp3(SPOKEN_MAX / 417 + 1);
    for (name, body, class) in [
        ("an error", br#"{"error":{"code":"invalid_api_key","message":"Incorrect API key"}}"#.to_vec(), "unauthorized"),
        ("a page", b"<html>".to_vec(), "malformed"),
        ("another sound", b"RIFF\x24\x08\x00\x00WAVEfmt ".to_vec(), "malformed"),
        ("nothing", Vec::new(), "empty"),
        ("too much", too_long, "malformed"),
    ] {
        let fake = Fake::start([bytes(&body)]).await;
        assert_eq!(speech(&fake).say("你好", "alloy").await.unwrap_err().class(), class, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_configured_says_so_without_a_request() {
    let fake = Fake::start([bytes(&[])]).await;
    let settings = Settings {
        base_url: fake.url.clone(),
        api_key: KEY.into(),
        hearing_model: None,
        speaking_model: None,
        timeout: Duration::from_secs(1),
    };
    let speech = Speech::new(settings).unwrap();
    assert!(!speech.hears() && !speech.speaks());
    assert_eq!(speech.hear(Vec::new(), "a.mp3", "audio/mpeg").await.unwrap_err().class(), "not_found");
    assert_eq!(speech.say("好", "alloy").await.unwrap_err().class(), "not_found");
    assert!(fake.seen().is_empty());
}

#[test]
fn an_mp3_plays_as_long_as_its_frames_say() {
    let near = |file: &[u8], seconds: f64| {
        let read = mp3_seconds(file).unwrap();
        assert!((read - seconds).abs() < 0.001, "{read} is not {seconds}");
    };
    let second = 44_100.0 / 1152.0;
    near(&mp3(100), 100.0 / second);
    // A tag before and one behind, which may hold anything.
    let tagged = [b"ID3\x04\x00\x00\x00\x00\x01\x00".as_slice(), &[0xff; 128], &mp3(10), b"TAG", &[0; 125]].concat();
    near(&tagged, 10.0 / second);
    // The encoder's note is a frame without sound.
    let mut note = frame();
    note[36..40].copy_from_slice(b"Xing");
    near(&[note, mp3(10)].concat(), 10.0 / second);
    // MPEG-2, mono, 48 kbit/s at 24 kHz, as the speech of several upstreams: 144 bytes, 576 samples.
    let mut half = vec![0xff, 0xf3, 0x64, 0xc0];
    half.resize(144, 0x55);
    near(&half.repeat(50), 50.0 * 576.0 / 24_000.0);
    // Cut in its last frame.
    let whole = mp3(10);
    near(&whole[..whole.len() - 100], 10.0 / second);
}

#[test]
fn what_holds_no_frame_has_no_length() {
    for file in [&b""[..], b"ID3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", b"{\"error\":1}", &[0xff; 4096], &[0; 4096]] {
        assert_eq!(mp3_seconds(file), None);
    }
}
