//! Signatures and AES of the message push, in both directions.
//!
//! Knows bytes and keys, and nothing of what a message says. Every failure to open an envelope is one [`Refusal`], so that an
//! answer never tells an attacker which check failed.
//!
//! Source: <https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.html>

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// WeChat pads to blocks of 32 bytes although AES has blocks of 16, so the common PKCS#7 helpers refuse half of its messages.
const PADDING_BLOCK: usize = 32;

/// The characters of an `EncodingAESKey`: 32 bytes in base64 without its one `=`.
const KEY_LENGTH: usize = 43;

/// Random bytes before the length field: they make equal messages look different.
const RANDOM_LEN: usize = 16;

/// The 43rd character of a key may carry bits that base64 has no use for; Tencent's own sample key does.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// An `EncodingAESKey`, decoded. It has no `Debug`, so that it cannot be printed.
#[derive(Clone)]
pub struct AesKey([u8; 32]);

/// Why a text is not an `EncodingAESKey`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an EncodingAESKey is exactly 43 letters and digits (this one has {length} characters, {others} of them something else)")]
pub struct BadKey {
    length: usize,
    others: usize,
}

/// Why an envelope could not be opened. The names are the values of the metric's `reason`.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    #[error("the ciphertext is not base64")]
    Base64,
    #[error("the ciphertext has no whole blocks, or its padding is wrong")]
    Padding,
    #[error("the length field is larger than the message")]
    Length,
    #[error("the message was encrypted for another appid")]
    AppId,
}

impl AesKey {
    /// Reads the 43 characters of the console's `EncodingAESKey`.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let length = text.chars().count();
        let others = text.chars().filter(|character| !character.is_ascii_alphanumeric()).count();
        if length != KEY_LENGTH || others > 0 {
            return Err(BadKey { length, others });
        }
        let bytes = KEY_BASE64.decode(text).map_err(|_| BadKey { length, others })?;
        Ok(Self(bytes.try_into().map_err(|_| BadKey { length, others })?))
    }
}

/// The lower-case hexadecimal SHA-1 over `parts`, sorted by their bytes and joined without a separator.
pub fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    sha1_hex(&sorted)
}

/// Whether `given` is the signature over `parts`, in a time that does not depend on where they differ.
pub fn is_signature(given: &str, parts: &[&str]) -> bool {
    signature(parts).as_bytes().ct_eq(given.as_bytes()).into()
}

/// Encrypts `message` for `app_id`; `random` comes from the system's generator except in tests of known answers.
pub fn encrypt(key: &AesKey, app_id: &str, message: &[u8], random: [u8; RANDOM_LEN]) -> String {
    let mut plain = Vec::with_capacity(RANDOM_LEN + 4 + message.len() + app_id.len() + PADDING_BLOCK);
    plain.extend_from_slice(&random);
    plain.extend_from_slice(&(message.len() as u32).to_be_bytes());
    plain.extend_from_slice(message);
    plain.extend_from_slice(app_id.as_bytes());
    let pad = PADDING_BLOCK - plain.len() % PADDING_BLOCK;
    plain.resize(plain.len() + pad, pad as u8);
    let (key, iv) = key_and_iv(key);
    let length = plain.len();
    // The buffer is a whole number of blocks, so nothing can refuse it.
    let cipher = cbc::Encryptor::<aes::Aes256>::new(key, iv).encrypt_padded::<NoPadding>(&mut plain, length);
    STANDARD.encode(cipher.unwrap_or_default())
}

/// Opens `encrypted` (the text of `Encrypt`, as it stood in the XML) and returns the message within.
///
/// The signature over it comes first: CBC alone protects nothing, and how long a refusal takes may tell about the padding.
pub fn decrypt(key: &AesKey, app_id: &str, encrypted: &str) -> Result<Vec<u8>, Refusal> {
    let mut buffer = STANDARD.decode(encrypted.trim()).map_err(|_| Refusal::Base64)?;
    if buffer.is_empty() || buffer.len() % 16 != 0 {
        return Err(Refusal::Padding);
    }
    let (key, iv) = key_and_iv(key);
    let plain =
        cbc::Decryptor::<aes::Aes256>::new(key, iv).decrypt_padded::<NoPadding>(&mut buffer).map_err(|_| Refusal::Padding)?;
    let plain = &plain[..unpadded_len(plain)?];
    let header = RANDOM_LEN + 4;
    let (head, rest) = plain.split_at_checked(header).ok_or(Refusal::Length)?;
    let length: [u8; 4] = head[RANDOM_LEN..].try_into().map_err(|_| Refusal::Length)?;
    let (message, receiver) = rest.split_at_checked(u32::from_be_bytes(length) as usize).ok_or(Refusal::Length)?;
    if !bool::from(receiver.ct_eq(app_id.as_bytes())) {
        return Err(Refusal::AppId);
    }
    Ok(message.to_vec())
}

/// Sixteen bytes from the system's generator.
pub fn random_prefix() -> [u8; RANDOM_LEN] {
    let mut bytes = [0; RANDOM_LEN];
    // The prefix hides nothing that the ciphertext needs hidden; without a generator the message still goes out.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// The lower-case hexadecimal SHA-1 over `parts`, joined without a separator.
pub(super) fn sha1_hex(parts: &[&str]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let digits = hash.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn key_and_iv(key: &AesKey) -> (&aes::cipher::Key<cbc::Encryptor<aes::Aes256>>, &aes::cipher::Iv<cbc::Encryptor<aes::Aes256>>) {
    let iv: &[u8; 16] = key.0.first_chunk().unwrap_or(&[0; 16]);
    ((&key.0).into(), iv.into())
}

/// The length without the padding; looks at all 32 possible pad bytes whatever they are.
fn unpadded_len(plain: &[u8]) -> Result<usize, Refusal> {
    let pad = usize::from(*plain.last().ok_or(Refusal::Padding)?);
    if pad == 0 || pad > PADDING_BLOCK || pad > plain.len() {
        return Err(Refusal::Padding);
    }
    let wrong = plain
        .iter()
        .rev()
        .take(PADDING_BLOCK)
        .enumerate()
        .fold(0, |wrong, (index, byte)| wrong | (u8::from(index < pad) * (byte ^ pad as u8)));
    if wrong == 0 { Ok(plain.len() - pad) } else { Err(Refusal::Padding) }
}
