//! Reading a text file as people have them: UTF-8, or the Windows-1252 of an office computer.
//!
//! What is no text is refused with what to do (a PDF goes through `pdftotext`), or with the offset of the byte that
//! cannot be read: a wrong guess would put a wrong word into a legal text.

use std::io::Read as _;
use std::path::Path;

use super::out::Stop;
use crate::http::call::TEXT_LIMIT;
use crate::sheets::rules::windows_1252;

/// A file's text; `-` is standard input.
pub fn text(file: &Path) -> Result<String, Stop> {
    let named = |why: String| Stop::because(format!("{}: {why}", file.display()));
    let bytes = bytes(file).map_err(|e| named(e.to_string()))?;
    if bytes.len() > TEXT_LIMIT {
        return Err(named("longer than 5 MiB".into()));
    }
    decode(bytes).map_err(named)
}

/// At most one byte more than is accepted.
fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = TEXT_LIMIT as u64 + 1;
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    for (start, what) in [
        (b"%PDF".as_slice(), "this is a PDF: `pdftotext -layout FILE.pdf` makes its text"),
        (b"PK\x03\x04", "this is an office document: save it as plain text first"),
        (b"\xD0\xCF\x11\xE0", "this is an office document: save it as plain text first"),
        (b"{\\rtf", "this is rich text: save it as plain text first"),
        (b"\xFF\xFE", "this is UTF-16: save it as UTF-8"),
        (b"\xFE\xFF", "this is UTF-16: save it as UTF-8"),
    ] {
        if bytes.starts_with(start) {
            return Err(what.into());
        }
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(format!("byte {offset} is zero: this is no text"));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(not_utf8) => windows_1252(not_utf8.as_bytes())?,
    };
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_encodings_and_the_mark() {
        assert_eq!(decode("\u{feff}l’élève".into()).unwrap(), "l’élève");
        assert_eq!(decode(b"l\x92\xE9l\xE8ve c\x9Cur \x96 100 \x80".to_vec()).unwrap(), "l’élève cœur – 100 €");
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        assert_eq!(decode(b"\xE9t\xE9 \x81".to_vec()).unwrap_err(), "byte 4 (0x81) is neither UTF-8 nor Windows-1252");
        assert!(decode(b"ab\0".to_vec()).unwrap_err().contains("byte 2"));
        assert!(decode(b"%PDF-1.7".to_vec()).unwrap_err().contains("pdftotext"));
    }
}
