//! PDFs written by hand: objects, a table of where they stand, and a trailer.

/// A PDF of these objects, numbered from 1; the first is the catalog.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    file.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    file
}

/// A stream with these entries in its dictionary.
pub fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {entries} /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

/// Fonts of a page, as F1 (Latin), F2 (Chinese, glyph numbers and a table), F3 (GBK) and F4 (UCS-2).
const FONTS: &str = "<< /Font << /F1 5 0 R /F2 6 0 R /F3 8 0 R /F4 9 0 R >> /XObject << /Im 10 0 R /Fm 11 0 R >> >>";

/// The first object number behind the fixed ones.
const PAGES_FROM: usize = 12;

/// A PDF with a page for each content.
pub fn pages(contents: &[&[u8]]) -> Vec<u8> {
    let kids = (0..contents.len()).map(|index| format!("{} 0 R ", PAGES_FROM + index * 2)).collect::<Vec<_>>().concat();
    let table = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFF> endcodespacerange \
        4 beginbfchar <0001> <56DE> <0002> <4FE1> <0003> <7B54> <0004> <590D> endbfchar end";
    let composite = |encoding: &str, more: &str| {
        format!("<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /{encoding} /DescendantFonts [<< /Type /Font /DW 1000 /W [1 [1000] 2 9 1000] >>] {more} >>").into_bytes()
    };
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} /Resources 4 0 R >>", contents.len()).into_bytes(),
        b"<< /Title <FEFF56DE4FE1> >>".to_vec(),
        FONTS.into(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [ 1 /fi /uni56DE /g17 /eacute ] >> >>".to_vec(),
        composite("Identity-H", "/ToUnicode 7 0 R"),
        stream("", table),
        composite("GBK-EUC-H", ""),
        composite("UniGB-UCS2-H", ""),
        stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", b"x"),
        stream("/Type /XObject /Subtype /Form /Resources 4 0 R", b"BT /F1 12 Tf 72 500 Td (in a form) Tj ET"),
    ];
    for (content, index) in contents.iter().zip(0..) {
        let content_at = PAGES_FROM + index * 2 + 1;
        objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {content_at} 0 R >>").into_bytes());
        objects.push(stream("", content));
    }
    pdf(&objects)
}

/// A page that shows one line of Latin text.
pub fn line(text: &str) -> Vec<u8> {
    format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET").into_bytes()
}
