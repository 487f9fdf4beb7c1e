//! `kill -9` while a file is being read.

use std::time::{Duration, Instant};

use crate::support::{Engine, WorldBuilder, on_both_engines, process::Process};

const ANNA: &str = "oAnna000000000000000000000001";

on_both_engines! {
    async fn a_file_whose_process_dies_while_it_is_read_is_read_by_the_next(engine: Engine) {
        let mut world = WorldBuilder::new(engine).surroundings().await;
        world.simulator.follow(ANNA);
        let mut process = Process::start(&world.values.clone().with("HUIXIN_CRASH_AT", "file read")).await;
        world.url.clone_from(&process.url);
        world.simulator.set_webhook(format!("{}/wechat", process.url));
        let page = world.upload_page(ANNA).await;
        assert_eq!(world.hands_in(&page, "合同.txt", "第七条").await.status(), 201);
        let deadline = Instant::now() + Duration::from_secs(20);
        while process.is_alive() {
            assert!(Instant::now() < deadline, "the process did not die over the file");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM attachments WHERE state = 'waiting'").await, 1);
        // As old as a file must be before its reader counts as dead.
        world.execute("UPDATE attachments SET received_at = received_at - 60000").await;
        let mut process = Process::start(&world.values).await;
        world.url.clone_from(&process.url);
        let read = world.is_read(&page).await;
        assert!(read.len() == 1 && read[0].state == "ready", "{read:?}");
        assert!(world.kept_files("arriving").is_empty());
        process.kill();
        world.abandon().await;
    }
}
