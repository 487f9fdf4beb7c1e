//! What WeChat pushes, as a closed enum: messages, events, and `Unknown` for what this page does not list.
//!
//! XML becomes a type here and nowhere else. Unknown elements are ignored, the order is free, and a known message with a strange
//! number in it is still that message.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_standard_messages.html>

/// One pushed message or event.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The account's original id (`gh_…`); it is the `FromUserName` of a passive reply.
    pub to_user_name: String,
    /// `FromUserName`: the follower, or the platform's helper account for the job events.
    pub openid: String,
    /// `CreateTime`, in seconds.
    pub create_time: i64,
    /// `MsgId` of a message; events have none.
    pub msg_id: Option<String>,
    pub content: Content,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `menu_id` is `bizmsgmenuid`: the follower tapped an option instead of typing.
    Text {
        text: String,
        menu_id: Option<String>,
    },
    Image {
        pic_url: Option<String>,
        media_id: String,
    },
    /// `recognition` is WeChat's transcript, where the account has it switched on.
    Voice {
        media_id: String,
        format: Option<String>,
        recognition: Option<String>,
    },
    Video {
        media_id: String,
        thumb_media_id: Option<String>,
    },
    ShortVideo {
        media_id: String,
        thumb_media_id: Option<String>,
    },
    Location {
        latitude: String,
        longitude: String,
        label: Option<String>,
    },
    Link {
        title: String,
        description: Option<String>,
        url: String,
    },
    /// Undocumented; no API hands out the bytes.
    File {
        title: Option<String>,
    },
    MiniProgramPage {
        title: Option<String>,
        page_path: Option<String>,
    },
    Event(Event),
    /// A `MsgType` this page does not know.
    Unknown {
        msg_type: String,
    },
}

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
    pub publish_status: i64,
    pub article_id: Option<String>,
    pub article_urls: Vec<String>,
    pub fail_idx: Vec<i64>,
}

/// Why a body is not a message. The names are the values of the metric's `reason`.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum BadXml {
    #[error("the body is not well-formed XML")]
    Malformed,
    #[error("the body declares a DTD or an entity")]
    Dtd,
    #[error("the body nests deeper than 32 elements")]
    Depth,
    #[error("the body is not UTF-8")]
    Utf8,
    #[error("the body lacks ToUserName, FromUserName, CreateTime or MsgType")]
    Incomplete,
}

/// The outer document: `Encrypt` in secure mode, a whole message beside it in compatible mode, a message alone in plain mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Encrypted(String),
    Plain,
}

/// Finds out whether `xml` carries an `Encrypt` element, under the same limits as [`parse`].
pub fn body(xml: &[u8]) -> Result<Body, BadXml> {
    let _ = xml;
    Err(BadXml::Malformed)
}

/// Reads one message or event.
pub fn parse(xml: &[u8]) -> Result<Incoming, BadXml> {
    let _ = xml;
    Err(BadXml::Malformed)
}

impl Incoming {
    /// What stays the same when WeChat repeats a push, and differs between any two others of this follower: `MsgId`, or for
    /// an event `CreateTime`, `Event` and `EventKey`.
    pub fn dedup_key(&self) -> String {
        String::new()
    }

    /// The kind as the ledger records it: `text`, `image`, …, `event:subscribe`, ….
    pub fn kind(&self) -> String {
        String::new()
    }
}
