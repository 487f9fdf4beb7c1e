//! `POST /v1/images/generations`: a landscape for each prompt, in the dialect of the model that is asked for.
//!
//! Each family of real models takes other parameters; a client that sends one's to another is refused, as it really is.
//!
//! Source: <https://platform.openai.com/docs/api-reference/images/create>

use actix_web::{
    HttpResponse,
    web::{self, Data, Json},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    picture::{self, Format, Size},
    plan::{Ending, Job, Picture, Plan, Shape},
    refusal,
};
use crate::simulator::{
    platform::{MediaKind, Medium},
    world::World,
};

/// What a drawing is called where it is downloaded.
const FILE_NAME: &str = "drawn.png";

/// Pictures of one request.
const MAX_COUNT: u64 = 10;

/// Pixels of a side, where no size is asked for and where any may be.
const USUAL: Size = Size { width: 512, height: 512 };
const MAX_SIDE: usize = 2048;

/// 2,580 × 2,580 pixels of three bytes: just below twenty million.
const HUGE: Size = Size { width: 2580, height: 2580 };

/// Whose dialect it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    GptImage,
    DallE3,
    Other,
}

impl Family {
    fn of(model: &str) -> Self {
        if model.starts_with("gpt-image") {
            Self::GptImage
        } else if model.starts_with("dall-e-3") {
            Self::DallE3
        } else {
            Self::Other
        }
    }

    /// The sizes it draws; empty where any will do.
    fn sizes(self) -> &'static [&'static str] {
        match self {
            Self::GptImage => &["1024x1024", "1024x1536", "1536x1024", "auto"],
            Self::DallE3 => &["1024x1024", "1024x1792", "1792x1024"],
            Self::Other => &[],
        }
    }
}

/// What is to be drawn.
struct Order {
    prompt: String,
    count: u64,
    size: Size,
    format: Format,
    by_address: bool,
}

/// Draws; each picture in `b64_json`, or at an address of the simulator where that is asked for.
pub(super) async fn draw(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let prompt = request["prompt"].as_str().unwrap_or_default();
    let (plan, first_time) = super::plan(&world, Job::Picture, &request, prompt);
    let family = Family::of(request["model"].as_str().unwrap_or_default());
    if let Some(refusal) = wrong_parameter(&request, family) {
        return refusal;
    }
    world.wait(plan.delay_secs).await;
    if let Some(refusal) = refusal::planned(&plan, first_time) {
        return refusal;
    }
    match (plan.ending, plan.shape) {
        (Ending::Filter, _) => {
            let message = "Your request was rejected by the safety system: the demo model was asked to refuse.";
            return refusal::invalid("prompt", "content_policy_violation", message);
        }
        (_, Shape::Garbage) => return HttpResponse::Ok().body("not a picture"),
        (_, Shape::Empty) => return HttpResponse::Ok().json(json!({ "created": 1_789_000_000, "data": [] })),
        _ => {}
    }
    let order = order(&request, prompt, family, &plan);
    let (by_address, revised) = (order.by_address, (family == Family::DallE3).then(|| format!("{prompt}, as a landscape")));
    let Ok(pictures) = web::block(move || paint(&order)).await else { return HttpResponse::InternalServerError().finish() };
    let items = pictures.into_iter().map(|bytes| {
        let mut item =
            if by_address { json!({ "url": publish(&world, bytes) }) } else { json!({ "b64_json": STANDARD.encode(bytes) }) };
        if let Some(revised) = &revised {
            item["revised_prompt"] = revised.as_str().into();
        }
        item
    });
    let mut answer = json!({ "created": 1_789_000_000, "data": items.collect::<Vec<_>>() });
    if family == Family::GptImage {
        answer["usage"] = json!({ "input_tokens": 12, "output_tokens": 1056, "total_tokens": 1068 });
    }
    HttpResponse::Ok().json(answer)
}

/// The first parameter that this family does not take.
fn wrong_parameter(request: &Value, family: Family) -> Option<HttpResponse> {
    let foreign: &[&str] = match family {
        Family::GptImage => &["response_format", "style"],
        Family::DallE3 => &["output_format", "background"],
        Family::Other => &["style"],
    };
    if let Some(name) = foreign.iter().find(|name| !request[**name].is_null()) {
        return Some(refusal::unknown_parameter(name));
    }
    if request["prompt"].as_str().is_none_or(|prompt| prompt.trim().is_empty()) {
        return Some(refusal::invalid("prompt", "missing_required_parameter", "Missing required parameter: 'prompt'."));
    }
    let max = if family == Family::DallE3 { 1 } else { MAX_COUNT };
    if request["n"].as_u64().is_some_and(|count| count == 0 || count > max) {
        let message = format!("Invalid 'n': expected a value between 1 and {max}.");
        return Some(refusal::invalid("n", "integer_above_max_value", &message));
    }
    let size = request["size"].as_str()?;
    let sizes = family.sizes();
    let is_possible = if sizes.is_empty() { parse(size).is_some() } else { sizes.contains(&size) };
    (!is_possible).then(|| {
        let message = format!("Invalid value: '{size}'. Supported values are: {sizes:?}.");
        refusal::invalid("size", "invalid_value", &message)
    })
}

fn order(request: &Value, prompt: &str, family: Family, plan: &Plan) -> Order {
    let asked = match request["output_format"].as_str() {
        Some("jpeg") => Format::Jpeg,
        Some("webp") => Format::Webp,
        Some(_) | None => Format::Png,
    };
    let size = request["size"].as_str().and_then(parse).unwrap_or(USUAL);
    let (format, size) = match plan.picture {
        Picture::AsAsked => (asked, size),
        Picture::Jpeg => (Format::Jpeg, size),
        Picture::Webp => (Format::Webp, size),
        Picture::Huge => (Format::Full, HUGE),
    };
    Order {
        prompt: prompt.to_owned(),
        count: request["n"].as_u64().unwrap_or(1),
        size,
        format,
        // DALL-E gives an address unless told otherwise; the newer models have none to give.
        by_address: match family {
            Family::GptImage => false,
            Family::DallE3 => request["response_format"] != "b64_json",
            Family::Other => request["response_format"] == "url",
        },
    }
}

/// `1024x1536`, within bounds.
fn parse(size: &str) -> Option<Size> {
    let (width, height) = size.split_once('x')?;
    let pixels = |text: &str| text.parse::<usize>().ok().filter(|side| (64..=MAX_SIDE).contains(side));
    Some(Size { width: pixels(width)?, height: pixels(height)? })
}

/// Each picture of an order differs.
fn paint(order: &Order) -> Vec<Vec<u8>> {
    let prompts =
        (1..=order.count).map(|number| if number == 1 { order.prompt.clone() } else { format!("{} {number}", order.prompt) });
    prompts.map(|prompt| picture::draw(&prompt, order.size, order.format)).collect()
}

/// Puts the picture at an address of the simulator's.
fn publish(world: &World, bytes: Vec<u8>) -> String {
    let created_at_ms = world.clock.now_ms();
    let medium = Medium::of(bytes.clone(), created_at_ms).unwrap_or_else(|| Medium {
        // WebP is a kind that WeChat does not know, and upstreams do.
        kind: MediaKind::Image,
        file_name: FILE_NAME.to_owned(),
        content_type: "image/webp",
        bytes,
        created_at_ms,
        copy_16k: None,
    });
    let media_id = world.change(|platform| platform.media.add(medium));
    format!("{}/simulator/media/{media_id}", world.url())
}
