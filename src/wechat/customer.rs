//! Customer-service messages: what may be pushed to a follower while the window of 48 hours is open.
//!
//! Each function makes a request; who may be sent how much is decided above. Only verified accounts have these calls.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html>

use serde_json::json;

use super::client::Request;

const SEND: &str = "/cgi-bin/message/custom/send";
const TYPING: &str = "/cgi-bin/message/custom/typing";

/// What the follower sees above the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    Typing,
    CancelTyping,
}

/// Sends text, 2048 bytes at most (45002 beyond).
pub fn send_text(openid: &str, content: &str) -> Request {
    Request::post(SEND, json!({"touser": openid, "msgtype": "text", "text": {"content": content}}))
}

/// Sends a picture that was uploaded before, temporary or permanent.
pub fn send_image(openid: &str, media_id: &str) -> Request {
    Request::post(SEND, json!({"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}))
}

/// Sends a voice of at most 60 s that was uploaded before, temporary or permanent.
pub fn send_voice(openid: &str, media_id: &str) -> Request {
    Request::post(SEND, json!({"touser": openid, "msgtype": "voice", "voice": {"media_id": media_id}}))
}

/// Shows or hides 对方正在输入. Needs an exchange within the last 30 s (45080); 45081 says that it is shown already.
pub fn typing(openid: &str, command: Typing) -> Request {
    let command = match command {
        Typing::Typing => "Typing",
        Typing::CancelTyping => "CancelTyping",
    };
    Request::post(TYPING, json!({"touser": openid, "command": command}))
}
