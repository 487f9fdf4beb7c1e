//! What a follower can send or do, and the XML the platform makes of it.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_standard_messages.html>

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{
    journal::Shown,
    platform::{Medium, Trigger},
};

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
    /// What the message's id stands for.
    pub(super) medium: Option<&'a Medium>,
}

impl Message {
    /// A typed text.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { content: content.into(), bizmsgmenuid: None }
    }

    /// The document that is pushed.
    pub(super) fn to_xml(&self, head: &Head<'_>) -> String {
        let mut out = format!(
            "<xml>{}{}<CreateTime>{}</CreateTime>",
            element("ToUserName", head.account),
            element("FromUserName", head.openid),
            head.create_time
        );
        let _ = match self.body(head.url, head.medium) {
            Body::Whole(xml) => return xml.to_owned(),
            Body::Message { msg_type, fields } => {
                write!(out, "{}{fields}<MsgId>{}</MsgId></xml>", element("MsgType", msg_type), head.msg_id)
            }
            Body::Event { event, fields } => {
                write!(out, "{}{}{fields}</xml>", element("MsgType", "event"), element("Event", event))
            }
        };
        out
    }

    /// The elements after the common ones; `url` is where pictures are, `medium` what the message's id stands for.
    fn body(&self, url: &str, medium: Option<&Medium>) -> Body<'_> {
        let message = |msg_type, fields: &[(&str, &str)]| Body::Message { msg_type, fields: elements(fields) };
        let event = |event, fields: &[(&str, &str)]| Body::Event { event, fields: elements(fields) };
        match self {
            Self::Text { content, bizmsgmenuid: None } => message("text", &[("Content", content)]),
            Self::Text { content, bizmsgmenuid: Some(id) } => message("text", &[("Content", content), ("bizmsgmenuid", id)]),
            Self::Image { media_id } => {
                let pic_url = format!("{url}/simulator/media/{media_id}");
                message("image", &[("PicUrl", &pic_url), ("MediaId", media_id)])
            }
            Self::Voice { media_id, recognition } => {
                let format = medium.map_or("amr", Medium::voice_format);
                let copy = medium.and_then(|medium| medium.copy_16k.as_ref()).unwrap_or(media_id);
                let mut fields = vec![("MediaId", media_id.as_str()), ("Format", format), ("MediaId16K", copy)];
                fields.extend(recognition.as_deref().map(|text| ("Recognition", text)));
                message("voice", &fields)
            }
            Self::Video { media_id } => message("video", &[("MediaId", media_id), ("ThumbMediaId", media_id)]),
            Self::ShortVideo { media_id } => message("shortvideo", &[("MediaId", media_id), ("ThumbMediaId", media_id)]),
            Self::Location { latitude, longitude, label } => {
                let fields = format!("<Location_X>{latitude:.6}</Location_X><Location_Y>{longitude:.6}</Location_Y>");
                let fields = fields + "<Scale>15</Scale>" + &element("Label", label);
                Body::Message { msg_type: "location", fields }
            }
            Self::Link { title, description, url } => {
                message("link", &[("Title", title), ("Description", description), ("Url", url)])
            }
            Self::File { title } => message("file", &[("Title", title)]),
            Self::Subscribe { scene: Some(scene) } => {
                event("subscribe", &[("EventKey", &format!("qrscene_{scene}")), ("Ticket", "SIMULATED_TICKET")])
            }
            Self::Subscribe { scene: None } => event("subscribe", &[("EventKey", "")]),
            Self::Unsubscribe => event("unsubscribe", &[("EventKey", "")]),
            Self::Scan { scene } => event("SCAN", &[("EventKey", scene), ("Ticket", "SIMULATED_TICKET")]),
            Self::Position { latitude, longitude } => {
                let fields = format!("<Latitude>{latitude:.6}</Latitude><Longitude>{longitude:.6}</Longitude>");
                Body::Event { event: "LOCATION", fields: fields + "<Precision>65.000000</Precision>" }
            }
            Self::Click { key } => event("CLICK", &[("EventKey", key)]),
            Self::View { url } => event("VIEW", &[("EventKey", url), ("MenuId", "400000001")]),
            Self::ScancodePush { key, result } => scancode("scancode_push", key, result),
            Self::ScancodeWaitmsg { key, result } => scancode("scancode_waitmsg", key, result),
            Self::PicSysphoto { key } => pictures("pic_sysphoto", key),
            Self::PicPhotoOrAlbum { key } => pictures("pic_photo_or_album", key),
            Self::PicWeixin { key } => pictures("pic_weixin", key),
            Self::LocationSelect { key, label } => {
                let place =
                    [("Location_X", "31.23"), ("Location_Y", "121.47"), ("Scale", "15"), ("Label", label), ("Poiname", "")];
                let fields = format!("{}<SendLocationInfo>{}</SendLocationInfo>", element("EventKey", key), elements(&place));
                Body::Event { event: "location_select", fields }
            }
            Self::Event { event, fields } => Body::Event { event, fields: fields.clone() },
            Self::Raw { xml } => Body::Whole(xml),
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

    /// The medium it carries.
    pub(super) fn media_id(&self) -> Option<&str> {
        let (Self::Image { media_id } | Self::Voice { media_id, .. } | Self::Video { media_id } | Self::ShortVideo { media_id }) =
            self
        else {
            return None;
        };
        Some(media_id)
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

    /// Whether nobody did it: the platform reports on a job, or about the account.
    pub(super) fn is_from_platform(&self) -> bool {
        matches!(self, Self::Event { .. })
    }

    /// Whether it counts as an event, in answer to which a news reply may have eight articles.
    pub(super) fn is_event(&self) -> bool {
        matches!(self.body("", None), Body::Event { .. })
    }
}

/// What stands between the common elements and the end.
enum Body<'a> {
    Message { msg_type: &'static str, fields: String },
    Event { event: &'a str, fields: String },
    Whole(&'a str),
}

fn scancode(event: &'static str, key: &str, result: &str) -> Body<'static> {
    let code = elements(&[("ScanType", "qrcode"), ("ScanResult", result)]);
    Body::Event { event, fields: format!("{}<ScanCodeInfo>{code}</ScanCodeInfo>", element("EventKey", key)) }
}

fn pictures(event: &'static str, key: &str) -> Body<'static> {
    let picture = element("PicMd5Sum", "0f343b0931126a20f133d67c2b018a3b");
    let list = format!("<SendPicsInfo><Count>1</Count><PicList><item>{picture}</item></PicList></SendPicsInfo>");
    Body::Event { event, fields: element("EventKey", key) + &list }
}

fn elements(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| element(name, value)).collect()
}

/// `<name><![CDATA[value]]></name>`, with the one sequence CDATA cannot hold split.
fn element(name: &str, value: &str) -> String {
    format!("<{name}><![CDATA[{}]]></{name}>", value.replace("]]>", "]]]]><![CDATA[>"))
}
