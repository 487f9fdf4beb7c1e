//! Encrypted messages made by hand, so that each field can lie. Shares no code with the codec.

use aes::{
    Aes256,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};

/// The plaintext of an envelope, with whatever `length` and `padding` the caller wants.
pub(crate) fn plain(length: u32, message: &[u8], app_id: &str, padding: &[u8]) -> Vec<u8> {
    [b"0123456789abcdef", &length.to_be_bytes()[..], message, app_id.as_bytes(), padding].concat()
}

/// As many bytes as fill the last block of 32, each of them `pad`; the honest `pad` is their number.
pub(crate) fn padding(message: &[u8], app_id: &str, pad: Option<u8>) -> Vec<u8> {
    let count = 32 - (20 + message.len() + app_id.len()) % 32;
    vec![pad.unwrap_or(count as u8); count]
}

/// An honest envelope around `message`.
pub(crate) fn envelope(key: &str, app_id: &str, message: &[u8]) -> String {
    encrypt(key, &plain(message.len() as u32, message, app_id, &padding(message, app_id, None)))
}

/// AES-256-CBC over whole blocks, exactly as given, in base64.
pub(crate) fn encrypt(key: &str, blocks: &[u8]) -> String {
    STANDARD.encode(encrypt_bytes(key, blocks))
}

/// The same before base64.
pub(crate) fn encrypt_bytes(key: &str, blocks: &[u8]) -> Vec<u8> {
    let lenient = GeneralPurpose::new(&ALPHABET, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    let key: [u8; 32] = lenient.decode(format!("{key}=")).unwrap().try_into().unwrap();
    let cipher = Aes256::new(&key.into());
    let mut previous: [u8; 16] = key[..16].try_into().unwrap();
    let mut encrypted = Vec::with_capacity(blocks.len());
    for block in blocks.chunks_exact(16) {
        for (byte, plain) in previous.iter_mut().zip(block) {
            *byte ^= plain;
        }
        let mut whole = previous.into();
        cipher.encrypt_block(&mut whole);
        previous = whole.into();
        encrypted.extend_from_slice(&previous);
    }
    encrypted
}
