//! Honest files with bytes changed, cut out and doubled: reading them ends without a panic, and keeps its promises.

use std::{fs, path::Path, time::Duration};

use huixin::extract::{Limits, passages, read};

use super::{
    office::{docx, epub, paragraph, pptx, shape, xlsx},
    pdf::{line, pages},
    written::noise,
};

/// Changes of each file. Fuzzing (`fuzz/targets/extract.rs`) makes millions.
const CHANGES: usize = 150;

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/extract");
    // The first byte of a seed chooses the name.
    let seed = |name: &str| fs::read(seeds.join(name)).unwrap().split_off(1);
    let composite = b"BT /F2 12 Tf 72 700 Td [<0001> -300 <0002>] TJ /F3 9 Tf (a) Tj /Fm Do ET".as_slice();
    vec![
        ("a.docx", docx(&paragraph("一二三"))),
        ("a.docx", seed("docx")),
        ("a.xlsx", xlsx(r#"<row><c r="B1" s="1"><v>46350</v></c><c t="s"><v>0</v></c></row>"#, "<si><t>x</t></si>")),
        ("a.xlsx", seed("xlsx")),
        ("a.pptx", pptx(&[&shape("title", &["x"])], "")),
        ("a.pptx", seed("pptx")),
        ("a.epub", epub("<h1>一</h1><p>x", "<table><tr><td>1<td>2", &[])),
        ("a.epub", seed("epub")),
        ("a.pdf", pages(&[&line("one"), composite])),
        ("a.pdf", seed("pdf")),
        ("a.html", seed("html")),
        ("a.csv", seed("csv")),
        ("a.txt", seed("gbk")),
    ]
}

/// Changes one to eight places, as the numbers say.
fn change(bytes: &mut Vec<u8>, numbers: &[u8]) {
    for number in numbers.chunks_exact(4).take(usize::from(numbers[0] % 8) + 1) {
        let at = (usize::from(number[1]) << 8 | usize::from(number[2])) * bytes.len() / 65_536;
        let end = (at + usize::from(number[3] % 16) + 1).min(bytes.len());
        match number[0] % 5 {
            0 => bytes[at..end].fill(number[3]),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.splice(at..at, bytes[at..end].to_vec()).for_each(drop),
            3 => bytes[at] ^= 1 << (number[3] % 8),
            _ => bytes.truncate(bytes.len().max(8) - usize::from(number[3] % 8)),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn changed_files_are_read_or_refused() {
    let limits =
        Limits { inflated_bytes: 4 << 20, text_chars: 50_000, pages: 50, time: Duration::from_mins(1), ..Limits::default() };
    let numbers = noise(64 * CHANGES * 13);
    let mut read_well = 0;
    for ((name, file), numbers) in files().into_iter().zip(numbers.chunks(64 * CHANGES)) {
        for numbers in numbers.chunks(64) {
            let mut bytes = file.clone();
            change(&mut bytes, numbers);
            let Ok(document) = read(&bytes, name, &limits) else { continue };
            read_well += 1;
            assert!(document.text.chars().count() <= limits.text_chars && (document.needs_eyes || !document.text.is_empty()));
            assert!(document.text.chars().all(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()), "{name}");
            let parts = passages::best("what is 回信", &[&document.text], 500);
            assert!(parts.iter().map(|passage| passage.text.chars().count()).sum::<usize>() <= 500);
        }
    }
    assert!(read_well > CHANGES, "only {read_well} could be read");
}
