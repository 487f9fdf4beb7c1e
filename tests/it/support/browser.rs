//! A headless Chromium behind its driver, gone with the test that started it.
//!
//! Each browser has its own profile and port, so that tests run side by side. Needs Debian's `chromium` and
//! `chromium-driver`.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const MISSING: &str =
    "chromium and chromedriver are needed for this test; scripts/test installs them (Debian: chromium chromium-driver)";

/// A page that has not done what a test waits for by then will not do it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether the page may run scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

/// What the reader's system prefers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

pub struct Browser {
    session: String,
    driver: Child,
    profile: TempDir,
}

impl Browser {
    pub async fn start(scripts: Scripts) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", profile.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect(MISSING);
        let port = port_of(&mut driver);
        let mut browser = Self { session: format!("http://127.0.0.1:{port}/session"), driver, profile };
        let created = browser.post("", capabilities(&browser.profile, scripts)).await;
        browser.session = format!("{}/{}", browser.session, created["sessionId"].as_str().expect(MISSING));
        browser
    }

    /// Opens an address and waits until it has loaded.
    pub async fn open(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// Shows the page as a screen of this size would, touch and all.
    pub async fn screen(&self, width: u32, height: u32, theme: Theme) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 700});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": value}]}))
            .await;
    }

    /// One command to the browser itself, past its driver.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// What the page wrote to its console since the last call; refused scripts and styles are reported there.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", json!({"type": "browser"})).await;
        entries.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// The value of an expression in the page.
    pub async fn value(&self, expression: &str) -> Value {
        self.post("/execute/sync", json!({"script": format!("return {expression}"), "args": []})).await
    }

    /// Waits until an expression in the page is true.
    pub async fn until(&self, expression: &str) {
        let started = Instant::now();
        while self.value(&format!("Boolean({expression})")).await != json!(true) {
            if started.elapsed() > PATIENCE {
                let shown = self.value("document.body.innerText").await;
                panic!("the page never came to: {expression}\nconsole: {:#?}\n{shown}", self.console().await);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until an expression is true inside the page's first frame, from wherever that frame comes.
    pub async fn framed(&self, expression: &str) {
        let frame = self.post("/execute/sync", json!({"script": "return document.querySelector('iframe')", "args": []})).await;
        self.post("/frame", json!({"id": frame})).await;
        self.until(expression).await;
        self.post("/frame", json!({"id": null})).await;
    }

    /// Taps the first element of a CSS selector.
    pub async fn tap(&self, selector: &str) {
        self.value(&format!("document.querySelector({}).click()", json!(selector))).await;
    }

    /// A picture of the whole page in `target/screenshots`, for people to look at.
    pub async fn picture(&self, name: &str) {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let shot = self.devtools("Page.captureScreenshot", json!({"clip": clip, "captureBeyondViewport": true})).await;
        let picture = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, shot["data"].as_str().unwrap()).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let answer = reqwest::Client::new().post(format!("{}{command}", self.session)).json(&body).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The group: a driver that is killed alone leaves its browser behind.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}

fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let line = lines.by_ref().map_while(Result::ok).find(|line| line.contains("started successfully on port")).expect(MISSING);
    // The pipe must be read for as long as the driver lives, or it dies of writing to it.
    std::thread::spawn(move || lines.for_each(drop));
    line.rsplit(' ').next().unwrap().trim_end_matches('.').parse().unwrap()
}

fn capabilities(profile: &TempDir, scripts: Scripts) -> Value {
    let profile = format!("--user-data-dir={}", profile.path().display());
    let flags = json!([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        profile,
    ]);
    // 2 is "block" among Chromium's content settings.
    let javascript = if scripts == Scripts::Off { 2 } else { 1 };
    let options = json!({"args": flags, "prefs": {"profile.managed_default_content_settings.javascript": javascript}});
    let logs = json!({"browser": "ALL"});
    let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": logs});
    json!({"capabilities": {"alwaysMatch": capabilities}})
}
