//! Web pages read for their text: ordinary ones, official accounts' articles, and ones written to do harm.

mod hostile;

use huixin::extract::page::{Page, read};

const ARTICLE: &str = include_str!("article.html");
const WECHAT: &str = include_str!("wechat.html");

fn html(text: &str) -> Page {
    read(text.as_bytes(), "text/html", "https://www.haibian.cn/x")
}

#[test]
fn the_main_text_of_a_page_is_read_and_nothing_around_it() {
    let page = html(ARTICLE);
    assert_eq!(
        (page.title.as_str(), page.byline.as_deref(), page.site.as_deref()),
        ("潮汐如何形成", Some("林晓"), Some("海边科普"))
    );
    for part in [
        "潮汐是海水在月球和太阳的引力作用下周期性涨落的现象。",
        "\n\n大潮与小潮\n\n",
        "大潮：初一、十五前后\n小潮：初八、廿三前后",
        "高潮 06:12\n低潮 12:25",
    ] {
        assert!(page.text.contains(part), "{part:?} is not in {}", page.text);
    }
    assert!(page.text.contains("杭州湾 8.9 米\n") && page.text.contains("后浪推前浪，\n就成了著名的钱塘潮"), "{}", page.text);
    for part in ["这不是正文", "样式", "登录", "热门文章", "隐私政策", "document.write", "evil.cn", "<"] {
        assert!(!page.text.contains(part), "{part:?} is in {}", page.text);
    }
}

#[test]
fn a_page_is_the_same_in_every_encoding() {
    let utf8 = html(ARTICLE);
    let (gbk, _, _) = encoding_rs::GBK.encode(ARTICLE);
    // Its meta still says UTF-8: the header and the bytes know better.
    assert_eq!(read(&gbk, "text/html; charset=GBK", "https://www.haibian.cn/x"), utf8);
    assert_eq!(read(&gbk, "text/html", "https://www.haibian.cn/x"), utf8);
    let said = ARTICLE.replace("\"utf-8\"", "gb2312");
    let (gbk, _, _) = encoding_rs::GBK.encode(&said);
    assert_eq!(read(&gbk, "text/html", "https://www.haibian.cn/x"), utf8);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(ARTICLE.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    assert_eq!(read(&utf16, "text/html; charset=utf-8", "https://www.haibian.cn/x"), utf8);
}

#[test]
fn an_article_of_an_official_account_is_read_by_its_ids() {
    let page = read(WECHAT.as_bytes(), "text/html; charset=UTF-8", "https://mp.weixin.qq.com/s/AbC?x=1");
    assert_eq!(
        (page.title.as_str(), page.byline.as_deref(), page.site.as_deref()),
        ("秋天的第一杯茶", Some("周周"), Some("茶山手记"))
    );
    let text = "十月的早晨，山里起了雾。\n\n采茶人已经走了一个小时。\n\n茶要慢慢喝，话要慢慢说。\n\n水开了，叶子在杯里舒展。";
    assert_eq!(page.text, text);
}

#[test]
fn an_official_accounts_pictures_and_notices_are_read_as_far_as_they_have_words() {
    let at = |html: &str| read(html.as_bytes(), "text/html", "https://mp.weixin.qq.com/s/AbC");
    let pictures = r#"<meta property="og:title" content="周末去哪儿"><meta property="og:description" content="第一站：码头\x0a第二站：&quot;灯塔&quot;"><div id="js_content"></div>"#;
    let page = at(pictures);
    assert_eq!((page.title.as_str(), page.text.as_str()), ("周末去哪儿", "第一站：码头\n第二站：\"灯塔\""));
    let gone = at(
        r#"<title>微信公众平台</title><div class="weui-msg"><div class="weui-msg__title warn">该内容已被发布者删除</div></div>"#,
    );
    assert_eq!((gone.title.as_str(), gone.text.as_str()), ("微信公众平台", "该内容已被发布者删除"));
    // The same page elsewhere is a page like any other.
    assert!(html(WECHAT).text.contains("十月的早晨，山里起了雾。"));
}

#[test]
fn a_page_without_an_article_gives_all_its_words() {
    let rows: Vec<String> = (1..40).map(|row| format!("<tr><td><a href=/{row}>第{row}条</a><td>{row} 元")).collect();
    let page = html(&format!("<title>价目表</title><table>{}</table>", rows.concat()));
    assert!(page.text.starts_with("第1条 1 元\n第2条 2 元") && page.text.ends_with("第39条 39 元"), "{}", page.text);
    assert_eq!(html("just words").text, "just words");
    assert_eq!(html("<p>一<p>二<p>三").text, "一\n\n二\n\n三");
    assert_eq!(html("<ul><li>一<li>二</ul>三 &lt;b&gt; &amp; 1 < 2 <3").text, "一\n二\n\n三 <b> & 1 < 2 <3");
    assert_eq!(html("<body hidden><div style='DISPLAY : none'>先藏起来</div>").text, "先藏起来");
    for empty in ["", " ", "<p></p>", "<script>x</script>", "<!-- x -->", "<title>t</title>", "<div hidden> </div>"] {
        assert_eq!(html(empty).text, "", "{empty}");
    }
}

#[test]
fn text_stays_as_it_is() {
    let markdown = "# 标题\n\n* 一\n    * 二\n\n<p>不是网页</p>";
    for content_type in ["text/plain; charset=utf-8", "text/markdown", "application/json"] {
        assert_eq!(read(markdown.as_bytes(), content_type, "https://a.cn/x.md").text, markdown);
    }
    let (big5, _, _) = encoding_rs::BIG5.encode("臺灣的純文字檔案，也常常是大五碼，讀者應該看得到這些字。");
    assert!(read(&big5, "text/plain", "http://www.example.com.tw/a.txt").text.starts_with("臺灣的純文字檔案"));
    assert_eq!(read("a\u{7}b\u{200b}c\u{e0041}\u{202e}d\r\n\te".as_bytes(), "text/plain", "").text, "abcd\n\te");
    assert!(read("长".repeat(1 << 20).as_bytes(), "text/plain", "").text.len() <= 400 << 10);
}
