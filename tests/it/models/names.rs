//! What is read from the names that models really have.

use huixin::llm::models::{Ability, Named, Training, parse};
use proptest::prelude::*;

/// A real name in each line, a tab, and what is known from it.
const NAMES: &str = include_str!("names.tsv");

/// Everything that is known, in one line.
fn summary(named: &Named) -> String {
    let who = [named.maker.map(|maker| format!("{maker}:")), named.family.map(str::to_owned), named.version.clone()];
    let mut parts = vec![who.into_iter().flatten().collect::<Vec<_>>().join(" ")];
    parts.push(named.editions.join(" "));
    parts.extend(named.experts.map(|count| format!("{count} experts")));
    parts.extend(named.size_millions.map(|millions| format!("{millions}M")));
    parts.extend(named.active_millions.map(|millions| format!("{millions}M active")));
    parts.extend(named.training.map(|training| match training {
        Training::Base => "base".to_owned(),
        Training::Instruct => "instruct".to_owned(),
        Training::Chat => "chat".to_owned(),
        Training::Distilled => "distilled".to_owned(),
        Training::FineTuned => "fine-tuned".to_owned(),
    }));
    parts.extend(named.base.map(|base| format!("of {base}")));
    parts.extend(named.quantisation.clone());
    parts.extend(named.date.map(|date| date.to_string()));
    parts.extend(named.context_thousands.map(|thousands| format!("{thousands}k")));
    let abilities: Vec<String> = named.abilities.iter().map(|ability| format!("{ability:?}").to_lowercase()).collect();
    parts.push(abilities.join("+"));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

#[test]
fn real_names_are_read_as_their_makers_mean_them() {
    let lines: Vec<(&str, &str)> = NAMES.lines().filter_map(|line| line.split_once('\t')).collect();
    assert!(lines.len() >= 150, "{} names", lines.len());
    let wrong: Vec<String> = lines
        .iter()
        .map(|(name, expected)| (name, *expected, summary(&parse(name))))
        .filter(|(_, expected, read)| expected != read)
        .map(|(name, expected, read)| format!("{name}\t{read}\n    expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[test]
fn of_an_unknown_name_nothing_is_said() {
    for name in [
        "",
        "-",
        "assistant",
        "my-model",
        "support-bot-latest-final",
        "模型",
        "gptx",
        "o10",
        "yields",
        "auto",
        "solar-system",
        "command",
        "speech-to-text",
    ] {
        let named = parse(name);
        let nothing = Named { editions: named.editions.clone(), ..Named::default() };
        assert_eq!(named, nothing, "{name}");
    }
    assert_eq!(
        parse("somebody/their-model-7b"),
        Named { vendor: Some("somebody".to_owned()), size_millions: Some(7000), ..Named::default() }
    );
    // What it reads, or what it makes? Nobody knows.
    assert!(parse("my-image-model").abilities.is_empty());
}

#[test]
fn the_vendor_is_what_stands_before_the_name() {
    for (name, vendor) in [
        ("Qwen/Qwen3-8B", Some("Qwen")),
        ("Pro/deepseek-ai/DeepSeek-V3", Some("Pro/deepseek-ai")),
        ("accounts/fireworks/models/glm-5p1", Some("fireworks")),
        ("models/gemini-2.5-flash", None),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("us/anthropic")),
        ("gpt-4.1", None),
        ("qwen2.5-vl", None),
    ] {
        assert_eq!(parse(name).vendor.as_deref(), vendor, "{name}");
    }
}

#[test]
fn what_is_denied_is_not_said() {
    assert!(parse("grok-4-fast-reasoning").abilities.contains(Ability::Thinks));
    assert!(!parse("grok-4-fast-non-reasoning").abilities.contains(Ability::Thinks));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(name in "\\PC{0,40}", shuffled in "[a-z0-9./:_-]{0,60}") {
        parse(&name);
        parse(&shuffled);
        parse(&format!("qwen{name}-llama{name}"));
    }
}
