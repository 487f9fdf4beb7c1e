//! Lists of words: what they find, how they are written, how they change.

use huixin::moderation::{
    By, Chain, Decision, Point, SettingsError,
    words::{
        Reload, Words,
        list::{ListError, Warning},
    },
};

use super::{chain, folder, of_words};

async fn decide(chain: &Chain, text: &str) -> Decision {
    chain.check(Point::Question, text).await.decision
}

#[tokio::test]
async fn known_evasions_do_not_hide_a_word() {
    let folder = folder(&[("words.txt", "敏感词\nForbidden\n加微信123\n")]);
    let chain = chain(of_words(&[folder.path().to_owned()]));
    for text in [
        "这是敏感词。",
        "這是敏感詞。",
        "敏 感 词",
        "敏\u{3000}感\n词",
        "敏-感*词",
        "敏。感，词！",
        "敏🌸感🌸词",
        "敏\u{200b}感\u{feff}词",
        "敏\u{e0041}感\u{fe0f}词",
        "敏\u{202e}感\u{2066}词",
        "敏\u{3164}感\u{115f}词",
        "敏感\u{0336}词\u{0336}",
        "ＦＯＲＢＩＤＤＥＮ",
        "fOrBiDdEn",
        "f.o.r.b.i.d.d.e.n",
        "f o r b i d d e n",
        "ⓕⓞⓡⓑⓘⓓⓓⓔⓝ",
        "𝒇𝒐𝒓𝒃𝒊𝒅𝒅𝒆𝒏",
        "fоrbіddеn",
        "fórbíddén",
        "说forbidden吗",
        "加 微 信：１２３",
        "加微信①②③",
    ] {
        assert_eq!(decide(&chain, text).await, Decision::Drop, "{text}");
    }
    for text in ["敏锐的感觉，用词准确", "unforbidden", "forbiddenness", "加微信1234", "", " ", "😀"] {
        assert_eq!(decide(&chain, text).await, Decision::Pass, "{text}");
    }
}

#[tokio::test]
async fn a_section_says_what_becomes_of_its_words() {
    let list = "\u{feff}# 注释\r\n丢弃词\r\n[Hold]\r\n待审词\r\n[ replace ]\r\n*damn*\r\n脏话\r\n";
    let folder = folder(&[("a.txt", list), ("b.txt", "[drop]\n脏话连篇\n"), ("c.md", "不是词表\n")]);
    let chain = chain(of_words(&[folder.path().to_owned()]));
    assert_eq!(decide(&chain, "丢弃词").await, Decision::Drop);
    assert_eq!(decide(&chain, "待审词，脏话").await, Decision::Hold);
    assert_eq!(
        decide(&chain, "一句脏\u{200b} 话，goddamned!").await,
        Decision::Replace("一句＊\u{200b} ＊，god＊＊＊＊ed!".to_owned())
    );
    assert_eq!(decide(&chain, "不是词表").await, Decision::Pass);
    let verdict = chain.check(Point::Passage, "脏话连篇").await;
    assert_eq!((verdict.decision, verdict.label.as_str(), verdict.by), (Decision::Drop, "b.txt:2", By::Words));
}

#[test]
fn lines_that_would_match_everything_are_refused_by_file_and_line() {
    let folder = folder(&[("words.txt", "好词\n\n   \n的\n***\na\n# 注释\n两字\n")]);
    let file = folder.path().join("words.txt");
    let (words, warnings) = Words::open(&[file]).unwrap();
    assert_eq!(words.list().len(), 2);
    let lines: Vec<_> = warnings.iter().map(|Warning { file, line, .. }| (file.as_str(), *line)).collect();
    assert_eq!(lines, [("words.txt", 2), ("words.txt", 3), ("words.txt", 4), ("words.txt", 5), ("words.txt", 6)]);
    assert_eq!(warnings[2].to_string(), "words.txt:4: a word of one character would be found almost everywhere");
}

#[test]
fn settings_without_a_usable_list_are_refused() {
    for (text, is_expected) in [
        (&b"[dorp]\nword\n"[..], (|error| matches!(error, ListError::Section { line: 1, .. })) as fn(&ListError) -> bool),
        (b"\n# nothing\n", |error| matches!(error, ListError::Empty { .. })),
        (b"\xc3\x28word\n", |error| matches!(error, ListError::NotText { .. })),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words.txt");
        std::fs::write(&file, text).unwrap();
        let SettingsError::Words(error) = Chain::new(of_words(&[file])).unwrap_err() else { panic!("another error") };
        assert!(is_expected(&error), "{error}");
    }
    let error = Chain::new(of_words(&["/nowhere/words.txt".into()])).unwrap_err();
    assert!(error.to_string().contains("/nowhere/words.txt"), "{error}");
}

#[tokio::test]
async fn a_changed_list_is_read_again_and_a_broken_one_is_not() {
    let folder = folder(&[("words.txt", "旧词\n")]);
    let file = folder.path().join("words.txt");
    let chain = chain(of_words(&[folder.path().to_owned()]));
    assert_eq!(chain.reload_if_changed(), Reload::Unchanged);

    std::fs::write(&file, "新的词\n\n").unwrap();
    let Reload::Loaded { words: 1, warnings } = chain.reload_if_changed() else { panic!("not loaded") };
    assert_eq!(warnings.len(), 1);
    assert_eq!((decide(&chain, "旧词").await, decide(&chain, "新的词").await), (Decision::Pass, Decision::Drop));

    for broken in ["[oops]\n另一个词\n", ""] {
        std::fs::write(&file, broken).unwrap();
        assert!(matches!(chain.reload_if_changed(), Reload::Kept { .. }), "{broken}");
        assert_eq!(chain.reload_if_changed(), Reload::Unchanged, "it is said once");
        assert_eq!(decide(&chain, "新的词").await, Decision::Drop);
    }

    std::fs::remove_file(&file).unwrap();
    assert!(matches!(chain.reload_if_changed(), Reload::Kept { .. }));
    std::fs::write(folder.path().join("more.txt"), "再来一个\n").unwrap();
    assert!(matches!(chain.reload_if_changed(), Reload::Loaded { words: 1, .. }));
    assert!(matches!(chain.reload(), Reload::Loaded { words: 1, .. }));
    assert_eq!((decide(&chain, "新的词").await, decide(&chain, "再来一个").await), (Decision::Pass, Decision::Drop));
}

#[tokio::test]
async fn a_folder_that_vanishes_leaves_its_list_in_force() {
    let folder = folder(&[("words.txt", "某个词\n")]);
    let inner = folder.path().join("lists");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("words.txt"), "某个词\n").unwrap();
    let chain = chain(of_words(std::slice::from_ref(&inner)));
    std::fs::remove_dir_all(&inner).unwrap();
    assert!(matches!(chain.reload_if_changed(), Reload::Kept { error: ListError::Unreadable { .. } }));
    assert_eq!(chain.reload_if_changed(), Reload::Unchanged);
    assert_eq!(decide(&chain, "某个词").await, Decision::Drop);
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("words.txt"), "某个词\n").unwrap();
    assert!(matches!(chain.reload_if_changed(), Reload::Loaded { words: 1, .. }));
}

#[tokio::test]
async fn nothing_configured_lets_everything_pass() {
    let chain = chain(of_words(&[]));
    assert!(chain.is_empty());
    assert_eq!(chain.check(Point::Answer, "敏感词").await.by, By::Nobody);
    assert_eq!(chain.reload(), Reload::Unchanged);
}
