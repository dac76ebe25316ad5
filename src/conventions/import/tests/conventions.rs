//! Conventions: what stands after the body, and what an article says that no axis takes in.

use serde_json::json;

use super::super::parse;

const HEAD: &str = "CONVENTION DE PARTENARIAT\n\nEntre\n\nLe ministère des exemples, représenté par Ali TEST, directeur,\net\nL'association Zeta, représentée par Léo ZETA, président.\n\n";

#[test]
fn annexes_are_kept_as_articles_of_that_number() {
    let read = parse(&format!(
        "{HEAD}Article 1 – Objet\n\nLes parties travaillent ensemble.\n\nFait à Testville, le 8 juin 2026\n\nLe directeur\n\nANNEXE 1 – Calendrier\n\nDeux visites en mars.\n\nAnnexe 2\n\n- une salle ;\n- un bus.\n\nANNEXE 3\n"
    ));
    let articles: Vec<_> = read
        .draft
        .articles
        .iter()
        .map(|a| (a.number.as_str(), a.heading.as_deref(), a.body.as_str(), a.line, a.last_line))
        .collect();
    assert_eq!(
        articles,
        [
            ("1", Some("Objet"), "Les parties travaillent ensemble.", 9, 11),
            ("Annexe 1", Some("Calendrier"), "Deux visites en mars.", 17, 19),
            ("Annexe 2", None, "- une salle ;\n- un bus.", 21, 24),
        ]
    );
    let told: Vec<_> = read.parsed.warnings.iter().map(|w| (w.line, w.code)).collect();
    assert_eq!(told, [(26, "annex_without_text")]);
    assert_eq!(read.parsed.articles.len(), 1, "an annex is no article of the body");
}

#[test]
fn the_limits_of_a_tacit_renewal_are_in_its_clause() {
    let read = parse(&format!(
        "{HEAD}Article 1 – Durée\n\nLa convention est conclue pour trois ans. Elle est renouvelable deux fois par tacite reconduction, par périodes d'un an.\n"
    ));
    let clause = read.draft.clauses.iter().find(|clause| clause.kind == "tacit_renewal").unwrap();
    assert_eq!(clause.parameters, json!({ "allowed": true, "times": 2, "value": 1, "unit": "year" }));
    assert_eq!(read.parsed.duration.unwrap().value, Some(3));
}

#[test]
fn commitments_that_no_axis_takes_in_are_told() {
    let read = parse(&format!(
        "{HEAD}Article 1 – Objet\n\nLe mentorat.\n\nArticle 2 – Engagements des parties\n\nL'association s'engage à former ses bénévoles.\n"
    ));
    let told: Vec<_> = read.parsed.warnings.iter().map(|w| (w.line, w.code)).collect();
    assert!(told.contains(&(13, "commitments_without_axis")), "{told:?}");
}
