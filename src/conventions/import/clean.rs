//! One line of extracted text made plain: ligatures, invisible characters, Markdown emphasis,
//! letter-spaced words.
//!
//! Nothing here changes a word; it only takes away what an extraction or an export added.

use super::pattern;

/// A line made plain.
#[derive(Debug, Default, PartialEq)]
pub struct Clean {
    /// The words, single-spaced.
    pub text: String,
    /// Columns of a table or of a two-column page; one element when there is a single column.
    pub cells: Vec<String>,
    /// Markdown heading level, 0 for none.
    pub hashes: usize,
    /// Bytes of `text` that were in bold at its beginning (0 for none).
    pub bold: usize,
    /// Cut by a soft hyphen at its end.
    pub soft_end: bool,
}

/// Spaces at the beginning of a line that leave the left column empty.
const FAR_FROM_MARGIN: usize = 25;

/// Makes a line plain.
pub fn clean(line: &str) -> Clean {
    let plain = plain_characters(line);
    let soft_end = plain.trim_end().ends_with('\u{ad}');
    let plain = plain.replace('\u{ad}', "");
    let spaced = join_spaced_letters(&plain);
    let trimmed = spaced.trim();
    let hashes = trimmed.bytes().take_while(|&b| b == b'#').count();
    let (hashes, rest) = if (1..=6).contains(&hashes) {
        (hashes, trimmed[hashes..].trim().trim_end_matches('#').trim_end())
    } else {
        (0, trimmed)
    };
    let rest = rest.strip_prefix("> ").unwrap_or(rest);
    let bold = bold_lead(rest);
    let mut cells: Vec<String> =
        split_cells(rest).into_iter().map(|cell| single_spaced(&without_emphasis(cell))).collect();
    // Words far from the margin stand in the second column, if there are columns.
    let margin = spaced.len() - spaced.trim_start().len();
    if margin >= FAR_FROM_MARGIN && cells.len() == 1 {
        cells.insert(0, String::new());
    }
    let mut text =
        if rest.starts_with('|') { single_spaced(&cells.join(" ")) } else { single_spaced(&without_emphasis(rest)) };
    if re!(r"^(?:\|?[-:= _|*]{3,}\|?|\\)$").is_match(&text) && !text.contains("__") {
        text.clear();
    }
    let bold = bold.map_or(0, |lead| {
        let lead = single_spaced(&without_emphasis(lead));
        if text.starts_with(&lead) { lead.len() } else { 0 }
    });
    Clean { text, cells, hashes, bold, soft_end }
}

fn plain_characters(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{0}' => {}
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            'ﬅ' | 'ﬆ' => out.push_str("st"),
            '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\u{2003}' | '\u{2002}' => {
                out.push(' ');
            }
            '\t' => out.push_str("    "),
            '\u{c}' | '\u{b}' | '\r' => out.push(' '),
            // Symbol fonts of word processors leave private-use characters where the bullets were.
            '\u{f000}'..='\u{f0ff}' => out.push('•'),
            '\u{300}'..='\u{36f}' => compose(&mut out, letter),
            _ => out.push(letter),
        }
    }
    out
}

/// Puts a combining accent on the letter before it.
fn compose(out: &mut String, accent: char) {
    const PAIRS: [(char, &str, &str); 5] = [
        ('\u{300}', "aeuAEU", "àèùÀÈÙ"),
        ('\u{301}', "eE", "éÉ"),
        ('\u{302}', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ('\u{308}', "eiuEIU", "ëïüËÏÜ"),
        ('\u{327}', "cC", "çÇ"),
    ];
    let Some(base) = out.chars().next_back() else {
        return;
    };
    let composed = PAIRS.iter().filter(|(mark, _, _)| *mark == accent).find_map(|(_, bases, composed)| {
        let place = bases.chars().position(|c| c == base)?;
        composed.chars().nth(place)
    });
    if let Some(letter) = composed {
        out.pop();
        out.push(letter);
    }
}

/// `A R T I C L E  1` becomes `ARTICLE 1`. Words are told apart by a wider gap, or not at all.
fn join_spaced_letters(line: &str) -> String {
    let spaced = re!(r"(?:^|[ *#«(])((?:[\p{L}'’] ){3,}[\p{L}])(?:[ ,.:;*)»]|$)");
    if !spaced.is_match(line) {
        return line.to_owned();
    }
    // Words set apart by two spaces or more are each closed up, however short.
    if line.contains("  ") {
        let words: Vec<String> = re!(r" {2,}").split(line).map(closed_up).collect();
        return words.join("  ");
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = 0;
    for found in spaced.captures_iter(line) {
        if let Some(run) = found.get(1) {
            out.push_str(&line[rest..run.start()]);
            let word: String = run.as_str().chars().filter(|c| *c != ' ').collect();
            out.push_str(&split_known_words(&word));
            rest = run.end();
        }
    }
    out.push_str(&line[rest..]);
    out
}

fn closed_up(word: &str) -> String {
    if !word.is_empty() && word.split(' ').all(|letter| letter.chars().count() == 1) {
        return word.chars().filter(|c| *c != ' ').collect();
    }
    join_spaced_letters(word)
}

/// Letter-spaced words that run together (`CONVENTIONDEPARTENARIAT`) are cut where every piece is a
/// word that titles use; otherwise the run is left alone.
fn split_known_words(run: &str) -> String {
    const WORDS: [&str; 24] = [
        "convention",
        "cooperation",
        "partenariat",
        "article",
        "avenant",
        "accord",
        "cadre",
        "entre",
        "titre",
        "chapitre",
        "preambule",
        "annexe",
        "premier",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "et",
        "a",
        "objectifs",
        "signature",
        "objet",
    ];
    let letters: Vec<char> = run.chars().collect();
    let key: Vec<char> = super::fold::fold(run).chars().collect();
    if key.len() != letters.len() || key.len() > 80 {
        return run.to_owned();
    }
    // best[i]: length of the last word of a full cut of the first i letters.
    let mut best = vec![0_usize; key.len() + 1];
    for end in 1..=key.len() {
        for word in WORDS {
            let length = word.len();
            if length <= end
                && (end == length || best[end - length] > 0)
                && word.chars().eq(key[end - length..end].iter().copied())
            {
                best[end] = best[end].max(length);
            }
        }
    }
    let mut end = key.len();
    let mut words = Vec::new();
    while end > 0 {
        if best[end] == 0 {
            return run.to_owned();
        }
        words.push(letters[end - best[end]..end].iter().collect::<String>());
        end -= best[end];
    }
    words.reverse();
    words.join(" ")
}

/// What stands in bold at the beginning of the line.
fn bold_lead(line: &str) -> Option<&str> {
    let inner = line.strip_prefix("**")?;
    let end = inner.find("**")?;
    Some(&line[..end + 4])
}

fn without_emphasis(line: &str) -> String {
    let mut line = line.replace("**", "");
    if line.contains('<') {
        line = re!(r"(?i)</?(?:b|i|u|em|strong|br|p|sup|sub|span|div|center|h[1-6])(?: [^<>]{0,200})?/?>")
            .replace_all(&line, " ")
            .into_owned();
    }
    if line.contains('\\') {
        line = re!(r"\\([-_*#.()\[\]+!>|])").replace_all(&line, "$1").into_owned();
    }
    if line.contains('_') {
        line = re!(r"(^|[^\w_])_{1,2}([\p{L}\p{N}][^_]*)_{1,2}([^\w_]|$)").replace_all(&line, "$1$2$3").into_owned();
    }
    if let Some(item) = line.strip_prefix("* ") {
        return format!("* {}", item.replace('*', ""));
    }
    re!(r"\*([^\s*][^*]*)\*").replace_all(&line, "$1").into_owned()
}

fn single_spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Columns: cells of a Markdown table, or words set apart by at least three spaces.
fn split_cells(line: &str) -> Vec<&str> {
    if line.starts_with('|') {
        return line.trim_matches('|').split('|').map(str::trim).collect();
    }
    if !line.contains("   ") {
        return vec![line];
    }
    line.split("   ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> String {
        clean(line).text
    }

    #[test]
    fn extraction_noise_is_taken_away() {
        assert_eq!(text("\u{feff}L’ofﬁce\u{a0}: mise en œuvre"), "L’office : mise en œuvre");
        assert_eq!(text("par\u{ad}tenariat"), "partenariat");
        assert_eq!(text("E\u{301}ducation franc\u{327}aise"), "Éducation française");
        assert!(clean("parte\u{ad}").soft_end);
    }

    #[test]
    fn letter_spaced_words_are_closed_up() {
        assert_eq!(text("A R T I C L E  1"), "ARTICLE 1");
        assert_eq!(text("A R T I C L E 12 - Objet"), "ARTICLE 12 - Objet");
        assert_eq!(text("C O N V E N T I O N   D E   P A R T E N A R I A T"), "CONVENTION DE PARTENARIAT");
        assert_eq!(text("C O N V E N T I O N D E P A R T E N A R I A T"), "CONVENTION DE PARTENARIAT");
        assert_eq!(text("il y a 3 à 4 points"), "il y a 3 à 4 points");
    }

    #[test]
    fn markdown_is_plain_text_again() {
        let heading = clean("## **Article 1** – *Objet*");
        assert_eq!((heading.text.as_str(), heading.hashes), ("Article 1 – Objet", 2));
        assert_eq!(text("* un point *important*"), "* un point important");
        assert_eq!(text("durée de ____ ans"), "durée de ____ ans");
        assert_eq!(text("_Objet_"), "Objet");
        assert_eq!(text("---"), "");
        let bold = clean("**Article 3 – Pilotage.** Le comité se réunit.");
        assert_eq!(&bold.text[..bold.bold], "Article 3 – Pilotage.");
    }

    #[test]
    fn columns_are_seen() {
        assert_eq!(clean("Le ministre      La présidente").cells, ["Le ministre", "La présidente"]);
        assert_eq!(clean("| Le ministre | La présidente |").cells, ["Le ministre", "La présidente"]);
    }
}
