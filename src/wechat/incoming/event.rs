//! Events: what happened without a follower writing anything, from the elements of a push.
//!
//! The case of `Event` is not stable, and nearly every element may be missing: what is known by its name stays that event.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_event_pushes.html>

use std::borrow::Cow;

use super::document::Element;

/// In the place of a `publish_status` that cannot be read, since 0 would say that the article is public.
const UNREAD_STATUS: i64 = -1;

/// What happened, where nothing was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// `scene` is without WeChat's prefix `qrscene_`.
    Subscribe {
        scene: Option<String>,
    },
    Unsubscribe,
    Scan {
        scene: String,
    },
    Location {
        latitude: String,
        longitude: String,
    },
    Click {
        key: String,
    },
    View {
        url: String,
    },
    ViewMiniProgram {
        page_path: String,
    },
    ScancodePush {
        key: String,
        result: Option<String>,
    },
    ScancodeWaitMsg {
        key: String,
        result: Option<String>,
    },
    PicSysPhoto {
        key: String,
    },
    PicPhotoOrAlbum {
        key: String,
    },
    PicWeixin {
        key: String,
    },
    LocationSelect {
        key: String,
        label: Option<String>,
    },
    MassSendJobFinish(MassSendResult),
    PublishJobFinish(PublishResult),
    TemplateSendJobFinish {
        msg_id: String,
        status: String,
    },
    SubscribeMsgPopup,
    SubscribeMsgChange,
    SubscribeMsgSent,
    KfCreateSession,
    KfCloseSession,
    KfSwitchSession,
    QualificationVerifySuccess,
    QualificationVerifyFail {
        reason: Option<String>,
    },
    NamingVerifySuccess,
    NamingVerifyFail {
        reason: Option<String>,
    },
    AnnualRenew,
    VerifyExpired,
    UserInfoModified,
    UserAuthorizationRevoke,
    UserAuthorizationCancellation,
    /// An `Event` this page does not know.
    Unknown {
        event: String,
    },
}

/// `MASSSENDJOBFINISH`: what became of a mass send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MassSendResult {
    pub msg_id: String,
    pub status: String,
    pub total_count: i64,
    pub filter_count: i64,
    pub sent_count: i64,
    pub error_count: i64,
    pub article_urls: Vec<String>,
}

/// `PUBLISHJOBFINISH`: what became of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishResult {
    pub publish_id: String,
    /// As in `freepublish/get`: 0 is published; -1 where the event did not say.
    pub publish_status: i64,
    pub article_id: Option<String>,
    pub article_urls: Vec<String>,
    pub fail_idx: Vec<i64>,
}

/// Reads the event that `root` describes.
pub(super) fn read(root: Element<'_>) -> Event {
    let event = root.value("Event").unwrap_or_default();
    let key = || root.string("EventKey");
    match event.to_ascii_lowercase().as_str() {
        "subscribe" => Event::Subscribe { scene: root.value("EventKey").and_then(scene) },
        "unsubscribe" => Event::Unsubscribe,
        "scan" => Event::Scan { scene: key() },
        "location" => Event::Location { latitude: root.string("Latitude"), longitude: root.string("Longitude") },
        "click" => Event::Click { key: key() },
        "view" => Event::View { url: key() },
        "view_miniprogram" => Event::ViewMiniProgram { page_path: key() },
        "scancode_push" => Event::ScancodePush { key: key(), result: within(root, "ScanCodeInfo", "ScanResult") },
        "scancode_waitmsg" => Event::ScancodeWaitMsg { key: key(), result: within(root, "ScanCodeInfo", "ScanResult") },
        "pic_sysphoto" => Event::PicSysPhoto { key: key() },
        "pic_photo_or_album" => Event::PicPhotoOrAlbum { key: key() },
        "pic_weixin" => Event::PicWeixin { key: key() },
        "location_select" => Event::LocationSelect { key: key(), label: within(root, "SendLocationInfo", "Label") },
        "masssendjobfinish" => Event::MassSendJobFinish(read_mass_send(root)),
        "publishjobfinish" => Event::PublishJobFinish(read_publish(root.child("PublishEventInfo").unwrap_or(root))),
        "templatesendjobfinish" => {
            Event::TemplateSendJobFinish { msg_id: super::id(root).unwrap_or_default(), status: root.string("Status") }
        }
        "subscribe_msg_popup_event" => Event::SubscribeMsgPopup,
        "subscribe_msg_change_event" => Event::SubscribeMsgChange,
        "subscribe_msg_sent_event" => Event::SubscribeMsgSent,
        "kf_create_session" => Event::KfCreateSession,
        "kf_close_session" => Event::KfCloseSession,
        "kf_switch_session" => Event::KfSwitchSession,
        "qualification_verify_success" => Event::QualificationVerifySuccess,
        "qualification_verify_fail" => Event::QualificationVerifyFail { reason: root.optional("FailReason") },
        "naming_verify_success" => Event::NamingVerifySuccess,
        "naming_verify_fail" => Event::NamingVerifyFail { reason: root.optional("FailReason") },
        "annual_renew" => Event::AnnualRenew,
        "verify_expired" => Event::VerifyExpired,
        "user_info_modified" => Event::UserInfoModified,
        "user_authorization_revoke" => Event::UserAuthorizationRevoke,
        "user_authorization_cancellation" => Event::UserAuthorizationCancellation,
        _ => Event::Unknown { event: event.to_owned() },
    }
}

/// What tells this event from another of the same name, follower and second.
pub(super) fn key(root: Element<'_>) -> Option<String> {
    let sent = |list: &str| root.child(list)?.child("List")?.optional("MsgID");
    root.optional("EventKey")
        .or_else(|| super::id(root))
        .or_else(|| within(root, "PublishEventInfo", "publish_id"))
        .or_else(|| sent("SubscribeMsgSentEvent"))
        .or_else(|| root.optional("ToKfAccount"))
        .or_else(|| root.optional("KfAccount"))
}

fn read_mass_send(root: Element<'_>) -> MassSendResult {
    let articles = root.child("ArticleUrlResult").and_then(|result| result.child("ResultList"));
    let count = |name| root.number(name).unwrap_or(0);
    MassSendResult {
        msg_id: super::id(root).unwrap_or_default(),
        status: root.string("Status"),
        total_count: count("TotalCount"),
        filter_count: count("FilterCount"),
        sent_count: count("SentCount"),
        error_count: count("ErrorCount"),
        article_urls: articles.map(|list| urls(list, "ArticleUrl")).unwrap_or_default(),
    }
}

fn read_publish(result: Element<'_>) -> PublishResult {
    PublishResult {
        publish_id: result.string("publish_id"),
        publish_status: result.number("publish_status").unwrap_or(UNREAD_STATUS),
        // The official sample has a line break within the id.
        article_id: result.value("article_id").map(|id| id.split_whitespace().collect()),
        article_urls: result.child("article_detail").map(|list| urls(list, "article_url")).unwrap_or_default(),
        fail_idx: result.all("fail_idx").filter_map(|index| index.text()?.parse().ok()).collect(),
    }
}

fn urls(list: Element<'_>, name: &str) -> Vec<String> {
    list.all("item").filter_map(|item| item.optional(name)).collect()
}

fn within(root: Element<'_>, parent: &str, child: &str) -> Option<String> {
    root.child(parent)?.optional(child)
}

/// The scene of the QR code a follow came through. Other keys are no scene: after a payment it is `last_trade_no_…`.
fn scene(event_key: &str) -> Option<String> {
    event_key.strip_prefix("qrscene_").filter(|scene| !scene.is_empty()).map(str::to_owned)
}

impl Event {
    /// `Event` in lower case.
    pub(super) fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Scan { .. } => "scan",
            Self::Location { .. } => "location",
            Self::Click { .. } => "click",
            Self::View { .. } => "view",
            Self::ViewMiniProgram { .. } => "view_miniprogram",
            Self::ScancodePush { .. } => "scancode_push",
            Self::ScancodeWaitMsg { .. } => "scancode_waitmsg",
            Self::PicSysPhoto { .. } => "pic_sysphoto",
            Self::PicPhotoOrAlbum { .. } => "pic_photo_or_album",
            Self::PicWeixin { .. } => "pic_weixin",
            Self::LocationSelect { .. } => "location_select",
            Self::MassSendJobFinish(_) => "masssendjobfinish",
            Self::PublishJobFinish(_) => "publishjobfinish",
            Self::TemplateSendJobFinish { .. } => "templatesendjobfinish",
            Self::SubscribeMsgPopup => "subscribe_msg_popup_event",
            Self::SubscribeMsgChange => "subscribe_msg_change_event",
            Self::SubscribeMsgSent => "subscribe_msg_sent_event",
            Self::KfCreateSession => "kf_create_session",
            Self::KfCloseSession => "kf_close_session",
            Self::KfSwitchSession => "kf_switch_session",
            Self::QualificationVerifySuccess => "qualification_verify_success",
            Self::QualificationVerifyFail { .. } => "qualification_verify_fail",
            Self::NamingVerifySuccess => "naming_verify_success",
            Self::NamingVerifyFail { .. } => "naming_verify_fail",
            Self::AnnualRenew => "annual_renew",
            Self::VerifyExpired => "verify_expired",
            Self::UserInfoModified => "user_info_modified",
            Self::UserAuthorizationRevoke => "user_authorization_revoke",
            Self::UserAuthorizationCancellation => "user_authorization_cancellation",
            Self::Unknown { event } => return Cow::Owned(event.to_lowercase()),
        })
    }
}
