//! huixin as a process of its own, to be killed.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use huixin::config::Values;

/// A running `huixin serve`.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Process {
    /// Starts it with `values` and waits until it is ready, or until it died on the way.
    pub async fn start(values: &Values) -> Self {
        let logs = std::env::var("HUIXIN_TEST_LOGS").map_or_else(|_| Stdio::null(), |_| Stdio::inherit());
        Self::start_logging(values, logs).await
    }

    /// The same, with its log written to `logs`.
    pub async fn start_logging(values: &Values, logs: impl Into<Stdio>) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let values = values.clone().with("BIND_ADDR", address.to_string());
        let child = Command::new(env!("CARGO_BIN_EXE_huixin"))
            .arg("serve")
            .env_clear()
            .envs(values.pairs())
            .stdin(Stdio::null())
            .stderr(logs)
            .spawn()
            .unwrap();
        let mut process = Self { child, url: format!("http://{address}") };
        let deadline = Instant::now() + Duration::from_secs(20);
        while !process.is_ready().await && process.is_alive() {
            assert!(Instant::now() < deadline, "huixin did not become ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        process
    }

    async fn is_ready(&self) -> bool {
        let answer = reqwest::get(format!("{}/readyz", self.url)).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends a signal by name, such as `-KILL`, `-STOP` or `-TERM`.
    pub fn signal(&self, signal: &str) {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        // It may have died by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Waits for its end and returns its exit code.
    pub async fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "huixin did not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
