//! The text of a convention as people read it, and the first page of its dossier.

use std::fmt::Write as _;

use crate::conventions::content::Pieces;
use crate::conventions::convention::{Convention, ConventionRow};
use crate::conventions::import::is_annex;
use crate::conventions::signatures::Signature;
use crate::domain::markdown::{block, line};
use crate::http::call::Request;

/// The text, whole, as Markdown.
pub fn text(row: &ConventionRow, pieces: &Pieces, signatures: &[Signature]) -> String {
    let mut page = format!("# {}\n\n", line(&row.title));
    if let Some(reference) = &row.reference {
        say(&mut page, format_args!("Référence : {}\n\n", line(reference)));
    }
    page.push_str("ENTRE\n\n");
    for party in &pieces.parties {
        page.push_str(&line(&party.name_as_signed));
        for part in [&party.address, &party.representative, &party.representative_function].into_iter().flatten() {
            say(&mut page, format_args!(", {}", line(part)));
        }
        if let Some(alias) = &party.alias {
            say(&mut page, format_args!(", ci-après « {} »", line(alias)));
        }
        page.push_str("\n\n");
    }
    if let Some(preamble) = &row.preamble {
        say(&mut page, format_args!("## Préambule\n\n{}\n\n", block(preamble.trim_end())));
    }
    let mut part = None;
    for article in &pieces.articles {
        if article.part_id != part {
            part = article.part_id;
            if let Some(titre) = pieces.parts.iter().find(|titre| Some(titre.id) == part) {
                let label = titre.label.as_deref().map(|label| format!(" – {}", line(label))).unwrap_or_default();
                say(&mut page, format_args!("## Titre {}{label}\n\n", line(&titre.number)));
            }
        }
        let heading = article.heading.as_deref().map(|heading| format!(" – {}", line(heading))).unwrap_or_default();
        let kind = if is_annex(&article.number) { "" } else { "Article " };
        say(
            &mut page,
            format_args!("### {kind}{}{heading}\n\n{}\n\n", line(&article.number), block(article.body.trim_end())),
        );
    }
    for signature in signatures.iter().filter(|signature| signature.voided_at.is_none()) {
        let place = signature.place.as_deref().map(|place| format!(" à {}", line(place))).unwrap_or_default();
        let (who, function) = (line(&signature.signatory), line(&signature.function));
        say(&mut page, format_args!("Signé{place} le {} : {who}, {function}.\n\n", signature.signed_on));
    }
    page
}

/// What is in the dossier and how to check it, in French: it is read where nobody knows this service.
pub fn read_me(view: &Convention, request: &Request, with_files: bool, with_acts: bool) -> String {
    let mut page = format!("# Dossier de convention\n\n{}\n\n", view.title);
    say(&mut page, format_args!("- Identifiant : `{}`, version {}\n", view.id, view.version));
    if let Some(reference) = &view.reference {
        say(&mut page, format_args!("- Référence : {reference}\n"));
    }
    say(&mut page, format_args!("- Statut au {} : {}\n", view.as_of, view.status.label().fr));
    if let Some(from) = view.in_force_from {
        say(&mut page, format_args!("- En vigueur à compter du {from}"));
        match view.last_day {
            Some(last) => say(&mut page, format_args!(", jusqu'au {last} inclus\n")),
            None => page.push('\n'),
        }
    }
    say(&mut page, format_args!("- Empreinte du contenu signé : `{}`\n", view.content_hash));
    say(&mut page, format_args!("- Établi le {} pour « {} »\n\n", request.now, request.caller.name));
    page.push_str(CONTENTS);
    if !with_files {
        page.push_str("\nLe demandeur n'a pas la portée `files:read` : les pièces jointes n'y sont pas.\n");
    }
    if !with_acts {
        page.push_str("\nLe demandeur n'a pas la portée `audit:read` : `faits.json` n'a pas les actes.\n");
    }
    page
}

const CONTENTS: &str = "\
## Contenu

| fichier | ce qu'il contient |
|---|---|
| `convention.json` | la convention, son statut et ses dates le jour du dossier |
| `texte.md` | le texte, lisible |
| `contenu-signe.json` | le contenu que lient les signatures, octet pour octet (RFC 8785) |
| `source.txt` ou `source.md`, `source-lecture.json` | le texte importé et ce qui en a été compris, s'il l'a été |
| `signatures.json` | les signatures enregistrées, y compris celles qui ne comptent plus |
| `avenants.json`, `avenants/` | les avenants et leurs signatures ; le contenu que lient celles-ci, octet pour octet |
| `texte-consolide.md` | le texte avec les avenants en vigueur le jour du dossier, s'il y a des avenants |
| `pieces.json` | parties, titres, articles, clauses, axes, objectifs, contacts |
| `faits.json` | les dates, les faits enregistrés, et les actes du journal avec leurs empreintes |
| `fichiers/`, `fichiers.json` | les pièces jointes, leur objet, leur empreinte |
| `SHA256SUMS` | l'empreinte de chaque fichier du dossier |

## Vérifier

    sha256sum --check SHA256SUMS
    sha256sum contenu-signe.json

La seconde commande donne l'empreinte du contenu signé ci-dessus, sans le préfixe `sha256:` ; c'est aussi le
`content_hash` de chaque signature qui compte.
";

/// Writing to a text cannot fail.
fn say(page: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(words);
}
