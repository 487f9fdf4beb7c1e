//! Answers that try to run something in the reader's browser.

use huixin::article::html::page_html;

use crate::support::browser::{Browser, Scripts};

/// Each calls `hacked()` where it succeeds.
const CORPUS: &[&str] = &[
    "<script>hacked()</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>hacked()</scr</script>ipt>",
    "<img src=x onerror=hacked()>",
    "<img src=\"x\" onerror=\"hacked()\"/>",
    "<img/src=`x`/onerror=hacked()>",
    "<svg onload=hacked()>",
    "<svg><script>hacked()</script></svg>",
    "<svg><animate onbegin=hacked() attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:hacked()\"><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=hacked()&gt;\">",
    "<math><mtext></p><mglyph><svg><mtext><style><a title=\"</style><img src onerror=hacked()>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hacked()>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=hacked()>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=hacked()>\">",
    "<textarea></textarea><img src=x onerror=hacked()>",
    "</textarea><script>hacked()</script>",
    "</title></style></script><script>hacked()</script>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style=\"background:url(javascript:hacked())\">x</p>",
    "<div style=\"position:fixed;inset:0\">x</div>",
    "<iframe src=\"javascript:hacked()\"></iframe>",
    "<iframe srcdoc=\"<script>parent.hacked()</script>\"></iframe>",
    "<object data=\"javascript:hacked()\"></object><embed src=\"javascript:hacked()\">",
    "<base href=\"https://evil.example/\"><link rel=stylesheet href=x>",
    "<meta http-equiv=refresh content=\"0;url=javascript:hacked()\">",
    "<form action=\"javascript:hacked()\"><button autofocus onfocus=hacked()>x</button></form>",
    "<input autofocus onfocus=hacked()>",
    "<details open ontoggle=hacked()><summary>x</summary></details>",
    "<body onload=hacked()>",
    "<video><source onerror=hacked()></video>",
    "<audio src=x onerror=hacked()>",
    "<marquee onstart=hacked()>x</marquee>",
    "<template><script>hacked()</script></template>",
    "<b onmouseover=hacked()>x</b>",
    "<a href=\"javascript:hacked()\">x</a>",
    "[x](javascript:hacked())",
    "[x](JaVaScRiPt:hacked())",
    "[x](java\tscript:hacked())",
    "[x](&#106;avascript:hacked())",
    "[x](javascript&colon;hacked())",
    "[x](<javascript:hacked()>)",
    "[x](\u{1}javascript:hacked())",
    "[x](vbscript:hacked()) [x](data:text/html,<script>hacked()</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5oYWNrZWQoKTwvc2NyaXB0Pg==)",
    "![x](javascript:hacked())",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9aGFja2VkKCk+)",
    "![x\" onerror=\"hacked()](https://a.example/x.png)",
    "![x](https://a.example/x.png \"\\\" onerror=\\\"hacked()\")",
    "![x](https://a.example/\"onerror=\"hacked())",
    "[x](https://a.example \"\\\" onclick=\\\"hacked()\")",
    "<https://a.example/\"onclick=hacked()//>",
    "<javascript:hacked()>",
    "https://a.example/\"onmouseover=hacked()",
    "```\"><script>hacked()</script>\nx\n```",
    "```html\n</code></pre><script>hacked()</script>\n```",
    "```\" onload=\"hacked()\nx\n```",
    "`</code><script>hacked()</script>`",
    "$</span><script>hacked()</script>$",
    "$$\n</span><img src=x onerror=hacked()>\n$$",
    "> [!NOTE] <img src=x onerror=hacked()>\n> x",
    "x[^\"><script>hacked()</script>]\n\n[^\"><script>hacked()</script>]: y",
    "x[^a]\n\n[^a]: <img src=x onerror=hacked()>",
    "| <img src=x onerror=hacked()> |\n|---|\n| <script>hacked()</script> |",
    "<!--><script>hacked()</script>-->",
    "<!--><img src=x onerror=hacked()>",
    "<!-- --!><script>hacked()</script>",
    "<![CDATA[<script>hacked()</script>]]>",
    "<?xml <script>hacked()</script> ?>",
    "<a id=letter name=answer href=#x>x</a>",
    "<table><td><svg><desc><table><td><script>hacked()</script>",
    "<b><details><summary></b><script>hacked()</script>",
    "<ruby><rt><template><s><template><img src=x onerror=hacked()>",
    "<q/oncut=hacked()><kbd\nonclick=hacked()>x</kbd></q>",
];

const ELEMENTS: &str = " a b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img \
    input ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td th thead tr u ul var ";

const ATTRIBUTES: &str = " align alt aria-label checked class decoding disabled href id loading referrerpolicy rel src start tabindex \
    target title type ";

/// The tags of serialised HTML; a `>` within quotes does not end one.
fn tags(html: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let mut quoted = false;
        let end = rest[start..].find(|letter| {
            quoted ^= letter == '"';
            letter == '>' && !quoted
        });
        let end = start + end.unwrap_or_else(|| panic!("a tag without an end in {html}"));
        tags.push(&rest[start + 1..end]);
        rest = &rest[end..];
    }
    tags
}

/// The attributes of one tag.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut attributes = Vec::new();
    let mut rest = tag.find(' ').map_or("", |end| &tag[end + 1..]);
    while let Some((name, value)) = rest.split_once("=\"") {
        let (value, after) = value.split_once('"').unwrap();
        attributes.push((name, value));
        rest = after.trim_start();
    }
    assert_eq!(rest, "", "{tag}");
    attributes
}

fn assert_harmless(answer: &str, html: &str) {
    for tag in tags(html) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        assert!(ELEMENTS.contains(&format!(" {name} ")), "<{name}> of {answer}: {html}");
        for (attribute, value) in attributes(tag) {
            assert!(ATTRIBUTES.contains(&format!(" {attribute} ")), "{attribute} of {answer}: {html}");
            let schemes: &[&str] = match attribute {
                "href" => &["http://", "https://", "mailto:", "tel:", "#fn"],
                "src" => &["https://", "data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"],
                "id" => &["fn"],
                _ => &[""],
            };
            assert!(schemes.iter().any(|scheme| value.starts_with(scheme)), "{attribute}={value} of {answer}");
        }
    }
}

#[test]
fn an_answer_can_name_only_harmless_elements_attributes_and_addresses() {
    assert!(CORPUS.len() >= 40);
    for answer in CORPUS {
        assert_harmless(answer, &page_html(answer));
        // Around and inside other markup, where parsers change their state.
        for frame in [
            "前文 {} 后文",
            "> - {}\n",
            "**{}**",
            "[{}](https://a.example)",
            "<b>{}</b>",
            "<details>\n{}\n</details>",
            "<table><tr><td>{}",
        ] {
            let framed = frame.replace("{}", answer);
            assert_harmless(&framed, &page_html(&framed));
        }
    }
}

#[test]
fn hostile_text_is_shown_as_text() {
    for answer in ["<script>alert(1)</script>", "写 <script> 标签", "</textarea>", "<iframe src=x></iframe>"] {
        let html = page_html(answer);
        let expected = answer.replace('<', "&lt;").replace('>', "&gt;");
        assert!(html.contains(&expected), "{answer}: {html}");
    }
}

#[tokio::test]
async fn no_hostile_answer_runs_in_a_browser_without_any_policy() {
    let browser = Browser::start(Scripts::On).await;
    browser.open("about:blank").await;
    let answers: Vec<String> = CORPUS.iter().map(|answer| page_html(answer)).collect();
    let shown = serde_json::json!(answers).to_string();
    browser.value(&format!("(window.hacked = () => {{ window.wasHacked = true }}, {shown}.forEach(html => {{
        const place = document.body.appendChild(document.createElement('div'));
        place.innerHTML = html;
        place.innerHTML = place.innerHTML;
        place.querySelectorAll('*').forEach(element => ['click', 'mouseover', 'focus', 'toggle'].forEach(kind => element.dispatchEvent(new Event(kind))));
    }}), 0)")).await;
    browser.until("document.readyState === 'complete'").await;
    assert_eq!(browser.value("window.wasHacked || false").await, serde_json::json!(false));
    assert_eq!(
        browser
            .value(
                "document.querySelectorAll('script, style, iframe, svg, math, form, object, embed, base, meta, template').length"
            )
            .await,
        serde_json::json!(0)
    );
}
