//! The configuration: one struct, read once from the environment and `.env`, checked as a whole before anything binds.
//!
//! Every problem is reported at once, each with its fix. `.env.example` lists the variables in the order of the fields here,
//! and a test holds the two together. This module knows what a value must look like and nothing of what is done with it.

mod abilities;
mod accounts;
mod read;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;

pub use abilities::{Audio, Image, Limits, Moderation, Privacy, Provider, Storage};
pub use accounts::{Account, MAIN as MAIN_ACCOUNT, Source as AccountsSource};
pub use read::{Problem, Problems, VARIABLES, Values};

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDR`: where the HTTP server listens.
    pub bind_addr: SocketAddr,
    /// `DATA_DIR`: the embedded database and this replica's identity.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: `sqlite://…` or `postgres://…`. A password may be in it, so it cannot be printed.
    pub database_url: SecretString,
    /// `PUBLIC_URL`: how followers reach this server; without it answers have no page.
    pub public_url: Option<String>,
    /// `LOG_FORMAT`: `human` or `json`. `RUST_LOG` chooses what is logged.
    pub log_format: LogFormat,
    /// `METRICS_TOKEN`: the bearer token `/metrics` asks for; without one it answers direct connections only.
    pub metrics_token: Option<SecretString>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector that traces are sent to; without one none are made.
    pub otlp_endpoint: Option<String>,
    /// The account of the `WECHAT_…` variables, named `main`, and those of `ACCOUNTS_FILE`.
    pub accounts: Vec<Account>,
    /// `ACCOUNTS_FILE`, beside the environment's account: where they are read again from.
    pub accounts_source: AccountsSource,
    /// `WECHAT_API_URL`: the platform's API, or a simulator of it.
    pub wechat_api_url: String,
    /// `WECHAT_TIMESTAMP_WINDOW_SECS`: how far a push's timestamp may be from now; `None` switches the check off.
    pub timestamp_window: Option<Duration>,
    /// How and when a reply is given.
    pub reply: Reply,
    /// What a conversation remembers.
    pub session: Session,
    /// The model.
    pub llm: Llm,
    /// This program, for the processes that read files; not a variable.
    pub program: PathBuf,
    pub image: Image,
    pub audio: Audio,
    pub storage: Storage,
    /// `FETCH_ALLOW_HOSTS`: the inner addresses (`host:port`) from which pages and pictures may be fetched all the same.
    pub fetch_allow: Vec<String>,
    pub limits: Limits,
    pub moderation: Moderation,
    pub privacy: Privacy,
    /// Names in the environment that look like ours and are not: slips of the pen, or another program's.
    pub unknown: Vec<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Human,
    Json,
}

/// `REPLY_…`, `WELCOME_TEXT` and `ANSWER_PAGE_DAYS`.
#[derive(Debug, Clone)]
pub struct Reply {
    /// `REPLY_MODE`: whether a late answer may be pushed.
    pub mode: ReplyMode,
    /// `WECHAT_PATIENCE_MS`: how long the platform waits for a reply before it delivers again. Only a simulator that runs
    /// faster than life has another than 5 s.
    pub patience: Duration,
    /// `REPLY_DEADLINE_MS`: from a push's arrival to its passive reply.
    pub deadline: Duration,
    /// `WELCOME_TEXT`: what a new follower reads instead of the built-in welcome.
    pub welcome: Option<String>,
    /// `REPLY_LANGUAGE`: the language of huixin's own sentences.
    pub language: Language,
    /// `REPLY_LABEL`: the first answer of a conversation says that it was made by a machine.
    pub is_labelled: bool,
    /// `REPLY_TAIL`: the operator's own line below every whole answer.
    pub tail: Option<String>,
    /// `ANSWER_PAGE_DAYS`: how long an answer's page can be opened.
    pub page_lifetime: Duration,
}

/// Whether answers may be pushed as customer-service messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyMode {
    /// Learnt from the platform: the first 48001 means no.
    Auto,
    Passive,
    Push,
}

/// The languages huixin speaks to followers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// The code under which it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// The language of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|language| language.code() == code)
    }
}

/// `SESSION_IDLE_MINS` and `SESSION_TOKENS`.
#[derive(Debug, Clone)]
pub struct Session {
    /// A pause longer than this begins a new conversation.
    pub idle: Duration,
    /// Earlier turns are sent along up to this many (estimated) tokens.
    pub tokens: usize,
}

/// `LLM_…`.
#[derive(Debug, Clone)]
pub struct Llm {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub model: String,
    pub fallback_model: Option<String>,
    pub system_prompt: Option<String>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub max_tokens: Option<u32>,
    /// How long one whole answer may take.
    pub timeout: Duration,
    /// How many questions are asked at the same time.
    pub concurrency: usize,
    /// `LLM_MODELS`: what followers can choose from, with marks and prices; without it, what the upstream lists.
    pub models: Option<String>,
    /// `LLM_ECHO_REASONING`: the models that want their own reasoning back with the history.
    pub echo_reasoning: Vec<String>,
}

impl Config {
    /// Reads the process's environment, after `.env` where there is one.
    pub fn from_environment() -> Result<Self, Problems> {
        // A missing file is the usual case in production; an unreadable one shows as missing variables.
        let _ = dotenvy::dotenv();
        Self::from_values(&Values::from_environment())
    }

    /// Reads `ACCOUNTS_FILE` again and returns the accounts there are now, or everything that is wrong with them.
    pub fn accounts_again(&self) -> Result<Vec<Account>, Problems> {
        read::accounts_again(self)
    }

    /// Reads `values`, reporting every problem at once.
    pub fn from_values(values: &Values) -> Result<Self, Problems> {
        read::config(values)
    }
}
