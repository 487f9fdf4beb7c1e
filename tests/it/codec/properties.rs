//! What must hold for any input whatsoever.

use huixin::wechat::{
    envelope::{AesKey, decrypt, encrypt, is_signature, signature},
    incoming::{self, Content},
    reply::{Address, Reply},
};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::read;

/// Fragments that steer random documents into the reader's branches.
const FRAGMENTS: [&str; 20] = [
    "<xml>",
    "</xml>",
    "<MsgType>",
    "</MsgType>",
    "event",
    "text",
    "<Event>",
    "</Event>",
    "<a/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&#",
    ";",
    "<?xml",
    "?>",
    "<!DOCTYPE ",
    "<Encrypt>",
];

/// What a strict reader makes of `text`: without what XML forbids, and with its line ends as line feeds.
fn as_read(text: &str) -> String {
    let forbidden = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(forbidden, "").replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #[test]
    fn what_is_encrypted_is_decrypted(key in "[A-Za-z0-9]{43}", app_id in "\\PC{0,40}", message in vec(any::<u8>(), 0..2000), random: [u8; 16]) {
        let key = AesKey::parse(&key).unwrap();
        let encrypted = encrypt(&key, &app_id, &message, random);
        prop_assert_eq!(decrypt(&key, &app_id, &encrypted), Ok(message));
    }

    #[test]
    fn a_changed_character_of_the_ciphertext_is_refused(message in vec(any::<u8>(), 0..300), index: Index, changed: char) {
        let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        let encrypted = encrypt(&key, "wx1", &message, [7; 16]);
        let good = signature(&["token", "1789000001", "1", &encrypted]);
        let index = index.index(encrypted.len());
        prop_assume!(!encrypted[index..].starts_with(changed));
        let forged = format!("{}{changed}{}", &encrypted[..index], &encrypted[index + 1..]);
        prop_assert!(!is_signature(&good, &["token", "1789000001", "1", &forged]));
    }

    #[test]
    fn decrypting_any_text_ends_without_a_panic(key in "[A-Za-z0-9]{43}", text in "\\PC{0,200}", bytes in vec(any::<u8>(), 0..200)) {
        let key = AesKey::parse(&key).unwrap();
        let _ = decrypt(&key, "wx1", &text);
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
        prop_assert!(decrypt(&key, "wx1", &encoded).is_err());
    }

    #[test]
    fn reading_any_bytes_ends_without_a_panic(bytes in vec(any::<u8>(), 0..500)) {
        let _ = (incoming::parse(&bytes), incoming::body(&bytes));
    }

    #[test]
    fn reading_any_pieces_of_xml_ends_without_a_panic(pieces in vec(prop_oneof![3 => prop::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned), 1 => "\\PC{0,3}"], 0..40)) {
        let xml = pieces.concat();
        let _ = (incoming::parse(xml.as_bytes()), incoming::body(xml.as_bytes()));
    }

    #[test]
    fn any_text_of_a_reply_reaches_a_strict_reader(content: String, openid: String) {
        let xml = Reply::Text { content: content.clone() }.to_xml(Address { openid: &openid, to_user_name: "gh_1", create_time: 1 });
        let tree = quick_xml::de::from_str::<StrictText>(&xml).unwrap();
        prop_assert_eq!((tree.content, tree.openid), (as_read(&content), as_read(&openid)));
        prop_assert!(xml.chars().all(|c| c >= ' ' || matches!(c, '\t' | '\n' | '\r')));
    }

    #[test]
    fn any_text_of_a_reply_is_read_back_by_the_codec(content in "[\\]>a\r\n\u{2}<&]{0,12}") {
        let xml = Reply::Text { content: content.clone() }.to_xml(Address { openid: "o", to_user_name: "gh_1", create_time: 1 });
        prop_assert_eq!(read(&xml).content, Content::Text { text: as_read(&content), menu_id: None });
    }

    #[test]
    fn the_order_of_elements_does_not_matter(order in Just(ELEMENTS.to_vec()).prop_shuffle()) {
        let shuffled = read(&format!("<xml>{}</xml>", order.concat()));
        prop_assert_eq!(shuffled, read(&format!("<xml>{}</xml>", ELEMENTS.concat())));
    }
}

/// A reply read by serde: another door of the same crate, without this codec's leniency.
#[derive(serde::Deserialize)]
struct StrictText {
    #[serde(rename = "Content")]
    content: String,
    #[serde(rename = "ToUserName")]
    openid: String,
}

const ELEMENTS: [&str; 9] = [
    "<ToUserName><![CDATA[gh_1]]></ToUserName>",
    "<FromUserName><![CDATA[o1]]></FromUserName>",
    "<CreateTime>1789000001</CreateTime>",
    "<MsgType><![CDATA[event]]></MsgType>",
    "<Event><![CDATA[MASSSENDJOBFINISH]]></Event>",
    "<MsgID>3147480001</MsgID>",
    "<Status><![CDATA[send success]]></Status>",
    "<SentCount>75</SentCount>",
    "<ArticleUrlResult><ResultList><item><ArticleUrl>https://a.example/</ArticleUrl></item></ResultList></ArticleUrlResult>",
];
