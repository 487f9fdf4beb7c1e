//! The pages that a follower opens from the chat.

use reqwest::Response;
use serde_json::Value;

use super::World;

/// What became of a file on its page: state and sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    pub id: String,
    pub name: String,
    pub state: String,
    pub sentence: String,
}

impl World {
    /// `openid` asks for the page on which files are handed in; returns its path.
    pub async fn upload_page(&self, openid: &str) -> String {
        let reply = self.hears(openid, "传文件").await;
        let (_, token) = reply.split_once("https://huixin.test/f/").unwrap_or_else(|| panic!("no link in {reply}"));
        format!("/f/{}", token.split('"').next().unwrap())
    }

    /// The path of the page with the answer to the newest question.
    pub async fn answer_page(&self) -> String {
        let token = self.texts("SELECT page_token FROM questions ORDER BY asked_at DESC, id DESC LIMIT 1".into()).await;
        format!("/a/{}", token[0])
    }

    /// Fetches a path from huixin.
    pub async fn fetch(&self, path: &str) -> Response {
        reqwest::get(format!("{}{path}", self.url)).await.unwrap()
    }

    /// Hands in a file on `page`.
    pub async fn hands_in(&self, page: &str, name: &str, bytes: impl Into<reqwest::Body>) -> Response {
        let url = reqwest::Url::parse_with_params(&format!("{}{page}/files", self.url), [("name", name)]).unwrap();
        reqwest::Client::new().post(url).body(bytes).send().await.unwrap()
    }

    /// What the page lists.
    pub async fn handed_in(&self, page: &str) -> Vec<HandedIn> {
        let listing: Value = self.fetch(&format!("{page}/files")).await.json().await.unwrap();
        let text = |file: &Value, name: &str| file[name].as_str().unwrap().to_owned();
        let item = |file: &Value| HandedIn {
            id: text(file, "id"),
            name: text(file, "name"),
            state: text(file, "state"),
            sentence: text(file, "sentence"),
        };
        listing["files"].as_array().unwrap_or_else(|| panic!("no list: {listing}")).iter().map(item).collect()
    }

    /// Waits until everything on the page has been read, or cannot be.
    pub async fn is_read(&self, page: &str) -> Vec<HandedIn> {
        self.until("every file is read", async |world: &Self| {
            world.handed_in(page).await.iter().all(|file| file.state != "waiting")
        })
        .await;
        self.handed_in(page).await
    }

    /// The files below a folder of `DATA_DIR`, by their paths in it.
    pub fn kept_files(&self, folder: &str) -> Vec<std::path::PathBuf> {
        fn collect(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() { collect(&entry.path(), found) } else { found.push(entry.path()) }
            }
        }
        let mut found = Vec::new();
        collect(&self.data_dir().join(folder), &mut found);
        found
    }

    /// huixin's own folder.
    pub fn data_dir(&self) -> &std::path::Path {
        self.values.of("DATA_DIR").unwrap().as_ref()
    }
}
