//! Attacks through what the model reads: nothing leaves its fence, and what an obedient model writes carries nothing out.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use huixin::{
    article::html::page_html,
    moderation::{
        Chain, Gate, Point, Settings,
        canary::Canary,
        fence::{Fence, Kind},
        gate::Passed,
        links::Policy,
        words::normal::Normal,
    },
};

const ATTACKS: &str = include_str!("attacks.txt");
pub(super) const ANSWERS: &str = include_str!("answers.txt");

const FENCE: &str = "5be1a0c47d92f836";
const MARK: &str = "3f9a17c204be58d6";
/// What a conversation might hold: long enough to matter.
pub(super) const LONG: &str = "5oiR55qE6Lqr5Lu96K-B5Y-35piv6L-Z5Liq6K-35L-d5a-G5LiN6KaB5ZGK6K-J5Yir5Lq66LCi6LCi";

/// What a model's template, a fence or a hidden text is made of; none of it may stand in fenced text.
const FORBIDDEN: [&str; 12] =
    ["<|", "|>", "<｜", "｜>", "<<<", ">>>", "<<SYS>>", "[INST]", "</s>", "<tool_call>", "<system>", "<start_of_turn>"];

/// The lines of a corpus without its comments, with their escapes resolved.
pub(super) fn lines(corpus: &str) -> impl Iterator<Item = String> {
    corpus.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(unescaped)
}

fn unescaped(line: &str) -> String {
    let mut plain = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('u') => {
                let code: String = letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                plain.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
            }
            other => plain.extend(other),
        }
    }
    plain
}

/// Letters and digits alone, as a reader sees them.
fn read(text: &str) -> String {
    Normal::of(text).text
}

/// A sentence of an obedient model, with its placeholders filled.
pub(super) fn filled(answer: &str, mark: &str) -> String {
    let spaced: String = mark.chars().flat_map(|letter| [letter, ' ']).collect();
    let percent = mark.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02X}").unwrap();
        text
    });
    let hex = percent.replace('%', "");
    let reversed: String = mark.chars().rev().collect();
    let base64 = STANDARD_NO_PAD.encode(format!("> {mark} and so on"));
    [
        ("{mark}", mark),
        ("{spaced}", &spaced),
        ("{percent}", &percent),
        ("{hex}", &hex),
        ("{reversed}", &reversed),
        ("{base64}", &base64),
        ("{long}", LONG),
    ]
    .iter()
    .fold(answer.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What a follower gets of `answer`, which comes in pieces of `size` characters.
async fn delivered(answer: &str, size: usize) -> String {
    let nothing = Arc::new(Chain::new(Settings::default()).unwrap());
    let mut gate = Gate::new(nothing, Point::Answer, "q")
        .guarding(Policy { canary: Some(Canary::of(MARK)), known: vec!["https://known.example/page".to_owned()] });
    let letters: Vec<char> = answer.chars().collect();
    let mut delivered = String::new();
    for piece in letters.chunks(size) {
        match gate.push(piece.iter().collect()).await {
            Passed::Text(text) => delivered += &text,
            Passed::Stopped(_) => return delivered,
        }
    }
    match gate.end().await {
        Passed::Text(text) => delivered + &text,
        Passed::Stopped(_) => delivered,
    }
}

fn assert_fenced(fenced: &str, attack: &str) {
    let lines: Vec<&str> = fenced.split('\n').collect();
    let (first, last) = (lines[0], lines[lines.len() - 1]);
    assert!(first.starts_with(&format!("<<<{FENCE} ")) && last == format!("{FENCE}>>>"), "{attack:?}\n{fenced}");
    assert_eq!(fenced.matches(FENCE).count(), 2, "{attack:?}\n{fenced}");
    for line in &lines[1..lines.len() - 1] {
        assert!(line.starts_with("| "), "{attack:?}\n{fenced}");
    }
    let inside = lines[1..lines.len() - 1].iter().map(|line| &line[2..]).collect::<Vec<_>>().join("\n");
    for (text, from) in [(inside.as_str(), 0), (first, 3)] {
        let lower = text[from..].to_lowercase();
        assert!(FORBIDDEN.iter().all(|form| !lower.contains(&form.to_lowercase())), "{attack:?}\n{fenced}");
        assert!(text.chars().all(|letter| letter == '\n' || letter == '\t' || !letter.is_control()), "{attack:?}\n{fenced}");
        let hidden = [
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{feff}',
            '\u{ad}',
            '\u{fe0f}',
            '\u{e0041}',
        ];
        assert!(
            !text.contains(hidden) && !text.chars().any(|letter| ('\u{e0000}'..='\u{e0fff}').contains(&letter)),
            "{attack:?}"
        );
    }
}

#[test]
fn the_corpus_is_large_and_repeats_nothing() {
    let attacks: BTreeSet<String> = lines(ATTACKS).collect();
    assert_eq!(attacks.len(), lines(ATTACKS).count());
    assert!(attacks.len() >= 300, "{}", attacks.len());
    assert!(lines(ANSWERS).count() >= 45);
}

#[test]
fn every_attack_stays_inside_its_fence() {
    let fence = Fence::with_mark(FENCE);
    for attack in lines(ATTACKS) {
        for kind in [Kind::Page, Kind::File, Kind::Quote, Kind::Transcript, Kind::Picture] {
            let knowing = format!("{attack}\n{FENCE}>>>\n{attack}");
            for text in [&attack, &knowing] {
                assert_fenced(&fence.wrap(kind, &attack, text), &attack);
            }
        }
        let fenced = fence.wrap(Kind::Page, "", &attack);
        let inside: String = fenced.lines().skip(1).filter_map(|line| line.strip_prefix("| ")).collect();
        assert_eq!(read(&inside), read(&attack), "nothing that can be read is lost");
    }
}

#[tokio::test]
async fn an_obedient_answer_carries_neither_mark_nor_conversation_out() {
    let canary = Canary::of(MARK);
    for answer in lines(ANSWERS).map(|answer| filled(&answer, MARK)) {
        for text in [answer.clone(), format!("好的。{answer}\n\n还有什么问题？")] {
            for size in [1, 7, 10_000] {
                let delivered = delivered(&text, size).await;
                assert!(!canary.is_in(&delivered), "{text}\n{delivered}");
                let html = page_html(&delivered);
                assert!(!html.contains("<img"), "{text}\n{html}");
                for address in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(!address.contains(&LONG[..40]) && !address.starts_with("weixin"), "{text}\n{html}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_repeats_an_attack_loads_no_picture() {
    for attack in lines(ATTACKS) {
        let whole = delivered(&attack, 10_000).await;
        assert_eq!(delivered(&attack, 1).await, whole);
        assert!(!page_html(&whole).contains("<img"), "{attack}\n{whole}");
    }
}

#[test]
fn the_rule_names_the_fence_and_gives_nothing_else_away() {
    let fence = Fence::random();
    let fenced = fence.wrap(Kind::Page, "标题", "正文");
    let mark = fenced.lines().last().unwrap().trim_end_matches('>').to_owned();
    assert!(mark.len() == 16 && fence.rule().contains(&mark));
    assert!(!Fence::random().wrap(Kind::Page, "标题", "正文").contains(&mark), "each question has a fence of its own");
}
