//! Pictures shown to a model, and a model that a follower chose.

use huixin::llm::chat::{Outcome, Question, Role, Settings, Turn, Upstream};
use huixin::llm::{DataUrl, UpstreamError};
use serde_json::json;

use super::fake::{Fake, response, saying};
use super::{Heard, settings, with_fallback};

fn shown(text: &str) -> Turn {
    Turn { images: vec![DataUrl::new("image/png", b"png")], ..Turn::new(Role::User, text) }
}

async fn ask(upstream: &Upstream, question: Question<'_>) -> Result<Outcome, UpstreamError> {
    let mut heard = Heard::default();
    upstream.answer(question, |delta| heard.take(delta)).await
}

fn upstream(settings: Settings) -> Upstream {
    Upstream::new(settings).unwrap()
}

#[tokio::test]
async fn a_turn_with_pictures_is_sent_in_parts_and_any_other_as_a_string() {
    let fake = Fake::start([saying(&["猫"])]).await;
    let turns = [Turn::new(Role::System, "看"), shown("这是什么？"), Turn::new(Role::Assistant, "？"), shown("")];
    ask(&upstream(settings(&fake)), Question::new(&turns)).await.unwrap();
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,cG5n"}});
    let expected = json!([
        {"role": "system", "content": "看"},
        {"role": "user", "content": [{"type": "text", "text": "这是什么？"}, image]},
        {"role": "assistant", "content": "？"},
        {"role": "user", "content": [image]},
    ]);
    assert_eq!(fake.seen()[0].body["messages"], expected);
    assert_eq!(format!("{:?}", turns[3].images), "[DataUrl(26 bytes)]");
}

#[tokio::test]
async fn a_model_that_cannot_see_says_so_once_and_is_not_shown_pictures_again() {
    for (status, refusal) in [
        (400, "Failed to deserialize: unknown variant `image_url`, expected `text`"),
        (400, "this model does not support image input"),
        (422, "messages.0.content: Input should be a valid string"),
        (400, "qwen3-8b is not a multimodal model"),
        (400, "Invalid content type. image_url is only supported by certain models."),
        (404, "No endpoints found that support image input"),
        (400, "此模型不支持图像输入。请尝试其他模型"),
    ] {
        let refused = response(status, "", &json!({"error": {"message": refusal}}).to_string());
        let fake = Fake::start([refused, saying(&["好"])]).await;
        let upstream = upstream(settings(&fake));
        let error = ask(&upstream, Question::new(&[shown("这是什么？")])).await.unwrap_err();
        assert_eq!(error.class(), "cannot_see", "{refusal}: {error}");
        let again = ask(&upstream, Question::new(&[shown("这是什么？")])).await.unwrap_err();
        assert_eq!((again.class(), fake.seen().len()), ("cannot_see", 1), "{refusal}");
        // What was shown before does not stand in the way of words.
        let turns = [shown("这是什么？"), Turn::new(Role::Assistant, "看不见"), Turn::new(Role::User, "那算了")];
        ask(&upstream, Question::new(&turns)).await.unwrap();
        assert_eq!(fake.seen()[1].body["messages"][0]["content"], "这是什么？");
        // Another model may see.
        let other = [shown("这是什么？")];
        ask(&upstream, Question { model: Some("seer"), ..Question::new(&other) }).await.unwrap();
        assert!(fake.seen()[2].body["messages"][0]["content"].is_array());
    }
}

#[tokio::test]
async fn an_earlier_picture_is_left_out_for_a_model_that_turns_out_not_to_see() {
    let refusal = response(400, "", r#"{"error":{"message":"image input is not supported"}}"#);
    let fake = Fake::start([refusal, saying(&["好"])]).await;
    let turns = [shown("这是什么？"), Turn::new(Role::Assistant, "猫"), Turn::new(Role::User, "它多大？")];
    let outcome = ask(&upstream(settings(&fake)), Question::new(&turns)).await.unwrap();
    assert_eq!((outcome.requests, &fake.seen()[1].body["messages"][0]["content"]), (2, &json!("这是什么？")));
}

#[tokio::test]
async fn a_picture_that_a_seeing_model_cannot_use_is_another_matter() {
    for refusal in [
        "You uploaded an unsupported image format. image_url must be png, jpeg, gif or webp.",
        "Invalid image data in image_url: failed to decode",
        "the image content is too large",
    ] {
        let fake = Fake::start([response(400, "", &json!({"error": {"message": refusal}}).to_string())]).await;
        let error = ask(&upstream(settings(&fake)), Question::new(&[shown("？")])).await.unwrap_err();
        assert_eq!((error.class(), fake.seen().len()), ("bad_request", 1), "{refusal}");
    }
}

#[tokio::test]
async fn a_fallback_that_cannot_see_does_not_speak_for_the_model_that_can() {
    let blind = response(400, "", r#"{"error":{"message":"image input is not supported"}}"#);
    let fake = Fake::start([response(402, "", ""), blind]).await;
    let error = ask(&upstream(with_fallback(&fake)), Question::new(&[shown("？")])).await.unwrap_err();
    assert_eq!((error.class(), fake.models()), ("quota_exhausted", vec!["main".to_owned(), "spare".to_owned()]));
}

#[tokio::test]
async fn the_chosen_model_is_asked_and_the_usual_one_steps_in() {
    for (fallback, second) in [(None, "main"), (Some("spare"), "spare")] {
        let fake = Fake::start([response(404, "", ""), saying(&["好"])]).await;
        let settings = Settings { fallback_model: fallback.map(str::to_owned), ..settings(&fake) };
        let turns = [Turn::new(Role::User, "你好")];
        let outcome = ask(&upstream(settings), Question { model: Some("chosen"), ..Question::new(&turns) }).await.unwrap();
        assert_eq!((fake.models(), outcome.model.as_str()), (vec!["chosen".to_owned(), second.to_owned()], second));
    }
    // The usual model under its own name has nobody behind it, and the fallback is not its own fallback.
    let turns = [Turn::new(Role::User, "你好")];
    for (model, asked) in [("main", vec!["main", "spare"]), ("spare", vec!["spare"])] {
        let fake = Fake::start([response(404, "", "")]).await;
        let question = Question { model: Some(model), ..Question::new(&turns) };
        ask(&upstream(with_fallback(&fake)), question).await.unwrap_err();
        assert_eq!(fake.models(), asked);
    }
}

#[tokio::test]
async fn what_one_model_refuses_another_is_still_told() {
    let refusal = response(400, "", r#"{"error":{"message":"'temperature' is not supported"}}"#);
    let fake = Fake::start([refusal, saying(&["好"])]).await;
    let upstream = upstream(Settings { temperature: Some(0.5), ..settings(&fake) });
    let turns = [Turn::new(Role::User, "你好")];
    for model in [None, Some("other"), Some("main")] {
        ask(&upstream, Question { model, ..Question::new(&turns) }).await.unwrap();
    }
    let told: Vec<bool> = fake.seen().iter().map(|seen| seen.body.get("temperature").is_some()).collect();
    assert_eq!(told, [true, false, true, false]);
}
