//! The demo model beyond chat: it sees, draws, hears, speaks, calls tools, reads passages and judges.

use base64::{Engine, engine::general_purpose::STANDARD};
use huixin::simulator::{Mode, Recording, Simulator};
use image::ImageFormat;
use serde_json::{Value, json};

use super::{FOLLOWER, PERSONAL, cdata, media::picture, start, stop};

async fn call(simulator: &Simulator, path: &str, body: &Value) -> (u16, Vec<u8>) {
    let response = reqwest::Client::new().post(format!("{}/v1{path}", simulator.url())).json(body).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

async fn json_of(simulator: &Simulator, path: &str, body: &Value) -> (u16, Value) {
    let (status, bytes) = call(simulator, path, body).await;
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// The answer to a question that may have parts, without a stream.
async fn chat(simulator: &Simulator, model: &str, content: Value, more: Value) -> (u16, Value) {
    let mut body = json!({ "model": model, "messages": [{ "role": "user", "content": content }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json_of(simulator, "/chat/completions", &body).await
}

fn picture_part(bytes: &[u8], kind: &str) -> Value {
    json!({ "type": "image_url", "image_url": { "url": format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)) } })
}

#[tokio::test]
async fn a_seeing_model_tells_kind_size_and_colour_and_others_refuse() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let table = [
        (ImageFormat::Png, "png", [200, 30, 30], "PNG，60 × 40 像素，主要是红色（#c81e1e）"),
        (ImageFormat::WebP, "webp", [40, 80, 200], "WebP，60 × 40 像素，主要是蓝色（#2850c8）"),
        (ImageFormat::Gif, "gif", [255, 255, 255], "GIF，60 × 40 像素，主要是白色（#ffffff）"),
        (ImageFormat::Jpeg, "jpeg", [60, 170, 70], "JPEG，60 × 40 像素，主要是绿色"),
    ];
    for (format, kind, colour, expected) in table {
        let part = picture_part(&picture(format, 60, 40, colour), kind);
        let (status, answer) =
            chat(&simulator, "huixin-demo-vl", json!([{ "type": "text", "text": "是什么" }, part]), json!({})).await;
        let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
        assert!(status == 200 && text.contains(expected), "{text}");
    }
    let parts = json!([{ "type": "text", "text": "what" }, picture_part(&picture(ImageFormat::Png, 2, 2, [0; 3]), "png")]);
    let (status, answer) = chat(&simulator, "huixin-demo", parts.clone(), json!({})).await;
    assert_eq!((status, &answer["error"]["type"]), (400, &json!("invalid_request_error")));
    let broken = json!([{ "type": "text", "text": "what" }, picture_part(b"\x89PNG", "png")]);
    assert_eq!(chat(&simulator, "huixin-demo-vl", broken, json!({})).await.0, 400);
    assert_eq!(chat(&simulator, "dall-e-3", json!("hello"), json!({})).await.0, 404);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn two_pictures_are_told_apart_and_one_of_the_simulators_own_is_found() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let media_id = simulator.keep(picture(ImageFormat::Png, 9, 5, [240, 220, 50])).unwrap();
    let own = json!({ "type": "image_url", "image_url": { "url": format!("{}/simulator/media/{media_id}", simulator.url()) } });
    let parts =
        json!([{ "type": "text", "text": "compare" }, picture_part(&picture(ImageFormat::Png, 2, 3, [0; 3]), "png"), own]);
    let (_, answer) = chat(&simulator, "gpt-4o-mini", parts, json!({})).await;
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert_eq!(
        text,
        "Picture 1 is a PNG of 2 × 3 pixels, mostly black (#000000).\nPicture 2 is a PNG of 9 × 5 pixels, mostly yellow (#f0dc32)."
    );
    stop(simulator, bot).await;
}

#[tokio::test]
async fn every_family_of_drawing_models_has_its_own_dialect() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let draw = async |body: Value| json_of(&simulator, "/images/generations", &body).await;
    let (_, newest) = draw(json!({ "model": "gpt-image-1", "prompt": "a lake", "size": "1024x1024" })).await;
    assert!(newest["data"][0]["b64_json"].is_string() && newest["usage"].is_object());
    for name in ["response_format", "style"] {
        let (status, refusal) = draw(json!({ "model": "gpt-image-1", "prompt": "a lake", name: "url" })).await;
        assert_eq!((status, &refusal["error"]["param"]), (400, &json!(name)));
        assert_eq!(refusal["error"]["code"], "unknown_parameter");
    }
    let (_, older) = draw(json!({ "model": "dall-e-3", "prompt": "a lake", "style": "vivid" })).await;
    assert!(older["data"][0]["url"].is_string() && older["data"][0]["revised_prompt"].is_string());
    assert_eq!(draw(json!({ "model": "dall-e-3", "prompt": "a lake", "n": 2 })).await.0, 400);
    assert_eq!(draw(json!({ "model": "dall-e-3", "prompt": "a lake", "size": "512x512" })).await.0, 400);
    let (_, own) = draw(json!({ "model": "huixin-draw", "prompt": "a lake", "n": 3, "size": "96x64" })).await;
    let drawn: Vec<&str> = own["data"].as_array().unwrap().iter().map(|item| item["b64_json"].as_str().unwrap()).collect();
    assert!(drawn.len() == 3 && drawn[0] != drawn[1]);
    let first = image::load_from_memory(&STANDARD.decode(drawn[0]).unwrap()).unwrap();
    assert_eq!((first.width(), first.height()), (96, 64));
    assert_eq!(draw(json!({ "model": "huixin-draw", "prompt": " " })).await.0, 400);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_prompt_asks_for_other_files_and_for_failures() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let draw =
        async |prompt: &str| call(&simulator, "/images/generations", &json!({ "model": "huixin-draw", "prompt": prompt })).await;
    let bytes = |answer: &[u8]| {
        let answer: Value = serde_json::from_slice(answer).unwrap();
        STANDARD.decode(answer["data"][0]["b64_json"].as_str().unwrap()).unwrap()
    };
    for (word, format) in [("", ImageFormat::Png), ("jpeg", ImageFormat::Jpeg), ("webp", ImageFormat::WebP)] {
        let drawn = bytes(&draw(&format!("{word} a lake")).await.1);
        assert_eq!(image::guess_format(&drawn).unwrap(), format);
        assert_eq!(image::load_from_memory(&drawn).unwrap().width(), 512);
    }
    let huge = bytes(&draw("20mb a lake").await.1);
    assert!((19_900_000..20_000_000).contains(&huge.len()), "{}", huge.len());
    assert_eq!(
        image::ImageReader::new(std::io::Cursor::new(&huge)).with_guessed_format().unwrap().into_dimensions().unwrap(),
        (2580, 2580)
    );
    assert_eq!(draw("garbage a lake").await.1, b"not a picture");
    assert_eq!(draw("503 a lake").await.0, 503);
    let empty: Value = serde_json::from_slice(&draw("empty a lake").await.1).unwrap();
    assert_eq!(empty["data"], json!([]));
    let refused: Value = serde_json::from_slice(&draw("filter a lake").await.1).unwrap();
    assert!(refused["error"]["message"].as_str().unwrap().contains("safety system"), "{refused}");
    let webp = json!({ "model": "huixin-draw", "prompt": "webp a lake", "response_format": "url" });
    let (_, answer) = json_of(&simulator, "/images/generations", &webp).await;
    assert_eq!(reqwest::get(answer["data"][0]["url"].as_str().unwrap()).await.unwrap().headers()["content-type"], "image/webp");
    stop(simulator, bot).await;
}

/// What the model hears in a file.
async fn hear(simulator: &Simulator, model: &str, file_name: &str, sound: &[u8]) -> (u16, String) {
    let mut body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n\
         --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\nContent-Type: audio/mpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(sound);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    let request = reqwest::Client::new().post(format!("{}/v1/audio/transcriptions", simulator.url()));
    let response = request.header("Content-Type", "multipart/form-data; boundary=XX").body(body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_voice_message_is_heard_word_for_word_and_what_is_spoken_too() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let text = |answer: (u16, String)| serde_json::from_str::<Value>(&answer.1).unwrap()["text"].as_str().unwrap().to_owned();
    let push = simulator.speak(FOLLOWER, &Recording::unrecognised("今天天气怎么样"));
    simulator.finished(push).await;
    let recorded = simulator.medium(cdata(&bot.seen()[0], "MediaId")).unwrap();
    assert_eq!(text(hear(&simulator, "huixin-hear", "voice.amr", &recorded.bytes).await), "今天天气怎么样");
    let (status, refusal) = hear(&simulator, "whisper-1", "voice.amr", &recorded.bytes).await;
    assert!(status == 400 && refusal.contains("Invalid file format"), "the real one takes no AMR: {refusal}");
    let (status, spoken) =
        call(&simulator, "/audio/speech", &json!({ "model": "tts-1", "input": "你好，我是回信", "voice": "alloy" })).await;
    assert_eq!(status, 200);
    assert_eq!(text(hear(&simulator, "whisper-1", "voice.mp3", &spoken).await), "你好，我是回信");
    assert_eq!(text(hear(&simulator, "whisper-1", "voice.mp3", &spoken[40..]).await), "（一段 0 秒的录音）");
    assert_eq!(hear(&simulator, "huixin-hear", "voice.amr", b"\x89PNG").await.0, 400);
    assert_eq!(simulator.asked()[0]["file"]["name"], "voice.amr");
    for (words, status, heard) in
        [("hear-500 你好", 500, ""), ("hear-empty 你好", 200, "{\"text\":\"\"}"), ("hear-garbage 你好", 200, "not a text")]
    {
        let push = simulator.speak(FOLLOWER, &Recording::unrecognised(words));
        simulator.finished(push).await;
        let sound = simulator.medium(cdata(bot.seen().last().unwrap(), "MediaId")).unwrap();
        let answer = hear(&simulator, "huixin-hear", "voice.amr", &sound.bytes).await;
        assert!(answer.0 == status && answer.1.contains(heard), "{words}: {answer:?}");
    }
    stop(simulator, bot).await;
}

#[tokio::test]
async fn speech_grows_with_its_text_up_to_a_minute() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let seconds = async |input: &str| {
        let (status, sound) = call(&simulator, "/audio/speech", &json!({ "model": "tts-1", "input": input })).await;
        assert_eq!(status, 200, "{input}");
        simulator.medium(&simulator.keep(sound).unwrap()).unwrap().seconds().unwrap()
    };
    let (short, long) = (seconds("你好").await, seconds(&"你好".repeat(40)).await);
    assert!(short < 1.5 && (15.0..20.0).contains(&long), "{short} {long}");
    assert!(seconds(&"你好".repeat(1000)).await <= 60.0);
    assert!(seconds("#say-overlong 你好").await > 70.0);
    let speak = async |body: Value| call(&simulator, "/audio/speech", &body).await;
    assert_eq!(speak(json!({ "model": "tts-1", "input": "" })).await.0, 400);
    assert_eq!(speak(json!({ "model": "tts-1", "input": "长".repeat(4097) })).await.0, 400);
    assert_eq!(speak(json!({ "model": "tts-1", "input": "a", "response_format": "opus" })).await.0, 400);
    assert_eq!(speak(json!({ "model": "tts-1", "input": "say-503 a" })).await.0, 503);
    assert_eq!(speak(json!({ "model": "tts-1", "input": "say-empty a" })).await.1, b"");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_tool_is_called_where_one_is_offered_and_its_answer_is_told() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let properties = json!({ "prompt": { "type": "string" } });
    let function = json!({ "name": "draw", "parameters": { "type": "object", "properties": properties } });
    let tools = json!({ "tools": [{ "type": "function", "function": function }] });
    let (_, answer) = chat(&simulator, "huixin-demo", json!("tool 画一只猫"), tools.clone()).await;
    let called = &answer["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!((&called["name"], &called["arguments"]), (&json!("draw"), &json!("{\"prompt\":\"画一只猫\"}")));
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    let mut body = json!({ "model": "m", "stream": true, "messages": [{ "role": "user", "content": "tool 画一只猫" }] });
    body.as_object_mut().unwrap().extend(tools.as_object().unwrap().clone());
    let stream = String::from_utf8(call(&simulator, "/chat/completions", &body).await.1).unwrap();
    let deltas = stream.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    let pieces = deltas
        .filter_map(|event| event["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str().map(str::to_owned));
    assert_eq!(pieces.collect::<String>(), "{\"prompt\":\"画一只猫\"}");
    assert!(stream.contains("\"finish_reason\":\"tool_calls\"") && stream.ends_with("data: [DONE]\n\n"));
    let content = |answer: &Value| answer["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned();
    assert!(
        content(&chat(&simulator, "huixin-demo", json!("tool 画一只猫"), json!({})).await.1).contains("你问的是"),
        "none was offered"
    );
    let (_, unknown) = chat(&simulator, "huixin-demo", json!("tool-unknown a"), tools.clone()).await;
    assert_eq!(unknown["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "launch_rocket");
    assert_eq!(chat(&simulator, "huixin-demo", json!("no-tools a"), tools.clone()).await.0, 400);
    let mut after = body;
    after["stream"] = json!(false);
    after["messages"].as_array_mut().unwrap().push(json!({ "role": "tool", "tool_call_id": "call_demo", "content": "drawn" }));
    assert_eq!(content(&json_of(&simulator, "/chat/completions", &after).await.1), "工具的回答是：drawn");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_passage_is_quoted_and_does_not_steer_the_model() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let prompt = "<<<m4rk web page “太阳能”\n| # 标题\n| 太阳能板把光变成电。 #500 它们很安静。\nm4rk>>>\n这篇讲什么？";
    let (status, answer) = chat(&simulator, "huixin-demo", json!(prompt), json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(answer["choices"][0]["message"]["content"], "关于「这篇讲什么？」，资料里写着：太阳能板把光变成电。");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn two_words_are_flagged_and_nothing_else() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let judge = async |input: Value| json_of(&simulator, "/moderations", &json!({ "model": "m", "input": input })).await;
    let flags = |(status, answer): (u16, Value)| {
        assert_eq!(status, 200);
        answer["results"].as_array().unwrap().iter().map(|result| result["flagged"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(flags(judge(json!("你好")).await), [false]);
    assert_eq!(flags(judge(json!(["有违禁内容", "ok", "a forbidden-word"])).await), [true, false, true]);
    assert_eq!(flags(judge(json!([{ "type": "text", "text": "违禁" }])).await), [true]);
    assert_eq!(judge(json!("moderate-500 你好")).await.0, 500);
    assert_eq!(flags(judge(json!("moderate-empty 你好")).await), [(); 0].map(|()| false));
    assert_eq!(judge(Value::Null).await.0, 400);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_picture_in_a_question_is_remembered_by_its_start_alone() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let noise: Vec<u8> = (0..60_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let part = picture_part(&noise, "png");
    chat(&simulator, "huixin-demo-vl", json!([{ "type": "text", "text": "what" }, part]), json!({})).await;
    let kept = simulator.asked()[0]["messages"][0]["content"][1]["image_url"]["url"].as_str().unwrap().to_owned();
    assert!(kept.starts_with("data:image/png;base64,") && kept.ends_with("… (80022 bytes)"), "{kept}");
    stop(simulator, bot).await;
}
