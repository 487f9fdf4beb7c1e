//! Archives, documents, workbooks, slides and books that are made to hurt.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    hostile::Case,
    office::{docx, docx_parts, epub, packed, paragraph, pptx, xlsx},
    zips::{Entry, pack, write},
};

/// Every hostile archive.
pub fn cases() -> Vec<Case> {
    [bombs(), lies(), markup(), locked()].into_iter().flatten().collect()
}

/// A part of `megabytes`, all spaces, in a document.
fn blown_up(part: &str, megabytes: usize, before: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in docx_parts(&paragraph("x")) {
        if name != part {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
    }
    zip.start_file(part, SimpleFileOptions::default()).unwrap();
    zip.write_all(before.as_bytes()).unwrap();
    let megabyte = vec![b' '; 1 << 20];
    (0..megabytes).for_each(|_| zip.write_all(&megabyte).unwrap());
    zip.finish().unwrap().into_inner()
}

fn bombs() -> Vec<Case> {
    let inner = blown_up("word/document.xml", 30, "");
    let empty_cells = "<row>".to_owned() + &r#"<c r="XFD1"/>"#.repeat(10_000) + "</row>";
    let shared = "<si/>".repeat(50_000);
    let paragraphs = "<w:p/>".repeat(50_000) + &paragraph("end");
    let many: Vec<(String, Vec<u8>)> =
        (0..6_000).map(|number| (format!("word/{number}.xml"), Vec::new())).chain(docx_parts("")).collect();
    let overlapping: Vec<Entry> = (0..200)
        .map(|number| {
            let name = if number > 0 { format!("word/{number}.xml") } else { "word/document.xml".to_owned() };
            Entry { at: (number > 0).then_some(0), ..Entry::stored(&name, &[b'x'; 5_000]) }
        })
        .collect();
    vec![
        Case::new("a document of 60 MB spaces", "a.docx", blown_up("word/document.xml", 60, "<w:document>"), "too_big"),
        Case::new("an attribute of 20 MB", "a.docx", blown_up("word/document.xml", 20, "<w:document a=\""), "too_big"),
        Case::new("a comment of 20 MB", "a.docx", blown_up("word/document.xml", 20, "<w:document><!--"), "too_big"),
        Case::new("styles of 60 MB", "a.docx", blown_up("word/styles.xml", 60, "<w:styles>"), "too_big"),
        Case::new("a bomb that nobody opens", "a.docx", blown_up("word/media/image1.png", 60, ""), "text"),
        Case::new("a bomb within a bomb", "a.docx", pack(&[("word/document.xml", &inner)]), "damaged"),
        Case::new("a zip of zips", "a.zip", pack(&[("a.zip", &inner), ("b.zip", &inner)]), "unsupported"),
        Case::new("cells in the last column", "a.xlsx", xlsx(&empty_cells, ""), "empty"),
        Case::new(
            "many shared texts, and a number beyond them",
            "a.xlsx",
            xlsx(r#"<row><c t="s"><v>4000000000</v></c><c><v>1</v></c></row>"#, &shared),
            "text",
        ),
        Case::new("many empty paragraphs", "a.docx", docx(&paragraphs), "text"),
        Case::new("six thousand entries", "a.docx", packed(&many), "too_big"),
        Case::new("a part within a part", "a.docx", write(&overlapping[..2], None), "damaged"),
        Case::new("two hundred names for one part", "a.docx", write(&overlapping, None), "damaged"),
        Case::new("a chapter of 60 MB", "a.epub", epub_of(60), "too_big"),
    ]
}

/// A book with a chapter of as many megabytes.
fn epub_of(megabytes: usize) -> Vec<u8> {
    let chapter = " ".repeat(megabytes << 20);
    epub(&chapter, "", &[])
}

fn lies() -> Vec<Case> {
    let honest = docx(&paragraph("回信"));
    let cut_at = |share: usize| honest[..honest.len() * share / 100].to_vec();
    let part = |claimed: u32| Entry { claimed, ..Entry::stored("word/document.xml", b"<w:document><w:t>x</w:t></w:document>") };
    let names = ["../../../etc/passwd", "/etc/cron.d/x", "C:\\boot.ini", "word/\0evil.xml", "", "con", "a/../../b"];
    let traversal: Vec<Entry> = names.into_iter().map(|name| Entry::stored(name, b"x")).chain([part(37)]).collect();
    let backslash = Entry { name: b"WORD\\document.xml".to_vec(), ..part(37) };
    let mut corrupt = honest.clone();
    let middle = corrupt.windows(17).rposition(|window| window == b"word/document.xml").unwrap() / 2;
    corrupt[middle..middle + 40].fill(0xff);
    vec![
        Case::new("a tenth of a document", "a.docx", cut_at(10), "damaged"),
        Case::new("half of a document", "a.docx", cut_at(50), "damaged"),
        Case::new("a document without its last byte", "a.docx", honest[..honest.len() - 1].to_vec(), "damaged"),
        Case::new("only the mark of an archive", "a.docx", b"PK\x03\x04".to_vec(), "damaged"),
        Case::new("an empty archive", "a.docx", write(&[], None), "unsupported"),
        Case::new("a size that is too small", "a.docx", write(&[part(1)], None), "damaged"),
        Case::new("a size that is too large", "a.docx", write(&[part(u32::MAX - 1)], None), "text"),
        Case::new("a directory that counts too much", "a.docx", write(&[part(37)], Some(60_000)), "too_big"),
        Case::new(
            "a directory that counts too little",
            "a.docx",
            write(&[Entry::stored("a", b"a"), part(37)], Some(1)),
            "unsupported",
        ),
        Case::new("names that lead out", "a.docx", write(&traversal, None), "text"),
        Case::new("a name with backslashes", "a.docx", write(&[backslash], None), "text"),
        Case::new("an unknown way of packing", "a.docx", write(&[Entry { method: 99, ..part(37) }], None), "unsupported"),
        Case::new("bytes that do not unpack", "a.docx", write(&[Entry { method: 8, ..part(37) }], None), "damaged"),
        Case::new("overwritten bytes", "a.docx", corrupt, "damaged"),
        Case::new(
            "a part that stands elsewhere",
            "a.docx",
            write(&[Entry::stored("a", b"a"), Entry { at: Some(u32::MAX - 5), ..part(37) }], None),
            "damaged",
        ),
        Case::new("rubbish before the archive", "a.docx", [b"GIF89a".as_slice(), &honest].concat(), "eyes"),
        Case::new("a program before the archive", "a.docx", [b"MZ\x90\0".as_slice(), &[0; 60], &honest].concat(), "unsupported"),
    ]
}

fn markup() -> Vec<Case> {
    let with = |document: &str| packed(&[("word/document.xml".into(), document.into())]);
    let laughs =
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]><w:document><w:t>&lol2;</w:t></w:document>";
    let external = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><w:document><w:t>&e;</w:t></w:document>";
    let remote = "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><w:document><w:t>a&e;</w:t></w:document>";
    let deep = "<w:tbl>".repeat(100_000);
    let tables = "<w:tbl><w:tr><w:tc>".repeat(100) + &paragraph("x") + &"</w:tc></w:tr></w:tbl>".repeat(100);
    let attributes = (0..100_000).map(|number| format!(" a{number}=\"\"")).collect::<Vec<_>>().concat();
    let elsewhere =
        r#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="../../../../etc/passwd"/></Relationships>"#;
    let loops = r#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="_rels/.rels"/></Relationships>"#;
    let relate = |relations: &str| {
        packed(&[("_rels/.rels".into(), relations.into()), ("word/document.xml".into(), b"<w:document/>".to_vec())])
    };
    vec![
        Case::new("a billion laughs", "a.docx", with(laughs), "damaged"),
        Case::new("an entity of a file", "a.docx", with(external), "damaged"),
        Case::new("a type of another server", "a.docx", with(remote), "text"),
        Case::new("tags a hundred thousand deep", "a.docx", docx(&deep), "damaged"),
        Case::new("tables in tables", "a.docx", docx(&tables), "text"),
        Case::new("a hundred thousand attributes", "a.docx", docx(&format!("<w:p{attributes}><w:t>x</w:t></w:p>")), "text"),
        Case::new("tags that cross", "a.docx", docx("<w:p><w:r></w:p></w:r>"), "damaged"),
        Case::new("a document that ends within a tag", "a.docx", with("<w:document><w:t>half"), "cut"),
        Case::new("bytes that are no text", "a.docx", packed(&[("word/document.xml".into(), vec![0xff; 4_000])]), "damaged"),
        Case::new("a main part outside", "a.docx", relate(elsewhere), "damaged"),
        Case::new("a main part that is its relations", "a.docx", relate(loops), "empty"),
        Case::new("a slide that is the presentation", "a.pptx", slide_loop(), "empty"),
        Case::new("slides without slides", "a.pptx", pptx(&[], ""), "empty"),
        Case::new("a workbook of nothing", "a.xlsx", xlsx("", ""), "empty"),
        Case::new(
            "a cell of 9 MB",
            "a.xlsx",
            xlsx(&format!("<row><c t=\"str\"><v>{}</v></c></row>", "x".repeat(9 << 20)), ""),
            "too_big",
        ),
        Case::new(
            "a book of itself",
            "a.epub",
            pack(&[("META-INF/container.xml", br#"<rootfile full-path="META-INF/container.xml"/>"#)]),
            "damaged",
        ),
    ]
}

fn slide_loop() -> Vec<u8> {
    let relations = br#"<Relationships><Relationship Id="r" Type="x/slide" Target="presentation.xml"/></Relationships>"#;
    let main = br#"<p xmlns:r="r"><sldId r:id="r"/><sldId r:id="r"/></p>"#;
    pack(&[("ppt/presentation.xml", main), ("ppt/_rels/presentation.xml.rels", relations)])
}

fn locked() -> Vec<Case> {
    let mut compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    compound.extend([0; 2_000]);
    let old = compound.clone();
    compound.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let secret = Entry { flags: 1, ..Entry::stored("word/document.xml", &[7; 64]) };
    let shop = br#"<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>"#;
    vec![
        Case::new("a document behind a password", "a.docx", compound, "encrypted"),
        Case::new("a document of 1997", "a.doc", old, "unsupported"),
        Case::new("an encrypted part", "a.docx", write(&[secret], None), "encrypted"),
        Case::new("a book of a shop", "a.epub", epub("<p>x</p>", "", &[("META-INF/encryption.xml", shop)]), "encrypted"),
    ]
}
