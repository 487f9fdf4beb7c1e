//! The invisible label: an XMP packet with `TC260:AIGC`, in the place where PNG, JPEG and WebP keep their XMP.
//!
//! The keys are those of GB 45438-2025, annex E. A packet that is there already is replaced, since nothing else of it survives a
//! drawn mark anyway; what it said about where a picture comes from is read first and kept ([`Aigc::after`]).
//!
//! Sources: <https://www.tc260.org.cn/> (TC260-PG-20258A), <https://developer.adobe.com/xmp/docs/XMPSpecifications/> (part 3)

use img_parts::{
    Bytes, ImageEXIF,
    png::{Png, PngChunk},
    riff::{RiffChunk, RiffContent},
    webp::WebP,
};
use quick_xml::{escape, events::Event};
use serde::{Deserialize, Serialize};

use super::{Error, Format};

/// What a packet of ours takes at most: a JPEG's segment has 65,533 bytes, and a field is a name or an id.
pub(super) const MAX_BYTES: usize = 16 * 1024;

/// Bytes of one field; longer ones are cut.
const MAX_FIELD_BYTES: usize = 512;

/// The marker that starts a picture, and in front of a segment its marker and length.
const JPEG_START: usize = 2;
const JPEG_FRAME: usize = 4;
const JPEG_APP0: u8 = 0xe0;
const JPEG_APP1: u8 = 0xe1;
const JPEG_COMMENT: u8 = 0xfe;
const JPEG_KEY: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// The keyword, then: not compressed, method 0, no language, no translated keyword.
const PNG_KEY: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

const WEBP_XMP: [u8; 4] = *b"XMP ";
const WEBP_EXTENDED: [u8; 4] = *b"VP8X";

/// The bit of a VP8X chunk's first byte that announces an XMP chunk.
const WEBP_XMP_FLAG: u8 = 0b100;

/// The local name of the label, whatever prefix it stands behind.
const NAME: &str = "AIGC";

const HEAD: &str = concat!(
    "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
    "<rdf:Description rdf:about=\"\" xmlns:TC260=\"http://www.tc260.org.cn/ns/AIGC/1.0/\"><TC260:AIGC>",
);
const TAIL: &str = "</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>";

/// Who made a picture and who passed it on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Aigc {
    /// `1` made by a machine, `2` possibly, `3` suspected.
    pub label: String,
    /// The name or code of the service that made it.
    pub content_producer: String,
    /// The number that service gave it.
    #[serde(rename = "ProduceID")]
    pub produce_id: String,
    pub reserved_code1: String,
    /// The name or code of the service that passes it on.
    pub content_propagator: String,
    #[serde(rename = "PropagateID")]
    pub propagate_id: String,
    pub reserved_code2: String,
}

impl Aigc {
    /// A picture that `producer` made, and numbered `produce_id`.
    pub fn made_by(producer: &str, produce_id: &str) -> Self {
        Self {
            label: "1".to_owned(),
            content_producer: producer.to_owned(),
            produce_id: produce_id.to_owned(),
            ..Self::default()
        }
    }

    /// The label of a picture that came with one: its maker stays its maker, and who labels it now has passed it on.
    #[must_use]
    pub fn after(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier.filter(|earlier| !earlier.content_producer.is_empty()) else { return self };
        Self {
            label: self.label,
            content_producer: earlier.content_producer,
            produce_id: earlier.produce_id,
            reserved_code1: earlier.reserved_code1,
            content_propagator: if self.content_propagator.is_empty() { self.content_producer } else { self.content_propagator },
            propagate_id: if self.propagate_id.is_empty() { self.produce_id } else { self.propagate_id },
            reserved_code2: self.reserved_code2,
        }
    }

    fn packet(&self) -> Result<String, Error> {
        let fields = [
            &self.label,
            &self.content_producer,
            &self.produce_id,
            &self.reserved_code1,
            &self.content_propagator,
            &self.propagate_id,
            &self.reserved_code2,
        ];
        let [label, content_producer, produce_id, reserved_code1, content_propagator, propagate_id, reserved_code2] =
            fields.map(|field| cut(field));
        let short =
            Self { label, content_producer, produce_id, reserved_code1, content_propagator, propagate_id, reserved_code2 };
        let json = serde_json::to_string(&short).map_err(|_| Error::damaged("a label that is not text"))?;
        Ok(format!("{HEAD}{}{TAIL}", escape::escape(json)))
    }
}

impl Format {
    /// Whether a label can be written into it.
    pub fn holds_metadata(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::WebP => true,
            Self::Gif | Self::Bmp => false,
        }
    }
}

/// Writes the label into a JPEG, PNG or WebP, in the place of one that is there.
pub fn write_aigc(bytes: Vec<u8>, aigc: &Aigc) -> Result<Vec<u8>, Error> {
    let packet = aigc.packet()?;
    let format = Format::of(&bytes);
    let bytes = Bytes::from(bytes);
    let written = match format {
        Some(Format::Jpeg) => return Ok(into_jpeg(&bytes, &packet)),
        Some(Format::Png) => Png::from_bytes(bytes).map(|png| into_png(png, &packet)),
        Some(Format::WebP) => WebP::from_bytes(bytes).map(|webp| into_webp(webp, &packet)),
        Some(Format::Gif | Format::Bmp) | None => return Err(Error::Unsupported("no place for a label")),
    };
    written.map(|bytes| bytes.to_vec()).map_err(|error| Error::Damaged(error.to_string()))
}

/// The label of a picture, if it has one that can be read.
pub fn read_aigc(bytes: &[u8]) -> Option<Aigc> {
    let format = Format::of(bytes)?;
    let bytes = Bytes::copy_from_slice(bytes);
    let packet = match format {
        Format::Jpeg => jpeg_segments(&bytes).find_map(xmp_of_jpeg)?.to_vec(),
        Format::Png => {
            let png = Png::from_bytes(bytes).ok()?;
            png.chunks_by_type(*b"iTXt").find_map(|chunk| chunk.contents().strip_prefix(PNG_KEY).map(<[u8]>::to_vec))?
        }
        Format::WebP => WebP::from_bytes(bytes).ok()?.chunk_by_id(WEBP_XMP)?.content().data()?.to_vec(),
        Format::Gif | Format::Bmp => return None,
    };
    serde_json::from_str(&json_in(&packet)?).ok()
}

/// The segments before the picture itself, which say what it is about: `APP0` to `APP15` and comments, each with its frame.
fn jpeg_segments(jpeg: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = jpeg.get(JPEG_START..).unwrap_or_default();
    std::iter::from_fn(move || {
        let [0xff, JPEG_APP0..=0xef | JPEG_COMMENT, high, low, ..] = rest else { return None };
        let (segment, behind) = rest.split_at_checked(2 + usize::from(u16::from_be_bytes([*high, *low])).max(2))?;
        rest = behind;
        Some(segment)
    })
}

fn xmp_of_jpeg(segment: &[u8]) -> Option<&[u8]> {
    (segment[1] == JPEG_APP1).then(|| segment[JPEG_FRAME..].strip_prefix(JPEG_KEY)).flatten()
}

/// By hand, because every other byte has to stay where it is: a decoder may make sense of what a parser would not write again.
fn into_jpeg(jpeg: &[u8], packet: &str) -> Vec<u8> {
    let length = (2 + JPEG_KEY.len() + packet.len()) as u16;
    let ours = [&[0xff, JPEG_APP1], &length.to_be_bytes()[..], JPEG_KEY, packet.as_bytes()].concat();
    let (mut written, mut is_written, mut read) = (jpeg[..JPEG_START].to_vec(), false, JPEG_START);
    for segment in jpeg_segments(jpeg) {
        if !is_written && segment[1] != JPEG_APP0 {
            written.extend_from_slice(&ours);
            is_written = true;
        }
        if xmp_of_jpeg(segment).is_none() {
            written.extend_from_slice(segment);
        }
        read += segment.len();
    }
    if !is_written {
        written.extend_from_slice(&ours);
    }
    written.extend_from_slice(&jpeg[read..]);
    written
}

fn into_png(mut png: Png, packet: &str) -> Bytes {
    png.chunks_mut().retain(|chunk| &chunk.kind() != b"iTXt" || !chunk.contents().starts_with(b"XML:com.adobe.xmp\0"));
    let contents = [PNG_KEY, packet.as_bytes()].concat();
    // The header is the first chunk; text may stand anywhere behind it.
    let position = png.chunks().len().min(1);
    png.chunks_mut().insert(position, PngChunk::new(*b"iTXt", contents.into()));
    png.encoder().bytes()
}

fn into_webp(mut webp: WebP, packet: &str) -> Bytes {
    webp.remove_chunks_by_id(WEBP_XMP);
    webp.chunks_mut().push(RiffChunk::new(WEBP_XMP, RiffContent::Data(Bytes::copy_from_slice(packet.as_bytes()))));
    if webp.has_chunk(WEBP_EXTENDED) {
        let extended = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == WEBP_EXTENDED);
        if let Some(RiffContent::Data(data)) = extended.map(RiffChunk::content_mut) {
            let mut flags = data.to_vec();
            if let Some(first) = flags.first_mut() {
                *first |= WEBP_XMP_FLAG;
            }
            *data = flags.into();
        }
    } else {
        // Taking away what is not there makes the library add the header that announces the new chunk.
        webp.set_exif(None);
    }
    webp.encoder().bytes()
}

/// The text of `TC260:AIGC`, as an element or an attribute; providers write either.
fn json_in(packet: &[u8]) -> Option<String> {
    let packet = std::str::from_utf8(packet).ok()?;
    let mut reader = quick_xml::Reader::from_str(packet);
    let (mut inside, mut text) = (false, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) if element.local_name().as_ref() == NAME => inside = true,
            Event::Start(element) | Event::Empty(element) => {
                let attribute = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == NAME);
                if let Some(attribute) = attribute {
                    return Some(escape::unescape(&attribute.value).ok()?.into_owned());
                }
            }
            Event::Text(part) if inside => text.push_str(&part),
            Event::CData(part) if inside => text.push_str(&part),
            Event::GeneralRef(name) if inside => text.push_str(&escape::unescape(&format!("&{};", &*name)).ok()?),
            Event::End(_) if inside => return Some(text),
            Event::Eof => return None,
            // Everything around it.
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::End(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

fn cut(field: &str) -> String {
    field[..field.floor_char_boundary(MAX_FIELD_BYTES)].to_owned()
}
