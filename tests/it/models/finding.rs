//! Which model a follower's words mean.

use huixin::llm::models::{Entry, Found, Listing, configured::parse, listing::find};

const MODELS: &str =
    "gpt-4o, gpt-4o-mini, deepseek-ai/DeepSeek-V3, deepseek-ai/DeepSeek-R1, qwen-plus, qwen-max, Qwen/Qwen3-235B-A22B, o3";

fn names(found: &Found<'_>) -> Vec<String> {
    let names = |entries: &[&Entry]| entries.iter().map(|entry| entry.name.clone()).collect();
    match found {
        Found::One(entry) => names(&[entry]),
        Found::Several(entries) => names(entries),
        Found::None { nearest } => names(nearest),
    }
}

#[test]
fn a_model_is_found_by_number_by_name_and_by_a_part_of_its_name() {
    let listing = Listing::of_configured(&parse(MODELS).unwrap());
    let chat = listing.chat();
    for (words, expected) in [
        ("1", "gpt-4o"),
        ("８", "o3"),
        ("gpt-4o", "gpt-4o"),
        (" GPT-4O-Mini ", "gpt-4o-mini"),
        ("deepseek-v3", "deepseek-ai/DeepSeek-V3"),
        ("r1", "deepseek-ai/DeepSeek-R1"),
        ("mini", "gpt-4o-mini"),
        ("qwen-m", "qwen-max"),
        ("qwen 235b", "Qwen/Qwen3-235B-A22B"),
        ("ＱＷＥＮ－ＰＬＵＳ", "qwen-plus"),
        ("o3", "o3"),
    ] {
        let found = find(&chat, words);
        assert!(matches!(found, Found::One(_)), "{words}: {found:?}");
        assert_eq!(names(&found), [expected], "{words}");
    }
}

#[test]
fn what_fits_more_than_one_is_asked_back() {
    let listing = Listing::of_configured(&parse(MODELS).unwrap());
    for (words, expected) in [
        ("gpt", vec!["gpt-4o", "gpt-4o-mini"]),
        ("deepseek", vec!["deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-R1"]),
        ("qwen-", vec!["qwen-plus", "qwen-max"]),
    ] {
        let chat = listing.chat();
        let found = find(&chat, words);
        assert!(matches!(found, Found::Several(_)), "{words}: {found:?}");
        assert_eq!(names(&found), expected, "{words}");
    }
}

#[test]
fn what_fits_none_is_answered_with_the_nearest_names() {
    let listing = Listing::of_configured(&parse(MODELS).unwrap());
    let chat = listing.chat();
    for (words, nearest) in [
        ("gtp-4o", vec!["gpt-4o"]),
        ("qwen-pluss", vec!["qwen-plus", "qwen-max"]),
        ("depseek-r1", vec!["deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-V3"]),
        ("0", vec![]),
        ("9", vec![]),
        ("", vec![]),
        ("文心一言", vec![]),
    ] {
        let found = find(&chat, words);
        assert!(matches!(found, Found::None { .. }), "{words}: {found:?}");
        assert_eq!(names(&found), nearest, "{words}");
    }
}
