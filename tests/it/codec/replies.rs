//! Passive replies, character by character, and the document that seals them.

use huixin::wechat::{
    envelope::{AesKey, decrypt, is_signature},
    reply::{Address, Article, Reply, SUCCESS, Seal, seal},
};

const ADDRESS: Address<'static> = Address { openid: "oUSER1", to_user_name: "gh_1234567890ab", create_time: 1_789_000_000 };

/// The whole document around `body`.
fn document(msg_type: &str, body: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[oUSER1]]></ToUserName><FromUserName><![CDATA[gh_1234567890ab]]></FromUserName>\
         <CreateTime>1789000000</CreateTime><MsgType><![CDATA[{msg_type}]]></MsgType>{body}</xml>"
    )
}

fn text(content: &str) -> String {
    Reply::Text { content: content.to_owned() }.to_xml(ADDRESS)
}

fn article(number: usize) -> Article {
    let url = format!("https://a.example/?n={number}&m=1");
    Article { title: format!("t{number}"), description: "d".into(), pic_url: "https://a.example/p.jpg".into(), url }
}

#[test]
fn a_text_is_written_as_wechat_documents_it() {
    insta::assert_snapshot!(text("Hello"), @"<xml><ToUserName><![CDATA[oUSER1]]></ToUserName><FromUserName><![CDATA[gh_1234567890ab]]></FromUserName><CreateTime>1789000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[Hello]]></Content></xml>");
}

#[test]
fn media_are_written_by_id() {
    let media = "<MediaId><![CDATA[MEDIA]]></MediaId>";
    let media_id = || "MEDIA".to_owned();
    let image = Reply::Image { media_id: media_id() };
    assert_eq!(image.to_xml(ADDRESS), document("image", &format!("<Image>{media}</Image>")));
    let voice = Reply::Voice { media_id: media_id() };
    assert_eq!(voice.to_xml(ADDRESS), document("voice", &format!("<Voice>{media}</Voice>")));
    let bare = Reply::Video { media_id: media_id(), title: None, description: None };
    assert_eq!(bare.to_xml(ADDRESS), document("video", &format!("<Video>{media}</Video>")));
    let video = Reply::Video { media_id: media_id(), title: Some("t".into()), description: Some("d".into()) };
    let named = format!("<Video>{media}<Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description></Video>");
    assert_eq!(video.to_xml(ADDRESS), document("video", &named));
}

#[test]
fn a_card_is_written_with_its_number() {
    let news = Reply::News { articles: vec![article(1)] };
    let item = "<item><Title><![CDATA[t1]]></Title><Description><![CDATA[d]]></Description>\
                <PicUrl><![CDATA[https://a.example/p.jpg]]></PicUrl><Url><![CDATA[https://a.example/?n=1&m=1]]></Url></item>";
    let body = format!("<ArticleCount>1</ArticleCount><Articles>{item}</Articles>");
    assert_eq!(news.to_xml(ADDRESS), document("news", &body));
}

#[test]
fn the_ninth_card_is_left_out_and_not_counted() {
    let xml = Reply::News { articles: (1..=9).map(article).collect() }.to_xml(ADDRESS);
    assert!(xml.contains("<ArticleCount>8</ArticleCount>") && xml.contains("[t8]") && !xml.contains("[t9]"), "{xml}");
    assert_eq!(xml.matches("<item>").count(), 8);
}

#[test]
fn a_hand_over_names_the_agent_if_there_is_one() {
    let anyone = Reply::TransferCustomerService { kf_account: None };
    assert_eq!(anyone.to_xml(ADDRESS), document("transfer_customer_service", ""));
    let someone = Reply::TransferCustomerService { kf_account: Some("kf1@gh_name".into()) };
    let body = "<TransInfo><KfAccount><![CDATA[kf1@gh_name]]></KfAccount></TransInfo>";
    assert_eq!(someone.to_xml(ADDRESS), document("transfer_customer_service", body));
}

#[test]
fn the_end_of_a_cdata_section_is_split() {
    let content = |written: &str| document("text", &format!("<Content>{written}</Content>"));
    assert_eq!(text("a]]>b"), content("<![CDATA[a]]]]><![CDATA[>b]]>"));
    assert_eq!(text("]]>"), content("<![CDATA[]]]]><![CDATA[>]]>"));
    assert_eq!(text("]]]]>>"), content("<![CDATA[]]]]]]><![CDATA[>>]]>"));
    assert_eq!(text("]]\u{2}>"), content("<![CDATA[]]]]><![CDATA[>]]>"), "removing a character must not close the section");
    assert_eq!(text("]]"), content("<![CDATA[]]]]>"));
}

#[test]
fn characters_that_xml_forbids_are_removed_and_others_kept() {
    let content = |written: &str| document("text", &format!("<Content><![CDATA[{written}]]></Content>"));
    assert_eq!(text("a\0\u{1}\u{b}\u{1f}\u{fffe}\u{ffff}b\t\n"), content("ab\t\n"));
    assert_eq!(text("&<>\"' 👍🏽 𠮷 \u{7f}\u{85}"), content("&<>\"' 👍🏽 𠮷 \u{7f}\u{85}"));
    assert_eq!(text(""), content(""));
}

#[test]
fn names_cannot_break_out_of_their_element_either() {
    let address = Address { openid: "]]><a>", to_user_name: "\0gh", create_time: -1 };
    let xml = Reply::Text { content: String::new() }.to_xml(address);
    assert!(xml.contains("<ToUserName><![CDATA[]]]]><![CDATA[><a>]]></ToUserName><FromUserName><![CDATA[gh]]>"), "{xml}");
}

/// The text between `<name>` and `</name>`, without its CDATA.
fn field<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, after) = xml.split_once(&format!("<{name}>")).unwrap();
    let (value, _) = after.split_once(&format!("</{name}>")).unwrap();
    value.strip_prefix("<![CDATA[").and_then(|value| value.strip_suffix("]]>")).unwrap_or(value)
}

#[test]
fn a_sealed_reply_is_signed_and_opens_to_what_went_in() {
    let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
    let sealed = || {
        let seal_with = Seal { key: &key, app_id: "wx1", token: "token", timestamp: 1_789_000_001, nonce: "902138476" };
        seal("<xml>回信</xml>", seal_with)
    };
    let xml = sealed();
    let (encrypted, signature) = (field(&xml, "Encrypt"), field(&xml, "MsgSignature"));
    assert_eq!(
        xml,
        format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>1789000001</TimeStamp><Nonce><![CDATA[902138476]]></Nonce></xml>"
        )
    );
    assert!(is_signature(signature, &["token", "1789000001", "902138476", encrypted]));
    assert_eq!(decrypt(&key, "wx1", encrypted).unwrap(), "<xml>回信</xml>".as_bytes());
    assert_ne!(field(&sealed(), "Encrypt"), encrypted, "equal replies must not look equal");
}

#[test]
fn the_word_that_ends_repeats_is_wechats() {
    assert_eq!(SUCCESS, "success");
}
