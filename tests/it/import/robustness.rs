//! Any text gives an answer, and quickly: no panic, no time that grows with the square of the text.

use std::time::{Duration, Instant};

use passerelle::conventions::import::parse;

/// A small generator, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

#[test]
fn truncated_texts() {
    for (_, text, _) in super::fixtures() {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let step = (ends.len() / 24).max(1);
        for (count, &at) in ends.iter().step_by(step).enumerate() {
            parse(&text[..at]);
            if count % 4 == 0 {
                parse(&text[at..]);
            }
        }
    }
}

#[test]
fn shuffled_texts() {
    let mut dice = Dice(0x2024_0627);
    for (_, text, _) in super::fixtures() {
        let mut lines: Vec<&str> = text.lines().collect();
        for _ in 0..4 {
            for last in (1..lines.len()).rev() {
                lines.swap(last, dice.below(last + 1));
            }
            parse(&lines.join("\n"));
        }
    }
}

#[test]
fn line_endings_change_nothing() {
    for (name, text, _) in super::fixtures() {
        let plain = parse(&text);
        assert_eq!(plain, parse(&text.replace('\n', "\r\n")), "{name}");
        assert_eq!(plain, parse(&format!("\u{feff}{text}")), "{name}");
    }
}

#[test]
fn strange_texts() {
    for text in [
        "",
        "\n",
        " ",
        "\u{feff}",
        "\u{c}",
        "«",
        "»",
        "\"",
        "Article",
        "Article 1",
        "Article 1 -",
        "I.",
        "I. A",
        "-",
        "•",
        "**",
        "##",
        "|",
        "||",
        "Fait à",
        "Fait à Paris, le",
        "Entre",
        "Entre\nEt",
        "Et",
        "Avenant",
        "AVENANT\nArticle 1\nL'article 2 est remplacé par :\n«",
        "Article 99999999999999999999",
        "Article 1.1.1.1.1.1.1",
        "d'une part, d'autre part",
        "représenté par",
        "e\u{301}\u{301}",
        "\u{301}",
        "ß",
        "İ",
        "ﬁ",
        "TITRE",
        "TITRE I",
        "TITRE XXXXXXX",
        "Axe 1",
        "1.",
        "1. A\n2. B",
        "1°\n2°",
        "a)\nb)",
        "00/00/0000",
        "31/02/2020",
        "d'un (…) an",
        "0 mois",
    ] {
        parse(text);
        parse(&format!("Article 1 - Objet\n{text}\nArticle 2 - Durée\n{text}"));
    }
}

/// About a megabyte of the worst repeated lines must stay far from quadratic. The bound is wide: it is
/// met by debug builds on slow machines.
#[test]
fn time_grows_with_the_text() {
    let bound = Duration::from_secs(40);
    for line in [
        "Article 1 - Objet\nTexte.\n",
        "TITRE I\nArticle 1\n",
        "Fait à Paris, le 3 mai 2010\nArticle 2 - Suite\n",
        "- un élément de liste ;\n",
        "et le ministère, représenté par M. Jean MODÈLE, président, ",
        "« ouvert sans être fermé ",
        "I. Titre\n\n",
        "1. Objet\n\nTexte.\n\n",
        "de ",
        "Entre le ministère, d'une part,\n",
        "dans un délai de trois mois avant la fin ; ",
        "A R T I C L E ",
        "AVENANT\nÀ l'article 3, les mots « a » sont remplacés par les mots « b ».\n",
        "_a_ *b* **c** ",
    ] {
        let text = line.repeat(200_000 / line.len());
        let start = Instant::now();
        parse(&text);
        assert!(start.elapsed() < bound, "{line:?} took {:?}", start.elapsed());
    }
}
