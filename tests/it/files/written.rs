//! Texts, tables and pages that are made to hurt, and files that are no text at all.

use super::hostile::Case;

/// Every hostile file that is not an archive or a PDF.
pub fn cases() -> Vec<Case> {
    [nothing(), foreign(), long()].into_iter().flatten().collect()
}

/// Bytes without any sense, the same each time (xorshift).
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

fn nothing() -> Vec<Case> {
    vec![
        Case::new("nothing", "a.txt", "", "empty"),
        Case::new("nothing, as a document", "a.docx", "", "empty"),
        Case::new("only a mark of byte order", "a.txt", "\u{feff}", "empty"),
        Case::new("only the other mark", "a.txt", b"\xff\xfe".to_vec(), "empty"),
        Case::new("only white space", "a.md", " \r\n\t\u{3000}\n", "empty"),
        Case::new("only separators", "a.csv", ",,,\n,,\n", "empty"),
        Case::new("a page of nothing", "a.html", "<html><script>alert(1)</script></html>", "empty"),
    ]
}

fn foreign() -> Vec<Case> {
    vec![
        Case::new("noise", "a.txt", noise(100_000), "unsupported"),
        Case::new("zeros", "a.txt", vec![0; 100_000], "unsupported"),
        Case::new("a program", "a.txt", [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 200]].concat(), "unsupported"),
        Case::new("music", "a.txt", [b"ID3\x03\0\0\0\0\0\x21".as_slice(), &[0; 200]].concat(), "unsupported"),
        Case::new("another archive", "a.docx", b"Rar!\x1a\x07\x01\0 and so on".to_vec(), "unsupported"),
        Case::new("a packed file", "a.txt", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(), "unsupported"),
        Case::new("a picture that is a page", "a.gif", "GIF89a<html><script>alert(1)</script>", "eyes"),
        Case::new("a page that is called a picture", "a.png", "<html><body>x</body></html>", "text"),
        Case::new("a text with zeros", "a.txt", "a\0b\0\0\0c".repeat(1_000), "unsupported"),
        Case::new("a name that is a path", "../../etc/passwd\0.txt", "text", "text"),
        Case::new("a name that is an option", "--limits=x.txt", "text", "text"),
        Case::new("half a character", "a.txt", b"\xe5\x9b\x9e\xe4\xbf".to_vec(), "text"),
    ]
}

fn long() -> Vec<Case> {
    let most = 20_000_000;
    vec![
        Case::new("over twenty megabytes", "a.txt", vec![b'x'; 21 << 20], "too_big"),
        Case::new("one line of twenty megabytes", "a.txt", vec![b'x'; most], "cut"),
        Case::new("two megabytes of line ends", "a.txt", [vec![b'\n'; most / 10], b"x".to_vec()].concat(), "text"),
        Case::new("twenty megabytes of quotes", "a.csv", vec![b'"'; most], "cut"),
        Case::new("twenty megabytes of brackets", "a.html", vec![b'<'; most], "cut"),
        Case::new("tags that never end", "a.html", "<a ".repeat(most / 3), "empty"),
        Case::new("quotes that never end", "a.html", "<a \"".repeat(most / 4) + ">x", "text"),
        Case::new("comments that never end", "a.html", "<!--".repeat(most / 4), "empty"),
        Case::new("tags within tags", "a.html", "<div>".repeat(most / 50) + "x", "text"),
        Case::new("references that mean nothing", "a.html", "<p>".to_owned() + &"&".repeat(most / 8), "cut"),
        Case::new("titles in titles", "a.html", "<title>".repeat(most / 7), "empty"),
        Case::new("scripts that never end", "a.html", "<script></scrip".repeat(most / 15), "empty"),
    ]
}
