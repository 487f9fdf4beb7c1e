//! Customer-service messages: what may be sent to a follower, how much, and the typing sign.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html>

use serde_json::Value;

use super::{Answer, Call, Refused, refused};
use crate::simulator::{
    journal::{Card, MenuOption, Shown, Via},
    platform::{Closed, Platform},
};

/// Bytes of UTF-8 that a text may have.
const MAX_TEXT: usize = 2048;

pub(super) fn send(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    let openid = known_follower(platform, &body)?;
    let shown = content(platform, call, &body)?;
    if !platform.has_media_of(&shown, call.now_ms) {
        return Err(refused(40007, "invalid media_id"));
    }
    let follower = platform.followers.entry(openid.clone()).or_default();
    follower.spend(call.now_ms).map_err(|closed| match closed {
        Closed::Window => refused(45015, "response out of time limit or subscription is canceled"),
        Closed::Count => refused(45047, "out of response count limit"),
    })?;
    platform.show(&openid, Via::Customer, shown);
    Ok(Answer::ok())
}

pub(super) fn typing(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    let openid = known_follower(platform, &body)?;
    let follower = platform.followers.entry(openid).or_default();
    match body["command"].as_str() {
        Some("CancelTyping") => follower.stop_typing(),
        Some("Typing") if !follower.exchanged_lately(call.now_ms) => {
            return Err(refused(45080, "client has no message exchange in 30 seconds"));
        }
        Some("Typing") if follower.is_typing(call.now_ms) => {
            return Err(refused(45081, "already in typing status, please try again later"));
        }
        Some("Typing") => follower.start_typing(call.now_ms),
        Some(_) | None => return Err(refused(45072, "invalid command")),
    }
    Ok(Answer::ok())
}

fn known_follower(platform: &Platform, body: &Value) -> Result<String, Refused> {
    let openid = body["touser"].as_str().unwrap_or_default();
    if platform.followers.contains_key(openid) { Ok(openid.to_owned()) } else { Err(refused(40003, "invalid openid")) }
}

/// The shape of each `msgtype`.
fn content(platform: &Platform, call: &Call<'_>, body: &Value) -> Result<Shown, Refused> {
    let msgtype = body["msgtype"].as_str().unwrap_or_default();
    let part = &body[msgtype];
    let media_id = || part["media_id"].as_str().map(str::to_owned).ok_or_else(|| refused(41006, "media_id missing"));
    let title = || part["title"].as_str().map(str::to_owned);
    let card = |note: &str| Shown::Card { title: title().unwrap_or_default(), note: note.to_owned() };
    Ok(match msgtype {
        "text" => Shown::Text { text: text(part)? },
        "image" => Shown::Image { media_id: media_id()? },
        "voice" => Shown::Voice { media_id: media_id()?, recognition: None },
        "video" => {
            thumb(platform, call, part)?;
            Shown::Video { media_id: media_id()?, title: title() }
        }
        "music" => {
            thumb(platform, call, part)?;
            Shown::Music { title: title(), url: part["musicurl"].as_str().map(str::to_owned) }
        }
        "news" => Shown::News { articles: news(part)? },
        "msgmenu" if !platform.switches.account.is_verified() => return Err(refused(40200, "invalid account type")),
        "msgmenu" => menu(part)?,
        "mpnewsarticle" if part["article_id"].is_string() => card("article"),
        "mpnewsarticle" => return Err(refused(53600, "invalid article_id")),
        "mpnews" => return Err(refused(45103, "this api is no longer supported")),
        "miniprogrampage" => {
            thumb(platform, call, part)?;
            card("mini program")
        }
        "wxcard" => card("card"),
        "link" => return Err(refused(48008, "no permission for this msgtype")),
        _ => return Err(refused(40008, "invalid message type")),
    })
}

fn text(part: &Value) -> Result<String, Refused> {
    let content = part["content"].as_str().unwrap_or_default();
    match content.len() {
        0 => Err(refused(44004, "empty content")),
        1..=MAX_TEXT => Ok(content.to_owned()),
        _ => Err(refused(45002, "content size out of limit")),
    }
}

fn thumb(platform: &Platform, call: &Call<'_>, part: &Value) -> Result<(), Refused> {
    let media_id = part["thumb_media_id"].as_str().unwrap_or_default();
    platform.media.find(media_id, call.now_ms).map(|_| ()).ok_or_else(|| refused(40007, "invalid media_id"))
}

fn news(part: &Value) -> Result<Vec<Card>, Refused> {
    let articles =
        part["articles"].as_array().filter(|list| !list.is_empty()).ok_or_else(|| refused(44003, "empty news data"))?;
    let [article] = articles.as_slice() else { return Err(refused(45008, "article size out of limit")) };
    let field = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
    Ok(vec![Card { title: field("title"), description: field("description"), pic_url: field("picurl"), url: field("url") }])
}

fn menu(part: &Value) -> Result<Shown, Refused> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let list = part["list"].as_array().filter(|list| !list.is_empty()).ok_or_else(|| refused(45098, "invalid menu list size"))?;
    let options = list.iter().map(|option| MenuOption { id: text(&option["id"]), content: text(&option["content"]) }).collect();
    let words = |name: &str| part[name].as_str().unwrap_or_default().to_owned();
    Ok(Shown::Menu { head: words("head_content"), options, tail: words("tail_content") })
}
