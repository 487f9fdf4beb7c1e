//! A model's decision to have something done: what it is offered, the pieces of its call in a stream, and what they say.
//!
//! A call that names no tool on offer, or whose arguments cannot be read, is no call.

use serde_json::{Value, json};

use super::Tools;

const DRAW: &str = "draw_picture";

/// What the model wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A picture of this description.
    Draw { prompt: String },
}

/// A piece of a call, as one chunk brings it.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    /// Which call it belongs to; some upstreams leave it out.
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

/// The calls of one answer, as far as they arrived.
#[derive(Debug, Default)]
pub(super) struct Gathered(Vec<Fragment>);

/// The `tools` of a request.
pub(super) fn on_offer(tools: Tools) -> Option<Value> {
    match tools {
        Tools::None => None,
        Tools::Draw => Some(json!([{"type": "function", "function": {
            "name": DRAW,
            "description": "Draws one picture and sends it to the user. Call it only when the user asks for a picture, \
                            drawing, photo, poster, logo or illustration to be made. Do not call it to look something up.",
            "parameters": {
                "type": "object",
                "properties": {"prompt": {
                    "type": "string",
                    "description": "What the picture shows, complete in itself, in the user's language: subject, setting, \
                                    style, and whatever the conversation said of it before.",
                }},
                "required": ["prompt"],
            },
        }}])),
    }
}

/// The pieces of calls in a `delta` or a `message`.
pub(super) fn fragments(text: &Value) -> Vec<Fragment> {
    // `function_call` is the older name of a single call.
    let single = text["function_call"].is_object().then(|| fragment(&text["function_call"], Some(0), ""));
    let many = text["tool_calls"].as_array().into_iter().flatten();
    let many = many.map(|call| fragment(&call["function"], call["index"].as_u64(), call["id"].as_str().unwrap_or_default()));
    single.into_iter().chain(many).collect()
}

fn fragment(function: &Value, index: Option<u64>, id: &str) -> Fragment {
    let arguments = match &function["arguments"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        // An object where its text was expected.
        other => other.to_string(),
    };
    Fragment { index, id: id.to_owned(), name: function["name"].as_str().unwrap_or_default().to_owned(), arguments }
}

impl Fragment {
    /// Bytes that it takes to keep it.
    pub(super) fn len(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.name.len() + self.arguments.len()
    }
}

impl Gathered {
    /// Appends a piece to the call that it belongs to.
    pub(super) fn add(&mut self, piece: Fragment) {
        let open = match piece.index {
            Some(_) => self.0.iter_mut().find(|call| call.index == piece.index),
            // Without an index, another id begins another call.
            None => self.0.last_mut().filter(|call| piece.id.is_empty() || call.id == piece.id),
        };
        let Some(call) = open else { return self.0.push(piece) };
        // Some upstreams repeat the whole name with every piece.
        if call.name != piece.name {
            call.name += &piece.name;
        }
        call.arguments += &piece.arguments;
    }

    /// The first call that can be understood.
    pub(super) fn call(&self, tools: Tools) -> Option<Call> {
        match tools {
            Tools::None => None,
            Tools::Draw => self.0.iter().filter(|call| call.name == DRAW).find_map(|call| drawing(&call.arguments)),
        }
    }
}

fn drawing(arguments: &str) -> Option<Call> {
    let mut arguments: Value = serde_json::from_str(arguments).ok()?;
    // Encoded twice by some gateways.
    if let Value::String(text) = &arguments {
        arguments = serde_json::from_str(text).ok()?;
    }
    let prompt = arguments["prompt"].as_str()?.trim();
    (!prompt.is_empty()).then(|| Call::Draw { prompt: prompt.to_owned() })
}
