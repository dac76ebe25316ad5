//! What bytes are, told by the bytes: what the client says only chooses between plain text and Markdown.
//!
//! A type is accepted when a reader's program opens it without running or fetching anything of it: no page, no drawing
//! with scripts, no macro, no script or action of a PDF, no remote template.

use super::office;
use super::pdf;

/// A type that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Odt,
    Markdown,
    Text,
}

/// What a document may do to who opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Programs of an office document: VBA, Basic, scripts, listeners.
    Macros,
    /// Controls that are programs: `ActiveX`.
    Controls,
    /// A template, a frame, an object or a picture that is fetched from elsewhere.
    Remote,
    /// `JavaScript` in a PDF.
    Script,
    /// An action of a PDF that starts a program or opens a file.
    Launch,
    /// Actions of a PDF that happen by themselves.
    Automatic,
    /// A player in a PDF, with what it plays.
    RichMedia,
}

/// Why bytes are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// No byte at all.
    Empty,
    /// The beginning of a known type, without its end.
    CutShort(Kind),
    /// It runs something, or fetches something, when it is opened.
    Holds(Danger),
    /// What is packed in it cannot be looked at: too much of it, or in a form that is not read.
    Packed,
    /// A page or a drawing that a browser would run.
    Active,
    /// Of no type that is kept.
    Unknown,
}

impl Kind {
    /// Every type, in the order of the documentation.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Odt, Self::Markdown, Self::Text];

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
        }
    }

    /// The type of a media type.
    pub fn of(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// Its extensions, the usual one first.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Odt => &["odt"],
            Self::Markdown => &["md", "markdown"],
            Self::Text => &["txt", "text"],
        }
    }
}

/// What the bytes are.
pub fn recognise(bytes: &[u8], declared: Option<Kind>, name: &str) -> Result<Kind, Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    if bytes.starts_with(b"%PDF-") {
        return whole(Kind::Pdf, holds(tail(bytes, 2048), b"%%EOF")).and_then(|kind| pdf::check(bytes).map(|()| kind));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return whole(Kind::Png, holds(tail(bytes, 64), b"IEND"));
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return whole(Kind::Jpeg, holds(tail(bytes, 4096), b"\xff\xd9"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return office::recognise(bytes);
    }
    text(bytes, declared, name)
}

fn whole(kind: Kind, ends: bool) -> Result<Kind, Unfit> {
    if ends { Ok(kind) } else { Err(Unfit::CutShort(kind)) }
}

fn tail(bytes: &[u8], length: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(length)..]
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// How a page or a drawing starts, white space and comments apart.
const ACTIVE: [&str; 14] = [
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<script",
    "<svg",
    "<?xml",
    "<iframe",
    "<style",
    "<title",
    "<meta",
    "<form",
    "<object",
    "<embed",
];

fn text(bytes: &[u8], declared: Option<Kind>, name: &str) -> Result<Kind, Unfit> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(Unfit::Unknown) };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
        return Err(Unfit::Unknown);
    }
    if text.trim().is_empty() {
        return Err(Unfit::Empty);
    }
    let mut start = text.trim_start();
    while let Some(rest) = start.strip_prefix("<!--") {
        start = rest.split_once("-->").map_or("", |(_, after)| after.trim_start());
    }
    let start: String = start.chars().take(16).collect::<String>().to_ascii_lowercase();
    if start.is_empty() || ACTIVE.iter().any(|tag| start.starts_with(tag)) {
        return Err(Unfit::Active);
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let says_markdown = declared == Some(Kind::Markdown)
        || (declared.is_none() && Kind::Markdown.extensions().contains(&extension.as_str()));
    Ok(if says_markdown { Kind::Markdown } else { Kind::Text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> Result<Kind, Unfit> {
        recognise(bytes, None, "x")
    }

    #[test]
    fn documents_are_told_by_their_bytes() {
        assert_eq!(told(b"%PDF-1.7\n...\n%%EOF\n"), Ok(Kind::Pdf));
        assert_eq!(told(b"%PDF-1.7\n..."), Err(Unfit::CutShort(Kind::Pdf)));
        assert_eq!(told(b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82"), Ok(Kind::Png));
        assert_eq!(told(b"\x89PNG\r\n\x1a\n...."), Err(Unfit::CutShort(Kind::Png)));
        assert_eq!(told(b"\xff\xd8\xff\xe0..\xff\xd9"), Ok(Kind::Jpeg));
        assert_eq!(told(b"\xff\xd8\xff\xe0.."), Err(Unfit::CutShort(Kind::Jpeg)));
        assert_eq!(told(b"MZ\x90\0"), Err(Unfit::Unknown));
        assert_eq!(told(b"GIF89a\x01\0"), Err(Unfit::Unknown));
        assert_eq!(told(b""), Err(Unfit::Empty));
        assert_eq!(told(b" \r\n"), Err(Unfit::Empty));
    }

    #[test]
    fn texts_are_not_pages() {
        for page in [
            "<!DOCTYPE html><p>x",
            "\u{feff}  <HTML>",
            "<!-- x --><script>alert(1)</script>",
            "<svg onload=alert(1)>",
            "<?xml version='1.0'?><svg/>",
            "<!-- never closed",
        ] {
            assert_eq!(told(page.as_bytes()), Err(Unfit::Active), "{page}");
        }
        assert_eq!(told("Compte rendu\n<script>".as_bytes()), Ok(Kind::Text));
        assert_eq!(told("a < b".as_bytes()), Ok(Kind::Text));
        assert_eq!(told(b"latin \xe9t\xe9"), Err(Unfit::Unknown));
        assert_eq!(told(b"a\0b"), Err(Unfit::Unknown));
        assert_eq!(recognise(b"# x", None, "x.md"), Ok(Kind::Markdown));
        assert_eq!(recognise(b"# x", Some(Kind::Markdown), "x"), Ok(Kind::Markdown));
        assert_eq!(recognise(b"# x", Some(Kind::Text), "x.md"), Ok(Kind::Text));
        assert_eq!(recognise(b"# x", Some(Kind::Pdf), "x.pdf"), Ok(Kind::Text));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), office: bool) {
            let mut all = if office { b"PK\x03\x04".to_vec() } else { Vec::new() };
            all.extend(bytes);
            let _ = told(&all);
        }
    }
}
