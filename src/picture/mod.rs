//! Pictures: decoded within limits, labelled as made by a machine, and made to fit whoever gets them.
//!
//! Everything here is computed from bytes to bytes and may take a second; [`Workshop`] keeps it off the threads that answer, and
//! bounds how many are worked on at once. Knows no network and no storage, and nothing of whose pictures they are.

mod decode;
mod encode;
mod error;
mod fit;
mod label;
mod metadata;
mod outline;
mod workshop;

pub use decode::{MAX_PIXELS, MAX_SIDE, Picture, decode};
pub use error::Error;
pub use fit::{Fitted, Formats, Goal, fit};
pub use label::Mark;
pub use metadata::{Aigc, read_aigc, write_aigc};
pub use outline::Format;
pub use workshop::Workshop;

use fit::fit_picture;

/// The quality of a labelled JPEG: the losses of a second encoding stay invisible.
const LABELLED_QUALITY: u8 = 93;

/// Whether a picture says that a machine made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    Off,
    On(LabelSettings),
}

/// How it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSettings {
    /// What stands in the corner; `None` where the model's provider has put its own there already.
    pub mark: Option<Mark>,
    /// What its metadata says.
    pub aigc: Aigc,
}

/// A picture as it is kept and as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// What is kept and shown on pages: with the label off, the very bytes that came in.
    pub stored: Vec<u8>,
    /// Of `stored`, without its dot.
    pub extension: &'static str,
    /// What is uploaded to WeChat: JPEG or PNG within its limits, labelled likewise.
    pub wechat: Vec<u8>,
    /// The media type of `wechat`.
    pub wechat_type: &'static str,
    /// Of `stored`, in pixels.
    pub width: u32,
    pub height: u32,
}

/// Labels a picture and makes it fit for WeChat.
pub fn finish(bytes: Vec<u8>, label: &Label) -> Result<Finished, Error> {
    let mut picture = decode(&bytes)?;
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    let mut format = picture.format;
    let stored = match label {
        Label::Off => bytes,
        Label::On(settings) => {
            let aigc = settings.aigc.clone().after(read_aigc(&bytes));
            let marked = match settings.mark {
                Some(mark) => {
                    label::draw(&mut picture.pixels, mark);
                    let encoded;
                    (encoded, format) = encode_labelled(&picture)?;
                    encoded
                }
                None if format.holds_metadata() => bytes,
                None => {
                    format = Format::Png;
                    encode::png(&picture)?
                }
            };
            write_aigc(marked, &aigc)?
        }
    };
    let (wechat, wechat_type) = for_wechat(&stored, format, picture, label)?;
    Ok(Finished { stored, extension: format.extension(), wechat, wechat_type, width, height })
}

/// A JPEG stays one; everything else had no losses, or none that a second format should add to, and becomes a PNG.
fn encode_labelled(picture: &Picture) -> Result<(Vec<u8>, Format), Error> {
    match picture.format {
        Format::Jpeg => Ok((encode::jpeg(picture, LABELLED_QUALITY)?, Format::Jpeg)),
        Format::Png | Format::Gif | Format::WebP | Format::Bmp => Ok((encode::png(picture)?, Format::Png)),
    }
}

/// The stored bytes where WeChat takes them as they are; else the picture again, smaller, with the same metadata.
fn for_wechat(stored: &[u8], format: Format, picture: Picture, label: &Label) -> Result<(Vec<u8>, &'static str), Error> {
    let goal = Goal::WECHAT;
    let fits = stored.len() <= goal.max_bytes && picture.pixels.width().max(picture.pixels.height()) <= goal.max_side;
    if fits && matches!(format, Format::Jpeg | Format::Png) {
        return Ok((stored.to_vec(), format.content_type()));
    }
    // The metadata comes on top of what is measured.
    let fitted = fit_picture(picture, Goal { max_bytes: goal.max_bytes - metadata::MAX_BYTES, ..goal })?;
    let bytes = match (label, read_aigc(stored)) {
        (Label::On(_), Some(aigc)) => write_aigc(fitted.bytes, &aigc)?,
        (Label::On(_), None) | (Label::Off, _) => fitted.bytes,
    };
    Ok((bytes, fitted.format.content_type()))
}
