//! The codec of the message push, held to known answers, to every documented sample, and to what nobody documented.

mod envelope;
mod events;
mod limits;
mod messages;
mod properties;
mod replies;
mod vectors;

use huixin::wechat::incoming::{self, Content, Event, Incoming};

/// A whole push around `rest`, with the four elements that all have.
fn push(msg_type: &str, rest: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_1234567890ab]]></ToUserName><FromUserName><![CDATA[oUSER1]]></FromUserName>\
         <CreateTime>1789000001</CreateTime><MsgType><![CDATA[{msg_type}]]></MsgType>{rest}</xml>"
    )
}

fn event_push(event: &str, rest: &str) -> String {
    push("event", &format!("<Event><![CDATA[{event}]]></Event>{rest}"))
}

fn read(xml: &str) -> Incoming {
    incoming::parse(xml.as_bytes()).unwrap_or_else(|error| panic!("{error}: {xml}"))
}

fn content(msg_type: &str, rest: &str) -> Content {
    read(&push(msg_type, rest)).content
}

fn event(name: &str, rest: &str) -> Event {
    match read(&event_push(name, rest)).content {
        Content::Event(event) => event,
        other => panic!("not an event: {other:?}"),
    }
}
