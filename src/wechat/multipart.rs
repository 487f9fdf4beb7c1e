//! A form with one file, written as strictly as WeChat reads it: one part named `media`, a plain file name, a known length.
//!
//! Without a file name WeChat answers 41005, and without a length 412; a library's encoder promises neither.

use uuid::Uuid;

use super::media::File;

/// The form's body and its content type, which names the boundary.
pub(super) struct Form {
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

/// Writes the form.
pub(super) fn form(file: &File) -> Form {
    // Random enough never to stand in a file by chance, and by design it cannot: nobody knows it before.
    let boundary = format!("huixin-{}", Uuid::now_v7().simple());
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        plain(&file.name),
        file.content_type
    );
    let mut bytes = Vec::with_capacity(head.len() + file.bytes.len() + boundary.len() + 8);
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(&file.bytes);
    bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Form { content_type: format!("multipart/form-data; boundary={boundary}"), bytes }
}

/// The file name of a `Content-Disposition`; empty where there is none.
pub(super) fn file_name(disposition: &str) -> String {
    let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("filename="));
    plain(name.unwrap_or_default().trim_matches('"'))
}

/// A name of letters, digits, dots and dashes.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain_whatever_it_was() {
        assert_eq!(file_name("attachment; filename=\"abc-1.jpg\""), "abc-1.jpg");
        assert_eq!(file_name("attachment; filename=x.amr"), "x.amr");
        assert_eq!(file_name("attachment"), "");
        assert_eq!(plain("图\"\r\n/../a.png"), "_____.._a.png");
    }
}
