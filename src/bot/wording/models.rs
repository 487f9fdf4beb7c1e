//! What is said about models: the list, what a name means, and which one was chosen.

use crate::{
    config::Language::{self, Chinese, English},
    llm::models::{Ability, Entry, Training},
};

/// A model in the list.
#[derive(Debug, Clone)]
pub struct Marked {
    pub entry: Entry,
    pub is_chosen: bool,
}

/// The list: chat models, then picture models from their first number on.
pub fn models(chat: &[Marked], (first, pictures): (usize, &[Marked]), language: Language) -> String {
    let (talking, drawing, foot) = match language {
        Chinese => ("对话模型：", "画图模型：", "发送「模型 编号」来选择，例如「模型 2」。"),
        English => ("To talk to:", "To draw:", "Send “/model” and a number to choose, for example “/model 2”."),
    };
    let mut blocks = vec![format!("{talking}\n{}", lines(chat, 1, language))];
    if !pictures.is_empty() {
        blocks.push(format!("{drawing}\n{}", lines(pictures, first, language)));
    }
    blocks.push(foot.to_owned());
    fitting(&blocks)
}

/// No list can be had.
pub fn no_models(current: &str, language: Language) -> String {
    match language {
        Chinese => format!("现在用的是 {current}，没有别的模型可以选。"),
        English => format!("{current} answers you; there is no other model to choose."),
    }
}

/// The words fit no model, or several.
pub fn which_model(words: &str, names: &[&str], language: Language) -> String {
    let list = names.iter().take(5).map(|name| format!("• {name}")).collect::<Vec<_>>().join("\n");
    match (names, language) {
        ([], Chinese) => format!("没有叫「{words}」的模型。发送「模型列表」看看有哪些。"),
        ([], English) => format!("There is no model “{words}”. Send “/models” to see those there are."),
        (_, Chinese) => format!("没有正好叫「{words}」的模型，你是指：\n{list}"),
        (_, English) => format!("No model is just “{words}”. Did you mean:\n{list}"),
    }
}

/// A model was chosen, to talk to or to draw.
pub fn model_chosen(entry: &Entry, talks: bool, language: Language) -> String {
    let (name, meaning) = (&entry.name, meaning(entry, language));
    let meaning = if meaning.is_empty() { String::new() } else { format!("（{meaning}）") };
    match (talks, language) {
        (true, Chinese) => format!("好的，以后由 {name}{meaning}回答你。"),
        (true, English) => format!("From now on {name} {meaning} answers you.").replace("  ", " "),
        (false, Chinese) => format!("好的，以后由 {name}{meaning}画图。"),
        (false, English) => format!("From now on {name} {meaning} draws for you.").replace("  ", " "),
    }
}

fn lines(models: &[Marked], first: usize, language: Language) -> String {
    let line = |(index, model): (usize, &Marked)| {
        let mark = if model.is_chosen { " ✓" } else { "" };
        let meaning = meaning(&model.entry, language);
        let gap = if meaning.is_empty() { "" } else { " · " };
        format!("{}. {}{gap}{meaning}{mark}", first + index, model.entry.name)
    };
    models.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// As many lines as a text has room for; a list that is cut says so.
fn fitting(blocks: &[String]) -> String {
    const ROOM: usize = 1900;
    let whole = blocks.join("\n\n");
    if whole.len() <= ROOM {
        return whole;
    }
    let foot = blocks.last().cloned().unwrap_or_default();
    let mut kept = String::new();
    for line in blocks[..blocks.len() - 1].join("\n\n").lines() {
        if kept.len() + line.len() + foot.len() + 8 > ROOM {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    format!("{kept}……\n\n{foot}")
}

/// What is known of a model from its name, in a few words; nothing where nothing is known.
fn meaning(entry: &Entry, language: Language) -> String {
    let named = &entry.named;
    let mut words = Vec::new();
    if let Some(family) = named.family {
        let version = named.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let shown = format!("{family}{version}");
        if !entry.name.eq_ignore_ascii_case(&shown.replace(' ', "-")) {
            words.push(shown);
        }
    }
    words.extend(named.size_millions.map(|millions| size(millions, language)));
    words.extend(named.training.and_then(|training| trained(training, language)).map(str::to_owned));
    words.extend(named.base.map(|base| match language {
        Chinese => format!("基于 {base}"),
        English => format!("from {base}"),
    }));
    let sense = |ability, chinese: &str, english: &str| {
        entry.abilities.contains(ability).then(|| if language == Chinese { chinese.to_owned() } else { english.to_owned() })
    };
    words.extend(sense(Ability::Thinks, "会思考", "thinks first"));
    words.extend(sense(Ability::Sees, "能看图", "sees"));
    words.join(if language == Chinese { "，" } else { ", " })
}

/// Parameters as people say them: 8b is 80 亿, eight thousand million.
fn size(millions: u64, language: Language) -> String {
    match (millions, language) {
        (..100, Chinese) => format!("{} 万参数", millions * 100),
        (_, Chinese) => format!("{} 亿参数", decimal(millions as f64 / 100.0)),
        (..1000, English) => format!("{millions} million parameters"),
        (_, English) => format!("{} thousand million parameters", decimal(millions as f64 / 1000.0)),
    }
}

fn decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn trained(training: Training, language: Language) -> Option<&'static str> {
    match (training, language) {
        (Training::Distilled, Chinese) => Some("蒸馏"),
        (Training::Distilled, English) => Some("distilled"),
        (Training::FineTuned, Chinese) => Some("微调"),
        (Training::FineTuned, English) => Some("fine-tuned"),
        _ => None,
    }
}
