//! Amendments: nothing guessed, and nothing lost silently.

use super::super::{EditKind, Fate, Import, Term, Unit, parse};

/// An amendment whose only provision before its entry into force begins on line 10.
fn amendment(provision: &str) -> Import {
    parse(&format!(
        "AVENANT N° 1 À LA CONVENTION DU 3 MAI 2024\n\nEntre\n\nL'académie de Test, représentée par Ida TEST, rectrice,\net\nL'association Zeta, représentée par Léo ZETA, président.\n\nArticle 1\n{provision}\n\nArticle 2\nLe présent avenant entre en vigueur à sa signature. Les autres stipulations demeurent inchangées.\n\nFait à Testville, le 8 juin 2026\n"
    ))
}

/// Kind, article, old and new words.
type EditRead<'a> = (EditKind, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn edits(import: &Import) -> Vec<EditRead<'_>> {
    import
        .parsed
        .edits
        .iter()
        .map(|edit| (edit.kind, edit.article.as_deref(), edit.old.as_deref(), edit.new.as_deref()))
        .collect()
}

fn doubts(import: &Import) -> Vec<(u32, &str)> {
    import.parsed.warnings.iter().map(|warning| (warning.line, warning.code)).collect()
}

#[test]
fn words_quoted_before_the_verb_are_replaced_whatever_names_them() {
    for text in [
        "À l'article 11, la durée : « cinq ans » est remplacée par la durée : « sept ans ».",
        "À l'article 11, le délai de « cinq ans » est remplacé par « sept ans ».",
        "À l'article 11, « cinq ans » est remplacé par « sept ans ».",
        "À l'article 11, la période dite « cinq ans » figurant au texte est remplacée par « sept ans ».",
        "À l'article 11, remplacer « cinq ans » par « sept ans ».",
        "À l'article 11, au lieu de : « cinq ans », lire : « sept ans ».",
        "À l'article 11, les mots « sept ans » sont substitués aux mots « cinq ans ».",
    ] {
        let read = amendment(text);
        assert_eq!(edits(&read), [(EditKind::ReplaceWords, Some("11"), Some("cinq ans"), Some("sept ans"))], "{text}");
        assert_eq!(doubts(&read), [], "{text}");
    }
    let removed = amendment("À l'article 11, la précision « sans frais » est supprimée.");
    assert_eq!(edits(&removed), [(EditKind::ReplaceWords, Some("11"), Some("sans frais"), Some(""))]);
}

#[test]
fn a_heading_quoted_after_the_number_is_no_words() {
    let read = amendment("L'article 11 « Durée » est remplacé par : « Elle dure sept ans. »");
    assert_eq!(edits(&read), [(EditKind::ReplaceArticle, Some("11"), None, Some("Elle dure sept ans."))]);
}

#[test]
fn words_of_the_next_sentence_are_not_put_in() {
    let read = amendment(
        "À l'article 11, les mots « cinq ans » sont remplacés par sept ans.\nÀ l'article 3, les mots « un » sont remplacés par les mots « deux ».",
    );
    assert_eq!(edits(&read), [(EditKind::ReplaceWords, Some("3"), Some("un"), Some("deux"))]);
    assert_eq!(doubts(&read), [(10, "unread_edit")]);
}

#[test]
fn part_of_an_article_is_never_the_whole() {
    for text in [
        "Le troisième alinéa de l'article 11 est remplacé par : « Elle dure sept ans. »",
        "La deuxième phrase du premier alinéa de l'article 9 est remplacée par la phrase suivante : « Il se réunit. »",
        "Le dernier alinéa de l'article 9 est supprimé.",
        "Les deux premiers alinéas de l'article 9 sont remplacés par : « Il se réunit. »",
        "Le point 3 de l'article 9 est ainsi rédigé : « Il se réunit. »",
        "L'intitulé de l'article 9 est remplacé par : « Pilotage »",
        "À l'article 9, la composition du comité est remplacée par : « trois membres »",
        "Le troisième alinéa de l'article 11 est remplacé par : Elle dure sept ans.",
        "L'article 9 est complété par la phrase suivante : « Il rend compte. »",
    ] {
        let read = amendment(text);
        assert_eq!(edits(&read), [], "{text}");
        let told = doubts(&read);
        assert!(told.contains(&(10, "unread_edit")), "{text}: {told:?}");
        assert!(!told.iter().any(|(_, code)| *code == "unquoted_replacement"), "{text}");
    }
}

#[test]
fn a_part_that_is_named_exactly_is_kept_for_who_has_the_text() {
    let read = amendment(
        "La deuxième phrase du premier alinéa de l'article 9 est remplacée par la phrase suivante : « Il se réunit. »\nL'article 3 est complété par une phrase ainsi rédigée : « Il rend compte. »\nLe dernier alinéa de l'article 4 est supprimé.",
    );
    let parts = &read.draft.part_edits;
    assert_eq!(parts.len(), 3);
    assert_eq!(
        (parts[0].article.as_deref(), parts[0].fragment.alinea, parts[0].fragment.sentence),
        (Some("9"), Some(1), Some(2))
    );
    assert_eq!(parts[0].fate, Fate::Replaced("Il se réunit.".into()));
    assert_eq!((parts[1].article.as_deref(), parts[1].fragment.alinea), (Some("3"), Some(-1)));
    assert_eq!(parts[1].fate, Fate::Completed("Il rend compte.".into()));
    assert_eq!((parts[2].article.as_deref(), &parts[2].fate), (Some("4"), &Fate::Removed));
}

#[test]
fn a_prolongation_is_read_without_a_quotation() {
    for (text, term, article) in [
        (
            "La durée de la convention prévue à l'article 11 est portée à sept ans.",
            Term::Lasting(7, Unit::Year),
            Some("11"),
        ),
        (
            "Le présent avenant a pour objet de proroger la convention jusqu'au 27 juin 2030.",
            Term::Until("2030-06-27".parse().unwrap()),
            None,
        ),
        ("La convention est prolongée\nd'une année.", Term::Longer(1, Unit::Year), None),
    ] {
        let read = amendment(text);
        let found: Vec<_> = read.draft.term_changes.iter().map(|c| (c.term, c.article.as_deref(), c.line)).collect();
        assert_eq!(found, [(term, article, 10)], "{text}");
        assert_eq!(doubts(&read), [], "{text}");
    }
    // What is quoted is the other text.
    let quoted = amendment("L'article 11 est ainsi rédigé : « La convention est prolongée d'une année. »");
    assert!(quoted.draft.term_changes.is_empty());
}

#[test]
fn what_is_not_read_is_told() {
    for (text, codes) in [
        ("La convention est prolongée du 1er juin 2029 au 31 mai 2030.", vec![(10, "unread_edit")]),
        ("Le présent avenant a pour objet de prolonger la convention.", vec![(10, "unread_edit")]),
        ("Les parties se félicitent de leur travail.", vec![(9, "unread_provision")]),
        ("L'annexe 1 est remplacée par celle qui est jointe.", vec![(10, "unread_edit")]),
    ] {
        let read = amendment(text);
        assert!(read.parsed.edits.is_empty() && read.draft.term_changes.is_empty(), "{text}");
        let told = doubts(&read);
        assert!(told.iter().any(|(_, code)| *code == "nothing_read"), "{text}: {told:?}");
        let others: Vec<_> = told.into_iter().filter(|(_, code)| *code != "nothing_read").collect();
        assert_eq!(others, codes, "{text}");
    }
}

#[test]
fn an_annex_is_replaced_as_an_article_is() {
    let read = amendment("L'annexe 1 est remplacée par les dispositions suivantes : « Trois visites. »");
    assert_eq!(edits(&read), [(EditKind::ReplaceArticle, Some("Annexe 1"), None, Some("Trois visites."))]);
    let read = amendment("À l'annexe 2, les mots « deux » sont remplacés par les mots « trois ».");
    assert_eq!(edits(&read), [(EditKind::ReplaceWords, Some("Annexe 2"), Some("deux"), Some("trois"))]);
    let read = amendment("L'annexe 2 est supprimée.");
    assert_eq!(edits(&read), [(EditKind::RepealArticle, Some("Annexe 2"), None, None)]);
}

#[test]
fn a_day_of_effect_that_is_not_read_is_told() {
    let of = |clause: &str| {
        let text = "À l'article 3, le mot « un » est remplacé par le mot « deux ».";
        let import = amendment(text).parsed;
        assert!(import.warnings.is_empty());
        let whole = format!(
            "AVENANT N° 1 À LA CONVENTION DU 3 MAI 2024\n\nEntre\n\nL'académie de Test, représentée par Ida TEST, rectrice,\net\nL'association Zeta, représentée par Léo ZETA, président.\n\nArticle 1\n{text}\n\nArticle 2 – Entrée en vigueur\n{clause}\n\nFait à Testville, le 8 juin 2026\n"
        );
        let read = parse(&whole);
        let on = read.parsed.effective.as_ref().and_then(|effective| effective.on).map(|day| day.to_string());
        (on, doubts(&read).iter().map(|(line, code)| format!("{line} {code}")).collect::<Vec<_>>())
    };
    for silent in [
        "Le présent avenant entre en vigueur un mois après sa signature.",
        "Le présent avenant s'applique à compter de la rentrée scolaire 2026.",
        "Entre en vigueur un mois après sa signature.",
        "L'avenant prend effet dès sa publication.",
    ] {
        assert_eq!(of(silent), (None, vec!["13 unread_effective_date".to_owned()]), "{silent}");
    }
    for plain in
        ["Le présent avenant entre en vigueur à la date de sa signature.", "Il prend effet à compter de sa signature."]
    {
        assert_eq!(of(plain), (None, Vec::new()), "{plain}");
    }
    assert_eq!(of("L'avenant prend effet le 1er septembre 2026."), (Some("2026-09-01".into()), Vec::new()));
}

#[test]
fn every_doubt_is_told_in_french_too() {
    let read = amendment("Le premier alinéa de l'article 9 est supprimé. Les parties dansent.");
    assert!(!read.parsed.warnings.is_empty());
    for warning in &read.parsed.warnings {
        assert!(!warning.french.is_empty() && warning.french != warning.detail, "{warning:?}");
    }
}
