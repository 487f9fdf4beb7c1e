//! What an envelope may not be: every field of it lies once.

use base64::{Engine, engine::general_purpose::STANDARD};
use huixin::wechat::envelope::{AesKey, Refusal, decrypt, is_signature, signature};

use crate::forgery;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APP_ID: &str = "wx0123456789abcdef";

fn open(encrypted: &str) -> Result<Vec<u8>, Refusal> {
    decrypt(&AesKey::parse(KEY).unwrap(), APP_ID, encrypted)
}

/// An envelope whose padding is `padding`, whatever the message needs.
fn padded(message: &[u8], padding: &[u8]) -> String {
    forgery::encrypt(KEY, &forgery::plain(message.len() as u32, message, APP_ID, padding))
}

#[test]
fn an_honest_envelope_of_any_length_is_opened() {
    for length in 0..100 {
        let message = vec![b'x'; length];
        assert_eq!(open(&forgery::envelope(KEY, APP_ID, &message)).unwrap(), message);
    }
}

#[test]
fn white_space_around_the_ciphertext_is_no_part_of_it() {
    let encrypted = forgery::envelope(KEY, APP_ID, b"text");
    assert_eq!(open(&format!("\n  {encrypted}\r\n")).unwrap(), b"text");
}

#[test]
fn only_the_exact_signature_is_one() {
    let parts = ["AAAAA", "1714036504", "1514711492"];
    let good = signature(&parts);
    for bad in ["", "0", &good[..39], &format!("{good}0"), &good.to_uppercase(), &format!(" {good}"), &"0".repeat(40)] {
        assert!(!is_signature(bad, &parts), "{bad:?}");
    }
}

#[test]
fn a_message_for_another_appid_is_refused() {
    for app_id in ["wx0123456789abcdee", "wx0123456789abcde", "wx0123456789abcdeff", "WX0123456789ABCDEF", ""] {
        assert_eq!(open(&forgery::envelope(KEY, app_id, b"text")), Err(Refusal::AppId), "{app_id}");
    }
}

#[test]
fn a_length_that_eats_the_appid_or_leaves_some_of_the_message_is_refused() {
    let message = b"0123456789";
    for length in [0, 9, 11, 28] {
        let plain = forgery::plain(length, message, APP_ID, &forgery::padding(message, APP_ID, None));
        assert_eq!(open(&forgery::encrypt(KEY, &plain)), Err(Refusal::AppId), "length {length}");
    }
}

#[test]
fn a_length_beyond_the_plaintext_is_refused() {
    let message = b"0123456789";
    for length in [29, 1_000, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        let plain = forgery::plain(length, message, APP_ID, &forgery::padding(message, APP_ID, None));
        assert_eq!(open(&forgery::encrypt(KEY, &plain)), Err(Refusal::Length), "length {length}");
    }
}

#[test]
fn a_message_under_another_key_is_refused() {
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert!(open(&forgery::envelope(other, APP_ID, b"text")).is_err());
}

#[test]
fn what_is_not_whole_base64_is_refused() {
    for text in ["!", "AAA", "A===", "AAAA AAAA", "-_-_", "ＡＡＡＡ", "AAAA\0"] {
        assert_eq!(open(text), Err(Refusal::Base64), "{text}");
    }
}

#[test]
fn what_is_not_whole_blocks_is_refused() {
    for length in [0, 1, 15, 17, 31, 33] {
        assert_eq!(open(&STANDARD.encode(vec![7; length])), Err(Refusal::Padding), "{length} bytes");
    }
}

#[test]
fn a_truncated_ciphertext_is_refused_wherever_it_ends() {
    let message = [b'x'; 100];
    let bytes = forgery::encrypt_bytes(KEY, &forgery::plain(100, &message, APP_ID, &forgery::padding(&message, APP_ID, None)));
    for length in 0..bytes.len() {
        assert!(open(&STANDARD.encode(&bytes[..length])).is_err(), "{length} bytes");
    }
}

#[test]
fn a_padding_outside_1_to_32_is_refused() {
    // 16 + 4 + 8 + 18 bytes leave 18 bytes of padding.
    for pad in [0, 33, 34, 48, 128, 255] {
        assert_eq!(open(&padded(b"12345678", &[pad; 18])), Err(Refusal::Padding), "pad byte {pad}");
    }
}

#[test]
fn a_padding_of_unequal_bytes_is_refused() {
    assert_eq!(open(&padded(b"12345678", &[18; 18])).unwrap(), b"12345678");
    for index in 0..17 {
        let mut padding = [18; 18];
        padding[index] ^= 1;
        assert_eq!(open(&padded(b"12345678", &padding)), Err(Refusal::Padding), "byte {index}");
    }
}

#[test]
fn a_plaintext_shorter_than_its_header_is_refused() {
    assert_eq!(open(&forgery::encrypt(KEY, &[32; 32])), Err(Refusal::Length), "padding alone");
    let mut short = [0; 32];
    short[19..].fill(13);
    assert_eq!(open(&forgery::encrypt(KEY, &short)), Err(Refusal::Length), "19 bytes of header");
    assert_eq!(open(&forgery::encrypt(KEY, &[17; 16])), Err(Refusal::Padding), "more padding than bytes");
}

#[test]
fn a_key_is_exactly_43_letters_and_digits() {
    let others = ["=", "+", "/", " ", "é", "\0"].map(|other| other.repeat(43));
    for text in [&KEY[..42], &format!("{KEY}H"), ""].into_iter().chain(others.iter().map(String::as_str)) {
        assert!(AesKey::parse(text).is_err(), "{text}");
    }
    for last in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
        assert!(AesKey::parse(&format!("{}{last}", &KEY[..42])).is_ok(), "a key may end with {last}");
    }
}

#[test]
fn a_bad_key_is_described_without_being_shown() {
    let error = AesKey::parse("secret!").err().unwrap().to_string();
    assert!(error.contains("7 characters") && error.contains("1 of them") && !error.contains("secret"), "{error}");
}
