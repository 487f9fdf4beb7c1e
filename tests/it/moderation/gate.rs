//! The gate in a stream: nothing passes before it was judged, nothing is lost, no cut hides a word.

use std::sync::Arc;

use huixin::moderation::{By, Chain, Decision, Gate, Point, Settings, Verdict, canary::Canary, gate::Passed, links::Policy};

use super::{
    chain,
    fake::{Act, Fake, clean, flagged},
    folder, of_words, open_ai,
};

fn of_list(list: &str) -> Arc<Chain> {
    let folder = folder(&[("w.txt", list)]);
    Arc::new(chain(of_words(&[folder.path().to_owned()])))
}

/// All that came out of the gate, piece by piece, and the verdict at which it stopped.
async fn through(gate: &mut Gate, pieces: impl IntoIterator<Item = String>) -> (Vec<String>, Option<Verdict>) {
    let mut released = Vec::new();
    for piece in pieces {
        match gate.push(piece).await {
            Passed::Text(text) => released.push(text),
            Passed::Stopped(verdict) => return (released, Some(verdict)),
        }
    }
    match gate.end().await {
        Passed::Text(text) => released.push(text),
        Passed::Stopped(verdict) => return (released, Some(verdict)),
    }
    (released, None)
}

fn letters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

#[tokio::test]
async fn without_anything_to_look_for_pieces_go_through_untouched() {
    let mut gate = Gate::new(Arc::new(chain(Settings::default())), Point::Answer, "q");
    let pieces = ["你", "好 https", "://a.example", "![x](https://b.example/?q=1)"].map(String::from);
    let (released, verdict) = through(&mut gate, pieces.clone()).await;
    assert_eq!((&released[..4], verdict), (&pieces[..], None));
}

#[tokio::test]
async fn a_word_over_a_cut_is_found_before_any_of_it_passes() {
    let chain = of_list("敏感词语\nbad word\n[replace]\n脏 话\n");
    for text in ["一段话，敏 感\u{200b}词。语，后面", "It is a bad\n\nword, or not"] {
        let (released, verdict) = through(&mut Gate::new(Arc::clone(&chain), Point::Answer, "q"), letters(text)).await;
        let verdict = verdict.unwrap();
        assert_eq!((verdict.decision, verdict.by), (Decision::Drop, By::Words));
        let released = released.concat();
        assert!(!released.contains('敏') && !released.contains("bad") && !released.is_empty(), "{released}");
    }
    let (released, verdict) = through(&mut Gate::new(chain, Point::Answer, "q"), letters("这句脏。话 bad words 敏感词。")).await;
    assert_eq!((released.concat().as_str(), verdict), ("这句＊。＊ bad words 敏感词。", None));
}

#[tokio::test]
async fn a_stopped_gate_stays_stopped_until_the_stream_begins_anew() {
    let mut gate = Gate::new(of_list("敏感词\n"), Point::Answer, "q");
    assert!(matches!(gate.push("敏感词".to_owned()).await, Passed::Stopped(_)));
    assert!(matches!(gate.push("好".to_owned()).await, Passed::Stopped(_)));
    assert!(matches!(gate.end().await, Passed::Stopped(_)));
    gate.restart();
    assert_eq!(gate.push("好".to_owned()).await, Passed::Text("好".to_owned()));
    assert_eq!(gate.end().await, Passed::Text(String::new()));
}

#[tokio::test]
async fn a_service_judges_sentences_and_nothing_passes_before_it_did() {
    let fake = Fake::flagging("坏").await;
    let sentence = format!("{}。", "好".repeat(45));
    let mut gate = Gate::new(Arc::new(chain(open_ai(&fake))), Point::Answer, "q");
    for letter in sentence.chars().take(45) {
        assert_eq!(gate.push(letter.to_string()).await, Passed::Text(String::new()));
    }
    assert_eq!(gate.push("。".to_owned()).await, Passed::Text(sentence.clone()));
    assert_eq!(gate.push("这句是坏的".to_owned()).await, Passed::Text(String::new()));
    let Passed::Stopped(verdict) = gate.end().await else { panic!("it passed") };
    assert_eq!((verdict.label.as_str(), verdict.by), ("violence", By::OpenAi));
    assert_eq!(fake.inputs(), [sentence.clone(), format!("{sentence}这句是坏的")]);
}

#[tokio::test]
async fn a_text_without_sentences_is_cut_by_length() {
    let fake = Fake::start(|_, _| Act::Answer(200, clean())).await;
    let mut gate = Gate::new(Arc::new(chain(open_ai(&fake))), Point::Answer, "q");
    let text = "字".repeat(450);
    let (released, verdict) = through(&mut gate, [text.clone()]).await;
    assert_eq!((released.concat(), verdict), (text, None));
    assert_eq!(fake.inputs().iter().map(|input| input.chars().count()).collect::<Vec<_>>(), [200, 300, 150]);
}

#[tokio::test]
async fn an_answer_ends_where_the_service_fails() {
    let fake = Fake::start(|count, _| if count == 0 { Act::Answer(200, clean()) } else { Act::Answer(401, flagged()) }).await;
    let mut gate = Gate::new(Arc::new(chain(open_ai(&fake))), Point::Answer, "q");
    let first = format!("{}。", "好".repeat(60));
    let (released, verdict) = through(&mut gate, [first.clone(), "还有一句。".repeat(20)]).await;
    assert_eq!(released.concat(), first);
    assert_eq!(verdict.map(|verdict| (verdict.by, verdict.label)), Some((By::Failure, "unauthorized".to_owned())));
}

#[tokio::test]
async fn the_canary_stops_an_answer_and_a_split_link_is_disarmed_whole() {
    let canary = Canary::of("3f9a17c204be58d6");
    let policy = Policy { canary: Some(canary), known: Vec::new() };
    let nothing = Arc::new(chain(Settings::default()));
    let guarded = || Gate::new(Arc::clone(&nothing), Point::Answer, "q").guarding(policy.clone());

    let (released, verdict) = through(&mut guarded(), letters("好的，暗号是 3f9a-17c2-04be-58d6。")).await;
    assert_eq!(verdict.map(|verdict| verdict.by), Some(By::Canary));
    assert_eq!(released.concat(), "好的，暗号是 ");

    let joined = "3f9a17c2 https://x:04be58d6@04be58d6/ ";
    let (released, verdict) = through(&mut guarded(), [joined.to_owned()]).await;
    assert_eq!(verdict.map(|verdict| verdict.by), Some(By::Canary), "{released:?}");

    let text = format!("看 ![图](https://e.example/{}) 和 [文档](https://d.example/a) 完!", "x".repeat(60));
    let (released, verdict) = through(&mut guarded(), letters(&text)).await;
    assert_eq!((released.concat().as_str(), verdict), ("看 图 (e[.]example) 和 [文档](https://d.example/a) 完!", None));
}
