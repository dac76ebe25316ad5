//! What a PDF does when it is opened, told by the names in its objects.
//!
//! Names are read where names may stand: outside of texts, comments and streams, and inside the streams that hold objects,
//! which are unpacked. A stream of an image, or a link to a page about JavaScript, tells nothing.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::kind::{Danger, Unfit};

/// Bytes of all streams of objects at most, once unpacked.
const MOST_UNPACKED: u64 = 64 << 20;

/// Refuses a PDF that runs something. Its work is linear in the bytes, packed and unpacked.
pub fn check(bytes: &[u8]) -> Result<(), Unfit> {
    let mut left = MOST_UNPACKED;
    let starts = objects(bytes);
    for (at, start) in starts.iter().enumerate() {
        let object = &bytes[*start..starts.get(at + 1).copied().unwrap_or(bytes.len())];
        let mut names = Names::default();
        if let Some(stream) = names.read(object).filter(|_| names.has_objects) {
            look_into(&object[stream..], &names, &mut left)?;
        }
        names.verdict()?;
    }
    Ok(())
}

/// Where objects begin: after `12 0 obj`. Each is read by itself, so that nothing between two of them hides the next. What
/// stands before the first may be one as well.
fn objects(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    for at in memchr_all(bytes, b"obj") {
        let before = bytes[..at].trim_ascii_end();
        if before.last().is_some_and(u8::is_ascii_digit) {
            starts.push(at + 3);
        }
    }
    starts
}

fn memchr_all<'b>(bytes: &'b [u8], word: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    bytes.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

/// Unpacks a stream of objects and reads the names there.
fn look_into(stream: &[u8], names: &Names, left: &mut u64) -> Result<(), Unfit> {
    let stream = stream.strip_prefix(b"\r").unwrap_or(stream);
    let stream = stream.strip_prefix(b"\n").unwrap_or(stream);
    if names.filters > usize::from(names.is_deflated) {
        return Err(Unfit::Packed);
    }
    let mut unpacked = Vec::new();
    if names.is_deflated {
        // What comes before a fault of the packing is what a reader shows.
        let _ = ZlibDecoder::new(stream).take(*left + 1).read_to_end(&mut unpacked);
        *left = left.checked_sub(unpacked.len() as u64).ok_or(Unfit::Packed)?;
    } else {
        unpacked.extend_from_slice(stream);
    }
    let mut within = Names::default();
    within.read(&unpacked);
    within.verdict()
}

/// What the names of an object say.
#[derive(Debug, Default)]
struct Names {
    danger: Option<Danger>,
    has_objects: bool,
    is_deflated: bool,
    filters: usize,
}

impl Names {
    fn verdict(&self) -> Result<(), Unfit> {
        self.danger.map_or(Ok(()), |danger| Err(Unfit::Holds(danger)))
    }

    fn take(&mut self, name: &[u8]) {
        let danger = match name {
            b"JS" | b"JavaScript" => Danger::Script,
            b"Launch" => Danger::Launch,
            b"RichMedia" => Danger::RichMedia,
            b"AA" => Danger::Automatic,
            b"ObjStm" => return self.has_objects = true,
            b"FlateDecode" | b"Fl" => {
                self.is_deflated = true;
                return self.filters += 1;
            }
            other if other.ends_with(b"Decode") || other == b"Crypt" => return self.filters += 1,
            _ => return,
        };
        // A script that runs by itself is a script.
        if self.danger != Some(Danger::Script) && (self.danger.is_none() || danger != Danger::Automatic) {
            self.danger = Some(danger);
        }
    }

    /// Reads the names of an object, up to its stream; where the bytes of that begin.
    fn read(&mut self, object: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(byte) = object.get(at) {
            let rest = &object[at..];
            at += match byte {
                b'%' => rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len()),
                b'(' => text(rest),
                b'<' if rest.get(1) != Some(&b'<') => rest.iter().position(|b| *b == b'>').unwrap_or(rest.len()),
                b'<' => 2,
                b'/' => {
                    let (name, length) = name(&rest[1..]);
                    self.take(&name);
                    1 + length
                }
                b's' if rest.starts_with(b"stream") && object[..at].trim_ascii_end().ends_with(b">>") => {
                    return Some(at + 6);
                }
                _ => 1,
            };
        }
        None
    }
}

/// The length of a text between parentheses, which may hold others.
fn text(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' if depth == 1 => return at + 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// A name, with `#61` for `a`, and the bytes that it takes.
fn name(bytes: &[u8]) -> (Vec<u8>, usize) {
    let ends = |b: &u8| b.is_ascii_whitespace() || *b == 0 || b"()<>[]{}/%".contains(b);
    let length = bytes.iter().position(ends).unwrap_or(bytes.len());
    let (mut name, mut at) = (Vec::new(), 0);
    while at < length {
        let code = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'#' && at + 2 < length);
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        name.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    (name, length)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn pdf(object: &str) -> Vec<u8> {
        format!("%PDF-1.7\n%\u{e9}\u{e9}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n2 0 obj\n{object}\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n").into_bytes()
    }

    fn found(object: &str) -> Result<(), Unfit> {
        check(&pdf(object))
    }

    fn deflated(text: &str) -> Vec<u8> {
        let mut writer = ZlibEncoder::new(Vec::new(), Compression::best());
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn packed(dictionary: &str, text: &str) -> Vec<u8> {
        let mut bytes = format!("%PDF-1.7\n3 0 obj\n<< /Type /ObjStm {dictionary} >>\nstream\r\n").into_bytes();
        bytes.extend(deflated(text));
        bytes.extend(b"\nendstream\nendobj\n%%EOF\n");
        bytes
    }

    #[test]
    fn what_runs_is_refused_by_name() {
        for (object, danger) in [
            ("<< /S /JavaScript /JS (app.alert(1)) >>", Danger::Script),
            ("<< /S /J#61vaScript /J#53 4 0 R >>", Danger::Script),
            ("<</Names<</#4a#61vaScript 5 0 R>>>>", Danger::Script),
            ("<< /S/Rendition/JS(x)>>", Danger::Script),
            ("<< /OpenAction << /S /Launch /F (calc.exe) >> >>", Danger::Launch),
            ("<< /OpenAction << /S /L#61unch /Win << /F (cmd.exe) >> >> >>", Danger::Launch),
            ("<< /AA << /O 6 0 R >> >>", Danger::Automatic),
            ("<< /AA << /O << /S /JavaScript /JS (x) >> >> >>", Danger::Script),
            ("<< /Subtype /RichMedia /RichMediaContent 7 0 R >>", Danger::RichMedia),
            ("<< /T (a \\) b) /S /Launch >>", Danger::Launch),
            ("<< /T (a (b) \\\\) /S /Launch >>", Danger::Launch),
            ("<< /X <2F> % (\n /S /Launch >>", Danger::Launch),
        ] {
            assert_eq!(found(object), Err(Unfit::Holds(danger)), "{object}");
        }
    }

    #[test]
    fn what_only_speaks_of_it_is_kept() {
        for object in [
            "<< /S /URI /URI (https://fr.wikipedia.org/wiki/JavaScript) >>",
            "<< /Title (Cours /JavaScript (1) \\( /Launch) >>",
            "<< /OpenAction [3 0 R /Fit] >>",
            "<< /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>",
            "<< /Contents <2F4A6176615363726970742F4A53> >> % /JavaScript",
            "<< /JSX 1 /Aa 2 /Launcher 3 /AAA 4 >>",
            "<< /Length 20 /Filter /DCTDecode >>\nstream\n\u{1} /JS ( /AA << /Launch \nendstream",
        ] {
            assert_eq!(found(object), Ok(()), "{object}");
        }
    }

    #[test]
    fn packed_objects_are_looked_into() {
        let runs = "1 0 << /S /JavaScript /JS (app.alert(1)) >>";
        assert_eq!(check(&packed("/Filter /FlateDecode", runs)), Err(Unfit::Holds(Danger::Script)));
        assert_eq!(check(&packed("/Filter [/Fl#61teDecode]", runs)), Err(Unfit::Holds(Danger::Script)));
        assert_eq!(check(&packed("/Filter /FlateDecode", "1 0 << /S /GoTo >>")), Ok(()));
        assert_eq!(check(&packed("/Filter [/ASCII85Decode /FlateDecode]", runs)), Err(Unfit::Packed));
        // What stands between objects hides nothing.
        let hidden = b"%PDF-1.7\n ( >>stream\n 4 0 obj << /S /Launch >> endobj %%EOF";
        assert_eq!(check(hidden), Err(Unfit::Holds(Danger::Launch)));
    }

    #[test]
    fn a_bomb_costs_little() {
        assert_eq!(check(&packed("/Filter /FlateDecode", &" ".repeat(65 << 20))), Err(Unfit::Packed));
        // Many objects that never end are each read once.
        let many = "1 0 obj (".repeat(1 << 18);
        assert_eq!(check(many.as_bytes()), Ok(()));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let mut all = b"1 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n".to_vec();
            all.extend(bytes);
            let _ = check(&all);
        }
    }
}
