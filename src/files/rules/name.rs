//! The name under which a file is served: one component, without what a file system, a header or a reader could be
//! misled by, and with the extension of what it is.

use unicode_normalization::UnicodeNormalization as _;

use super::Kind;

/// Characters of a name at most, its extension included.
const LONGEST: usize = 120;

/// Names that Windows keeps for devices.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The name given, made safe: `../../x.html` that holds a PDF is `x.pdf`.
pub fn safe_name(given: &str, kind: Kind) -> String {
    let last = given.rsplit(['/', '\\']).find(|part| !part.trim_matches(['.', ' ']).is_empty()).unwrap_or_default();
    let kept: String = last
        .nfc()
        .filter(|c| !c.is_control() && !misleads(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let kept = kept.trim_matches(['.', ' ']);
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_extension(extension) => (stem, Some(extension)),
        _ => (kept, None),
    };
    let extension = extension
        .map(str::to_lowercase)
        .filter(|extension| kind.extensions().contains(&extension.as_str()))
        .unwrap_or_else(|| kind.extensions().first().copied().unwrap_or("bin").to_owned());
    let stem: String = stem.chars().take(LONGEST - 1 - extension.len()).collect();
    let stem = match stem.trim_matches(['.', ' ']) {
        "" => "document".to_owned(),
        stem if is_device(stem) => format!("_{stem}"),
        stem => stem.to_owned(),
    };
    format!("{stem}.{extension}")
}

/// Marks that turn the direction of a text, or that nobody sees: `exe.fdp` would read as `pdf.exe`.
fn misleads(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

fn is_extension(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let bare = first.trim_end_matches(|c: char| c.is_ascii_digit());
    DEVICES.contains(&bare) && first.len() - bare.len() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (given, safe) in [
            ("../../x.html", "x.pdf"),
            ("..\\..\\x.HTML", "x.pdf"),
            ("/etc/passwd", "passwd.pdf"),
            ("convention.PDF", "convention.pdf"),
            ("Convention signée 2024.pdf", "Convention signée 2024.pdf"),
            ("v1.2 finale", "v1.2 finale.pdf"),
            ("rapport.final", "rapport.pdf"),
            ("", "document.pdf"),
            ("..", "document.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
            ("fact\u{202e}fdp.exe", "factfdp.pdf"),
            ("CON.pdf", "_CON.pdf"),
            ("com1", "_com1.pdf"),
            ("comité.pdf", "comité.pdf"),
            ("a/b/", "b.pdf"),
            ("e\u{301}te\u{301}.pdf", "été.pdf"),
        ] {
            assert_eq!(safe_name(given, Kind::Pdf), safe, "{given:?}");
        }
        assert_eq!(safe_name("photo.jpeg", Kind::Jpeg), "photo.jpeg");
        assert_eq!(safe_name("notes.txt", Kind::Markdown), "notes.md");
        assert_eq!(safe_name(&"é".repeat(500), Kind::Docx).chars().count(), LONGEST);
    }

    proptest::proptest! {
        #[test]
        fn a_safe_name_is_one_component_and_stays_as_it_is(given in "\\PC{0,40}|[./\\\\a-z:\u{0}-\u{20}]{0,40}") {
            let safe = safe_name(&given, Kind::Text);
            proptest::prop_assert!(!safe.contains(['/', '\\', '\0', '\n', '\r', '"']) && !safe.starts_with('.'));
            proptest::prop_assert!(safe.len() > 4 && safe.strip_suffix(".txt").is_some());
            proptest::prop_assert_eq!(safe_name(&safe, Kind::Text), safe);
        }
    }
}
