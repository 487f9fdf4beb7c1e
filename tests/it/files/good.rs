//! Honest files of each kind, and what is read of them.

use encoding_rs::GBK;
use huixin::extract::{Document, Kind};

use super::{
    office::{docx, epub, paragraph, pptx, shape, xlsx},
    pdf::{line, pages},
    read, workers,
};

async fn good(bytes: &[u8], file_name: &str) -> Document {
    read(&workers(), bytes, file_name).await.unwrap()
}

#[tokio::test]
async fn text_is_read_in_its_charset() {
    let text = "标题\r\n\r\n    缩进的一行，足够长，可以认出它的编码来。\r\n";
    for bytes in [text.as_bytes().to_vec(), GBK.encode(text).0.into_owned()] {
        let document = good(&bytes, "说明.txt").await;
        assert_eq!((document.kind, document.claimed), (Kind::Text, None));
        assert_eq!(document.text, "标题\n\n    缩进的一行，足够长，可以认出它的编码来。");
    }
    let markdown = good("# 一\n\n```rust\nfn main() {}\n```\n".as_bytes(), "a.md").await;
    assert_eq!((markdown.kind, markdown.title.as_deref()), (Kind::Markdown, Some("一")));
    assert_eq!(markdown.text, "# 一\n\n```rust\nfn main() {}\n```");
}

#[tokio::test]
async fn a_table_of_values_becomes_rows() {
    let document = good("\u{feff}姓名,城市\r\n\"王, 五\",成都\r\n李四,\r\n".as_bytes(), "人.csv").await;
    assert_eq!((document.kind, document.text.as_str()), (Kind::Csv, "姓名 | 城市\n王, 五 | 成都\n李四"));
}

#[tokio::test]
async fn a_word_document_keeps_its_structure() {
    let body = [
        r#"<w:p><w:pPr><w:pStyle w:val="1"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>第一章</w:t></w:r></w:p>"#,
        &paragraph("甲&lt;乙&gt; &#x4e19;"),
        r#"<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>条目</w:t></w:r></w:p>"#,
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>又</w:t><w:tab/><w:t>一条</w:t></w:r></w:p>",
        "<w:p><w:del><w:r><w:t>旧</w:t><w:delText>删</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr>",
        "<w:tr><w:tc><w:p><w:r><w:t>d</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        "<mc:AlternateContent><mc:Choice><w:t>框</w:t></mc:Choice><mc:Fallback><w:t>框</w:t></mc:Fallback></mc:AlternateContent>",
    ]
    .concat();
    let document = good(&docx(&body), "报告.docx").await;
    assert_eq!((document.kind, document.title.as_deref()), (Kind::Docx, Some("年度报告 & more")));
    assert_eq!(document.text, "# 第一章\n\n甲<乙> 丙\n\n- 条目\n- 又 一条\n\na b |  | c\nd\n\n框");
    assert!(!document.is_cut && !document.needs_eyes);
}

#[tokio::test]
async fn a_workbook_is_read_sheet_by_sheet() {
    let rows = concat!(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="E1" t="inlineStr"><is><t>备注</t></is></c></row>"#,
        r#"<row r="2"><c r="A2" s="1"><v>46350</v></c><c r="B2" s="3"><v>0.125</v></c><c r="C2" t="b"><v>1</v></c><c r="D2" t="e"><v>#N/A</v></c></row>"#,
        r#"<row r="9"><c s="2"><f>A2</f><v>46350</v></c><c><v>0.30000000000000004</v></c><c t="str"><v>x</v></c></row>"#,
        r#"<row r="10"><c t="s"><v>77</v></c></row>"#,
    );
    let shared = "<si><t>日期</t></si><si><r><t>比</t></r><r><t>例</t></r><rPh><t>ひれい</t></rPh></si>";
    let document = good(&xlsx(rows, shared), "表.xlsx").await;
    assert_eq!(document.kind, Kind::Xlsx);
    assert_eq!(document.text, "# 销售\n日期 | 比例 |  |  | 备注\n2026-11-24 | 12.5% | TRUE | #N/A\n2026-11-24 | 0.3 | x");
}

#[tokio::test]
async fn slides_are_read_in_the_order_they_are_shown() {
    let table = "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>一</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>二</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>";
    let first = shape("title", &["结论"]) + table;
    let second = shape("ctrTitle", &["开场"]) + &shape("body", &["一点", "二点"]) + &shape("sldNum", &["7"]);
    let document = good(&pptx(&[&first, &second], &shape("body", &["讲稿"])), "讲.pptx").await;
    assert_eq!((document.kind, document.pages), (Kind::Pptx, Some(2)));
    assert_eq!(document.text, "[p. 1]\n## 开场\n\n一点\n二点\n\n[p. 2]\n## 结论\n\n一 | 二\n\n讲稿");
}

#[tokio::test]
async fn a_book_is_read_along_its_spine() {
    let book =
        epub("<h1>第一章</h1><p>由四川过湖南去，&nbsp;靠东有一条官路。</p>", "<p>二</p><br>未闭", &[("OEBPS/style.css", b"p{}")]);
    let document = good(&book, "边城.epub").await;
    assert_eq!((document.kind, document.title.as_deref()), (Kind::Epub, Some("边城")));
    assert_eq!(document.text, "# 第一章\n\n由四川过湖南去， 靠东有一条官路。\n\n二\n\n未闭");
    let scrambled = br#"<encryption><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></encryption>"#;
    assert!(good(&epub("<p>a</p>", "", &[("META-INF/encryption.xml", scrambled)]), "a.epub").await.text == "a");
}

#[tokio::test]
async fn a_page_of_html_is_read_as_it_is_seen() {
    let html = "<html><head><meta charset=\"gbk\"><title>题</title><script>x()</script></head><body><h1>标题</h1><p>正文</p></body></html>";
    let document = good(&GBK.encode(html).0, "a.html").await;
    assert_eq!((document.kind, document.title.as_deref()), (Kind::Html, Some("题")));
    assert_eq!(document.text, "# 标题\n\n正文");
}

#[tokio::test]
async fn a_pdf_is_read_page_by_page() {
    let first = b"BT /F1 12 Tf 14 TL 72 700 Td [(Hel) 20 (lo,) -300 (world) ] TJ T* (sec\x01nd \x02\x04) Tj 0 -60 Td (new paragraph) Tj ET";
    let mut second =
        b"q 1 0 0 1 0 100 cm BT /F2 12 Tf 1 0 0 1 72 600 Tm <00010002> Tj <0003> Tj ET Q BT /F3 12 Tf 72 686 Td (".to_vec();
    second.extend(GBK.encode("国标").0.iter());
    second.extend(b" ok) Tj ET BT /F4 12 Tf 72 672 Td <4E2D6587> Tj ET /Fm Do");
    let document = good(&pages(&[first, &second, b"", &line("last")]), "a.pdf").await;
    assert_eq!((document.kind, document.title.as_deref(), document.pages), (Kind::Pdf, Some("回信"), Some(4)));
    let text = "[p. 1]\nHello, world\nsecfind 回é\n\nnew paragraph\n\n[p. 2]\n回信答\n国标 ok\n中文\n\nin a form\n\n[p. 4]\nlast";
    assert_eq!(document.text, text);
    assert!(!document.needs_eyes && !document.is_cut);
}

#[tokio::test]
async fn scans_and_pictures_need_eyes() {
    let scan = b"q 600 0 0 800 0 0 cm /Im Do Q".as_slice();
    let document = good(&pages(&[scan, scan, &line("a stamp")]), "scan.pdf").await;
    assert!(document.needs_eyes && document.pages == Some(3));
    let glyphs = b"BT /F2 12 Tf <00990098009700960095> Tj ET".as_slice();
    assert!(good(&pages(&[glyphs, glyphs]), "glyphs.pdf").await.needs_eyes);
    let picture = good(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "photo.jpg").await;
    assert!(picture.kind == Kind::Image && picture.needs_eyes && picture.text.is_empty());
}

#[tokio::test]
async fn a_wrong_ending_is_named() {
    for (bytes, name, kind, claimed) in [
        (docx(&paragraph("x")), "a.pdf", Kind::Docx, Some(Kind::Pdf)),
        (pages(&[&line("x")]), "a.txt", Kind::Pdf, Some(Kind::Text)),
        (b"just text".to_vec(), "a.docx", Kind::Text, Some(Kind::Docx)),
        (b"a,b".to_vec(), "a.md", Kind::Markdown, None),
        (b"<!DOCTYPE html><p>x".to_vec(), "a.txt", Kind::Html, None),
        (pages(&[&line("x")]), "no ending", Kind::Pdf, None),
    ] {
        let document = good(&bytes, name).await;
        assert_eq!((document.kind, document.claimed), (kind, claimed), "{name}");
    }
}

#[tokio::test]
async fn a_long_text_is_cut_and_says_so() {
    let document = good("回".repeat(2_100_000).as_bytes(), "long.txt").await;
    assert!(document.is_cut);
    assert_eq!(document.text.chars().count(), 2_000_000);
}
