//! Putting the shared handles together from the configuration.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    acs3,
    app::{
        App, Languages, access::AccessTokens, accounts::Accounts, readiness::Readiness, replies::Replies, running::Running,
        slots::Slots, tasks::Tasks, uploads::Uploads,
    },
    config::{self, Config},
    db::{Db, inbound::Intake, outlet::Outlet},
    extract::{Limits, worker::Workers},
    fetch::{self, Fetcher},
    llm::{
        chat::{self, Upstream},
        image::{self, Painter},
        models::{Catalogue, configured},
        speech::{self, Speech},
    },
    moderation::{self, Chain, OnFailure, remote::Provider},
    picture::Workshop,
    storage::{Credentials, Storage},
    wechat::client::{Client, Connections},
};

use super::seat::Seat;

/// What an account may do is looked up again after this, so that all replicas learn of a change.
const CAPABILITY_LIFETIME: Duration = Duration::from_secs(30);

/// Pictures that are worked on at once: each may hold 200 MB for a second.
const PICTURES_AT_ONCE: usize = 1;

/// How long a list of models is good; upstreams change theirs every few days.
const CATALOGUE_FRESH: Duration = Duration::from_mins(10);

/// Files that are read at once, each by a process of at most 96 MiB.
const FILES_AT_ONCE: usize = 2;

/// Texts that the remote moderator looks at, at once.
const MODERATED_AT_ONCE: usize = 16;

/// The handles, and the writers of the intake and the outlet.
pub(super) fn assemble(
    config: Config,
    db: Db,
    seat: &Seat,
) -> anyhow::Result<(Arc<App>, impl Future<Output = ()> + Send + 'static)> {
    let (intake, in_writer) = Intake::new(&db);
    let (outlet, out_writer) = Outlet::new(&db);
    let wechat_url = config.wechat_api_url.parse().context("WECHAT_API_URL is not an address")?;
    let client = Client::new(wechat_url, Connections::Kept).context("the client for WeChat cannot be made")?;
    let (catalogue, picture_catalogue) = catalogues(&config)?;
    let app = App {
        accounts: Accounts::new(&config.accounts),
        upstream: Upstream::new(upstream(&config)).context("the model upstream is configured wrongly")?,
        painter: painter(&config)?,
        speech: speech(&config)?,
        catalogue,
        picture_catalogue,
        fetcher: Fetcher::new(&fetch::Settings { allow: config.fetch_allow.clone(), ..fetch::Settings::default() })
            .context("FETCH_ALLOW_HOSTS is configured wrongly")?,
        moderation: Arc::new(Chain::new(moderation(&config)).context("moderation is configured wrongly")?),
        storage: storage(&config)?,
        workshop: Workshop::new(PICTURES_AT_ONCE),
        readers: Workers::new(config.program.clone(), FILES_AT_ONCE, Limits::default()),
        uploads: Uploads::new(&config.data_dir, seat.name()).context("the folder arriving in DATA_DIR cannot be used")?,
        slots: Slots::new(config.llm.concurrency),
        running: Running::default(),
        replies: Replies::default(),
        access: AccessTokens::new(db.clone(), client, seat.holder()),
        capabilities: Cache::builder().time_to_live(CAPABILITY_LIFETIME).build(),
        languages: Languages::default(),
        holder: seat.holder().to_owned(),
        push_due: Notify::new(),
        tasks: Tasks::default(),
        readiness: Readiness::default(),
        stopping: CancellationToken::new(),
        intake,
        outlet,
        db,
        config,
    };
    let writers = async move {
        tokio::join!(in_writer, out_writer);
    };
    Ok((Arc::new(app), writers))
}

fn upstream(config: &Config) -> chat::Settings {
    let llm = &config.llm;
    chat::Settings {
        base_url: llm.base_url.clone(),
        api_key: llm.api_key.clone().unwrap_or_default(),
        model: llm.model.clone(),
        fallback_model: llm.fallback_model.clone(),
        temperature: llm.temperature,
        top_p: llm.top_p,
        max_tokens: llm.max_tokens,
        timeout: llm.timeout,
        // The history carries reasoning only for models that want it, so what is in it is echoed.
        echo_reasoning: chat::Echo::Always,
    }
}

fn painter(config: &Config) -> anyhow::Result<Option<Painter>> {
    let image = &config.image;
    let Some(model) = image.model.clone() else { return Ok(None) };
    let settings = image::Settings {
        base_url: image.base_url.clone(),
        api_key: image.api_key.clone().unwrap_or_default(),
        model,
        style: image.style.clone(),
        size: image.size.clone(),
        timeout: image.timeout,
    };
    Ok(Some(Painter::new(settings).context("drawing is configured wrongly (IMAGE_…)")?))
}

fn speech(config: &Config) -> anyhow::Result<Speech> {
    let audio = &config.audio;
    let settings = speech::Settings {
        base_url: audio.base_url.clone(),
        api_key: audio.api_key.clone().unwrap_or_default(),
        hearing_model: audio.hearing_model.clone(),
        speaking_model: audio.speaking_model.clone(),
        timeout: config.llm.timeout,
    };
    Speech::new(settings).context("voice is configured wrongly (AUDIO_…)")
}

/// The models to talk to and those to draw: one list, unless pictures come from another upstream.
fn catalogues(config: &Config) -> anyhow::Result<(Arc<Catalogue>, Arc<Catalogue>)> {
    if let Some(models) = &config.llm.models {
        let models = configured::parse(models).map_err(|problems| anyhow::anyhow!("LLM_MODELS: {}", problems.join("; ")))?;
        let catalogue = Arc::new(Catalogue::configured(&models));
        return Ok((catalogue.clone(), catalogue));
    }
    let of = |base_url: &str, api_key: &Option<SecretString>| {
        Catalogue::upstream(base_url, &api_key.clone().unwrap_or_default(), CATALOGUE_FRESH).map(Arc::new)
    };
    let chat = of(&config.llm.base_url, &config.llm.api_key).context("the models cannot be listed from LLM_BASE_URL")?;
    if config.image.base_url == config.llm.base_url {
        return Ok((chat.clone(), chat));
    }
    let pictures =
        of(&config.image.base_url, &config.image.api_key).context("the models cannot be listed from IMAGE_BASE_URL")?;
    Ok((chat, pictures))
}

fn moderation(config: &Config) -> moderation::Settings {
    let own = &config.moderation;
    moderation::Settings {
        words: own.words.iter().map(PathBuf::from).collect(),
        provider: provider(own),
        timeout: own.timeout,
        concurrency: MODERATED_AT_ONCE,
        questions_on_failure: if own.fails_open { OnFailure::LetPass } else { OnFailure::Refuse },
    }
}

/// Where pictures and files are kept.
pub(super) fn storage(config: &Config) -> anyhow::Result<Storage> {
    let own = &config.storage;
    let Some(url) = &own.url else {
        return Storage::in_folder(config.data_dir.join("objects")).context("the folder objects in DATA_DIR cannot be used");
    };
    let credentials = own.access_key_id.clone().zip(own.secret_access_key.clone());
    let credentials = credentials.map(|(access_key_id, secret_access_key)| Credentials { access_key_id, secret_access_key });
    Storage::connect(url, credentials.as_ref()).context("STORAGE_URL is configured wrongly")
}

fn provider(own: &config::Moderation) -> Option<Provider> {
    let url = own.url.clone()?;
    Some(match own.provider {
        config::Provider::OpenAi => Provider::OpenAi {
            url,
            api_key: own.api_key.clone().unwrap_or_default(),
            model: own.model.clone().unwrap_or_default(),
        },
        config::Provider::Aliyun => Provider::Aliyun {
            url,
            credentials: acs3::Credentials {
                access_key_id: own.api_key.as_ref().map(|key| key.expose_secret().to_owned()).unwrap_or_default(),
                access_key_secret: own.api_secret.clone().unwrap_or_default(),
            },
        },
    })
}
