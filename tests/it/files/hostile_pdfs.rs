//! PDFs that are made to hurt.

use lopdf::{EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};

use super::{
    hostile::Case,
    office::docx,
    pdf::{line, pages, pdf, stream},
};

const CATALOG: &[u8] = b"<< /Type /Catalog /Pages 2 0 R >>";

/// Every hostile PDF.
pub fn cases() -> Vec<Case> {
    [broken(), loops(), large(), locked()].into_iter().flatten().collect()
}

fn broken() -> Vec<Case> {
    let honest = pages(&[&line("first"), &line("second")]);
    let moved = String::from_utf8_lossy(&honest).replace("startxref\n", "startxref\n9");
    let nowhere = replace(&honest, b"startxref", b"startxxxx");
    let shifted = replace(&honest, b"%PDF-1.7\n", b"%PDF-1.7\n%this moves every object by some bytes\n");
    let behind = [b"\r\n\r\nrubbish\n".as_slice(), &honest].concat();
    let cut = |share: usize| honest[..honest.len() * share / 100].to_vec();
    vec![
        Case::new("a table that is not there", "a.pdf", nowhere, "text"),
        Case::new("a table far behind the end", "a.pdf", moved.into_bytes(), "text"),
        Case::new("objects that have moved", "a.pdf", shifted, "text"),
        Case::new("rubbish before the file", "a.pdf", behind, "text"),
        Case::new("a tenth of a file", "a.pdf", cut(10), "damaged"),
        Case::new("half of a file", "a.pdf", cut(50), "damaged"),
        Case::new("a file without its end", "a.pdf", cut(90), "text"),
        Case::new("only the first line", "a.pdf", b"%PDF-1.7\n".to_vec(), "damaged"),
        Case::new(
            "rubbish in a PDF's clothes",
            "a.pdf",
            [b"%PDF-1.4\n".as_slice(), &super::written::noise(200_000)].concat(),
            "damaged",
        ),
        Case::new("a document behind a PDF", "a.pdf", [honest.as_slice(), &docx("<w:p/>")].concat(), "text"),
        Case::new("no pages", "a.pdf", pages(&[]), "damaged"),
        Case::new(
            "a page that is missing",
            "a.pdf",
            pdf(&[CATALOG.to_vec(), b"<< /Type /Pages /Kids [9 0 R] >>".to_vec()]),
            "damaged",
        ),
    ]
}

fn loops() -> Vec<Case> {
    let one = |pages: &str, more: &[Vec<u8>]| pdf(&[&[CATALOG.to_vec(), pages.into()], more].concat());
    let own_kid = one("<< /Type /Pages /Kids [2 0 R 2 0 R 2 0 R] >>", &[]);
    let own_parent =
        one("<< /Type /Pages /Kids [3 0 R] /Parent 2 0 R >>", &[b"<< /Type /Page /Parent 3 0 R /Contents 3 0 R >>".to_vec()]);
    let length = one(
        "<< /Type /Pages /Kids [3 0 R] >>",
        &[b"<< /Type /Page /Contents 4 0 R >>".to_vec(), b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream".to_vec()],
    );
    let form = b"<< /Type /Page /Contents 5 0 R /Resources 6 0 R >>".to_vec();
    let shown = "/Fm Do ".repeat(50);
    let forms = one(
        "<< /Type /Pages /Kids [3 0 R] >>",
        &[
            form,
            stream("/Subtype /Form /Resources 6 0 R", shown.as_bytes()),
            stream("", shown.as_bytes()),
            b"<< /XObject << /Fm 4 0 R >> >>".to_vec(),
        ],
    );
    let previous = String::from_utf8_lossy(&pages(&[&line("x")])).replace("/Root 1 0 R", "/Prev 100000 /Root 1 0 R");
    let start = previous.find("xref\n0").unwrap();
    let circle = previous.replace("/Prev 100000", &format!("/Prev {start}"));
    vec![
        Case::new("pages that are their own kids", "a.pdf", own_kid, "damaged"),
        Case::new("pages that are their own parents", "a.pdf", own_parent, "eyes"),
        Case::new("a length that is itself", "a.pdf", length, "eyes"),
        Case::new("forms that show themselves", "a.pdf", forms, "eyes"),
        Case::new("a table before itself", "a.pdf", circle.into_bytes(), "text"),
        Case::new("a table before nothing", "a.pdf", previous.into_bytes(), "text"),
    ]
}

fn large() -> Vec<Case> {
    let small = line("page");
    let many = pages(&vec![small.as_slice(); 10_000]);
    let nested = format!("<< /Type /Pages /Kids [3 0 R] /X {}{} >>", "[".repeat(200_000), "]".repeat(200_000));
    let numbers = format!("<< /Type /Pages /Kids [] /X [{}] >>", "1 ".repeat(8_000_000));
    let string = [b"BT /F1 12 Tf (".as_slice(), &vec![b'('; 3_000_000], b") Tj ET"].concat();
    let operators = b"q ".repeat(20_000);
    let drawing = [b"1 0 m 2 2 l S\n".repeat(10_000), line("behind a drawing")].concat();
    let table = b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange ".repeat(20_000);
    let font =
        b"<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type0 /ToUnicode 5 0 R >> >> >> >>"
            .to_vec();
    let ranges = pdf(&[
        CATALOG.to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        font,
        stream("", b"BT /F1 12 Tf (abcd) Tj ET"),
        stream("", &table),
    ]);
    let size = String::from_utf8_lossy(&pages(&[&line("x")])).replace("/Size 15", "/Size 4000000000");
    vec![
        Case::new("ten thousand pages", "a.pdf", many, "cut"),
        Case::new("arrays two hundred thousand deep", "a.pdf", pdf(&[CATALOG.to_vec(), nested.into()]), "damaged"),
        Case::new("eight million numbers", "a.pdf", pdf(&[CATALOG.to_vec(), numbers.into()]), "too_big"),
        Case::new("brackets three million deep", "a.pdf", pages(&[&string]), "eyes"),
        Case::new("states that are saved and never restored", "a.pdf", pages(&[&operators]), "eyes"),
        Case::new("many strokes", "a.pdf", pages(&[&drawing]), "text"),
        Case::new("a stream that unpacks to 64 MB", "a.pdf", deflated(64), "too_big"),
        Case::new("filters upon filters", "a.pdf", filters(), "eyes"),
        Case::new("tables of four billion codes", "a.pdf", ranges, "text"),
        Case::new("a table of four billion objects", "a.pdf", size.into_bytes(), "text"),
    ]
}

/// One page whose content unpacks to as many megabytes of spaces.
fn deflated(megabytes: usize) -> Vec<u8> {
    let mut content = lopdf::Stream::new(lopdf::Dictionary::new(), vec![b' '; megabytes << 20]);
    content.compress().unwrap();
    pdf(&[
        CATALOG.to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R >>".to_vec(),
        stream("/Filter /FlateDecode", &content.content),
    ])
}

fn filters() -> Vec<u8> {
    let names = "/ASCIIHexDecode ".repeat(5_000);
    pdf(&[
        CATALOG.to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R >>".to_vec(),
        stream(&format!("/Filter [{names}]"), b"42542045543e"),
    ])
}

fn locked() -> Vec<Case> {
    let mut unknown = pages(&[&line("x")]);
    unknown = replace(&unknown, b"/Root 1 0 R", b"/Encrypt << /Filter /Acme /V 77 >> /Root 1 0 R");
    vec![
        Case::new("behind a password", "a.pdf", encrypted("geheim"), "encrypted"),
        Case::new("locked against copying only", "a.pdf", encrypted(""), "text"),
        Case::new("locked in a way nobody knows", "a.pdf", unknown, "encrypted"),
    ]
}

fn encrypted(user_password: &str) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(&pages(&[&line("secret")])).unwrap();
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::empty(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}
