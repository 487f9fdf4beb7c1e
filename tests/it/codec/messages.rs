//! Every message that WeChat documents, and some that it does not, from its sample to its variant.

use huixin::wechat::incoming::{Content, Incoming};

use super::{content, push, read};

#[test]
fn a_text_is_read_with_all_that_stands_around_it() {
    let read = read(&push(
        "text",
        "<Content><![CDATA[price?]]></Content><MsgId>24000000000000001</MsgId><MsgDataId>2247480001_1</MsgDataId><Idx>1</Idx>",
    ));
    assert_eq!(
        read,
        Incoming {
            to_user_name: "gh_1234567890ab".into(),
            openid: "oUSER1".into(),
            create_time: 1_789_000_001,
            msg_id: Some("24000000000000001".into()),
            event_key: None,
            content: Content::Text { text: "price?".into(), menu_id: None },
        }
    );
    assert_eq!((read.kind().as_str(), read.dedup_key().as_str()), ("text", "m:24000000000000001"));
}

#[test]
fn a_tap_on_a_menu_message_names_its_option() {
    let read = content("text", "<Content><![CDATA[满意]]></Content><bizmsgmenuid><![CDATA[101]]></bizmsgmenuid>");
    assert_eq!(read, Content::Text { text: "满意".into(), menu_id: Some("101".into()) });
}

#[test]
fn an_image_is_read() {
    let rest =
        "<PicUrl><![CDATA[http://mmbiz.qpic.cn/mmbiz_jpg/x/0]]></PicUrl><MsgId>2</MsgId><MediaId><![CDATA[MEDIA]]></MediaId>";
    let pic_url = Some("http://mmbiz.qpic.cn/mmbiz_jpg/x/0".into());
    assert_eq!(content("image", rest), Content::Image { pic_url, media_id: "MEDIA".into() });
}

#[test]
fn a_voice_is_read_with_and_without_its_transcript() {
    let rest = "<MediaId><![CDATA[MEDIA]]></MediaId><Format><![CDATA[amr]]></Format><MediaId16K><![CDATA[M16]]></MediaId16K>";
    let voice = |recognition: Option<&str>| Content::Voice {
        media_id: "MEDIA".into(),
        format: Some("amr".into()),
        recognition: recognition.map(str::to_owned),
    };
    assert_eq!(content("voice", rest), voice(None));
    assert_eq!(content("voice", &format!("{rest}<Recognition><![CDATA[]]></Recognition>")), voice(None));
    assert_eq!(content("voice", &format!("{rest}<Recognition><![CDATA[你好]]></Recognition>")), voice(Some("你好")));
}

#[test]
fn a_video_and_a_short_video_are_told_apart() {
    let rest = "<MediaId><![CDATA[MEDIA]]></MediaId><ThumbMediaId><![CDATA[THUMB]]></ThumbMediaId><MsgId>4</MsgId>";
    let (media_id, thumb_media_id) = ("MEDIA".to_owned(), Some("THUMB".to_owned()));
    assert_eq!(content("video", rest), Content::Video { media_id: media_id.clone(), thumb_media_id: thumb_media_id.clone() });
    assert_eq!(content("shortvideo", rest), Content::ShortVideo { media_id, thumb_media_id });
}

#[test]
fn a_location_keeps_its_numbers_as_they_were_written() {
    let rest = "<Location_X>39.908700</Location_X><Location_Y>116.397500</Location_Y><Scale>15</Scale>\
                <Label><![CDATA[北京市东城区]]></Label><MsgId>5</MsgId>";
    let label = Some("北京市东城区".into());
    assert_eq!(
        content("location", rest),
        Content::Location { latitude: "39.908700".into(), longitude: "116.397500".into(), label }
    );
}

#[test]
fn a_link_is_read() {
    let rest = "<Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description>\
                <Url><![CDATA[https://a.example/?x=1&y=2]]></Url><MsgId>6</MsgId>";
    let (title, description, url) = ("t".into(), Some("d".into()), "https://a.example/?x=1&y=2".into());
    assert_eq!(content("link", rest), Content::Link { title, description, url });
}

#[test]
fn a_file_and_a_mini_program_page_are_read_although_no_page_lists_them() {
    let file = "<Title><![CDATA[a.pdf]]></Title><Description></Description><FileKey><![CDATA[K]]></FileKey>\
                <FileMd5><![CDATA[M]]></FileMd5><FileTotalLen>9</FileTotalLen>";
    assert_eq!(content("file", file), Content::File { title: Some("a.pdf".into()) });
    let page = "<Title><![CDATA[t]]></Title><AppId><![CDATA[wx1]]></AppId><PagePath><![CDATA[pages/a]]></PagePath>";
    assert_eq!(
        content("miniprogrampage", page),
        Content::MiniProgramPage { title: Some("t".into()), page_path: Some("pages/a".into()) }
    );
}

#[test]
fn a_type_that_nobody_lists_is_kept_by_name() {
    let read = read(&push("Hologram", "<MsgId>7</MsgId>"));
    assert_eq!(read.content, Content::Unknown { msg_type: "Hologram".into() });
    assert_eq!((read.kind().as_str(), read.dedup_key().as_str()), ("hologram", "m:7"));
}

#[test]
fn a_message_stays_what_it_is_without_its_pieces() {
    let kinds = ["text", "image", "voice", "video", "shortvideo", "location", "link", "file", "miniprogrampage"];
    for kind in kinds {
        assert_eq!(read(&push(kind, "")).kind(), kind);
        assert_eq!(read(&push(&kind.to_uppercase(), "")).kind(), kind);
    }
}

#[test]
fn the_white_space_of_a_text_is_the_followers_own() {
    for text in [" a ", "\n", "a\n\nb\t", "  "] {
        let rest = format!("<Content><![CDATA[{text}]]></Content>");
        assert_eq!(content("text", &rest), Content::Text { text: text.into(), menu_id: None });
    }
}

#[test]
fn the_white_space_between_elements_is_layout() {
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<xml>\n  <ToUserName>\n    <![CDATA[gh_1]]>\n  </ToUserName>\n  \
               <FromUserName> o1 </FromUserName>\n  <CreateTime>\n 1 \n</CreateTime><!-- note -->\n  <MsgType>text</MsgType>\n  \
               <Content>\n    <![CDATA[ a ]]>\n  </Content>\n</xml>\n";
    let read = read(xml);
    assert_eq!((read.to_user_name.as_str(), read.openid.as_str(), read.create_time), ("gh_1", "o1", 1));
    assert_eq!(read.content, Content::Text { text: " a ".into(), menu_id: None });
}

#[test]
fn text_cdata_and_references_of_one_element_are_joined() {
    let joined = "<Content>a<![CDATA[<b>]]>&amp;&lt;&gt;&quot;&apos;&#20013;&#x6587;<![CDATA[]]]]><![CDATA[>]]> c</Content>";
    assert_eq!(content("text", joined), Content::Text { text: "a<b>&<>\"'中文]]> c".into(), menu_id: None });
}

#[test]
fn the_first_of_two_equal_elements_counts() {
    let rest = "<Content><![CDATA[first]]></Content><Content><![CDATA[second]]></Content><MsgId>1</MsgId><MsgId>2</MsgId>";
    let read = read(&push("text", rest));
    assert_eq!(read.content, Content::Text { text: "first".into(), menu_id: None });
    assert_eq!(read.dedup_key(), "m:1");
}

#[test]
fn an_element_deeper_down_is_not_the_messages_own() {
    let read = read(&push("text", "<Extra><Content>no</Content><MsgId>1</MsgId></Extra><Content>yes</Content><MsgId>2</MsgId>"));
    assert_eq!(read.content, Content::Text { text: "yes".into(), menu_id: None });
    assert_eq!(read.msg_id.as_deref(), Some("2"));
}

#[test]
fn a_number_is_read_in_cdata_or_not() {
    let xml = push("text", "<MsgID><![CDATA[24]]></MsgID>").replace("1789000001", "<![CDATA[1789000001]]>");
    let read = read(&xml);
    assert_eq!((read.create_time, read.msg_id.as_deref()), (1_789_000_001, Some("24")));
}

#[test]
fn a_strange_time_does_not_silence_a_message() {
    for time in ["99999999999999999999", "1789000001.5", "１７８９", "soon", "[1789000001]"] {
        assert_eq!(read(&push("text", "<MsgId>1</MsgId>").replace("1789000001", time)).create_time, 0, "{time}");
    }
}

#[test]
fn a_message_without_an_id_is_told_apart_by_its_time_and_content() {
    let key = |text: &str| read(&push("text", &format!("<Content>{text}</Content><MsgId/>"))).dedup_key();
    assert_eq!(key("a"), key("a"));
    assert_ne!(key("a"), key("b"));
    assert!(key("a").starts_with("c:1789000001:"), "{}", key("a"));
}

#[test]
fn control_characters_are_removed_before_anything_is_read() {
    let rest = "<Content><![CDATA[a\u{2}b\u{1d}c\0\u{b}\u{c}\u{1f}\u{fffe}\u{ffff}\td]]></Con\u{1}tent><MsgId>\u{8}1</MsgId>";
    let read = read(&push("text", rest));
    assert_eq!(read.content, Content::Text { text: "abc\td".into(), menu_id: None });
    assert_eq!(read.msg_id.as_deref(), Some("1"));
}

#[test]
fn emoji_and_rare_characters_arrive_whole() {
    let text = "👨\u{200d}👩\u{200d}👧 𠮷 é \u{202e} \u{feff}\u{fffd}\u{10ffff}";
    let rest = format!("<Content><![CDATA[{text}]]></Content>");
    assert_eq!(content("text", &rest), Content::Text { text: text.into(), menu_id: None });
}
