//! Moderation through its public door: lists in real files, services over real sockets.

mod aliyun;
mod fake;
mod gate;
mod links;
mod properties;
mod service;
mod words;

use std::{path::PathBuf, time::Duration};

use huixin::moderation::{Chain, Settings, remote::Provider};

use self::fake::Fake;

const KEY: &str = "sk-marked-key-of-the-moderator";

/// A folder with the given files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn of_words(paths: &[PathBuf]) -> Settings {
    Settings { words: paths.to_vec(), ..Settings::default() }
}

fn open_ai(fake: &Fake) -> Settings {
    let provider =
        Provider::OpenAi { url: format!("{}/v1", fake.url), api_key: KEY.into(), model: "omni-moderation-latest".to_owned() };
    Settings { provider: Some(provider), timeout: Duration::from_secs(20), ..Settings::default() }
}

fn chain(settings: Settings) -> Chain {
    Chain::new(settings).unwrap()
}
