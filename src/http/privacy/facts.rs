//! What the configuration says about privacy. No secret of it is a fact.

use std::time::Duration;

use reqwest::Url;

use crate::{
    app::retention,
    config::{Config, Limits},
};

/// What a page in any language states.
pub(super) struct Facts {
    pub(super) operator: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) filing: Option<String>,
    pub(super) days_kept: u64,
    pub(super) days_of_page: u64,
    pub(super) days_after_leaving: u64,
    pub(super) days_at_wechat: u64,
    pub(super) hours_of_pushes: u64,
    /// Who gets what, by host. Hosts of one purpose each; two purposes may share one.
    pub(super) chat: String,
    pub(super) drawing: Option<String>,
    pub(super) hearing: Option<String>,
    pub(super) speaking: Option<String>,
    pub(super) moderation: Option<String>,
    pub(super) has_words: bool,
    /// The object store, if it is another's.
    pub(super) storage: Option<String>,
    pub(super) takes_files: bool,
    pub(super) limits: Limits,
}

impl Facts {
    pub(super) fn of(config: &Config) -> Self {
        let (image, audio, privacy) = (&config.image, &config.audio, &config.privacy);
        let if_any = |model: &Option<String>, url: &str| model.as_ref().map(|_| host(url));
        Self {
            operator: privacy.operator.clone(),
            contact: privacy.contact.clone(),
            filing: privacy.filing.clone(),
            days_kept: days(privacy.retention),
            days_of_page: days(config.reply.page_lifetime.min(privacy.retention)),
            days_after_leaving: days(retention::UNFOLLOWED),
            days_at_wechat: days(retention::AT_WECHAT),
            hours_of_pushes: retention::PUSHES.as_secs() / 3600,
            chat: host(&config.llm.base_url),
            drawing: if_any(&image.model, &image.base_url),
            hearing: if_any(&audio.hearing_model, &audio.base_url),
            speaking: if_any(&audio.speaking_model, &audio.base_url),
            moderation: config.moderation.url.as_deref().map(host),
            has_words: !config.moderation.words.is_empty(),
            storage: config.storage.url.as_deref().and_then(bucket_host),
            takes_files: config.public_url.is_some(),
            limits: config.limits,
        }
    }
}

fn days(time: Duration) -> u64 {
    time.as_secs() / (24 * 60 * 60)
}

/// The host alone: a path may say more than is anybody's business.
fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Where a bucket is; `None` for a folder.
fn bucket_host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "s3")?;
    let endpoint = url.query_pairs().find(|(name, _)| name == "endpoint").map(|(_, endpoint)| host(&endpoint));
    Some(endpoint.unwrap_or_else(|| "amazonaws.com".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_are_told() {
        assert_eq!(host("https://api.deepseek.com/v1?key=1"), "api.deepseek.com");
        assert_eq!(
            bucket_host("s3://b/p?endpoint=https://oss-cn-hangzhou.aliyuncs.com&region=r").as_deref(),
            Some("oss-cn-hangzhou.aliyuncs.com")
        );
        assert_eq!(bucket_host("s3://b?region=eu-central-1").as_deref(), Some("amazonaws.com"));
        assert_eq!(bucket_host("file:///var/lib/huixin"), None);
    }
}
