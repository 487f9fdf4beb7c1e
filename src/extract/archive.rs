//! A zip archive of a stranger, opened without believing what it says of itself.
//!
//! Parts are streamed and counted while they unpack. Nothing is written to a disk, so a name is only a key; it refuses to
//! know what the parts mean.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use super::{
    error::Error,
    limits::{Limits, MIB, Meter},
};

/// Unpacked bytes from which the ratio is judged: a small part may be all spaces.
const RATIO_FROM: u64 = 16 * MIB;

/// The most that honest XML shrinks is about 1:100; deflate's own limit is 1:1032.
const RATIO: u64 = 250;

/// The end record of a zip archive: its signature, the least it takes, and the longest comment behind it.
const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_BYTES: usize = 65_535;

type Entry<'a, 'b> = ZipFile<'b, Cursor<&'a [u8]>>;

/// A zip archive in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    meter: &'a Meter,
}

impl<'a> Archive<'a> {
    /// Reads the directory, after a look at how long it says it is.
    pub(super) fn open(bytes: &'a [u8], limits: &Limits, meter: &'a Meter) -> Result<Self, Error> {
        if promised_entries(bytes).is_some_and(|entries| entries > limits.entries) {
            return Err(meter.refuse());
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| judge(&error, meter))?;
        if zip.len() as u64 > limits.entries {
            return Err(meter.refuse());
        }
        // Parts that share their packed bytes are how a small archive unpacks to petabytes.
        if zip.has_overlapping_files().map_err(|error| judge(&error, meter))? {
            return Err(Error::damaged("parts of the archive overlap"));
        }
        Ok(Self { zip, meter })
    }

    pub(super) fn meter(&self) -> &'a Meter {
        self.meter
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// A part, to be streamed.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<impl BufRead + use<'_, 'a>>, Error> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let entry = self.zip.by_index(index).map_err(|error| judge(&error, self.meter))?;
        if entry.encrypted() {
            return Err(Error::Encrypted);
        }
        let method = entry.compression();
        if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Error::unsupported(format!("archive packed by {method}")));
        }
        let packed = entry.compressed_size();
        Ok(Some(BufReader::with_capacity(32 << 10, Guarded { entry, packed, unpacked: 0, meter: self.meter })))
    }

    /// A part as a whole, of at most `most` bytes.
    pub(super) fn bytes(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let meter = self.meter;
        meter.begin_node();
        let Some(part) = self.part(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = part.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|_| meter.verdict().unwrap_or_else(|| Error::damaged(format!("{name} does not unpack"))))?;
        if bytes.len() as u64 > most {
            return Err(meter.refuse());
        }
        Ok(Some(bytes))
    }

    /// Names are compared exactly first; some producers write another case or backslashes.
    fn index(&self, name: &str) -> Option<usize> {
        let same = |other: &[u8]| {
            other.len() == name.len()
                && other.iter().zip(name.bytes()).all(|(other, own)| {
                    let other = if *other == b'\\' { b'/' } else { *other };
                    other.eq_ignore_ascii_case(&own)
                })
        };
        self.zip.index_for_name(name).or_else(|| {
            let name = self.zip.file_names_raw().find(|other| same(other))?;
            self.zip.index_for_name_raw(name)
        })
    }
}

/// Counts what a part unpacks to, and stops a bomb.
struct Guarded<'a, 'b> {
    entry: Entry<'a, 'b>,
    packed: u64,
    unpacked: u64,
    meter: &'a Meter,
}

impl Read for Guarded<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.entry.read(buffer)? as u64;
        self.unpacked += bytes;
        self.meter.spend_on_node(bytes).map_err(io::Error::other)?;
        if self.unpacked > RATIO_FROM && self.unpacked / RATIO > self.packed {
            return Err(io::Error::other(self.meter.refuse()));
        }
        Ok(bytes as usize)
    }
}

/// How many entries the archive says it has, read without holding one of them.
fn promised_entries(bytes: &[u8]) -> Option<u64> {
    let from = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES);
    let at = from + bytes[from..].windows(END_SIGNATURE.len()).rposition(|window| window == END_SIGNATURE)?;
    let entries = u64::from(u16::from_le_bytes(bytes.get(at + 10..at + 12)?.try_into().ok()?));
    // The wider record of zip64 stands before it, with its own count.
    let wide = bytes[from..at].windows(4).rposition(|window| window == b"PK\x06\x06").map(|found| from + found);
    let count = wide.and_then(|at| bytes.get(at + 32..at + 40)).and_then(|field| field.try_into().ok()).map(u64::from_le_bytes);
    Some(entries.max(count.unwrap_or(0)))
}

fn judge(error: &ZipError, meter: &Meter) -> Error {
    if let Some(verdict) = meter.verdict() {
        return verdict;
    }
    match error {
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => Error::Encrypted,
        ZipError::InvalidPassword => Error::Encrypted,
        error => Error::damaged(format!("archive: {error}")),
    }
}
