//! The official accounts: one from the environment, more from `ACCOUNTS_FILE` (TOML, one table each).

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::read::Reader;

/// The name of the environment's account; it also answers on `/wechat`.
pub const MAIN: &str = "main";

/// One official account, as its console shows it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The last segment of its webhook's path, and the `account` of every row that belongs to it.
    pub name: String,
    pub app_id: String,
    /// Without it huixin answers passively only.
    pub app_secret: Option<SecretString>,
    pub token: SecretString,
    pub encoding_aes_key: Option<SecretString>,
    /// The key before the last rotation: pushes that were sealed with it are still opened.
    pub encoding_aes_key_previous: Option<SecretString>,
    /// Plaintext pushes prove nothing about their body, so they are refused unless this is set.
    pub allow_plaintext: bool,
}

/// A table of `ACCOUNTS_FILE`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    app_id: String,
    app_secret: Option<SecretString>,
    token: SecretString,
    encoding_aes_key: Option<SecretString>,
    encoding_aes_key_previous: Option<SecretString>,
    #[serde(default)]
    allow_plaintext: bool,
}

/// Where accounts come from, to be read again: the file may change, the process's environment does not.
#[derive(Debug, Clone)]
pub struct Source {
    environment: Option<Account>,
    file: Option<String>,
}

/// The environment's account, and the name of the file with the others.
pub(super) fn source(reader: &mut Reader<'_>) -> Source {
    Source { environment: from_environment(reader), file: reader.text("ACCOUNTS_FILE") }
}

impl Source {
    /// Whether there is a file to read again.
    pub fn has_file(&self) -> bool {
        self.file.is_some()
    }
}

/// All accounts; at least one, with distinct names and appids.
pub(super) fn read(reader: &mut Reader<'_>, source: &Source) -> Vec<Account> {
    let mut accounts: Vec<Account> = source.environment.iter().cloned().collect();
    accounts.extend(source.file.as_ref().map_or_else(Vec::new, |path| from_file(reader, path)));
    if accounts.is_empty() && !reader.has_problems() {
        reader.problem(
            "WECHAT_APP_ID",
            "is not set",
            "copy it from the console of the official account, or name an ACCOUNTS_FILE",
        );
    }
    for (index, account) in accounts.iter().enumerate() {
        check(reader, account);
        if accounts[..index].iter().any(|other| other.name == account.name || other.app_id == account.app_id) {
            reader.problem(
                "ACCOUNTS_FILE",
                &format!("has the account {} twice", account.name),
                "give every account its own name and app_id",
            );
        }
    }
    accounts
}

fn from_environment(reader: &mut Reader<'_>) -> Option<Account> {
    let app_secret = reader.secret("WECHAT_APP_SECRET");
    let token = reader.secret("WECHAT_TOKEN");
    let encoding_aes_key = reader.secret("WECHAT_ENCODING_AES_KEY");
    let encoding_aes_key_previous = reader.secret("WECHAT_ENCODING_AES_KEY_PREVIOUS");
    let allow_plaintext = reader.switch("WECHAT_ALLOW_PLAINTEXT");
    let Some(app_id) = reader.text("WECHAT_APP_ID") else {
        if token.is_some() || app_secret.is_some() || encoding_aes_key.is_some() {
            reader.problem("WECHAT_APP_ID", "is not set", "copy the appid (wx…) from the console of the official account");
        }
        return None;
    };
    let Some(token) = token else {
        reader.problem("WECHAT_TOKEN", "is not set", "choose 3 to 32 letters and digits, and enter the same in the console");
        return None;
    };
    Some(Account { name: MAIN.into(), app_id, app_secret, token, encoding_aes_key, encoding_aes_key_previous, allow_plaintext })
}

fn from_file(reader: &mut Reader<'_>, path: &str) -> Vec<Account> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            reader.problem("ACCOUNTS_FILE", &format!("cannot be read: {path}: {error}"), "give the path of a readable TOML file");
            return Vec::new();
        }
    };
    match toml::from_str::<BTreeMap<String, Table>>(&text) {
        Ok(tables) => tables.into_iter().map(|(name, table)| table.named(name)).collect(),
        Err(error) => {
            // The message alone: the excerpt that `Display` shows may hold a secret.
            let line = error.span().map_or(0, |span| text[..span.start].lines().count());
            let what = format!("is wrong near line {line} of {path}: {}", error.message());
            reader.problem(
                "ACCOUNTS_FILE",
                &what,
                "one table for each account: [name] with app_id, token, encoding_aes_key, app_secret",
            );
            Vec::new()
        }
    }
}

impl Table {
    fn named(self, name: String) -> Account {
        Account {
            name,
            app_id: self.app_id,
            app_secret: self.app_secret,
            token: self.token,
            encoding_aes_key: self.encoding_aes_key,
            encoding_aes_key_previous: self.encoding_aes_key_previous,
            allow_plaintext: self.allow_plaintext,
        }
    }
}

fn check(reader: &mut Reader<'_>, account: &Account) {
    let of =
        |variable: &str| if account.name == MAIN { variable.to_owned() } else { format!("ACCOUNTS_FILE [{}]", account.name) };
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if account.name.is_empty() || account.name.len() > 32 || !account.name.bytes().all(is_name) {
        reader.problem(
            "ACCOUNTS_FILE",
            &format!("has the account name {:?}", account.name),
            "use up to 32 lower-case letters, digits and dashes",
        );
    }
    for (variable, key) in [
        ("WECHAT_ENCODING_AES_KEY", &account.encoding_aes_key),
        ("WECHAT_ENCODING_AES_KEY_PREVIOUS", &account.encoding_aes_key_previous),
    ] {
        if key.as_ref().is_some_and(|key| !is_aes_key(key)) {
            reader.problem(&of(variable), "is not an EncodingAESKey", "copy all 43 letters and digits from the console");
        }
    }
    if account.encoding_aes_key.is_none() && !account.allow_plaintext {
        reader.problem(
            &of("WECHAT_ENCODING_AES_KEY"),
            "is not set, and plaintext pushes are refused",
            "copy the key from the console (安全模式), or set WECHAT_ALLOW_PLAINTEXT=true for a sandbox account",
        );
    }
}

fn is_aes_key(key: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    let key = key.expose_secret();
    key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
