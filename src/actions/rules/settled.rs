//! What an action states from `confirmed` on: its measures of inclusion (R32) and its accessibility (R33). Not asked of a
//! school's request, nor of earlier records.

use super::{ClauseSeen, Ground, NewAction, is_legacy};
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::{ActionStatus, Modality};

/// Refused when the text in force asks for it and the action does not say it.
pub fn check_settled(action: &NewAction, status: ActionStatus, ground: &Ground, refused: &mut Vec<Refusal>) {
    if is_legacy(action) || !status.is_settled() {
        return;
    }
    let article = |clause: &ClauseSeen| clause.article.clone();
    if let Some(clause) = &ground.inclusion
        && action.inclusion.is_none()
    {
        let detail = Bilingual::fixed(
            "Une mesure d'inclusion au moins, ou la raison pour laquelle aucune n'est pertinente.",
            "One measure of inclusion at least, or the reason why none is pertinent.",
        );
        let missing = Refusal::content("R32", "inclusion_missing", detail).article(article(clause).as_deref());
        refused.push(missing.with("pointer", "/inclusion").at("/inclusion"));
    }
    if let Some(clause) = &ground.accessibility
        && action.accessibility.is_none()
    {
        let detail = if action.modality == Modality::DigitalResource {
            Bilingual::fixed(
                "Une ressource numérique n'est publiée qu'avec sa déclaration d'accessibilité.",
                "A digital resource is published with its statement of accessibility only.",
            )
        } else {
            Bilingual::fixed(
                "L'accessibilité de l'action est à préciser.",
                "The accessibility of the action is to be stated.",
            )
        };
        let missing = Refusal::content("R33", "accessibility_missing", detail).article(article(clause).as_deref());
        refused.push(missing.with("pointer", "/accessibility").at("/accessibility"));
    }
}
