//! What a load balancer sees of a process that ends.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::support::{Engine, WorldBuilder, process::Process};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_ends_before_the_door_closes() {
    let world = WorldBuilder::new(Engine::Sqlite).surroundings().await;
    let mut process = Process::start(&world.values).await;
    process.signal("-TERM");
    let deadline = Instant::now() + Duration::from_secs(1);
    let status = async || reqwest::get(format!("{}/readyz", process.url)).await.map(|answer| answer.status());
    while status().await.unwrap() == StatusCode::OK {
        assert!(Instant::now() < deadline, "/readyz still says 200");
    }
    assert_eq!(status().await.unwrap(), StatusCode::SERVICE_UNAVAILABLE);
    let health = reqwest::get(format!("{}/healthz", process.url)).await.unwrap().status();
    assert_eq!(health, StatusCode::OK, "what comes meanwhile is answered");
    assert_eq!(process.exit_code().await, Some(0));
    world.abandon().await;
}
