//! Pictures and voices: what the platform takes, keeps, gives back and shows.

use std::time::Duration;

use huixin::simulator::{ApiFault, Medium, Message, Mode, Outcome, Recording, Shown, Simulator, VoiceFormat, Wrong};
use serde_json::{Value, json};

use super::{
    FOLLOWER, PERSONAL, VERIFIED, answers,
    api::{get, post, token, upload},
    between, cdata, outcomes, say, start, stop,
};

const FILE: &str = "name=\"media\"; filename=\"a.bin\"";

/// A picture of one colour.
pub(super) fn picture(format: image::ImageFormat, width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb(colour)).write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn png() -> Vec<u8> {
    picture(image::ImageFormat::Png, 8, 8, [200, 30, 30])
}

/// Bytes that start like a file of some kind and are as long as wanted.
fn padded(start: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = start.to_vec();
    bytes.resize(length, 0);
    bytes
}

/// The answer of `media/get`, or of its like, with its content type and file name.
async fn download(simulator: &Simulator, path: &str, media_id: &str) -> (String, String, Vec<u8>) {
    let token = token(simulator).await;
    let url = format!("{}{path}?access_token={token}&media_id={media_id}", simulator.url());
    let response = reqwest::get(url).await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let (kind, name) = (header("content-type"), header("content-disposition"));
    (kind, name, response.bytes().await.unwrap().to_vec())
}

fn errcode(answer: &[u8]) -> Value {
    serde_json::from_slice::<Value>(answer).unwrap()["errcode"].clone()
}

#[tokio::test]
async fn an_upload_is_judged_by_its_bytes_its_size_and_its_length() {
    const MIB: usize = 1024 * 1024;
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let amr = |secs: usize| [b"#!AMR\n".to_vec(), [&[0x3c][..], &[0; 31]].concat().repeat(secs * 50)].concat();
    let table = [
        ("image", png(), None),
        ("image", picture(image::ImageFormat::Gif, 8, 8, [0, 0, 0]), None),
        ("image", picture(image::ImageFormat::WebP, 8, 8, [0, 0, 0]), Some(40005)),
        ("image", padded(b"BM", 100), Some(40005)),
        ("image", padded(b"\xff\xd8\xff", 10 * MIB + 1), Some(40009)),
        ("image", padded(b"\xff\xd8\xff", 20 * MIB + 1), Some(45001)),
        ("image", Vec::new(), Some(44001)),
        ("voice", amr(60), None),
        ("voice", amr(61), Some(45007)),
        ("voice", padded(b"#!AMR\n", 2 * MIB + 1), Some(40010)),
        ("voice", padded(b"RIFF", 100), Some(40005)),
        ("voice", png(), Some(40005)),
        ("video", padded(b"\0\0\0\x18ftypmp42", 100), None),
        ("thumb", padded(b"\xff\xd8\xff", 64 * 1024), None),
        ("thumb", padded(b"\xff\xd8\xff", 64 * 1024 + 1), Some(40012)),
        ("thumb", png(), Some(40005)),
        ("", png(), Some(40004)),
    ];
    for (kind, bytes, expected) in table {
        let answer = upload(&simulator, &format!("/cgi-bin/media/upload?type={kind}"), FILE, &bytes).await;
        let length = bytes.len();
        assert_eq!(answer["errcode"].as_i64(), expected, "{kind} of {length} bytes: {answer}");
        if expected.is_none() {
            assert_eq!(answer["type"], kind);
            let media_id = answer["media_id"].as_str().unwrap();
            assert_eq!(simulator.medium(media_id).unwrap().bytes, bytes);
        }
    }
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_download_is_named_after_its_id_and_ends_after_three_days() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let media_id = simulator.keep(png()).unwrap();
    let (kind, name, bytes) = download(&simulator, "/cgi-bin/media/get", &media_id).await;
    assert_eq!((kind.as_str(), bytes), ("image/png", png()));
    assert_eq!(name, format!("attachment; filename=\"{media_id}.png\""));
    let push = simulator.push(FOLLOWER, Message::Image { media_id: media_id.clone() });
    simulator.finished(push).await;
    simulator.advance(Duration::from_hours(72));
    assert_eq!(errcode(&download(&simulator, "/cgi-bin/media/get", &media_id).await.2), 40007);
    assert_eq!(errcode(&download(&simulator, "/cgi-bin/media/get", "").await.2), 41006);
    let address = between(&simulator.exchanges()[0].message, "<PicUrl><![CDATA[", "]]>").to_owned();
    assert_eq!(reqwest::get(address).await.unwrap().bytes().await.unwrap(), png(), "the chat still shows it");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn several_pictures_arrive_as_several_messages_with_their_bytes() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let pictures = [[200, 30, 30], [30, 200, 30], [30, 30, 200]].map(|colour| picture(image::ImageFormat::Jpeg, 16, 16, colour));
    for bytes in &pictures {
        let push = simulator.send_picture(FOLLOWER, bytes.clone()).unwrap();
        simulator.finished(push).await;
    }
    for (message, bytes) in bot.seen().iter().zip(&pictures) {
        assert_eq!(reqwest::get(cdata(message, "PicUrl")).await.unwrap().bytes().await.unwrap(), bytes);
        assert_eq!(&download(&simulator, "/cgi-bin/media/get", cdata(message, "MediaId")).await.2, bytes);
    }
    assert!(simulator.send_picture(FOLLOWER, b"no picture".to_vec()).is_none());
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_voice_message_carries_its_words_in_both_versions() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    for (format, name, start) in [(VoiceFormat::Amr, "amr", "#!AMR\n"), (VoiceFormat::Speex, "speex", "OggS")] {
        let recording = Recording { format, ..Recording::unrecognised("今天天气怎么样") };
        let push = simulator.speak(FOLLOWER, &recording);
        simulator.finished(push).await;
        let message = bot.seen().pop().unwrap();
        assert_eq!((cdata(&message, "Format"), cdata(&message, "Recognition")), (name, ""));
        let usual = simulator.medium(cdata(&message, "MediaId")).unwrap();
        assert!(usual.bytes.starts_with(start.as_bytes()));
        assert_eq!(usual.words().as_deref(), Some("今天天气怎么样"));
        assert!((1.0..3.0).contains(&usual.seconds().unwrap()));
        let (kind, _, bytes) = download(&simulator, "/cgi-bin/media/get", cdata(&message, "MediaId")).await;
        assert_eq!((kind, bytes), (format!("audio/{name}"), usual.bytes.clone()));
        let fine = download(&simulator, "/cgi-bin/media/get/jssdk", cdata(&message, "MediaId")).await.2;
        assert_eq!(fine, download(&simulator, "/cgi-bin/media/get", cdata(&message, "MediaId16K")).await.2);
    }
    let push = simulator
        .speak(FOLLOWER, &Recording { recognition: huixin::simulator::Recognition::On, ..Recording::unrecognised("你好") });
    simulator.finished(push).await;
    assert_eq!(cdata(&bot.seen().pop().unwrap(), "Recognition"), "你好");
    let long = simulator.speak(FOLLOWER, &Recording::unrecognised("说".repeat(500)));
    simulator.finished(long).await;
    let longest = simulator.medium(cdata(&bot.seen().pop().unwrap(), "MediaId")).unwrap();
    assert_eq!(longest.seconds().map(f64::round), Some(60.0), "WeChat records no more");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_passive_picture_or_voice_is_shown_with_its_bytes() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let image =
        upload(&simulator, "/cgi-bin/media/upload?type=image", FILE, &png()).await["media_id"].as_str().unwrap().to_owned();
    say(&simulator, &format!("image {image}")).await;
    assert_eq!(answers(&simulator), [Shown::Image { media_id: image.clone() }]);
    assert_eq!(simulator.medium(&image).map(|medium: std::sync::Arc<Medium>| medium.bytes.clone()), Some(png()));
    let voice = upload(&simulator, "/cgi-bin/media/upload?type=voice", FILE, b"#!AMR\n\x3c").await["media_id"]
        .as_str()
        .unwrap()
        .to_owned();
    say(&simulator, &format!("voice {voice}")).await;
    assert_eq!(answers(&simulator)[1], Shown::Voice { media_id: voice, recognition: None });
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_passive_reply_without_its_medium_shows_as_nothing_and_the_journal_says_so() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let image = simulator.keep(png()).unwrap();
    say(&simulator, "image NOBODY_UPLOADED_THIS").await;
    say(&simulator, &format!("voice {image}")).await;
    simulator.advance(Duration::from_hours(73));
    say(&simulator, &format!("image {image}")).await;
    assert_eq!(answers(&simulator), [], "not even the notice");
    let reason = "the MediaId is unknown, expired or of another kind";
    assert_eq!(outcomes(&simulator), [(); 3].map(|()| Outcome::NoMedium(reason.to_owned())));
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_picture_or_voice_is_pushed_if_it_exists_and_is_one() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    say(&simulator, "ok").await;
    let image = simulator.keep(png()).unwrap();
    let send = async |kind: &str, media_id: &str| {
        let body = json!({ "touser": FOLLOWER, "msgtype": kind, kind: { "media_id": media_id } });
        let path = format!("/cgi-bin/message/custom/send?access_token={}", token(&simulator).await);
        post(&simulator, &path, body).await["errcode"].clone()
    };
    assert_eq!(send("image", &image).await, 0);
    assert_eq!(send("voice", &image).await, 40007, "a picture is no voice");
    assert_eq!(send("image", "M").await, 40007);
    assert_eq!(answers(&simulator), [Shown::Image { media_id: image }]);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_ticket_of_the_js_sdk_is_one_for_two_hours_and_needs_a_verified_account() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let ticket = async |kind: &str| {
        let token = token(&simulator).await;
        get(&simulator, &format!("/cgi-bin/ticket/getticket?access_token={token}&type={kind}")).await
    };
    let first = ticket("jsapi").await;
    assert_eq!((&first["errcode"], &first["expires_in"]), (&json!(0), &json!(7200)));
    simulator.advance(Duration::from_mins(119));
    assert_eq!(ticket("jsapi").await["ticket"], first["ticket"]);
    simulator.advance(Duration::from_mins(2));
    assert_ne!(ticket("jsapi").await["ticket"], first["ticket"]);
    assert_ne!(ticket("wx_card").await["ticket"], ticket("jsapi").await["ticket"]);
    assert_eq!(ticket("concert").await["errcode"], 40097);
    simulator.switch(|switches| switches.account = PERSONAL);
    assert_eq!(ticket("jsapi").await["errcode"], 48001);
    let voice = simulator.keep(b"OggS".to_vec()).unwrap();
    assert_eq!(errcode(&download(&simulator, "/cgi-bin/media/get/jssdk", &voice).await.2), 48001);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn planned_faults_hit_media_and_tickets_too() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let media_id = simulator.keep(png()).unwrap();
    let paths = ["/cgi-bin/media/get", "/cgi-bin/media/get/jssdk", "/cgi-bin/ticket/getticket"];
    for path in paths {
        let wrong = Wrong::Errcode { errcode: -1, errmsg: "system error".to_owned() };
        simulator.switch(|switches| switches.api_faults.push(ApiFault { path: path.to_owned(), times: 1, wrong }));
        assert_eq!(errcode(&download(&simulator, path, &media_id).await.2), -1);
    }
    let fault = ApiFault { path: paths[0].to_owned(), times: 1, wrong: Wrong::Garbage };
    simulator.switch(|switches| switches.api_faults.push(fault));
    assert_ne!(download(&simulator, paths[0], &media_id).await.2, png());
    assert_eq!(download(&simulator, paths[0], &media_id).await.2, png());
    stop(simulator, bot).await;
}
