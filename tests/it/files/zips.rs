//! Archives: honest ones, and ones written byte for byte to say what is not true.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// An archive of these parts, packed.
pub fn pack(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An entry of an archive that is written by hand.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    /// As they stand in the file.
    pub bytes: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    /// What the directory says that it unpacks to.
    pub claimed: u32,
    /// Where the directory says it stands, if not where it does.
    pub at: Option<u32>,
}

impl Entry {
    /// A part that is not packed and says so.
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), bytes: bytes.to_vec(), method: 0, flags: 0, claimed: bytes.len() as u32, at: None }
    }
}

/// Writes entries and a directory of `counted` entries over them.
pub fn write(entries: &[Entry], counted: Option<u16>) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = file.len() as u32;
        let mut header = Vec::new();
        header.extend(20_u16.to_le_bytes());
        header.extend(entry.flags.to_le_bytes());
        header.extend(entry.method.to_le_bytes());
        header.extend([0; 4]);
        header.extend(crc32(&entry.bytes).to_le_bytes());
        header.extend((entry.bytes.len() as u32).to_le_bytes());
        header.extend(entry.claimed.to_le_bytes());
        header.extend((entry.name.len() as u16).to_le_bytes());
        header.extend(0_u16.to_le_bytes());
        if entry.at.is_none() {
            file.extend(b"PK\x03\x04");
            file.extend(&header);
            file.extend(&entry.name);
            file.extend(&entry.bytes);
        }
        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&header);
        directory.extend([0; 10]);
        directory.extend(entry.at.unwrap_or(at).to_le_bytes());
        directory.extend(&entry.name);
    }
    let count = counted.unwrap_or(entries.len() as u16);
    let at = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// The checksum of zip, the slow way.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
