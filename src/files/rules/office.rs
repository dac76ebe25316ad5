//! Office documents, told by what their archive holds: DOCX and ODT that run and fetch nothing.

use std::io::{Cursor, Read as _};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::kind::{Danger, Kind, Unfit};

/// Entries of an office document at most.
const MOST_ENTRIES: usize = 10_000;
/// Bytes of a table of types or of relations, and of all parts that are looked at, once unpacked.
const MOST_OF_A_TABLE: u64 = 1 << 20;
const MOST_UNPACKED: u64 = 64 << 20;

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Recognises an office document; only its tables, and the pages of an ODT, are unpacked.
pub fn recognise(bytes: &[u8]) -> Result<Kind, Unfit> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unfit::Unknown)?;
    if archive.len() > MOST_ENTRIES {
        return Err(Unfit::Unknown);
    }
    let names = archive.file_names().map(|name| name.map(|name| name.to_ascii_lowercase()));
    let names = names.collect::<Result<Vec<_>, _>>().map_err(|_| Unfit::Unknown)?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("word/document.xml") {
        let types = text(&mut archive, "[Content_Types].xml").unwrap_or_default();
        if names.iter().any(|name| name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml"))
            || ["macroEnabled", "vbaProject", "vbaData"].iter().any(|word| types.contains(word))
        {
            return Err(Unfit::Holds(Danger::Macros));
        }
        if names.iter().any(|name| name.contains("activex")) || types.contains("ms-office.activeX") {
            return Err(Unfit::Holds(Danger::Controls));
        }
        check_relations(&mut archive)?;
        let is_document = types.contains("wordprocessingml.document.main+xml");
        return if is_document { Ok(Kind::Docx) } else { Err(Unfit::Unknown) };
    }
    if text(&mut archive, "mimetype").as_deref().map(str::trim) == Some(Kind::Odt.media_type()) {
        if names.iter().any(|name| name.starts_with("basic/") || name.starts_with("scripts/")) {
            return Err(Unfit::Holds(Danger::Macros));
        }
        check_pages(&mut archive)?;
        return if has("content.xml") { Ok(Kind::Odt) } else { Err(Unfit::Unknown) };
    }
    Err(Unfit::Unknown)
}

/// A short text of an archive.
fn text(archive: &mut Archive<'_>, name: &str) -> Option<String> {
    let mut text = String::new();
    archive.by_name(name).ok()?.take(MOST_OF_A_TABLE).read_to_string(&mut text).ok()?;
    Some(text)
}

/// The entries whose lower name ends in one of these, unpacked one by one.
fn each(
    archive: &mut Archive<'_>,
    ends: &[&str],
    most: u64,
    mut look: impl FnMut(&[u8]) -> Result<(), Unfit>,
) -> Result<(), Unfit> {
    let mut left = MOST_UNPACKED;
    for number in 0..archive.len() {
        let Ok(entry) = archive.by_index(number) else { return Err(Unfit::Unknown) };
        let name = entry.name_raw().to_ascii_lowercase();
        if !ends.iter().any(|end| name.ends_with(end.as_bytes())) {
            continue;
        }
        let (mut bytes, most) = (Vec::new(), most.min(left));
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|_| Unfit::Unknown)?;
        left = left.checked_sub(bytes.len() as u64).ok_or(Unfit::Packed)?;
        if bytes.len() as u64 > most {
            return Err(Unfit::Packed);
        }
        look(&bytes)?;
    }
    Ok(())
}

/// Refuses a relation to something elsewhere that is fetched when the document is opened. A link waits for its reader,
/// and a template on a disk of the reader's own is none of others.
fn check_relations(archive: &mut Archive<'_>) -> Result<(), Unfit> {
    each(archive, &[".rels"], MOST_OF_A_TABLE, |bytes| {
        let text = std::str::from_utf8(bytes).map_err(|_| Unfit::Packed)?;
        let mut reader = quick_xml::Reader::from_str(text);
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return Ok(()),
                Ok(Event::Start(tag) | Event::Empty(tag)) if fetches(&tag)? => {
                    return Err(Unfit::Holds(Danger::Remote));
                }
                // Entities of one's own would hide what is said.
                Err(_) | Ok(Event::DocType(_)) => return Err(Unfit::Packed),
                Ok(_) => {}
            }
        }
    })
}

fn fetches(tag: &BytesStart<'_>) -> Result<bool, Unfit> {
    if tag.local_name().as_ref() != "Relationship" {
        return Ok(false);
    }
    let (mut kind, mut target, mut external) = (String::new(), String::new(), false);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| Unfit::Packed)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Unfit::Packed)?;
        match attribute.key.local_name().as_ref() {
            "Type" => kind = value.into_owned(),
            "Target" => target = value.trim().to_ascii_lowercase(),
            "TargetMode" => external = value.trim().eq_ignore_ascii_case("external"),
            _ => {}
        }
    }
    Ok(external && !kind.ends_with("/hyperlink") && !is_on_own_disk(&target))
}

/// `file:///C:\Modeles\rectorat.dotx`: Word says of each document which template it was made with.
fn is_on_own_disk(target: &str) -> bool {
    let path = target.strip_prefix("file:///").unwrap_or(target).as_bytes();
    path.len() > 2 && path[0].is_ascii_alphabetic() && path[1] == b':' && matches!(path[2], b'\\' | b'/')
}

/// Refuses an ODT whose pages listen for something that happens, to run something then.
fn check_pages(archive: &mut Archive<'_>) -> Result<(), Unfit> {
    let ends = ["content.xml", "styles.xml", "settings.xml"];
    each(archive, &ends, MOST_UNPACKED, |bytes| {
        let text = std::str::from_utf8(bytes).map_err(|_| Unfit::Packed)?;
        let runs = ["script:event-listener", "vnd.sun.star.script:", "presentation:event-listener"];
        if runs.iter().any(|mark| text.contains(mark)) { Err(Unfit::Holds(Danger::Macros)) } else { Ok(()) }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn told(bytes: &[u8]) -> Result<Kind, Unfit> {
        super::super::recognise(bytes, None, "x")
    }

    const TYPES: &str = "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    const DOCX: [(&str, &str); 2] = [("[Content_Types].xml", TYPES), ("word/document.xml", "<w/>")];
    const ODT: [(&str, &str); 2] = [("mimetype", Kind::Odt.media_type()), ("content.xml", "<office/>")];

    fn with(document: [(&str, &str); 2], name: &str, text: &str) -> Result<Kind, Unfit> {
        told(&archive(&[document[0], document[1], (name, text)]))
    }

    #[test]
    fn office_documents_are_told_by_what_they_hold() {
        assert_eq!(told(&archive(&DOCX)), Ok(Kind::Docx));
        assert_eq!(told(&archive(&ODT)), Ok(Kind::Odt));
        assert_eq!(told(&archive(&[("run.exe", "MZ")])), Err(Unfit::Unknown));
        let sheet = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet")];
        assert_eq!(told(&archive(&sheet)), Err(Unfit::Unknown));
        let whole = archive(&DOCX);
        assert_eq!(told(&whole[..whole.len() / 2]), Err(Unfit::Unknown));
    }

    #[test]
    fn programs_are_refused_by_name() {
        for (document, name, danger) in [
            (DOCX, "word/vbaProject.bin", Danger::Macros),
            (DOCX, "word/vbaData.xml", Danger::Macros),
            (DOCX, "word/activeX/activeX1.xml", Danger::Controls),
            (ODT, "Basic/Standard/Module1.xml", Danger::Macros),
            (ODT, "Scripts/python/x.py", Danger::Macros),
        ] {
            assert_eq!(with(document, name, "x"), Err(Unfit::Holds(danger)), "{name}");
        }
        let listens = "<office:event-listeners><s:x xlink:href=\"vnd.sun.star.script:LibreLogo.py$run\"/>";
        assert_eq!(told(&archive(&[ODT[0], ("content.xml", listens)])), Err(Unfit::Holds(Danger::Macros)));
        assert_eq!(with(ODT, "styles.xml", listens), Err(Unfit::Holds(Danger::Macros)));
    }

    #[test]
    fn what_is_fetched_from_elsewhere_is_refused_and_links_are_not() {
        let relation = |kind: &str, target: &str, mode: &str| {
            let kind = format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}");
            let xml = format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{kind}\" Target=\"{target}\" {mode}/></Relationships>"
            );
            with(DOCX, "word/_rels/settings.xml.rels", &xml)
        };
        let remote = Err(Unfit::Holds(Danger::Remote));
        let external = "TargetMode=\"External\"";
        assert_eq!(relation("attachedTemplate", "https://evil.example/t.dotm", external), remote);
        assert_eq!(relation("attachedTemplate", "https://evil.example/t.dotm", "TargetMode='&#69;xternal'"), remote);
        assert_eq!(relation("attachedTemplate", "file:///\\\\evil\\share\\t.dotm", external), remote);
        for kind in ["frame", "oleObject", "image", "subDocument"] {
            assert_eq!(relation(kind, "http://evil.example/x", external), remote, "{kind}");
        }
        assert_eq!(relation("hyperlink", "https://www.education.gouv.fr", external), Ok(Kind::Docx));
        assert_eq!(relation("attachedTemplate", "file:///C:\\Modeles\\rectorat.dotx", external), Ok(Kind::Docx));
        assert_eq!(relation("image", "media/image1.png", ""), Ok(Kind::Docx));
        let prefixed = "<r:Relationships><r:Relationship TargetMode=\"External\" Target=\"http://x/y\" Type=\"a/frame\"></r:Relationship></r:Relationships>";
        assert_eq!(with(DOCX, "word/_rels/document.xml.rels", prefixed), remote);
        let utf16: String = "<\0R\0".into();
        assert!(with(DOCX, "word/_rels/x.rels", &utf16).is_err());
        assert_eq!(with(DOCX, "word/_rels/x.rels", "<!DOCTYPE x [<!ENTITY e \"External\">]><x/>"), Err(Unfit::Packed));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let zeros = " ".repeat(65 << 20);
        assert_eq!(told(&archive(&[ODT[0], ("content.xml", &zeros)])), Err(Unfit::Packed));
        assert_eq!(with(DOCX, "word/_rels/x.rels", &zeros), Err(Unfit::Packed));
    }
}
