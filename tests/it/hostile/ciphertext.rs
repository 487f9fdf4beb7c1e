//! Lies in the envelope, each of them rightly signed: only who has the token gets this far.

use super::{
    AES_KEY, APP_ID, Case,
    Expect::{self, Accepted, Refused},
    request::{enveloped, event},
};
use crate::forgery::{encrypt, encrypt_bytes, envelope, padding, plain};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};

pub(super) fn cases() -> Vec<Case> {
    [texts(), truncations(), paddings(), lengths(), receivers()].into_iter().flatten().collect()
}

/// The plaintext of an honest envelope for the case `name`.
fn honest(name: &str) -> Vec<u8> {
    let message = event(name);
    plain(message.len() as u32, message.as_bytes(), APP_ID, &padding(message.as_bytes(), APP_ID, None))
}

fn texts() -> Vec<Case> {
    let written = |name: &str, write: fn(Vec<u8>) -> String, expect: Expect| {
        enveloped(name, &write(encrypt_bytes(AES_KEY, &honest(name))), expect)
    };
    let with_line_ends = |bytes: Vec<u8>| {
        let text = STANDARD.encode(bytes);
        text.as_bytes().chunks(76).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n")
    };
    vec![
        written("cipher-honest", |bytes| STANDARD.encode(bytes), Accepted),
        written("cipher-with-line-ends", with_line_ends, Refused),
        written("cipher-in-hexadecimal", |bytes| hexadecimal(&bytes), Refused),
        written("cipher-encoded-twice", |bytes| STANDARD.encode(STANDARD.encode(bytes)), Refused),
        written("cipher-with-more-equals-signs", |bytes| STANDARD.encode(bytes) + "====", Refused),
        written("cipher-with-a-chinese-character", |bytes| format!("中{}", STANDARD.encode(bytes)), Refused),
        written("cipher-with-a-tag", |bytes| STANDARD.encode(bytes) + "]]]]><![CDATA[><a>", Refused),
        written("cipher-percent-encoded", |bytes| STANDARD.encode(bytes).replace('A', "%41"), Refused),
        written("cipher-backwards", |bytes| STANDARD.encode(bytes).chars().rev().collect(), Refused),
        written("cipher-in-small-letters", |bytes| STANDARD.encode(bytes).to_lowercase(), Refused),
        written("cipher-a-block-repeated", |bytes| STANDARD.encode([&bytes[..], &bytes[bytes.len() - 16..]].concat()), Refused),
        written("cipher-blocks-swapped", |bytes| STANDARD.encode([&bytes[16..], &bytes[..16]].concat()), Refused),
        enveloped("cipher-url-safe", &URL_SAFE.encode([0xff; 64]), Refused),
        enveloped("cipher-without-equals-signs", &STANDARD_NO_PAD.encode([0xff; 64]), Refused),
        enveloped("cipher-no-base64", "this is not base64!", Refused),
        enveloped("cipher-zeros", &STANDARD.encode([0; 64]), Refused),
        enveloped("cipher-not-encrypted-at-all", &STANDARD.encode(honest("cipher-not-encrypted-at-all")), Refused),
        enveloped("cipher-one-letter", "A", Refused),
        enveloped("cipher-equals-signs", "====", Refused),
        enveloped("cipher-of-half-a-mebibyte", &"A".repeat(512 * 1024), Refused),
        enveloped("cipher-under-another-key", &envelope(&"A".repeat(43), APP_ID, b"<xml/>"), Refused),
    ]
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn truncations() -> Vec<Case> {
    [0, 1, 15, 16, 17, 31, 32, 33, 48, 64, 96]
        .into_iter()
        .map(|kept| {
            let name = format!("cipher-cut-after-{kept}-bytes");
            let bytes = encrypt_bytes(AES_KEY, &honest(&name));
            enveloped(&name, &STANDARD.encode(&bytes[..kept]), Refused)
        })
        .collect()
}

fn paddings() -> Vec<Case> {
    let with = |name: &str, pad: u8| {
        let message = event(name);
        let lying = padding(message.as_bytes(), APP_ID, Some(pad));
        enveloped(name, &encrypt(AES_KEY, &plain(message.len() as u32, message.as_bytes(), APP_ID, &lying)), Refused)
    };
    let mut uneven = honest("padding-uneven");
    let first = uneven.len() - usize::from(uneven[uneven.len() - 1]);
    uneven[first] ^= 0x80;
    let uneven_is_all = first == uneven.len() - 1;
    let mut cases = vec![
        with("padding-0", 0),
        with("padding-33", 33),
        with("padding-34", 34),
        with("padding-64", 64),
        with("padding-128", 128),
        with("padding-255", 255),
        enveloped("padding-alone", &encrypt(AES_KEY, &[32; 32]), Refused),
        enveloped("padding-longer-than-all", &encrypt(AES_KEY, &[17; 16]), Refused),
    ];
    if !uneven_is_all {
        cases.push(enveloped("padding-uneven", &encrypt(AES_KEY, &uneven), Refused));
    }
    cases
}

fn lengths() -> Vec<Case> {
    let with = |name: &str, length: fn(u32) -> u32| {
        let message = event(name);
        let padding = padding(message.as_bytes(), APP_ID, None);
        enveloped(name, &encrypt(AES_KEY, &plain(length(message.len() as u32), message.as_bytes(), APP_ID, &padding)), Refused)
    };
    vec![
        with("length-0", |_| 0),
        with("length-1", |_| 1),
        with("length-one-less", |honest| honest - 1),
        with("length-one-more", |honest| honest + 1),
        with("length-that-eats-the-appid", |honest| honest + 18),
        with("length-one-beyond-all", |honest| honest + 19),
        with("length-of-the-other-byte-order", u32::swap_bytes),
        with("length-31-bits", |_| 0x7fff_ffff),
        with("length-32nd-bit", |_| 0x8000_0000),
        with("length-largest", |_| u32::MAX),
    ]
}

fn receivers() -> Vec<Case> {
    let to = |name: &str, app_id: &str| enveloped(name, &envelope(AES_KEY, app_id, event(name).as_bytes()), Refused);
    vec![
        to("appid-none", ""),
        to("appid-of-another", "wxfedcba9876543210"),
        to("appid-cut", "wx0123456789abcde"),
        to("appid-longer", "wx0123456789abcdef0"),
        to("appid-in-capitals", "WX0123456789ABCDEF"),
        to("appid-twice", "wx0123456789abcdefwx0123456789abcdef"),
        to("appid-with-a-nul", "wx0123456789abcdef\0"),
        to("appid-with-a-space", "wx0123456789abcdef "),
        to("appid-of-a-company", "ww0123456789abcdef"),
        to("appid-in-full-width", "ｗｘ0123456789abcdef"),
    ]
}
