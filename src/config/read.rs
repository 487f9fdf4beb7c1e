//! From named values to [`Config`], with every problem collected.

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use secrecy::SecretString;

use super::{Account, Config, Language, Llm, LogFormat, Reply, ReplyMode, Session, abilities, accounts};

/// Every variable, in the order of `.env.example`.
pub const VARIABLES: &[&str] = &[
    "BIND_ADDR",
    "DATA_DIR",
    "DATABASE_URL",
    "PUBLIC_URL",
    "LOG_FORMAT",
    "METRICS_TOKEN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "WECHAT_APP_ID",
    "WECHAT_APP_SECRET",
    "WECHAT_TOKEN",
    "WECHAT_ENCODING_AES_KEY",
    "WECHAT_ENCODING_AES_KEY_PREVIOUS",
    "WECHAT_API_URL",
    "WECHAT_ALLOW_PLAINTEXT",
    "WECHAT_TIMESTAMP_WINDOW_SECS",
    "WECHAT_PATIENCE_MS",
    "ACCOUNTS_FILE",
    "REPLY_MODE",
    "REPLY_DEADLINE_MS",
    "REPLY_LANGUAGE",
    "WELCOME_TEXT",
    "REPLY_LABEL",
    "REPLY_TAIL",
    "ANSWER_PAGE_DAYS",
    "SESSION_IDLE_MINS",
    "SESSION_TOKENS",
    "LLM_BASE_URL",
    "LLM_API_KEY",
    "LLM_MODEL",
    "LLM_FALLBACK_MODEL",
    "LLM_SYSTEM_PROMPT",
    "LLM_TEMPERATURE",
    "LLM_TOP_P",
    "LLM_MAX_TOKENS",
    "LLM_TIMEOUT_SECS",
    "LLM_CONCURRENCY",
    "LLM_MODELS",
    "LLM_ECHO_REASONING",
    "IMAGE_BASE_URL",
    "IMAGE_API_KEY",
    "IMAGE_MODEL",
    "IMAGE_STYLE",
    "IMAGE_SIZE",
    "IMAGE_TIMEOUT_SECS",
    "IMAGE_BY_MODEL",
    "IMAGE_LABEL",
    "AUDIO_BASE_URL",
    "AUDIO_API_KEY",
    "AUDIO_HEARING_MODEL",
    "AUDIO_SPEAKING_MODEL",
    "AUDIO_VOICE",
    "STORAGE_URL",
    "STORAGE_ACCESS_KEY_ID",
    "STORAGE_SECRET_ACCESS_KEY",
    "FETCH_ALLOW_HOSTS",
    "LIMIT_CALLS_PER_MINUTE",
    "LIMIT_CALLS_PER_HOUR",
    "LIMIT_CALLS_PER_DAY",
    "LIMIT_PICTURES_PER_HOUR",
    "LIMIT_PICTURES_PER_DAY",
    "LIMIT_TOKENS_PER_DAY",
    "LIMIT_ACCOUNT_CONCURRENCY",
    "LIMIT_ACCOUNT_COST_PER_DAY",
    "MODERATION_WORDS",
    "MODERATION_PROVIDER",
    "MODERATION_URL",
    "MODERATION_API_KEY",
    "MODERATION_API_SECRET",
    "MODERATION_MODEL",
    "MODERATION_TIMEOUT_MS",
    "MODERATION_FAIL_OPEN",
    "OPERATOR_NAME",
    "OPERATOR_CONTACT",
    "OPERATOR_FILING",
    "RETENTION_DAYS",
];

/// A variable that starts like this and is not in [`VARIABLES`] is probably a slip of the pen.
const PREFIXES: &[&str] = &[
    "WECHAT_",
    "REPLY_",
    "SESSION_",
    "LLM_",
    "ANSWER_",
    "METRICS_",
    "ACCOUNTS_",
    "IMAGE_",
    "AUDIO_",
    "STORAGE_",
    "LIMIT_",
    "MODERATION_",
];

/// Named values, from the environment or a test.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<String, String>);

/// One thing that is wrong, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub variable: String,
    pub what: String,
    pub fix: String,
}

/// Everything that is wrong.
#[derive(Debug, Clone, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the configuration has {} problem(s):", self.0.len())?;
        for Problem { variable, what, fix } in &self.0 {
            write!(out, "\n  {variable} {what}\n      → {fix}")?;
        }
        Ok(())
    }
}

impl Values {
    /// The process's environment.
    pub fn from_environment() -> Self {
        Self(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect(),
        )
    }

    /// These values with `name` set to `value`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// These values with `name` set to `value` where it has none.
    #[must_use]
    pub fn or(self, name: &str, value: impl Into<String>) -> Self {
        if self.0.contains_key(name) { self } else { self.with(name, value) }
    }

    /// Every name with its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`; an empty one counts as absent, as `.env.example` leaves them.
    pub fn of(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Reads values and remembers what was wrong with them.
pub(super) struct Reader<'a> {
    values: &'a Values,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        debug_assert!(VARIABLES.contains(&name), "{name} is not in VARIABLES");
        self.values.of(name).map(str::to_owned)
    }

    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// `true` or `false`; absent is `false`.
    pub(super) fn switch(&mut self, name: &str) -> bool {
        self.choice(name, &[("false", false), ("true", true), ("0", false), ("1", true)])
    }

    /// `true` or `false`; absent is `true`.
    pub(super) fn switch_on(&mut self, name: &str) -> bool {
        self.choice(name, &[("true", true), ("false", false), ("1", true), ("0", false)])
    }

    /// What stands between commas.
    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn problem(&mut self, variable: &str, what: &str, fix: &str) {
        self.problems.push(Problem { variable: variable.into(), what: what.into(), fix: fix.into() });
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// One of a few words; the first is the default.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let default = choices[0].1;
        let Some(text) = self.text(name) else { return default };
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.problem(name, &format!("is {text:?}"), &format!("use one of {}", words.join(", ")));
        default
    }

    /// A number (or address) for which `is_valid` holds.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, is_valid: impl Fn(&T) -> bool, fix: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.parse::<T>().ok().filter(is_valid);
        if value.is_none() {
            self.problem(name, &format!("is {text:?}"), fix);
        }
        value
    }

    /// An `http(s)://` URL without a trailing slash.
    pub(super) fn url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        match reqwest::Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(text.trim_end_matches('/').to_owned()),
            // The text is not repeated: a URL may carry a password.
            _ => {
                self.problem(name, "is not an http(s) address", "write it as https://host or http://host:port");
                None
            }
        }
    }

    /// Not problems: an orchestrator may inject such names for its own services.
    fn unknown_names(&self) -> Vec<String> {
        let is_strange =
            |name: &&String| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !VARIABLES.contains(&name.as_str());
        self.values.0.keys().filter(is_strange).cloned().collect()
    }
}

/// Reads everything.
pub(super) fn config(values: &Values) -> Result<Config, Problems> {
    let mut reader = Reader { values, problems: Vec::new() };
    let data_dir = reader.text("DATA_DIR").unwrap_or_else(|| "data".into());
    let llm = llm(&mut reader);
    let upstream = (llm.base_url.as_str(), llm.api_key.as_ref());
    let accounts_source = accounts::source(&mut reader);
    let config = Config {
        bind_addr: reader
            .parsed("BIND_ADDR", |_| true, "write it as 127.0.0.1:8080")
            .unwrap_or_else(|| ([127, 0, 0, 1], 8080).into()),
        database_url: database_url(&mut reader, &data_dir),
        data_dir: data_dir.into(),
        public_url: reader.url("PUBLIC_URL"),
        log_format: reader.choice("LOG_FORMAT", &[("human", LogFormat::Human), ("json", LogFormat::Json)]),
        metrics_token: reader.secret("METRICS_TOKEN"),
        otlp_endpoint: reader.url("OTEL_EXPORTER_OTLP_ENDPOINT"),
        accounts: accounts::read(&mut reader, &accounts_source),
        accounts_source,
        wechat_api_url: reader.url("WECHAT_API_URL").unwrap_or_else(|| "https://api.weixin.qq.com".into()),
        timestamp_window: timestamp_window(&mut reader),
        reply: reply(&mut reader),
        session: session(&mut reader),
        program: std::env::current_exe().unwrap_or_else(|_| "huixin".into()),
        image: abilities::image(&mut reader, upstream),
        audio: abilities::audio(&mut reader, upstream),
        storage: abilities::storage(&mut reader),
        fetch_allow: reader.list("FETCH_ALLOW_HOSTS"),
        limits: abilities::limits(&mut reader),
        moderation: abilities::moderation(&mut reader),
        privacy: abilities::privacy(&mut reader),
        llm,
        unknown: reader.unknown_names(),
    };
    check_pushing(&mut reader, config.reply.mode, &config.accounts);
    if reader.problems.is_empty() { Ok(config) } else { Err(Problems(reader.problems)) }
}

/// Reads the accounts alone, from where `config` has them.
pub(super) fn accounts_again(config: &Config) -> Result<Vec<Account>, Problems> {
    let values = Values::default();
    let mut reader = Reader { values: &values, problems: Vec::new() };
    let accounts = accounts::read(&mut reader, &config.accounts_source);
    check_pushing(&mut reader, config.reply.mode, &accounts);
    if reader.problems.is_empty() { Ok(accounts) } else { Err(Problems(reader.problems)) }
}

fn check_pushing(reader: &mut Reader<'_>, mode: ReplyMode, accounts: &[Account]) {
    if mode == ReplyMode::Push && accounts.iter().any(|account| account.app_secret.is_none()) {
        reader.problem("REPLY_MODE", "is push, but an account has no app secret", "set WECHAT_APP_SECRET, or use auto");
    }
}

fn database_url(reader: &mut Reader<'_>, data_dir: &str) -> SecretString {
    let url = reader.text("DATABASE_URL").unwrap_or_else(|| format!("sqlite://{data_dir}/huixin.db"));
    if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        reader.problem(
            "DATABASE_URL",
            "names an unknown database",
            "write sqlite://path/to/file.db or postgres://user:password@host/database",
        );
    }
    url.into()
}

fn timestamp_window(reader: &mut Reader<'_>) -> Option<Duration> {
    let seconds =
        reader.parsed("WECHAT_TIMESTAMP_WINDOW_SECS", |_: &u64| true, "use seconds, or 0 to switch it off").unwrap_or(300);
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn reply(reader: &mut Reader<'_>) -> Reply {
    let patience = reader.parsed("WECHAT_PATIENCE_MS", |ms| (200..=60_000).contains(ms), "use 200 to 60000; WeChat's is 5000");
    let patience = patience.unwrap_or(5000);
    let deadline = reader.parsed(
        "REPLY_DEADLINE_MS",
        |ms| (100..patience).contains(ms),
        "use at least 100, and less than 5000: WeChat gives up then",
    );
    let days = reader.parsed("ANSWER_PAGE_DAYS", |days| (1..=365).contains(days), "use 1 to 365 days").unwrap_or(7);
    Reply {
        mode: reader
            .choice("REPLY_MODE", &[("auto", ReplyMode::Auto), ("passive", ReplyMode::Passive), ("push", ReplyMode::Push)]),
        patience: Duration::from_millis(patience),
        deadline: Duration::from_millis(deadline.unwrap_or(patience * 92 / 100)),
        language: reader.choice("REPLY_LANGUAGE", &[("zh-CN", Language::Chinese), ("en", Language::English)]),
        welcome: reader.text("WELCOME_TEXT"),
        is_labelled: reader.switch_on("REPLY_LABEL"),
        tail: reader.text("REPLY_TAIL"),
        page_lifetime: Duration::from_secs(days * 24 * 60 * 60),
    }
}

fn session(reader: &mut Reader<'_>) -> Session {
    let idle = reader.parsed("SESSION_IDLE_MINS", |mins| *mins > 0, "use minutes, at least 1").unwrap_or(12 * 60);
    Session {
        idle: Duration::from_secs(idle * 60),
        tokens: reader.parsed("SESSION_TOKENS", |_| true, "use a number of tokens, 0 for no memory").unwrap_or(4000),
    }
}

fn llm(reader: &mut Reader<'_>) -> Llm {
    let base_url = reader.url("LLM_BASE_URL");
    if base_url.is_none() && reader.values.of("LLM_BASE_URL").is_none() {
        reader.problem(
            "LLM_BASE_URL",
            "is not set",
            "write the upstream's address up to /v1, for example https://api.deepseek.com/v1",
        );
    }
    let model = reader.text("LLM_MODEL");
    if model.is_none() {
        reader.problem("LLM_MODEL", "is not set", "write the model's name as the upstream spells it, for example deepseek-chat");
    }
    let timeout = reader.parsed("LLM_TIMEOUT_SECS", |secs| (1..=3600).contains(secs), "use 1 to 3600 seconds");
    Llm {
        base_url: base_url.unwrap_or_default(),
        api_key: reader.secret("LLM_API_KEY"),
        model: model.unwrap_or_default(),
        fallback_model: reader.text("LLM_FALLBACK_MODEL"),
        system_prompt: reader.text("LLM_SYSTEM_PROMPT"),
        temperature: reader.parsed("LLM_TEMPERATURE", |value| (0.0..=2.0).contains(value), "use 0 to 2"),
        top_p: reader.parsed("LLM_TOP_P", |value| (0.0..=1.0).contains(value), "use 0 to 1"),
        max_tokens: reader.parsed("LLM_MAX_TOKENS", |tokens| *tokens > 0, "use a number of tokens"),
        timeout: Duration::from_secs(timeout.unwrap_or(120)),
        concurrency: reader.parsed("LLM_CONCURRENCY", |count| *count > 0, "use at least 1").unwrap_or(1000),
        models: reader.text("LLM_MODELS"),
        echo_reasoning: reader.list("LLM_ECHO_REASONING"),
    }
}
