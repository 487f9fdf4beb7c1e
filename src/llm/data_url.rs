//! Bytes inside a URL (`data:…;base64,…`): how a picture is shown to a model, and how some upstreams hand one back.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding is forgotten often, and tells nothing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A data URL. Cheap to clone; `Debug` shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DataUrl(Arc<str>);

impl DataUrl {
    /// `media_type` is the type of `bytes`, such as `image/jpeg`.
    pub fn new(media_type: &str, bytes: &[u8]) -> Self {
        let mut url = format!("data:{media_type};base64,");
        LENIENT.encode_string(bytes, &mut url);
        Self(url.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DataUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataUrl({} bytes)", self.0.len())
    }
}

/// The bytes of base64 text, which may be broken into lines and may stand in a data URL.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = match text.trim().strip_prefix("data:") {
        Some(url) => url.split_once(";base64,")?.1,
        None => text.trim(),
    };
    if text.contains(|c: char| c.is_ascii_whitespace()) {
        let text: String = text.split_ascii_whitespace().collect();
        return LENIENT.decode(text).ok();
    }
    LENIENT.decode(text).ok()
}
