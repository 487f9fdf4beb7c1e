//! What a follower can send or do, and the XML the platform makes of it.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_standard_messages.html>

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{journal::Shown, platform::Trigger};

/// One message or event, before it has a number and a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    Text {
        content: String,
        bizmsgmenuid: Option<String>,
    },
    Image {
        media_id: String,
    },
    /// `recognition` is absent where the account has speech recognition switched off.
    Voice {
        media_id: String,
        recognition: Option<String>,
    },
    Video {
        media_id: String,
    },
    ShortVideo {
        media_id: String,
    },
    Location {
        latitude: f64,
        longitude: f64,
        label: String,
    },
    Link {
        title: String,
        description: String,
        url: String,
    },
    File {
        title: String,
    },
    /// `scene` is the code a parametric QR code carried.
    Subscribe {
        scene: Option<String>,
    },
    Unsubscribe,
    Scan {
        scene: String,
    },
    /// The position report on opening the chat, not a message.
    Position {
        latitude: f64,
        longitude: f64,
    },
    Click {
        key: String,
    },
    View {
        url: String,
    },
    ScancodePush {
        key: String,
        result: String,
    },
    ScancodeWaitmsg {
        key: String,
        result: String,
    },
    PicSysphoto {
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
        label: String,
    },
    /// Any other event; `fields` are the elements after `Event`, as XML.
    Event {
        event: String,
        fields: String,
    },
    /// The whole document, sent as it stands.
    Raw {
        xml: String,
    },
}

/// Who sends to whom, when and under which number.
pub(super) struct Head<'a> {
    pub(super) account: &'a str,
    pub(super) openid: &'a str,
    pub(super) create_time: i64,
    pub(super) msg_id: u64,
    /// Where the simulator serves pictures.
    pub(super) url: &'a str,
}

impl Message {
    /// A typed text.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { content: content.into(), bizmsgmenuid: None }
    }

    /// The document that is pushed.
    pub(super) fn to_xml(&self, head: &Head<'_>) -> String {
        if let Self::Raw { xml } = self {
            return xml.clone();
        }
        let mut out = format!(
            "<xml>{}{}<CreateTime>{}</CreateTime>",
            element("ToUserName", head.account),
            element("FromUserName", head.openid),
            head.create_time
        );
        if let Some(event) = self.event_name() {
            out += "<MsgType><![CDATA[event]]></MsgType>";
            out += &element("Event", event);
            out += &self.event_fields();
        } else {
            out += &self.message_fields(head.url);
            let _ = write!(out, "<MsgId>{}</MsgId>", head.msg_id);
        }
        out + "</xml>"
    }

    fn message_fields(&self, url: &str) -> String {
        let media = |kind: &str, media_id: &str| element("MsgType", kind) + &element("MediaId", media_id);
        match self {
            Self::Text { content, bizmsgmenuid } => {
                let tapped = bizmsgmenuid.as_ref().map(|id| element("bizmsgmenuid", id)).unwrap_or_default();
                element("MsgType", "text") + &element("Content", content) + &tapped
            }
            Self::Image { media_id } => {
                media("image", media_id) + &element("PicUrl", &format!("{url}/simulator/media/{media_id}"))
            }
            Self::Voice { media_id, recognition } => {
                let said = recognition.as_ref().map(|text| element("Recognition", text)).unwrap_or_default();
                media("voice", media_id) + &element("Format", "amr") + &element("MediaId16K", media_id) + &said
            }
            Self::Video { media_id } => media("video", media_id) + &element("ThumbMediaId", media_id),
            Self::ShortVideo { media_id } => media("shortvideo", media_id) + &element("ThumbMediaId", media_id),
            Self::Location { latitude, longitude, label } => format!(
                "{}<Location_X>{latitude:.6}</Location_X><Location_Y>{longitude:.6}</Location_Y><Scale>15</Scale>{}",
                element("MsgType", "location"),
                element("Label", label)
            ),
            Self::Link { title, description, url } => {
                element("MsgType", "link")
                    + &element("Title", title)
                    + &element("Description", description)
                    + &element("Url", url)
            }
            Self::File { title } => element("MsgType", "file") + &element("Title", title),
            Self::Subscribe { .. }
            | Self::Unsubscribe
            | Self::Scan { .. }
            | Self::Position { .. }
            | Self::Click { .. }
            | Self::View { .. }
            | Self::ScancodePush { .. }
            | Self::ScancodeWaitmsg { .. }
            | Self::PicSysphoto { .. }
            | Self::PicPhotoOrAlbum { .. }
            | Self::PicWeixin { .. }
            | Self::LocationSelect { .. }
            | Self::Event { .. }
            | Self::Raw { .. } => String::new(),
        }
    }

    fn event_name(&self) -> Option<&str> {
        Some(match self {
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Scan { .. } => "SCAN",
            Self::Position { .. } => "LOCATION",
            Self::Click { .. } => "CLICK",
            Self::View { .. } => "VIEW",
            Self::ScancodePush { .. } => "scancode_push",
            Self::ScancodeWaitmsg { .. } => "scancode_waitmsg",
            Self::PicSysphoto { .. } => "pic_sysphoto",
            Self::PicPhotoOrAlbum { .. } => "pic_photo_or_album",
            Self::PicWeixin { .. } => "pic_weixin",
            Self::LocationSelect { .. } => "location_select",
            Self::Event { event, .. } => event,
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Voice { .. }
            | Self::Video { .. }
            | Self::ShortVideo { .. }
            | Self::Location { .. }
            | Self::Link { .. }
            | Self::File { .. }
            | Self::Raw { .. } => return None,
        })
    }

    fn event_fields(&self) -> String {
        match self {
            Self::Subscribe { scene: Some(scene) } => {
                element("EventKey", &format!("qrscene_{scene}")) + &element("Ticket", "SIMULATED_TICKET")
            }
            Self::Subscribe { scene: None } | Self::Unsubscribe => element("EventKey", ""),
            Self::Scan { scene } => element("EventKey", scene) + &element("Ticket", "SIMULATED_TICKET"),
            Self::Position { latitude, longitude } => {
                format!("<Latitude>{latitude:.6}</Latitude><Longitude>{longitude:.6}</Longitude><Precision>65.000000</Precision>")
            }
            Self::Click { key } => element("EventKey", key),
            Self::View { url } => element("EventKey", url) + "<MenuId>400000001</MenuId>",
            Self::ScancodePush { key, result } | Self::ScancodeWaitmsg { key, result } => format!(
                "{}<ScanCodeInfo>{}{}</ScanCodeInfo>",
                element("EventKey", key),
                element("ScanType", "qrcode"),
                element("ScanResult", result)
            ),
            Self::PicSysphoto { key } | Self::PicPhotoOrAlbum { key } | Self::PicWeixin { key } => format!(
                "{}<SendPicsInfo><Count>1</Count><PicList><item>{}</item></PicList></SendPicsInfo>",
                element("EventKey", key),
                element("PicMd5Sum", "0f343b0931126a20f133d67c2b018a3b")
            ),
            Self::LocationSelect { key, label } => format!(
                "{}<SendLocationInfo>{}{}{}{}{}</SendLocationInfo>",
                element("EventKey", key),
                element("Location_X", "31.23"),
                element("Location_Y", "121.47"),
                element("Scale", "15"),
                element("Label", label),
                element("Poiname", "")
            ),
            Self::Event { fields, .. } => fields.clone(),
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Voice { .. }
            | Self::Video { .. }
            | Self::ShortVideo { .. }
            | Self::Location { .. }
            | Self::Link { .. }
            | Self::File { .. }
            | Self::Raw { .. } => String::new(),
        }
    }

    /// What the follower sees of it in the own chat.
    pub(super) fn shown(&self) -> Shown {
        let event = |text: String| Shown::Event { text };
        match self {
            Self::Text { content, .. } => Shown::text(content),
            Self::Image { media_id } => Shown::Image { media_id: media_id.clone() },
            Self::Voice { media_id, recognition } => {
                Shown::Voice { media_id: media_id.clone(), recognition: recognition.clone() }
            }
            Self::Video { media_id } | Self::ShortVideo { media_id } => Shown::Video { media_id: media_id.clone(), title: None },
            Self::Location { latitude, longitude, label } => {
                Shown::Location { latitude: *latitude, longitude: *longitude, label: label.clone() }
            }
            Self::Link { title, url, .. } => Shown::Card { title: title.clone(), note: url.clone() },
            Self::File { title } => Shown::Card { title: title.clone(), note: "file".to_owned() },
            Self::Subscribe { scene: Some(scene) } => event(format!("扫码关注了公众号（{scene}）")),
            Self::Subscribe { scene: None } => event("关注了公众号".to_owned()),
            Self::Unsubscribe => event("取消了关注".to_owned()),
            Self::Scan { scene } => event(format!("扫描了二维码（{scene}）")),
            Self::Position { .. } => event("上报了位置".to_owned()),
            Self::Click { key } => event(format!("点击了菜单（{key}）")),
            Self::View { url } => event(format!("打开了菜单链接（{url}）")),
            Self::ScancodePush { result, .. } | Self::ScancodeWaitmsg { result, .. } => event(format!("菜单扫码（{result}）")),
            Self::PicSysphoto { key } | Self::PicPhotoOrAlbum { key } | Self::PicWeixin { key } => {
                event(format!("菜单发图（{key}）"))
            }
            Self::LocationSelect { label, .. } => event(format!("菜单选择位置（{label}）")),
            Self::Event { event: name, .. } => event(format!("事件 {name}")),
            Self::Raw { .. } => event("原始报文".to_owned()),
        }
    }

    /// Which allowance of customer-service messages it opens.
    pub(super) fn trigger(&self) -> Trigger {
        match self {
            // Tapping an option counts as a menu click although it arrives as a text.
            Self::Text { bizmsgmenuid: Some(_), .. }
            | Self::Subscribe { .. }
            | Self::Scan { .. }
            | Self::Click { .. }
            | Self::ScancodePush { .. }
            | Self::ScancodeWaitmsg { .. } => Trigger::Action,
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Voice { .. }
            | Self::Video { .. }
            | Self::ShortVideo { .. }
            | Self::Location { .. }
            | Self::Link { .. }
            | Self::File { .. } => Trigger::Message,
            Self::Unsubscribe
            | Self::Position { .. }
            | Self::View { .. }
            | Self::PicSysphoto { .. }
            | Self::PicPhotoOrAlbum { .. }
            | Self::PicWeixin { .. }
            | Self::LocationSelect { .. }
            | Self::Event { .. }
            | Self::Raw { .. } => Trigger::None,
        }
    }

    /// Whether there is a chat in which a reply, or the notice that none came, could be shown.
    pub(super) fn has_place_for_reply(&self) -> bool {
        !matches!(self, Self::Unsubscribe | Self::Position { .. } | Self::View { .. } | Self::Event { .. })
    }

    /// Whether it counts as an event, in answer to which a news reply may have eight articles.
    pub(super) fn is_event(&self) -> bool {
        self.event_name().is_some()
    }
}

/// `<name><![CDATA[value]]></name>`, with the one sequence CDATA cannot hold split.
fn element(name: &str, value: &str) -> String {
    format!("<{name}><![CDATA[{}]]></{name}>", value.replace("]]>", "]]]]><![CDATA[>"))
}
