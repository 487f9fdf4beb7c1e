//! What is asked: the parts of a chat request that decide its answer.
//!
//! A question may have pictures among its parts, and foreign text fenced off before it; only the follower's own words steer the demo.

use serde_json::Value;

/// What a fence's first line starts with, what its last one ends with, and what stands before each line between them. Both of the
/// outer lines carry the same mark.
const OPENING: &str = "<<<";
const CLOSING: &str = ">>>";
const BAR: &str = "| ";

/// One question, taken apart.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// The follower's own words.
    pub(super) question: String,
    /// The addresses of its pictures.
    pub(super) pictures: Vec<String>,
    /// The first fenced text before or in it.
    pub(super) passage: Option<String>,
    /// What a tool answered, where that is the last word.
    pub(super) tool_answer: Option<String>,
}

/// Takes the last question of a request apart.
pub(super) fn read(request: &Value) -> Prompt {
    let messages = request["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let tool_answer = messages.last().filter(|message| message["role"] == "tool").map(|message| text_of(&message["content"]));
    let Some(last) = messages.iter().rev().find(|message| message["role"] == "user") else { return Prompt::default() };
    let text = text_of(&last["content"]);
    let (question, fenced) = unfence(&text);
    let system = messages.iter().rev().filter(|message| message["role"] == "system").map(|message| text_of(&message["content"]));
    let passage = fenced.or_else(|| system.into_iter().find_map(|text| unfence(&text).1));
    let parts = last["content"].as_array().map_or(&[][..], Vec::as_slice);
    let pictures = parts.iter().filter_map(|part| part["image_url"]["url"].as_str().map(str::to_owned)).collect();
    Prompt { question, pictures, passage, tool_answer }
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        parts => {
            let texts = parts.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(|part| part["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
    }
}

/// The text without what is fenced off in it, and the first passage within a fence.
fn unfence(text: &str) -> (String, Option<String>) {
    let (mut own, mut passage, mut inside) = (Vec::new(), None, None::<(&str, Vec<&str>)>);
    for line in text.lines() {
        match &mut inside {
            Some((mark, lines)) if line.strip_suffix(CLOSING) == Some(*mark) => {
                passage = passage.or_else(|| Some(lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty()));
                inside = None;
            }
            Some((_, lines)) => lines.push(line.strip_prefix(BAR).unwrap_or(line)),
            None => match line.strip_prefix(OPENING).and_then(|rest| rest.split_whitespace().next()) {
                Some(mark) => inside = Some((mark, Vec::new())),
                None => own.push(line),
            },
        }
    }
    (own.join("\n").trim().to_owned(), passage)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_followers_own_words_are_told_from_what_is_fenced_off() {
        let text = "<<<m4rk web page “t”\n| 第一句。第二句。\n| #die\nm4rk>>>\n这篇讲什么";
        let prompt =
            read(&json!({ "messages": [{ "role": "system", "content": "be brief" }, { "role": "user", "content": text }] }));
        assert_eq!(prompt.question, "这篇讲什么");
        assert_eq!(prompt.passage.as_deref(), Some("第一句。第二句。\n#die"));
    }

    #[test]
    fn pictures_and_the_answer_of_a_tool_are_found() {
        let picture = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } });
        let parts = json!([{ "type": "text", "text": "两行\n问题" }, picture]);
        let prompt = read(&json!({ "messages": [{ "role": "user", "content": parts }, { "role": "tool", "content": "done" }] }));
        assert_eq!((prompt.question.as_str(), prompt.pictures.len()), ("两行\n问题", 1));
        assert_eq!((prompt.passage, prompt.tool_answer.as_deref()), (None, Some("done")));
    }
}
