//! `kill -9` at every named step of a question's life, with a real process that is started again on the same database.

use std::time::{Duration, Instant};

use huixin::telemetry::crash::STEPS;

use crate::support::{
    Engine, World, WorldBuilder, on_both_engines,
    process::Process,
    world::{UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";

/// A question whose answer takes 1.2 s to write, and ends with the word `whole` knows.
const QUESTION: &str = "drip 12 回信是什么";

/// Steps that only an account with pushes passes.
const PUSH_STEPS: &[&str] = &["acknowledged", "send begun", "sent", "send recorded", "push claim ended"];

/// Steps that no question in words passes; each has a test beside its subject.
const ABILITY_STEPS: &[&str] = &["voice heard", "page read", "picture kept", "file read"];

/// Runs one question through a process that dies at `step`, and starts it again. Panics unless everything ends well.
async fn survives(engine: Engine, step: &str) {
    let pushes = PUSH_STEPS.contains(&step);
    let builder = WorldBuilder::new(engine).account(if pushes { VERIFIED } else { UNVERIFIED });
    let mode = if pushes { "push" } else { "auto" };
    let world = builder.with("REPLY_MODE", mode).surroundings().await;
    world.simulator.follow(ANNA);
    let mut process = Process::start(&world.values.clone().with("HUIXIN_CRASH_AT", step)).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    world.simulator.say(ANNA, QUESTION);
    let deadline = Instant::now() + Duration::from_secs(20);
    while process.is_alive() {
        assert!(Instant::now() < deadline, "the process did not die at {step:?}\n{}", world.transcript());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut process = Process::start(&world.values).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    ends_well(&world, step).await;
    process.kill();
    world.abandon().await;
}

async fn ends_well(world: &World, step: &str) {
    let rows = "SELECT COUNT(*) FROM questions";
    let settled = "SELECT COUNT(*) FROM questions WHERE state IN ('answered', 'delivered')";
    world
        .until(&format!("{step}: the question is stored and answered"), async |world: &World| {
            world.count(rows).await == 1 && world.count(settled).await == 1
        })
        .await;
    let left = "SELECT COUNT(*) FROM answer_parts WHERE state NOT IN ('sent')";
    let has_arrived = |world: &World| world.received(ANNA).join("\n").contains("回信是什么");
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.count(left).await > 0 || !has_arrived(world) {
        assert!(Instant::now() < deadline, "{step}: the answer never arrived whole\n{}", world.transcript());
        if !PUSH_STEPS.contains(&step) {
            let push = world.simulator.say(ANNA, "继续");
            world.simulator.finished(push).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(world.asked("回信是什么") <= 2, "{step}: asked again although the process that asked had not died");
}

on_both_engines! {
    async fn no_answer_is_lost_whichever_step_kills_the_process(engine: Engine) {
        for step in STEPS.iter().filter(|step| !ABILITY_STEPS.contains(step)) {
            survives(engine, step).await;
        }
    }
}
