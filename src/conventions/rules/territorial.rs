//! Territorial conventions (conventions de déclinaison; articles 2 and 9): those of a région académique or
//! académie with the same association, child of a national one. T01: the parent is national and in force
//! the day the child is signed. T02: at most one in force per parent and territory. T03: within the parent's
//! territory. T04: with the parent's association. T05: each of its axes names the axis that it applies, or says why none.

use serde_json::json;

use super::ending::with_force;
use super::spans::{Spans, status};
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::ConventionStatus;
use crate::domain::{CivilDate, Id, Territory};

/// The national convention.
#[derive(Debug, Clone, Copy)]
pub struct Parent<'a> {
    /// Its territory.
    pub territory: Territory,
    /// Its spans; `last_day` is the real one if it was ended early.
    pub spans: &'a Spans,
    /// The organisations of its side `association`.
    pub associations: &'a [Id],
    /// Its article on implementation in the territories, when known.
    pub article: Option<&'a str>,
}

/// The territorial convention, as it will be once signed.
#[derive(Debug, Clone, Copy)]
pub struct Child<'a> {
    /// Its territory.
    pub territory: Territory,
    /// The day of its last signature.
    pub signed_on: CivilDate,
    /// Its spans with that signature.
    pub spans: &'a Spans,
    /// The organisations of its side `association`.
    pub associations: &'a [Id],
}

/// Another convention of the same parent.
#[derive(Debug, Clone, Copy)]
pub struct Sibling {
    /// Its territory.
    pub territory: Territory,
    /// Its spans; `last_day` is the real one if it was ended early.
    pub spans: Spans,
}

/// Whether a territorial convention may be signed. Outliving the parent is allowed (and flagged elsewhere).
///
/// # Errors
///
/// `other_association`, `territory_outside_parent`, `parent_not_national` (what is asked); `parent_not_in_force`,
/// `territory_taken` (the state of things).
pub fn check_territorial(parent: &Parent<'_>, siblings: &[Sibling], child: &Child<'_>) -> Result<(), Refusal> {
    if !child.associations.iter().any(|association| parent.associations.contains(association)) {
        return Err(Refusal::content(
            "T04",
            "other_association",
            Bilingual::fixed(
                "Une déclinaison se signe avec l'association de la convention nationale.",
                "A territorial convention is signed with the association of the national one.",
            ),
        )
        .article(parent.article));
    }
    if child.territory == parent.territory || !parent.territory.contains(&child.territory) {
        return Err(Refusal::content(
            "T03",
            "territory_outside_parent",
            Bilingual::fixed(
                "Le territoire doit être compris dans celui de la convention déclinée, sans l'égaler.",
                "The territory must lie within the parent's, and be smaller.",
            ),
        )
        .article(parent.article)
        .with("territory", child.territory)
        .with("parent_territory", parent.territory));
    }
    if parent.territory != Territory::National {
        return Err(Refusal::content(
            "T01",
            "parent_not_national",
            Bilingual::fixed(
                "Seule une convention nationale se décline.",
                "Only a national convention has territorial ones.",
            ),
        )
        .article(parent.article)
        .with("parent_territory", parent.territory));
    }
    let parent_status = status(parent.spans, child.signed_on);
    if parent_status != ConventionStatus::InForce {
        let mut refusal = Refusal::state(
            "T01",
            "parent_not_in_force",
            Bilingual::fixed(
                "La convention nationale n'est pas en vigueur le jour de la signature.",
                "The national convention is not in force on the day of signature.",
            ),
        )
        .article(parent.article)
        .with("signed_on", child.signed_on)
        .with("parent_status", parent_status);
        if let Some(from) = parent.spans.in_force_from {
            refusal = refusal.with("parent_in_force_from", from);
        }
        if let Some(last) = parent.spans.last_day {
            refusal = refusal.with("parent_last_day", last);
        }
        return Err(refusal);
    }
    let taken =
        siblings.iter().find(|sibling| sibling.territory == child.territory && sibling.spans.overlaps(child.spans));
    match taken {
        None => Ok(()),
        Some(sibling) => Err(with_force(
            Refusal::state(
                "T02",
                "territory_taken",
                Bilingual::fixed(
                    "Une convention de déclinaison est déjà en vigueur pour ce territoire.",
                    "A territorial convention is already in force for this territory.",
                ),
            )
            .article(parent.article)
            .with("territory", child.territory),
            &sibling.spans,
        )),
    }
}

/// An axis of a territorial convention, and whether it says what it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisLink {
    pub id: Id,
    pub label: String,
    /// Its article in the territorial convention.
    pub article: Option<String>,
    /// It names an axis of the parent, or the reason why none: national figures follow it.
    pub settled: bool,
}

/// Whether a territorial convention says of each of its axes which national one it applies (T05). Two of them may apply
/// the same one.
///
/// # Errors
///
/// `axis_unlinked` (the state of things).
pub fn check_links(axes: &[AxisLink]) -> Result<(), Refusal> {
    let unsettled: Vec<&AxisLink> = axes.iter().filter(|axis| !axis.settled).collect();
    let Some(first) = unsettled.first() else { return Ok(()) };
    let named = |axis: &&AxisLink| json!({ "id": axis.id, "label": axis.label, "article": axis.article });
    Err(Refusal::state(
        "T05",
        "axis_unlinked",
        Bilingual::fixed(
            "Chaque axe d'une déclinaison nomme l'axe national qu'il décline, ou dit pourquoi il n'en décline aucun.",
            "Each axis of a territorial convention names the national axis that it applies, or says why it applies none.",
        ),
    )
    .article(first.article.as_deref())
    .with("axes", unsettled.iter().map(named).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn span(from: &str, last: &str) -> Spans {
        Spans {
            first_signed_on: Some(day(from)),
            complete_on: Some(day(from)),
            in_force_from: Some(day(from)),
            last_day: Some(day(last)),
            ends_on: Some(day(last)),
            ..Spans::default()
        }
    }

    fn territory(text: &str) -> Territory {
        text.parse().unwrap()
    }

    fn check(parent: &str, child: &str, signed_on: &str, siblings: &[Sibling]) -> Result<(), &'static str> {
        check_with(&[id(1)], parent, child, signed_on, siblings)
    }

    fn id(byte: u8) -> Id {
        Id::from_bytes([byte; 16])
    }

    fn check_with(
        associations: &[Id],
        parent: &str,
        child: &str,
        signed_on: &str,
        siblings: &[Sibling],
    ) -> Result<(), &'static str> {
        let national = span("2024-06-27", "2029-06-27");
        let own = span(signed_on, "2031-12-31");
        let parent = Parent {
            territory: territory(parent),
            spans: &national,
            associations: &[id(1), id(2)],
            article: Some("2"),
        };
        let child = Child { territory: territory(child), signed_on: day(signed_on), spans: &own, associations };
        check_territorial(&parent, siblings, &child).map_err(|refusal| {
            assert_eq!(refusal.article.as_deref(), Some("2"));
            refusal.code
        })
    }

    #[test]
    fn the_parent_is_in_force_the_day_it_is_signed() {
        for (signed_on, expected) in [
            ("2024-06-26", Err("parent_not_in_force")),
            ("2024-06-27", Ok(())),
            ("2029-06-27", Ok(())),
            ("2029-06-28", Err("parent_not_in_force")),
        ] {
            assert_eq!(check("national", "academie:24", signed_on, &[]), expected, "{signed_on}");
        }
    }

    #[test]
    fn at_most_one_in_force_per_territory() {
        let one = Sibling { territory: territory("academie:24"), spans: span("2024-09-01", "2025-08-31") };
        assert_eq!(check("national", "academie:24", "2025-08-31", &[one]), Err("territory_taken"));
        assert_eq!(check("national", "academie:24", "2025-09-01", &[one]), Ok(()));
        assert_eq!(check("national", "academie:25", "2025-01-01", &[one]), Ok(()));
        assert_eq!(check("national", "region:11", "2025-01-01", &[one]), Ok(()));
        let draft = Sibling { spans: Spans::default(), ..one };
        assert_eq!(check("national", "academie:24", "2025-01-01", &[draft]), Ok(()));
    }

    #[test]
    fn it_is_signed_with_the_parents_association() {
        let check = |associations: &[Id]| check_with(associations, "national", "academie:24", "2025-01-01", &[]);
        assert_eq!(check(&[id(2)]), Ok(()));
        assert_eq!(check(&[id(3), id(2)]), Ok(()));
        assert_eq!(check(&[id(3)]), Err("other_association"));
        assert_eq!(check(&[]), Err("other_association"));
    }

    #[test]
    fn its_territory_is_smaller_and_its_parent_national() {
        assert_eq!(check("national", "national", "2025-01-01", &[]), Err("territory_outside_parent"));
        assert_eq!(check("region:11", "academie:02", "2025-01-01", &[]), Err("territory_outside_parent"));
        assert_eq!(check("region:11", "academie:24", "2025-01-01", &[]), Err("parent_not_national"));
    }

    #[test]
    fn each_axis_says_what_it_applies() {
        let axis = |label: &str, settled| AxisLink {
            id: id(3),
            label: label.to_owned(),
            article: Some(format!("article {label}")),
            settled,
        };
        assert_eq!(check_links(&[]), Ok(()));
        assert_eq!(check_links(&[axis("a", true), axis("b", true)]), Ok(()));
        let refusal = check_links(&[axis("a", true), axis("b", false), axis("c", false)]).unwrap_err();
        assert_eq!(
            (refusal.rule, refusal.code, refusal.article.as_deref()),
            ("T05", "axis_unlinked", Some("article b"))
        );
        let labels: Vec<_> = refusal.computed["axes"].as_array().unwrap().iter().map(|a| a["label"].clone()).collect();
        assert_eq!(labels, ["b", "c"]);
    }
}
