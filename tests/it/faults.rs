//! Everything an upstream can do wrong, against both ways of replying: one answer or one apology, read to its end.

use huixin::bot::text::chat_text;

use crate::support::{
    Engine, World, WorldBuilder,
    chat::{bare, page_link, tap},
    on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

/// What the follower has in the end.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Everything the model wrote.
    Whole,
    /// What it wrote before the fault, with this behind it.
    CutShort(&'static str),
    /// No answer, and this.
    Apology(&'static str),
}

/// A fault of the upstream, by the demo model's words for it.
struct Case {
    question: &'static str,
    end: End,
    /// How often the model is asked: all tries together.
    asked: usize,
}

const BROKE_OFF: &str = "（回答中断了，没能写完。）";
const BUSY: &str = "现在提问的人太多";
const WENT_WRONG: &str = "刚才出了点问题";

const CASES: &[Case] = &[
    Case { question: "500 讲个故事", end: End::Apology(BUSY), asked: 3 },
    Case { question: "429 讲个故事", end: End::Whole, asked: 2 },
    Case { question: "die 讲个故事", end: End::CutShort(BROKE_OFF), asked: 3 },
    Case { question: "die-once 讲个故事", end: End::Whole, asked: 2 },
    Case { question: "filter 讲个故事", end: End::CutShort("（后面的内容不便显示。）"), asked: 1 },
    Case { question: "length 讲个故事", end: End::CutShort("（回答太长，只写到这里。"), asked: 1 },
    Case { question: "json 讲个故事", end: End::Whole, asked: 1 },
    // A web page with status 200 is a wrong address, which asking again does not mend.
    Case { question: "garbage 讲个故事", end: End::Apology(WENT_WRONG), asked: 1 },
    Case { question: "empty 讲个故事", end: End::Apology(WENT_WRONG), asked: 2 },
    Case { question: "error-in-stream 讲个故事", end: End::CutShort(BROKE_OFF), asked: 3 },
    Case { question: "think 讲个故事", end: End::Whole, asked: 1 },
    Case { question: "thinktag 讲个故事", end: End::Whole, asked: 1 },
    Case { question: "long 讲个故事", end: End::Whole, asked: 1 },
];

/// A model that falls silent, for which the time limit is short.
const HANG: &[Case] = &[Case { question: "hang 讲个故事", end: End::CutShort(BROKE_OFF), asked: 1 }];

fn openid(index: usize) -> String {
    format!("oFollower{index:019}")
}

fn passive(engine: Engine) -> WorldBuilder {
    WorldBuilder::new(engine).account(UNVERIFIED).with("REPLY_MODE", "passive")
}

fn push(engine: Engine) -> WorldBuilder {
    WorldBuilder::new(engine).account(VERIFIED).with("REPLY_MODE", "push")
}

/// Asks every question of `cases`, each as a follower of its own, and reads every answer to its end.
async fn run(world: World, cases: &[Case]) {
    let mut pushes = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        world.simulator.follow(&openid(index));
        pushes.push(world.simulator.say(&openid(index), case.question));
    }
    for push in pushes {
        world.simulator.finished(push).await;
    }
    for (index, case) in cases.iter().enumerate() {
        world.reads_on(&openid(index)).await;
        world.until(case.question, async |world: &World| ends_as(world, &openid(index), case).await.is_ok()).await;
        if let Err(what) = is_clean(&world, &openid(index), case) {
            panic!("{}: {what}", case.question);
        }
    }
    world.end().await;
}

/// Whether what the follower of `case` has read is all there should be.
async fn ends_as(world: &World, openid: &str, case: &Case) -> Result<(), String> {
    let shown = bare(&world.received(openid).join("\n"));
    let answer = world.texts(format!("SELECT answer FROM questions WHERE openid = '{openid}'")).await.remove(0);
    let apologies = shown.matches("抱歉").count();
    match case.end {
        End::Apology(words) => (apologies == 1 && shown.contains(words)).then_some(()).ok_or(shown),
        End::Whole | End::CutShort(_) if apologies > 0 => Err(shown),
        // A beginning that was shown before the end of the answer stands in a text of its own.
        End::Whole => is_read(&shown, &answer),
        End::CutShort(note) => {
            is_read(&shown, &answer)?;
            (shown.matches(&bare(note)).count() == 1).then_some(()).ok_or(shown)
        }
    }
}

/// Whether every paragraph of `answer` was shown, in order, and no paragraph twice as often as it was written.
fn is_read(shown: &str, answer: &str) -> Result<(), String> {
    let chat = chat_text(answer);
    let mut rest = shown;
    for sentence in chat.split('\n').map(bare).filter(|sentence| !sentence.is_empty()) {
        // A sentence may be cut between two parts; its beginning and its end are looked for.
        let letters: Vec<char> = sentence.chars().collect();
        let (begin, end) = (letters.iter().take(6).collect::<String>(), letters.iter().rev().take(6).rev().collect::<String>());
        for piece in [begin, end] {
            let Some(at) = rest.find(&piece) else { return Err(format!("{piece:?} of {sentence:?} is missing in {shown}")) };
            rest = &rest[at..];
        }
    }
    let opening = chat.lines().next().map(bare).unwrap_or_default();
    let (written, read) = (bare(&chat).matches(&opening).count(), shown.matches(&opening).count());
    if written == read { Ok(()) } else { Err(format!("{opening:?} was written {written} times and shown {read} times: {shown}")) }
}

fn is_clean(world: &World, openid: &str, case: &Case) -> Result<(), String> {
    let shown = world.received(openid).join("\n");
    if shown.contains("**") || shown.contains("先想清楚重点") || shown.contains("<think>") {
        return Err(format!("markup or thoughts in the chat: {shown}"));
    }
    match world.asked(case.question) {
        asked if asked == case.asked => Ok(()),
        asked => Err(format!("the model was asked {asked} times\n{shown}")),
    }
}

on_both_engines! {
    async fn every_fault_ends_with_one_answer_or_apology_where_only_replies_are_possible(engine: Engine) {
        run(passive(engine).start().await, CASES).await;
    }

    async fn every_fault_ends_with_one_answer_or_apology_where_answers_are_pushed(engine: Engine) {
        run(push(engine).start().await, CASES).await;
    }

    async fn a_model_that_falls_silent_ends_with_what_it_wrote_and_a_word_about_it(engine: Engine) {
        for builder in [passive(engine), push(engine)] {
            run(builder.with("LLM_TIMEOUT_SECS", "2").start().await, HANG).await;
        }
    }

    async fn a_long_answer_offers_more_and_its_page_below_every_part_but_the_last(engine: Engine) {
        let world = passive(engine).start().await;
        world.simulator.follow(&openid(0));
        world.says(&openid(0), "long 讲个故事").await;
        world.reads_on(&openid(0)).await;
        let texts = world.received(&openid(0));
        let (last, others) = texts.split_last().unwrap();
        assert!(others.len() > 5, "{}", texts.len());
        assert!(others.iter().all(|text| tap(text, "继续").is_some()), "{others:?}");
        assert!(others.iter().all(|text| page_link(text).is_some() || text.contains("回答还在写")), "{others:?}");
        assert!(tap(last, "继续").is_none() && tap(last, "换一个").is_some(), "{last}");
        assert!(texts.iter().all(|text| text.len() <= 2048));
        world.end().await;
    }
}
