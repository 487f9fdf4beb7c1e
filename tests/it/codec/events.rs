//! Every event that WeChat documents, from its sample to its variant, and its place in the ledger.

use huixin::wechat::incoming::{Event, MassSendResult, PublishResult};

use super::{event, event_push, read};

/// Each event's name as WeChat writes it. None of them needs more than its name to be known.
const NAMES: [&str; 31] = [
    "subscribe",
    "unsubscribe",
    "SCAN",
    "LOCATION",
    "CLICK",
    "VIEW",
    "view_miniprogram",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
    "MASSSENDJOBFINISH",
    "PUBLISHJOBFINISH",
    "TEMPLATESENDJOBFINISH",
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
    "subscribe_msg_sent_event",
    "kf_create_session",
    "kf_close_session",
    "kf_switch_session",
    "qualification_verify_success",
    "qualification_verify_fail",
    "naming_verify_success",
    "naming_verify_fail",
    "annual_renew",
    "verify_expired",
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
];

#[test]
fn every_event_is_known_by_its_name_alone_in_any_case() {
    for name in NAMES {
        for written in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            let known = event(&written, "");
            assert!(!matches!(known, Event::Unknown { .. }), "{written}");
            let read = read(&event_push(&written, ""));
            assert_eq!(read.kind(), format!("event:{}", name.to_lowercase()));
            assert_eq!(read.dedup_key(), format!("e:1789000001:{}:", name.to_lowercase()));
        }
    }
}

#[test]
fn a_follow_tells_its_scene_without_the_prefix() {
    let qr = "<EventKey><![CDATA[qrscene_spring_01]]></EventKey><Ticket><![CDATA[TICKET]]></Ticket>";
    assert_eq!(event("subscribe", qr), Event::Subscribe { scene: Some("spring_01".into()) });
    assert_eq!(read(&event_push("subscribe", qr)).dedup_key(), "e:1789000001:subscribe:qrscene_spring_01");
    for none in ["", "<EventKey/>", "<EventKey><![CDATA[]]></EventKey>", "<EventKey><![CDATA[qrscene_]]></EventKey>"] {
        assert_eq!(event("subscribe", none), Event::Subscribe { scene: None }, "{none}");
    }
    let paid = "<EventKey><![CDATA[last_trade_no_4200000000]]></EventKey>";
    assert_eq!(event("subscribe", paid), Event::Subscribe { scene: None });
}

#[test]
fn a_scan_tells_its_scene() {
    let rest = "<EventKey><![CDATA[spring_01]]></EventKey><Ticket><![CDATA[TICKET]]></Ticket>";
    assert_eq!(event("SCAN", rest), Event::Scan { scene: "spring_01".into() });
}

#[test]
fn the_event_of_a_location_is_not_the_message_of_one() {
    let rest = "<Latitude>31.230400</Latitude><Longitude>121.473700</Longitude><Precision>65.000000</Precision>";
    assert_eq!(event("LOCATION", rest), Event::Location { latitude: "31.230400".into(), longitude: "121.473700".into() });
}

#[test]
fn menu_clicks_tell_their_key() {
    let key = |text: &str| format!("<EventKey><![CDATA[{text}]]></EventKey><MenuId>400000001</MenuId>");
    assert_eq!(event("CLICK", &key("menu_today")), Event::Click { key: "menu_today".into() });
    assert_eq!(event("VIEW", &key("https://a.example/")), Event::View { url: "https://a.example/".into() });
    assert_eq!(event("view_miniprogram", &key("pages/a")), Event::ViewMiniProgram { page_path: "pages/a".into() });
    assert_eq!(read(&event_push("CLICK", &key("menu_today"))).dedup_key(), "e:1789000001:click:menu_today");
}

#[test]
fn a_scanned_code_is_read() {
    let rest = "<EventKey><![CDATA[k1]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>\
                <ScanResult><![CDATA[ABC]]></ScanResult></ScanCodeInfo>";
    let (key, result) = ("k1".to_owned(), Some("ABC".to_owned()));
    assert_eq!(event("scancode_push", rest), Event::ScancodePush { key: key.clone(), result: result.clone() });
    assert_eq!(event("scancode_waitmsg", rest), Event::ScancodeWaitMsg { key, result });
}

#[test]
fn pictures_from_the_menu_are_read() {
    let rest = "<EventKey><![CDATA[k2]]></EventKey><SendPicsInfo><Count>1</Count><PicList><item>\
                <PicMd5Sum><![CDATA[0f343b0931126a20f133d67c2b018a3b]]></PicMd5Sum></item></PicList></SendPicsInfo>";
    assert_eq!(event("pic_sysphoto", rest), Event::PicSysPhoto { key: "k2".into() });
    assert_eq!(event("pic_photo_or_album", rest), Event::PicPhotoOrAlbum { key: "k2".into() });
    assert_eq!(event("pic_weixin", rest), Event::PicWeixin { key: "k2".into() });
}

#[test]
fn a_place_chosen_from_the_menu_is_read() {
    let rest = "<EventKey><![CDATA[k3]]></EventKey><SendLocationInfo><Location_X><![CDATA[31.23]]></Location_X>\
                <Location_Y><![CDATA[121.47]]></Location_Y><Scale><![CDATA[15]]></Scale><Label><![CDATA[addr]]></Label>\
                <Poiname><![CDATA[]]></Poiname></SendLocationInfo>";
    assert_eq!(event("location_select", rest), Event::LocationSelect { key: "k3".into(), label: Some("addr".into()) });
}

/// The documented sample, with two articles.
const MASS_SEND: &str = "<MsgID>3147480001</MsgID><Status><![CDATA[err(30003)]]></Status><TotalCount>100</TotalCount>\
    <FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount><CopyrightCheckResult><Count>2</Count>\
    <ResultList><item><ArticleIdx>1</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>11</AuditState>\
    <OriginalArticleUrl><![CDATA[https://mp.weixin.qq.com/s/AAA]]></OriginalArticleUrl></item></ResultList>\
    <CheckState>2</CheckState></CopyrightCheckResult><ArticleUrlResult><Count>2</Count><ResultList>\
    <item><ArticleIdx>1</ArticleIdx><ArticleUrl><![CDATA[https://mp.weixin.qq.com/s/BBB]]></ArticleUrl></item>\
    <item><ArticleIdx>2</ArticleIdx><ArticleUrl><![CDATA[https://mp.weixin.qq.com/s/CCC]]></ArticleUrl></item>\
    </ResultList></ArticleUrlResult>";

#[test]
fn the_result_of_a_mass_send_is_read() {
    let expected = MassSendResult {
        msg_id: "3147480001".into(),
        status: "err(30003)".into(),
        total_count: 100,
        filter_count: 80,
        sent_count: 75,
        error_count: 5,
        article_urls: vec!["https://mp.weixin.qq.com/s/BBB".into(), "https://mp.weixin.qq.com/s/CCC".into()],
    };
    assert_eq!(event("MASSSENDJOBFINISH", MASS_SEND), Event::MassSendJobFinish(expected));
    let read = read(&event_push("MASSSENDJOBFINISH", MASS_SEND));
    assert_eq!(read.dedup_key(), "e:1789000001:masssendjobfinish:3147480001");
    assert_eq!(read.msg_id, None);
}

#[test]
fn a_mass_send_without_counts_or_addresses_is_still_one() {
    for empty in ["", " \n ", "<ResultList/>", "<Count/><ResultList> </ResultList>", "<ResultList><item/></ResultList>"] {
        let rest = format!("<MsgID/><TotalCount/><SentCount>many</SentCount><ArticleUrlResult>{empty}</ArticleUrlResult>");
        assert_eq!(event("masssendjobfinish", &rest), Event::MassSendJobFinish(MassSendResult::default()), "{empty}");
    }
}

#[test]
fn the_result_of_a_publication_is_read() {
    let rest = "<PublishEventInfo><publish_id>2247600101</publish_id><publish_status>0</publish_status>\
                <article_id><![CDATA[Qm3xArticle\n IdExample01 ]]></article_id><article_detail><count>2</count>\
                <item><idx>1</idx><article_url><![CDATA[https://mp.weixin.qq.com/s/CCC]]></article_url></item>\
                <item><idx>2</idx><article_url><![CDATA[https://mp.weixin.qq.com/s/DDD]]></article_url></item>\
                </article_detail></PublishEventInfo>";
    let expected = PublishResult {
        publish_id: "2247600101".into(),
        publish_status: 0,
        article_id: Some("Qm3xArticleIdExample01".into()),
        article_urls: vec!["https://mp.weixin.qq.com/s/CCC".into(), "https://mp.weixin.qq.com/s/DDD".into()],
        fail_idx: vec![],
    };
    assert_eq!(event("PUBLISHJOBFINISH", rest), Event::PublishJobFinish(expected));
    assert_eq!(read(&event_push("PUBLISHJOBFINISH", rest)).dedup_key(), "e:1789000001:publishjobfinish:2247600101");
}

#[test]
fn a_failed_publication_names_its_articles() {
    let rest = "<PublishEventInfo><publish_id>2247600102</publish_id><publish_status>2</publish_status>\
                <fail_idx>1</fail_idx><fail_idx>2</fail_idx><fail_idx/></PublishEventInfo>";
    let expected =
        PublishResult { publish_id: "2247600102".into(), publish_status: 2, fail_idx: vec![1, 2], ..PublishResult::default() };
    assert_eq!(event("PUBLISHJOBFINISH", rest), Event::PublishJobFinish(expected));
}

#[test]
fn a_publication_that_does_not_say_how_it_went_is_not_taken_for_public() {
    for status in ["", "<publish_status/>", "<publish_status>ok</publish_status>"] {
        let rest = format!("<PublishEventInfo>{status}</PublishEventInfo>");
        for rest in [rest.as_str(), "", "<PublishEventInfo/>"] {
            let Event::PublishJobFinish(result) = event("PUBLISHJOBFINISH", rest) else { panic!("another event") };
            assert_eq!(result.publish_status, -1, "{rest}");
        }
    }
}

#[test]
fn the_result_of_a_template_message_is_read() {
    let rest = "<MsgID>3300100200</MsgID><Status><![CDATA[failed: system failed]]></Status>";
    let (msg_id, status) = ("3300100200".into(), "failed: system failed".into());
    assert_eq!(event("TEMPLATESENDJOBFINISH", rest), Event::TemplateSendJobFinish { msg_id, status });
    assert_eq!(read(&event_push("TEMPLATESENDJOBFINISH", rest)).dedup_key(), "e:1789000001:templatesendjobfinish:3300100200");
}

#[test]
fn subscribe_notices_and_sessions_of_one_second_are_told_apart() {
    let sent = |id: &str| {
        let list =
            format!("<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>{id}</MsgID></List></SubscribeMsgSentEvent>");
        read(&event_push("subscribe_msg_sent_event", &list)).dedup_key()
    };
    assert_eq!(sent("1812345678901234567"), "e:1789000001:subscribe_msg_sent_event:1812345678901234567");
    let switched = "<FromKfAccount><![CDATA[a@gh]]></FromKfAccount><ToKfAccount><![CDATA[b@gh]]></ToKfAccount>";
    assert_eq!(read(&event_push("kf_switch_session", switched)).dedup_key(), "e:1789000001:kf_switch_session:b@gh");
    let created = "<KfAccount><![CDATA[a@gh]]></KfAccount>";
    assert_eq!(read(&event_push("kf_create_session", created)).dedup_key(), "e:1789000001:kf_create_session:a@gh");
}

#[test]
fn a_failed_verification_gives_its_reason() {
    let rest = "<FailTime>1789000000</FailTime><FailReason><![CDATA[reason]]></FailReason>";
    let reason = Some("reason".to_owned());
    assert_eq!(event("qualification_verify_fail", rest), Event::QualificationVerifyFail { reason: reason.clone() });
    assert_eq!(event("naming_verify_fail", rest), Event::NamingVerifyFail { reason });
    assert_eq!(event("verify_expired", "<ExpiredTime>1820000000</ExpiredTime>"), Event::VerifyExpired);
}

#[test]
fn an_event_that_nobody_lists_is_kept_by_name_and_key() {
    let read = read(&event_push("Card_Pass_Check", "<EventKey>k</EventKey><CardId><![CDATA[c]]></CardId>"));
    assert_eq!(read.kind(), "event:card_pass_check");
    assert_eq!(read.dedup_key(), "e:1789000001:card_pass_check:k");
    assert_eq!(event("", ""), Event::Unknown { event: String::new() });
}

#[test]
fn a_long_name_or_key_stays_within_what_an_index_can_hold() {
    let key = |last: char| format!("<EventKey><![CDATA[https://a.example/{}{last}]]></EventKey>", "长".repeat(3000));
    let dedup_key = |name: &str, last| read(&event_push(name, &key(last))).dedup_key();
    assert_ne!(dedup_key("VIEW", 'a'), dedup_key("VIEW", 'b'));
    assert!(dedup_key("VIEW", 'a').len() < 300);
    let long_name = "长".repeat(3000);
    assert!(dedup_key(&long_name, 'a').len() < 300);
    assert_eq!(read(&event_push(&long_name, "")).kind().chars().count(), 64);
}
