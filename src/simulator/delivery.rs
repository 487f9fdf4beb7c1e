//! Pushes: signs, encrypts and delivers a message up to three times, and shows the follower what comes back.
//!
//! A delivery without a complete answer within five seconds is closed and repeated; `success` and the empty body end the
//! matter; a reply that cannot be read becomes the notice that the account gives no service.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html>

use std::{sync::Arc, time::Instant};

use serde::Serialize;

use super::{
    clock::real_ms,
    journal::{Exchange, Outcome, PushId, Shown, Via},
    message::{Head, Message},
    platform::{NO_SERVICE, Platform, random_hex},
    reply::{self, Answer, Expected, Fault},
    settings::Mode,
    world::{ORIGINAL_ID, World},
};
use crate::wechat::envelope;

/// Seconds a webhook has for a complete answer, and the pace of the repetitions.
pub(super) const PATIENCE_SECS: f64 = 5.0;

/// Deliveries of one push before the platform gives up.
const DELIVERIES: u32 = 3;

/// Seconds by which a push is held back, so that the next one overtakes it.
const REORDER_SECS: f64 = 1.0;

/// What the check of the webhook's address found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    pub passed: bool,
    pub reason: String,
}

/// One push on its way.
struct Parcel {
    id: PushId,
    openid: String,
    message: Message,
    xml: String,
}

/// What a delivery came back with.
struct Returned {
    status: Option<u16>,
    reply: Option<String>,
    reply_message: Option<String>,
    outcome: Outcome,
    shown: Option<Shown>,
}

impl Returned {
    fn only(outcome: Outcome) -> Self {
        Self { status: None, reply: None, reply_message: None, outcome, shown: None }
    }
}

/// Writes `message` into the chat of `openid` and starts its deliveries in the background.
pub(super) fn push(world: &Arc<World>, openid: &str, message: Message) -> PushId {
    let now_ms = world.clock.now_ms();
    let (parcel, webhook, faults) = world.change(|platform| {
        let faults = platform.switches.push_faults.clone();
        let webhook = platform.webhook_url.clone();
        let series = if webhook.is_none() { 0 } else { 1 + u32::from(faults.duplicate) };
        let id = platform.begin_push(series);
        let msg_id = if message.is_from_platform() { 0 } else { act(platform, openid, id, &message, now_ms) };
        let medium = message.media_id().and_then(|media_id| platform.media.kept(media_id));
        let create_time = real_ms() / 1000;
        let head = Head { account: ORIGINAL_ID, openid, create_time, msg_id, url: world.url(), medium: medium.map(Arc::as_ref) };
        let xml = message.to_xml(&head);
        (Arc::new(Parcel { id, openid: openid.to_owned(), message, xml }), webhook, faults)
    });
    let id = parcel.id;
    let Some(webhook) = webhook else { return id };
    let held_back = faults.reorder && id.0 % 2 == 1;
    for _ in 0..=u32::from(faults.duplicate) {
        let (world, parcel, webhook) = (Arc::clone(world), Arc::clone(&parcel), webhook.clone());
        let repeat_after_secs = faults.repeat_after_secs;
        let (tasks, runtime) = (world.tasks.clone(), world.runtime.clone());
        let journey = async move {
            if held_back && !world.wait(REORDER_SECS).await {
                return;
            }
            deliver_series(&world, &parcel, &webhook).await;
            if let Some(seconds) = repeat_after_secs
                && world.wait(seconds).await
            {
                deliver(&world, &parcel, &webhook).await;
            }
        };
        tasks.spawn_on(journey, &runtime);
    }
    id
}

/// What sending `message` does to the follower, and the number it gets.
fn act(platform: &mut Platform, openid: &str, push: PushId, message: &Message, now_ms: i64) -> u64 {
    let follower = platform.follow(openid, now_ms);
    follower.triggered(message.trigger(), now_ms);
    follower.following = *message != Message::Unsubscribe;
    let msg_id = if message.is_event() { 0 } else { platform.next_msg_id(openid) };
    platform.show(openid, Via::Follower { push }, message.shown());
    msg_id
}

/// A tapped option or `bizmsgmenu` link: the text is sent, with its id where the account is verified.
pub(super) fn tap(world: &Arc<World>, openid: &str, id: &str, content: &str) -> PushId {
    let verified = world.look(|platform| platform.switches.account.is_verified());
    push(world, openid, Message::Text { content: content.to_owned(), bizmsgmenuid: verified.then(|| id.to_owned()) })
}

/// What the console's "save" does: a GET that must answer with the `echostr`, and with nothing else.
pub(super) async fn verify(world: &World) -> Verification {
    let failed = |reason: String| Verification { passed: false, reason };
    let Some(webhook) = world.look(|platform| platform.webhook_url.clone()) else {
        return failed("no webhook address is set".to_owned());
    };
    let echostr = format!("{}{}", nonce(), nonce());
    let url = format!("{webhook}{}{}&echostr={echostr}", separator(&webhook), signed_query(world).0);
    let answered = tokio::time::timeout(world.clock.wait(PATIENCE_SECS), exchange(world.http.get(url))).await;
    match answered {
        Ok(Ok((200, bytes))) if bytes == echostr.as_bytes() => Verification { passed: true, reason: String::new() },
        Ok(Ok((200, bytes))) => failed(format!("answered {} bytes that are not the echostr", bytes.len())),
        Ok(Ok((status, _))) => failed(format!("answered with status {status}")),
        Ok(Err(error)) => failed(error.without_url().to_string()),
        Err(_) => failed("no answer within five seconds".to_owned()),
    }
}

/// Up to three deliveries, then the notice.
async fn deliver_series(world: &Arc<World>, parcel: &Parcel, webhook: &str) {
    for attempt in 1..=DELIVERIES {
        let started = Instant::now();
        match deliver(world, parcel, webhook).await {
            Outcome::Replied | Outcome::Acknowledged | Outcome::Malformed(_) | Outcome::TooLong(_) | Outcome::NoMedium(_) => {
                break;
            }
            Outcome::Open | Outcome::TimedOut | Outcome::Refused | Outcome::Unreachable(_) => {}
        }
        if attempt == DELIVERIES {
            break;
        }
        let pause = world.clock.wait(PATIENCE_SECS).saturating_sub(started.elapsed());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = world.stop.cancelled() => return,
        }
    }
    world.change(|platform| {
        if platform.end_series(parcel.id) && parcel.message.has_place_for_reply() {
            let notice = Shown::Event { text: NO_SERVICE.to_owned() };
            platform.show(&parcel.openid, Via::Notice { push: Some(parcel.id) }, notice);
        }
    });
}

/// One delivery: recorded when it starts, again when it ends, and shown if it is the first answer.
async fn deliver(world: &Arc<World>, parcel: &Parcel, webhook: &str) -> Outcome {
    let mode = world.look(|platform| platform.switches.mode);
    let (query, body) = wrap(world, parcel, mode);
    let (number, delivery) = world.change(|platform| {
        let delivery = platform.count_delivery(parcel.id);
        let exchange = Exchange {
            push: parcel.id,
            openid: parcel.openid.clone(),
            delivery,
            at_ms: real_ms(),
            query: query.clone(),
            sent: body.clone(),
            message: parcel.xml.clone(),
            status: None,
            reply: None,
            reply_message: None,
            ms: 0,
            outcome: Outcome::Open,
        };
        (platform.exchanges.add(exchange), delivery)
    });
    let started = Instant::now();
    let url = format!("{webhook}{}{query}", separator(webhook));
    let request = world.http.post(url).header("Content-Type", "text/xml").body(body);
    let returned = match tokio::time::timeout(world.clock.wait(PATIENCE_SECS), exchange(request)).await {
        Ok(Ok((status, bytes))) => judge(world, parcel, mode, status, &bytes),
        Ok(Err(error)) => Returned::only(Outcome::Unreachable(error.without_url().to_string())),
        Err(_) => Returned::only(Outcome::TimedOut),
    };
    let outcome = returned.outcome.clone();
    world.change(|platform| {
        let settles = matches!(outcome, Outcome::Replied | Outcome::Acknowledged | Outcome::TooLong(_) | Outcome::NoMedium(_));
        if settles
            && platform.settle(parcel.id)
            && let Some(shown) = returned.shown
        {
            platform.show(&parcel.openid, Via::Passive { push: parcel.id, delivery }, shown);
        }
        if let Some(exchange) = platform.exchanges.entry_mut(number) {
            exchange.status = returned.status;
            exchange.reply = returned.reply;
            exchange.reply_message = returned.reply_message;
            exchange.ms = started.elapsed().as_millis() as u64;
            exchange.outcome = returned.outcome;
        }
    });
    outcome
}

async fn exchange(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, Vec<u8>)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, response.bytes().await?.to_vec()))
}

/// The query and the body, stamped anew for each delivery.
fn wrap(world: &World, parcel: &Parcel, mode: Mode) -> (String, String) {
    let (query, timestamp, nonce) = signed_query(world);
    let query = format!("{query}&openid={}", parcel.openid);
    let xml = &parcel.xml;
    if mode == Mode::Plain {
        return (query, xml.clone());
    }
    let encrypted = envelope::encrypt(&world.key, &world.app_id, xml.as_bytes(), envelope::random_prefix());
    let msg_signature = envelope::signature(&[&world.token, &timestamp, &nonce, &encrypted]);
    let query = format!("{query}&encrypt_type=aes&msg_signature={msg_signature}");
    let body = match (mode, xml.strip_suffix("</xml>")) {
        (Mode::Compatible, Some(open)) => format!("{open}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"),
        _ => format!("<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"),
    };
    (query, body)
}

/// `signature`, `timestamp` and `nonce`, and the latter two once more for the other signature.
fn signed_query(world: &World) -> (String, String, String) {
    let timestamp = (real_ms() / 1000).to_string();
    let nonce = nonce();
    let signature = envelope::signature(&[&world.token, &timestamp, &nonce]);
    (format!("signature={signature}&timestamp={timestamp}&nonce={nonce}"), timestamp, nonce)
}

/// Between a webhook address, which may have a query of its own, and the platform's.
fn separator(webhook: &str) -> char {
    if webhook.contains('?') { '&' } else { '?' }
}

/// A number of up to ten digits, as WeChat sends it.
fn nonce() -> String {
    u32::from_str_radix(&random_hex(8), 16).unwrap_or_default().to_string()
}

/// Reads the answer to a delivery.
fn judge(world: &World, parcel: &Parcel, mode: Mode, status: u16, bytes: &[u8]) -> Returned {
    let expected = Expected {
        mode,
        key: &world.key,
        app_id: &world.app_id,
        token: &world.token,
        account: ORIGINAL_ID,
        openid: &parcel.openid,
        to_event: parcel.message.is_event(),
    };
    let mut returned = Returned::only(Outcome::Refused);
    returned.status = Some(status);
    returned.reply = Some(String::from_utf8_lossy(bytes).into_owned());
    if status != 200 {
        return returned;
    }
    let read = reply::open(bytes, &expected).and_then(|document| match document {
        Some(document) => {
            returned.reply_message = Some(document.clone());
            reply::read(&document, &expected)
        }
        None => Ok(Answer::Acknowledged),
    });
    (returned.outcome, returned.shown) = match read {
        Ok(Answer::Acknowledged) => (Outcome::Acknowledged, None),
        Ok(Answer::Shown(shown)) if !world.look(|platform| platform.has_media_of(&shown, world.clock.now_ms())) => {
            (Outcome::NoMedium("the MediaId is unknown, expired or of another kind".to_owned()), None)
        }
        Ok(Answer::Shown(shown)) => (Outcome::Replied, parcel.message.has_place_for_reply().then_some(shown)),
        Err(Fault::Malformed(reason)) => (Outcome::Malformed(reason), None),
        Err(Fault::TooLong(bytes)) => (Outcome::TooLong(bytes), None),
    };
    returned
}
