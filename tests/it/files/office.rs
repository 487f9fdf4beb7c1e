//! Small honest documents, workbooks, slides and books.

use super::zips::pack;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A relation part, of (id, type, target).
fn relations(relations: &[(&str, &str, &str)]) -> String {
    let each = relations
        .iter()
        .map(|(id, kind, target)| format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#))
        .collect::<Vec<_>>()
        .concat();
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><Relationships>{each}</Relationships>"#)
}

/// The parts of a document whose body is `body`.
pub fn docx_parts(body: &str) -> Vec<(String, Vec<u8>)> {
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#
    );
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>"#;
    let core = r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>me</dc:creator><dc:title>年度报告 &amp; more</dc:title></cp:coreProperties>"#;
    vec![
        ("[Content_Types].xml".into(), b"<Types/>".to_vec()),
        ("_rels/.rels".into(), relations(&[("rId1", "officeDocument", "word/document.xml")]).into()),
        ("docProps/core.xml".into(), core.into()),
        ("word/styles.xml".into(), styles.into()),
        ("word/document.xml".into(), document.into()),
    ]
}

/// A Word document.
pub fn docx(body: &str) -> Vec<u8> {
    packed(&docx_parts(body))
}

/// Packs parts with names of their own.
pub fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    pack(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// A paragraph of a document.
pub fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A workbook of two sheets; the first has these rows, and shared texts beside it.
pub fn xlsx(rows: &str, shared: &str) -> Vec<u8> {
    let workbook = r#"<workbook xmlns:r="r"><sheets><sheet name="销售" sheetId="1" r:id="rId1"/><sheet name="Empty" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
    let related = relations(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
        ("rId3", "styles", "styles.xml"),
        ("rId4", "sharedStrings", "sharedStrings.xml"),
    ]);
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>"#;
    pack(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.xml")]).as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/sharedStrings.xml", format!("<sst>{shared}</sst>").as_bytes()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").as_bytes()),
        ("xl/worksheets/sheet2.xml", b"<worksheet><sheetData/></worksheet>"),
    ])
}

/// Slides with these shapes, shown in the reverse order of their files' names.
pub fn pptx(slides: &[&str], notes: &str) -> Vec<u8> {
    let ids = (1..=slides.len())
        .rev()
        .map(|number| format!(r#"<p:sldId id="{}" r:id="rId{number}"/>"#, 255 + number))
        .collect::<Vec<_>>()
        .concat();
    let main = format!(r#"<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"#);
    let names: Vec<(String, String)> =
        (1..=slides.len()).map(|number| (format!("rId{number}"), format!("slides/slide{number}.xml"))).collect();
    let related: Vec<(&str, &str, &str)> = names.iter().map(|(id, target)| (id.as_str(), "slide", target.as_str())).collect();
    let mut parts = vec![
        ("_rels/.rels".to_owned(), relations(&[("rId1", "officeDocument", "ppt/presentation.xml")]).into_bytes()),
        ("ppt/presentation.xml".to_owned(), main.into_bytes()),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&related).into_bytes()),
        (
            "ppt/slides/_rels/slide1.xml.rels".to_owned(),
            relations(&[("rId1", "notesSlide", "../notesSlides/notesSlide1.xml")]).into_bytes(),
        ),
        ("ppt/notesSlides/notesSlide1.xml".to_owned(), slide(notes).into_bytes()),
    ];
    for (shapes, number) in slides.iter().zip(1..) {
        parts.push((format!("ppt/slides/slide{number}.xml"), slide(shapes).into_bytes()));
    }
    packed(&parts)
}

fn slide(shapes: &str) -> String {
    format!(r#"<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"#)
}

/// A shape of a slide, of a kind that may be empty.
pub fn shape(kind: &str, lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| format!("<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")).collect::<Vec<_>>().concat();
    format!(r#"<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>"#)
}

/// A book whose spine turns the order of its files around.
pub fn epub(first: &str, second: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let container = r#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#;
    let package = r#"<package xmlns:dc="d"><metadata><dc:title>边城</dc:title></metadata><manifest>
        <item id="b" href="two.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/%E4%B8%80.xhtml#x" media-type="application/xhtml+xml"/>
        <item id="c" href="style.css" media-type="text/css"/></manifest><spine><itemref idref="a"/><itemref idref="b"/><itemref idref="none"/></spine></package>"#;
    let page = |body: &str| {
        format!(
            "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html><html><head><title>t</title></head><body>{body}</body></html>"
        )
    };
    let (first, second) = (page(first), page(second));
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container.as_bytes()),
        ("OEBPS/book.opf", package.as_bytes()),
        ("OEBPS/two.xhtml", second.as_bytes()),
        ("OEBPS/text/一.xhtml", first.as_bytes()),
    ];
    parts.extend(more);
    pack(&parts)
}
