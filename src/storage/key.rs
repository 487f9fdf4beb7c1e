//! The name of an object: its content's hash, so that the same bytes have one name and a name promises its bytes.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

/// Letters of a SHA-256 in hexadecimal.
const HASH_LETTERS: usize = 64;

/// The longest ending; what is longer, or no plain word, is stored as `bin`.
const MAX_EXTENSION: usize = 8;

/// `ab/cd/abcd….png`. The folders keep any one of them small.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key of `bytes`.
    pub fn of(bytes: &[u8], extension: &str) -> Self {
        let hash = Sha256::digest(bytes).iter().fold(String::with_capacity(HASH_LETTERS), |mut hash, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hash, "{byte:02x}");
            hash
        });
        let extension = if is_extension(extension) { extension } else { "bin" };
        Self(format!("{}/{}/{hash}.{extension}", &hash[..2], &hash[2..4]))
    }

    /// Reads a key that was shown or stored; `None` for anything else, so that no key leads out of its folder.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (first, second, name) = (parts.next()?, parts.next()?, parts.next()?);
        let (hash, extension) = name.split_once('.')?;
        let is_hash = hash.len() == HASH_LETTERS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let fits = is_hash && parts.next().is_none() && first == &hash[..2] && second == &hash[2..4];
        (fits && is_extension(extension)).then(|| Self(text.to_owned()))
    }

    /// The key as a path below the store's root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ending, without its dot.
    pub fn extension(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Whether this is the name of `bytes`.
    pub(super) fn names(&self, bytes: &[u8]) -> bool {
        *self == Self::of(bytes, self.extension())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_extension(text: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_hash_in_two_folders() {
        let key = Key::of(b"abc", "png");
        assert_eq!(key.as_str(), "ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.png");
        assert_eq!((Key::parse(key.as_str()).as_ref(), key.extension()), (Some(&key), "png"));
        assert_eq!(Key::of(b"abc", "../x").extension(), "bin");
    }

    #[test]
    fn what_is_no_key_is_not_read_as_one() {
        let key = Key::of(b"abc", "png").0;
        let hash = &key[6..70];
        for text in ["", "a", "../../etc/passwd", hash, &key[3..], &format!("{key}/x"), &format!("ba/79/{hash}.png")] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
        for text in [format!("ba/78/{hash}./x"), format!("ba/78/{hash}.PNG"), key.to_uppercase(), format!("/{key}")] {
            assert_eq!(Key::parse(&text), None, "{text}");
        }
    }
}
