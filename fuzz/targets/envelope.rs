//! Opens arbitrary texts, and honest ciphertexts of arbitrary plaintexts, as envelopes.
#![no_main]

use huixin::wechat::envelope::{AesKey, decrypt, encrypt};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "a target needs two of the forger's tools")]
#[path = "../../tests/it/forgery.rs"]
mod forgery;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APP_ID: &str = "wx0123456789abcdef";

fuzz_target!(|bytes: &[u8]| {
    let Ok(key) = AesKey::parse(KEY) else { unreachable!() };
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = decrypt(&key, APP_ID, text);
        let _ = AesKey::parse(text);
    }
    // Random ciphertext almost never decrypts to a plausible padding; as plaintext, the bytes reach every check.
    let forged = forgery::encrypt(KEY, bytes);
    if let Ok(message) = decrypt(&key, APP_ID, &forged) {
        assert!(bytes.len() >= 20 + message.len() + APP_ID.len());
    }
    let encrypted = encrypt(&key, APP_ID, bytes, [7; 16]);
    assert_eq!(decrypt(&key, APP_ID, &encrypted).as_deref(), Ok(bytes));
});
