//! What one passive reply says: pure planning within WeChat's 2048 bytes.

use crate::{
    app::{Account, App, capability::Pushing},
    bot::{
        command::{self, Command},
        text, wording,
    },
    config::Language,
    db::{
        answer_parts::{Kind, Waiting},
        questions::{self, Question},
    },
};

use super::{Delivery, Wants};

/// Bytes of UTF-8 in one text. WeChat shows up to 2048; the margin is for what a client may count differently.
pub const TEXT_LIMIT: usize = 2000;

/// Bytes kept free for a label above a part.
const LABEL_ROOM: usize = 160;

/// Bytes kept free for two tappable words below a part, separators included.
const TAPS_ROOM: usize = 300;

/// Letters of a question in a label.
const QUOTE_CHARS: usize = 16;

/// Who speaks to whom: what the words around an answer depend on.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    pub account: &'a Account,
    pub public_url: Option<&'a str>,
    pub language: Language,
}

impl<'a> Manner<'a> {
    /// How this account speaks to a follower.
    pub fn new(app: &'a App, account: &'a Account, openid: &str) -> Self {
        Self { account, public_url: app.config.public_url.as_deref(), language: app.language(&account.name, openid) }
    }
}

/// A reply, and the waiting parts it delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub content: Content,
    pub parts: Vec<(String, i64)>,
    /// Whether parts of the same answer still wait.
    pub leaves_more: bool,
}

/// What a reply holds: WeChat takes a text, or one picture or voice alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    Medium(Waiting),
}

/// The whole sentences of an unfinished answer that fit into one reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// How many bytes of the Markdown it stands for.
    pub bytes: usize,
}

/// How large a part may be, so that label, taps and link fit beside it.
pub fn part_limit(app: &App) -> usize {
    // A link in a reply is about twice its address: the page's path and the words around it.
    let link = app.config.public_url.as_ref().map_or(0, |url| url.len() + 90);
    TEXT_LIMIT.saturating_sub(LABEL_ROOM + TAPS_ROOM + link).max(800)
}

/// A reply from what waits for the follower; `None` when nothing of the wanted answer does.
pub fn plan(manner: Manner<'_>, delivery: &Delivery, waiting: &[Waiting], pushing: Pushing) -> Option<Plan> {
    let language = manner.language;
    let mut own = waiting.iter().filter(|part| part.question_id == delivery.question_id);
    let first = own.next()?;
    let leaves_more = own.next().is_some();
    let mut parts = vec![(first.question_id.clone(), first.seq)];
    if first.kind != Kind::Text {
        return Some(Plan { content: Content::Medium(first.clone()), parts, leaves_more });
    }
    let mut text = first.text.clone();
    let is_newest = waiting.iter().all(|part| part.asked_at <= first.asked_at);
    if delivery.wants == Wants::More && !is_newest {
        text = format!("{}\n{text}", wording::label(&text::quote(&first.question, QUOTE_CHARS), language));
    }
    // Parts that are pushed right behind this one bring the footer.
    let is_pushed = leaves_more && pushing == Pushing::Allowed;
    let footer = if is_pushed { String::new() } else { footer(manner, first, leaves_more) };
    let mut late = late_answers(delivery, waiting);
    // Whole late answers go first, in the order they were asked, as long as everything fits.
    let mut before = String::new();
    late.retain(|answer| {
        let label = wording::label(&text::quote(&answer[0].question, QUOTE_CHARS), language);
        let body: Vec<&str> = answer.iter().map(|part| part.text.as_str()).collect();
        let block = format!("{label}\n{}\n\n", body.join("\n"));
        let is_text = answer.iter().all(|part| part.kind == Kind::Text);
        let fits = !leaves_more && is_text && before.len() + block.len() + text.len() + footer.len() + TAPS_ROOM <= TEXT_LIMIT;
        if fits {
            before.push_str(&block);
            parts.extend(answer.iter().map(|part| (part.question_id.clone(), part.seq)));
        }
        !fits
    });
    if !before.is_empty() {
        text = format!("{before}{}\n{text}", wording::label(&text::quote(&first.question, QUOTE_CHARS), language));
    }
    let also = late.first().map(|answer| also_ready(manner, answer[0])).unwrap_or_default();
    Some(Plan { content: Content::Text(with_footer(text, &[footer, also])), parts, leaves_more })
}

/// Everything that waits of other questions, one list for each, oldest first.
fn late_answers<'a>(delivery: &Delivery, waiting: &'a [Waiting]) -> Vec<Vec<&'a Waiting>> {
    let mut answers: Vec<Vec<&Waiting>> = Vec::new();
    for part in waiting.iter().filter(|part| part.question_id != delivery.question_id) {
        match answers.last_mut() {
            Some(answer) if answer[0].question_id == part.question_id => answer.push(part),
            _ => answers.push(vec![part]),
        }
    }
    answers
}

/// The reply to a delivery that nothing whole can be said to: the beginning, 继续 and the page.
pub fn interim(manner: Manner<'_>, question_id: &str, so_far: Option<(&str, &Question)>) -> String {
    let language = manner.language;
    let head = match so_far {
        Some((text, _)) if !text.is_empty() => format!("{text}\n{}", wording::goes_on(language)),
        Some((_, question)) if question.kind == questions::Kind::Draw => wording::still_drawing(language).to_owned(),
        _ => wording::still_writing(language).to_owned(),
    };
    let more = tap(manner, Command::Continue, question_id);
    let page = so_far.and_then(|(_, question)| page_link(manner, &question.page_token)).unwrap_or_default();
    with_footer(head, &[joined(&[&more, &page])])
}

/// The longest beginning of `rest` (Markdown that is still being written) that consists of whole sentences and fits.
pub fn beginning(app: &App, rest: &str) -> Piece {
    let limit = part_limit(app);
    let mut bytes = text::complete_prefix(rest);
    loop {
        let text = text::chat_text(&rest[..bytes]);
        if bytes == 0 || text.len() <= limit {
            return Piece { text, bytes };
        }
        // Markdown is about as long as its chat text: cut as much as is too much, and at least a little.
        let wanted = bytes.saturating_sub((text.len() - limit).max(16));
        bytes = text::complete_prefix(&rest[..rest.floor_char_boundary(wanted)]);
    }
}

/// What stands below a part: more of it, or what can be done with the whole.
pub fn footer(manner: Manner<'_>, part: &Waiting, offers_more: bool) -> String {
    let of = |command| tap(manner, command, &part.question_id);
    if offers_more {
        let page = page_link(manner, &part.page_token).unwrap_or_default();
        return joined(&[&of(Command::Continue), &page]);
    }
    joined(&[&of(Command::Again), &of(Command::Reset)])
}

/// A tappable word, bound to its answer: by WeChat's menu id, and where that does not come back, by a code behind the word.
pub fn tap(manner: Manner<'_>, command: Command, question_id: &str) -> String {
    let word = command.word(manner.language);
    if manner.account.returns_menu_ids() {
        return text::tap(word, word, question_id);
    }
    text::tap(word, &format!("{word} {}", command::code(question_id)), question_id)
}

/// The link to an answer's page, where there is a public address.
pub fn page_link(manner: Manner<'_>, page_token: &str) -> Option<String> {
    let url = manner.public_url?;
    Some(wording::whole_answer(&format!("{url}/a/{page_token}"), manner.language))
}

fn also_ready(manner: Manner<'_>, part: &Waiting) -> String {
    let tap = tap(manner, Command::Continue, &part.question_id);
    wording::also_ready(&text::quote(&part.question, QUOTE_CHARS), &tap, manner.language)
}

fn joined(words: &[&str]) -> String {
    words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join("　")
}

/// `text` with those footers that still fit.
fn with_footer(mut text: String, footers: &[String]) -> String {
    let mut gap = "\n\n";
    for footer in footers.iter().filter(|footer| !footer.is_empty()) {
        if text.len() + gap.len() + footer.len() <= TEXT_LIMIT {
            text = format!("{text}{gap}{footer}");
            gap = "\n";
        }
    }
    text
}
