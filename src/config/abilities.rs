//! What a follower can do beyond asking: pictures, voice, pages and files; and the limits and checks around it.

use std::time::Duration;

use secrecy::SecretString;

use super::read::Reader;

/// `IMAGE_…`: drawing. Where nothing is set, the model's upstream is asked.
#[derive(Debug, Clone)]
pub struct Image {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    /// `IMAGE_MODEL`; without one nothing is drawn.
    pub model: Option<String>,
    pub style: Option<String>,
    pub size: Option<String>,
    /// How long one picture may take.
    pub timeout: Duration,
    /// `IMAGE_BY_MODEL`: the chat model may decide to draw.
    pub by_model: bool,
    /// `IMAGE_LABEL`: the visible mark and the mark in the metadata.
    pub is_labelled: bool,
}

/// `AUDIO_…`: hearing and speaking. Where no address is set, the model's upstream is asked.
#[derive(Debug, Clone)]
pub struct Audio {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    /// `AUDIO_HEARING_MODEL`: transcribes voice that WeChat did not.
    pub hearing_model: Option<String>,
    /// `AUDIO_SPEAKING_MODEL`: speaks answers for those who want it.
    pub speaking_model: Option<String>,
    pub voice: String,
}

/// `STORAGE_…`: where pictures and files are kept.
#[derive(Debug, Clone)]
pub struct Storage {
    /// `STORAGE_URL`: `file://…` or `s3://…`; without one, the folder `objects` below `DATA_DIR`.
    pub url: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<SecretString>,
}

/// `LIMIT_…`: how much a follower, and all of an account together, may ask for. `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Questions of a follower within a minute, an hour, a day.
    pub calls_minute: Option<i64>,
    pub calls_hour: Option<i64>,
    pub calls_day: Option<i64>,
    /// Pictures of a follower within an hour, a day.
    pub pictures_hour: Option<i64>,
    pub pictures_day: Option<i64>,
    /// Tokens of a follower within a day.
    pub tokens_day: Option<i64>,
    /// What an account may cost within a day, in millionths of the currency of the prices.
    pub cost_day: Option<i64>,
    /// Questions of an account that are answered at the same time.
    pub concurrency: Option<i64>,
}

/// `MODERATION_…`: who looks at what followers and models write.
#[derive(Debug, Clone)]
pub struct Moderation {
    /// `MODERATION_WORDS`: files, or folders of files, of words.
    pub words: Vec<String>,
    pub provider: Provider,
    pub url: Option<String>,
    pub api_key: Option<SecretString>,
    /// The secret of Aliyun's key pair.
    pub api_secret: Option<SecretString>,
    pub model: Option<String>,
    /// How long one look may take.
    pub timeout: Duration,
    /// `MODERATION_FAIL_OPEN`: a question passes when the moderator cannot be reached; an answer never does.
    pub fails_open: bool,
}

/// The remote moderator's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    OpenAi,
    Aliyun,
}

/// `OPERATOR_…` and `RETENTION_DAYS`: what the privacy page says, and what is kept.
#[derive(Debug, Clone)]
pub struct Privacy {
    pub operator: Option<String>,
    pub contact: Option<String>,
    /// `OPERATOR_FILING`: the filing number of the model that is used.
    pub filing: Option<String>,
    /// How long questions and answers are kept.
    pub retention: Duration,
}

pub(super) fn image(reader: &mut Reader<'_>, llm: (&str, Option<&SecretString>)) -> Image {
    let own = reader.url("IMAGE_BASE_URL");
    Image {
        api_key: reader.secret("IMAGE_API_KEY").or_else(|| own.is_none().then(|| llm.1.cloned()).flatten()),
        base_url: own.unwrap_or_else(|| llm.0.to_owned()),
        model: reader.text("IMAGE_MODEL"),
        style: reader.text("IMAGE_STYLE"),
        size: reader.text("IMAGE_SIZE"),
        timeout: seconds(reader, "IMAGE_TIMEOUT_SECS", 120),
        by_model: reader.switch("IMAGE_BY_MODEL"),
        is_labelled: reader.switch_on("IMAGE_LABEL"),
    }
}

pub(super) fn audio(reader: &mut Reader<'_>, llm: (&str, Option<&SecretString>)) -> Audio {
    let own = reader.url("AUDIO_BASE_URL");
    Audio {
        api_key: reader.secret("AUDIO_API_KEY").or_else(|| own.is_none().then(|| llm.1.cloned()).flatten()),
        base_url: own.unwrap_or_else(|| llm.0.to_owned()),
        hearing_model: reader.text("AUDIO_HEARING_MODEL"),
        speaking_model: reader.text("AUDIO_SPEAKING_MODEL"),
        voice: reader.text("AUDIO_VOICE").unwrap_or_else(|| "alloy".into()),
    }
}

pub(super) fn storage(reader: &mut Reader<'_>) -> Storage {
    Storage {
        url: reader.text("STORAGE_URL"),
        access_key_id: reader.text("STORAGE_ACCESS_KEY_ID"),
        secret_access_key: reader.secret("STORAGE_SECRET_ACCESS_KEY"),
    }
}

pub(super) fn limits(reader: &mut Reader<'_>) -> Limits {
    let mut limit = |name: &str, usual: i64| {
        let value = reader.parsed(name, |count: &i64| *count >= 0, "use a number, or 0 for no limit").unwrap_or(usual);
        (value > 0).then_some(value)
    };
    let mut limits = Limits {
        calls_minute: limit("LIMIT_CALLS_PER_MINUTE", 60),
        calls_hour: limit("LIMIT_CALLS_PER_HOUR", 600),
        calls_day: limit("LIMIT_CALLS_PER_DAY", 2000),
        pictures_hour: limit("LIMIT_PICTURES_PER_HOUR", 30),
        pictures_day: limit("LIMIT_PICTURES_PER_DAY", 100),
        tokens_day: limit("LIMIT_TOKENS_PER_DAY", 0),
        concurrency: limit("LIMIT_ACCOUNT_CONCURRENCY", 0),
        cost_day: None,
    };
    let cost = reader.parsed("LIMIT_ACCOUNT_COST_PER_DAY", |cost: &f64| *cost >= 0.0, "use an amount, or 0 for no limit");
    limits.cost_day = cost.map(|cost| (cost * 1e6) as i64).filter(|micros| *micros > 0);
    limits
}

pub(super) fn moderation(reader: &mut Reader<'_>) -> Moderation {
    let moderation = Moderation {
        words: reader.list("MODERATION_WORDS"),
        provider: reader.choice("MODERATION_PROVIDER", &[("openai", Provider::OpenAi), ("aliyun", Provider::Aliyun)]),
        url: reader.url("MODERATION_URL"),
        api_key: reader.secret("MODERATION_API_KEY"),
        api_secret: reader.secret("MODERATION_API_SECRET"),
        model: reader.text("MODERATION_MODEL"),
        timeout: Duration::from_millis(
            reader.parsed("MODERATION_TIMEOUT_MS", |ms| (100..=30_000).contains(ms), "use 100 to 30000").unwrap_or(2000),
        ),
        fails_open: reader.switch("MODERATION_FAIL_OPEN"),
    };
    if moderation.provider == Provider::Aliyun && (moderation.api_key.is_none() || moderation.api_secret.is_none()) {
        reader.problem("MODERATION_API_SECRET", "is not set", "Aliyun needs MODERATION_API_KEY and MODERATION_API_SECRET");
    }
    moderation
}

pub(super) fn privacy(reader: &mut Reader<'_>) -> Privacy {
    let days = reader.parsed("RETENTION_DAYS", |days| (1..=3650).contains(days), "use 1 to 3650 days").unwrap_or(30);
    Privacy {
        operator: reader.text("OPERATOR_NAME"),
        contact: reader.text("OPERATOR_CONTACT"),
        filing: reader.text("OPERATOR_FILING"),
        retention: Duration::from_secs(days * 24 * 60 * 60),
    }
}

fn seconds(reader: &mut Reader<'_>, name: &str, usual: u64) -> Duration {
    let seconds = reader.parsed(name, |seconds| (1..=3600).contains(seconds), "use 1 to 3600 seconds");
    Duration::from_secs(seconds.unwrap_or(usual))
}
