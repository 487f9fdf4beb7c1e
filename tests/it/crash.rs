//! `kill -9` at every named step of a question's life, with a real process that is started again on the same database.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use huixin::{
    db::{
        attachments::{self, Kind, New},
        upload_links::{self, UploadLink},
    },
    simulator::{Recording, Shown, Via},
    storage::Storage,
    telemetry::crash::STEPS,
};

use crate::{
    abilities::pages::Pages,
    support::{
        Engine, World, WorldBuilder, on_both_engines,
        process::Process,
        world::{UNVERIFIED, VERIFIED},
    },
};

const ANNA: &str = "oAnna000000000000000000000001";

/// A question whose answer takes 2.4 s to write, and ends with the word `whole` knows.
const QUESTION: &str = "drip 12 回信是什么";

/// Steps that only an account with pushes passes.
const PUSH_STEPS: &[&str] = &["acknowledged", "send begun", "sent", "send recorded", "push claim ended"];

/// Steps that only a question passes with which something came along, or that draws.
const OWN_STEPS: &[&str] = &["voice heard", "page read", "file read", "picture kept"];

/// What a follower does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Words,
    Drawing,
    Voice,
    Page,
    AboutFile,
}

/// Runs one question through a process that dies at `step`, and starts it again. Panics unless everything ends well.
async fn survives(engine: Engine, asks: Asks, step: &str) {
    let pushes = PUSH_STEPS.contains(&step);
    let page = "<html><body><p>这一页讲回信的来历。它讲得很长，足够被当作正文来读。</p></body></html>";
    let site = Pages::start(vec![("/page", "text/html; charset=utf-8", page.as_bytes().to_vec())]).await;
    let world = WorldBuilder::new(engine)
        .account(if pushes { VERIFIED } else { UNVERIFIED })
        .with("REPLY_MODE", if pushes { "push" } else { "auto" })
        .with("IMAGE_MODEL", "huixin-draw")
        .with("AUDIO_HEARING_MODEL", "huixin-hear")
        .with("FETCH_ALLOW_HOSTS", site.url.trim_start_matches("http://"))
        .surroundings()
        .await;
    world.simulator.follow(ANNA);
    let mut process = Process::start(&world.values.clone().with("HUIXIN_CRASH_AT", step)).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    ask(&world, asks, &site.url).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while process.is_alive() {
        assert!(Instant::now() < deadline, "{asks:?}: the process did not die at {step:?}\n{}", world.transcript());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut process = Process::start(&world.values).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    ends_well(&world, asks, step).await;
    process.kill();
    world.abandon().await;
}

async fn ask(world: &World, asks: Asks, site: &str) {
    match asks {
        Asks::Words => world.simulator.say(ANNA, QUESTION),
        Asks::Drawing => world.simulator.say(ANNA, "/draw slow 8 一只猫"),
        Asks::Voice => world.simulator.speak(ANNA, &Recording::unrecognised(QUESTION)),
        Asks::Page => world.simulator.say(ANNA, &format!("{QUESTION} {site}/page")),
        Asks::AboutFile => {
            hand_in(world, "回信写于春天。它很短。").await;
            world.simulator.say(ANNA, QUESTION)
        }
    };
}

/// A file that waits to be read.
async fn hand_in(world: &World, text: &str) {
    let folder = Path::new(world.values.of("DATA_DIR").unwrap()).join("objects");
    let key = Storage::in_folder(folder).unwrap().put(text.into(), "txt").await.unwrap();
    let file = New { object: Some(key.as_str().to_owned()), ..New::from(Kind::File, "信.txt".into(), String::new()) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let link = UploadLink { account: "main".to_owned(), openid: ANNA.to_owned(), expires_at: now + 60_000 };
    upload_links::open(&world.db, &file.id, &link).await.unwrap();
    let bound = attachments::Bound { since: 0, most: 20 };
    assert!(attachments::add_file(&world.db, &file.id, &file, bound, now).await.unwrap());
}

/// Whether the answer came: the picture, or words about the question.
fn has_arrived(world: &World, asks: Asks) -> bool {
    let chat = world.simulator.chat(ANNA);
    match asks {
        Asks::Drawing => {
            chat.iter().any(|bubble| !matches!(bubble.via, Via::Follower { .. }) && matches!(bubble.content, Shown::Image { .. }))
        }
        Asks::Words | Asks::Voice | Asks::Page => world.received(ANNA).join("\n").contains("回信是什么"),
        Asks::AboutFile => world.received(ANNA).join("\n").contains("《信.txt》"),
    }
}

async fn ends_well(world: &World, asks: Asks, step: &str) {
    let rows = "SELECT COUNT(*) FROM questions";
    let settled = "SELECT COUNT(*) FROM questions WHERE state IN ('answered', 'delivered')";
    world
        .until(&format!("{asks:?}, {step}: the question is stored and answered"), async |world: &World| {
            world.count(rows).await == 1 && world.count(settled).await == 1
        })
        .await;
    let left = "SELECT COUNT(*) FROM answer_parts WHERE state NOT IN ('sent')";
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.count(left).await > 0 || !has_arrived(world, asks) {
        assert!(Instant::now() < deadline, "{asks:?}, {step}: the answer never arrived whole\n{}", world.transcript());
        if !PUSH_STEPS.contains(&step) {
            let push = world.simulator.say(ANNA, "继续");
            world.simulator.finished(push).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let drawn = world.simulator.asked().iter().filter(|request| request["prompt"].is_string()).count();
    let asked = world.asked("回信是什么") + drawn;
    assert!(asked <= 2, "{asks:?}, {step}: asked again although the process that asked had not died");
}

on_both_engines! {
    async fn no_answer_is_lost_whichever_step_kills_the_process(engine: Engine) {
        for step in STEPS.iter().filter(|step| !OWN_STEPS.contains(step)) {
            survives(engine, Asks::Words, step).await;
        }
    }

    async fn no_picture_is_lost_whichever_step_kills_the_process(engine: Engine) {
        let unpassed = ["first words", "progress saved", "voice heard", "page read", "file read"];
        for step in STEPS.iter().filter(|step| !unpassed.contains(step)) {
            survives(engine, Asks::Drawing, step).await;
        }
    }

    async fn nothing_that_came_with_a_question_is_lost_with_the_process(engine: Engine) {
        for (asks, own) in [(Asks::Voice, "voice heard"), (Asks::Page, "page read"), (Asks::AboutFile, "file read")] {
            for step in [own, "upstream asked", "answer stored"] {
                survives(engine, asks, step).await;
            }
        }
    }
}
