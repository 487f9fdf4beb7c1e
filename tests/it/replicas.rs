//! Several processes on one Postgres behave as one.

use crate::support::{
    Engine, World, WorldBuilder,
    process::Process,
    world::{Account, UNVERIFIED, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";

/// Two processes, each with a data folder of its own, behind one address that the test points at either.
struct Replicas {
    world: World,
    first: Process,
    second: Process,
    _folders: [tempfile::TempDir; 2],
}

impl Replicas {
    async fn start(account: Account, reply_mode: &str) -> Self {
        let world = WorldBuilder::new(Engine::Postgres).account(account).with("REPLY_MODE", reply_mode).surroundings().await;
        world.simulator.follow(ANNA);
        let folders = [tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap()];
        let values = |folder: &tempfile::TempDir| world.values.clone().with("DATA_DIR", folder.path().display().to_string());
        let first = Process::start(&values(&folders[0])).await;
        let second = Process::start(&values(&folders[1])).await;
        let replicas = Self { world, first, second, _folders: folders };
        replicas.deliver_to(&replicas.first);
        replicas
    }

    fn deliver_to(&self, process: &Process) {
        self.world.simulator.set_webhook(format!("{}/wechat", process.url));
    }

    /// Waits until the model was asked `times` times.
    async fn asked(&self, times: usize) {
        self.world.until("the model is asked", async |world: &World| world.asked("回信") >= times).await;
    }

    /// Proves that the answer came once, and ends everything.
    async fn end(mut self, asked: usize) {
        self.world
            .until("the answer is delivered", async |world: &World| {
                world.count("SELECT COUNT(*) FROM questions WHERE state = 'delivered'").await == 1
            })
            .await;
        let answers = self.world.received(ANNA).iter().filter(|text| text.contains("回信")).count();
        assert_eq!(answers, 1, "{:?}\n{}", self.world.received(ANNA), self.world.transcript());
        assert_eq!(self.world.asked("回信"), asked, "{}", self.world.transcript());
        self.first.kill();
        self.second.kill();
        self.world.abandon().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_on_another_replica_joins_the_running_question() {
    let replicas = Replicas::start(UNVERIFIED, "auto").await;
    let push = replicas.world.simulator.say(ANNA, "slow 8 回信");
    replicas.asked(1).await;
    replicas.deliver_to(&replicas.second);
    replicas.world.simulator.finished(push).await;
    replicas.end(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_question_of_a_killed_replica_is_answered_by_another() {
    let mut replicas = Replicas::start(VERIFIED, "push").await;
    replicas.world.simulator.say(ANNA, "slow 9 回信");
    replicas.asked(1).await;
    replicas.first.kill();
    replicas.deliver_to(&replicas.second);
    replicas.end(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_wakes_with_an_ended_lease_changes_nothing() {
    let replicas = Replicas::start(VERIFIED, "push").await;
    replicas.world.simulator.say(ANNA, "slow 9 回信");
    replicas.asked(1).await;
    replicas.first.signal("-STOP");
    replicas.deliver_to(&replicas.second);
    replicas.asked(2).await;
    replicas.world.until("the answer is pushed", async |world: &World| !world.received(ANNA).is_empty()).await;
    replicas.first.signal("-CONT");
    // The woken replica finishes its own request, finds that the question is not its own any more, and renews its lease.
    replicas
        .world
        .until("both replicas hold a lease again", async |world: &World| {
            world
                .count(
                    "SELECT COUNT(*) FROM leases WHERE expires_at > CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
                )
                .await
                == 2
        })
        .await;
    replicas.end(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_told_to_stop_ends_well_and_leaves_its_questions_to_others() {
    let mut replicas = Replicas::start(VERIFIED, "push").await;
    replicas.world.simulator.say(ANNA, "slow 60 回信");
    replicas.asked(1).await;
    replicas.first.signal("-TERM");
    assert_eq!(replicas.first.exit_code().await, Some(0));
    replicas.world.simulator.switch(|switches| switches.model_delay_secs = 0.0);
    replicas.deliver_to(&replicas.second);
    replicas.asked(2).await;
    replicas.end(2).await;
}
