//! Files to WeChat and from there: a form that it reads, and answers that may be anything.

use huixin::wechat::{
    client::{Client, Connections},
    customer,
    error::{Class, Error},
    media::{Download, TemporaryKind, download, download_voice_hd, upload_temporary},
};
use serde_json::json;

use super::fake::{Answer, Fake, response};

fn client(fake: &Fake) -> Client {
    Client::new(fake.base_url.clone(), Connections::Kept).unwrap()
}

/// What becomes of a download that is answered with `answer`.
async fn downloaded(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Result<Download, Error> {
    let fake = Fake::start(move |_, _| answer()).await;
    client(&fake).download(&"CANARY".into(), &download("m-1")).await
}

async fn refusal(headers: &'static str, body: &'static str) -> Error {
    downloaded(move || response(headers, body.as_bytes())).await.unwrap_err()
}

#[tokio::test]
async fn an_upload_is_a_form_with_a_length_and_a_plain_file_name() {
    let fake = Fake::start(|_, _| Answer::Json(json!({"type": "image", "media_id": "m", "created_at": "1380000000"}))).await;
    let bytes = b"\x89PNG\r\n--not-the-boundary\r\n\0\xff".to_vec();
    let request = upload_temporary(TemporaryKind::Image, "图 \"1\".png", "image/png", bytes.clone());
    let uploaded = client(&fake).call(&"t".into(), &request).await.unwrap();
    assert_eq!((&*uploaded.media_id, uploaded.created_at), ("m", 1_380_000_000));
    let seen = &fake.requests()[0];
    assert!(seen.line.starts_with("POST /cgi-bin/media/upload?access_token=t&type=image "), "{}", seen.line);
    assert!(seen.head.contains("\r\ncontent-length: ") && !seen.head.contains("chunked"));
    let boundary = seen.head.split("content-type: multipart/form-data; boundary=").nth(1).unwrap().lines().next().unwrap();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"___1_.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    let expected = [head.as_bytes(), &bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn each_kind_has_its_name_and_a_thumb_its_own_id() {
    let fake = Fake::start(|_, _| Answer::Json(json!({"thumb_media_id": "m"}))).await;
    for (kind, name) in [
        (TemporaryKind::Image, "image"),
        (TemporaryKind::Voice, "voice"),
        (TemporaryKind::Video, "video"),
        (TemporaryKind::Thumb, "thumb"),
    ] {
        let request = upload_temporary(kind, "a.jpg", "image/jpeg", vec![1]);
        assert_eq!(client(&fake).call(&"t".into(), &request).await.unwrap().media_id, "m");
        assert_eq!(fake.calls_of(&format!("&type={name} ")), 1);
    }
}

#[tokio::test]
async fn a_refused_upload_is_a_refusal() {
    let fake = Fake::start(|_, _| Answer::Json(json!({"errcode": 40009, "errmsg": "invalid image size"}))).await;
    let request = upload_temporary(TemporaryKind::Image, "a.png", "image/png", vec![0; 5000]);
    let error = client(&fake).call(&"t".into(), &request).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().class(), Class::Fix);
    assert!(!format!("{request:?}").contains("0, 0"), "no bytes in the log");
}

#[tokio::test]
async fn a_file_comes_with_its_type_and_name() {
    let headers = "Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"m-1.jpg\"\r\n";
    let Ok(Download::File(file)) = downloaded(move || response(headers, b"\xff\xd8\xff\0{")).await else { panic!("no file") };
    assert_eq!((&*file.name, &*file.content_type, &*file.bytes), ("m-1.jpg", "image/jpeg", &b"\xff\xd8\xff\0{"[..]));
    assert!(format!("{file:?}").contains("bytes: 5"));
    let Ok(Download::File(file)) = downloaded(|| response("", b"#!AMR\n")).await else { panic!("no file") };
    assert_eq!((&*file.name, &*file.content_type), ("", ""));
}

#[tokio::test]
async fn a_file_may_be_larger_than_an_answer() {
    let Ok(Download::File(file)) = downloaded(|| response("Content-Type: image/png\r\n", &vec![7; 5 << 20])).await else {
        panic!("no file")
    };
    assert_eq!(file.bytes.len(), 5 << 20);
    let error = downloaded(|| response("Content-Type: image/png\r\n", &vec![7; 21 << 20])).await.unwrap_err();
    assert!(matches!(error, Error::Unknown { .. }), "but not without bounds: {error}");
}

#[tokio::test]
async fn a_video_is_the_address_where_it_lies() {
    let video = downloaded(|| Answer::Json(json!({"video_url": "http://v/1"}))).await;
    assert_eq!(video, Ok(Download::VideoUrl("http://v/1".into())));
}

#[tokio::test]
async fn a_refusal_is_told_from_a_file_under_any_content_type() {
    let body = r#"{"errcode":40007,"errmsg":"invalid media_id CANARY rid: 1-2-3"}"#;
    for headers in
        ["Content-Type: text/plain\r\n", "Content-Type: application/json; encoding=utf-8\r\n", "Content-Type: image/jpeg\r\n", ""]
    {
        let error = refusal(headers, body).await;
        assert_eq!(error.errcode(), Some(40007), "{headers}");
        assert!(!error.to_string().contains("CANARY"));
    }
}

#[tokio::test]
async fn what_is_neither_a_file_nor_an_answer_is_unknown() {
    for (headers, body) in [("", ""), ("Content-Type: text/html\r\n", "<html>busy</html>"), ("", "{\"errcode\":0}"), ("", "{")] {
        assert!(matches!(refusal(headers, body).await, Error::Unknown { .. }), "{body}");
    }
    let error = downloaded(|| Answer::Raw(b"HTTP/1.1 502 Bad\r\ncontent-length: 2\r\n\r\nno".to_vec())).await.unwrap_err();
    assert_eq!(error, Error::Http { status: 502 });
    assert!(matches!(downloaded(|| Answer::Reset).await, Err(Error::Unknown { .. })));
}

#[tokio::test]
async fn the_two_downloads_and_the_pushes_of_media_have_their_paths() {
    let fake = Fake::start(|request, _| {
        if request.line.starts_with("GET") {
            response("Content-Type: audio/amr\r\n", b"#!AMR\n")
        } else {
            Answer::Json(json!({"errcode": 0}))
        }
    })
    .await;
    let (client, token) = (client(&fake), "t".into());
    client.download(&token, &download("a/b")).await.unwrap();
    client.download(&token, &download_voice_hd("v")).await.unwrap();
    client.call(&token, &customer::send_image("o", "m")).await.unwrap();
    client.call(&token, &customer::send_voice("o", "m")).await.unwrap();
    let seen = fake.requests();
    assert!(seen[0].line.starts_with("GET /cgi-bin/media/get?access_token=t&media_id=a%2Fb "), "{}", seen[0].line);
    assert!(seen[1].line.starts_with("GET /cgi-bin/media/get/jssdk?access_token=t&media_id=v "), "{}", seen[1].line);
    assert_eq!(seen[2].json(), json!({"touser": "o", "msgtype": "image", "image": {"media_id": "m"}}));
    assert_eq!(seen[3].json(), json!({"touser": "o", "msgtype": "voice", "voice": {"media_id": "m"}}));
}
