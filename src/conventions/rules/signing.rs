//! Who may sign, and when (R01; article 11).
//!
//! A signature record states one made on paper, on one exact text. Each person signs once, for one party;
//! nobody signs before the text says how long it lasts and how it is left.

use super::spans::{SignatureFact, spans};
use super::terms::Terms;
use crate::domain::approval::{Approval, Keys, Objection};
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::{CivilDate, Id};

/// A signature about to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignature {
    /// The party signed for.
    pub party: Id,
    /// The person who signed, by name.
    pub signatory: String,
    /// The civil day of the signature.
    pub signed_on: CivilDate,
    /// Hash of the text signed.
    pub content_hash: String,
}

/// Whether a signature may be recorded (R01; R03 for one dated after the end).
///
/// Signatures that are voided, or bind another text than today's, no longer stand in the way.
///
/// # Errors
///
/// `unknown_party`, `future_date`, `after_end` (what is asked); `too_few_parties`, `already_signed`, `same_signatory`,
/// `content_changed`, `terms_not_set` (the state of things).
pub fn check_signature(
    parties: &[Id],
    signatures: &[SignatureFact],
    terms: &Terms,
    content_hash_now: &str,
    new: &NewSignature,
    today: CivilDate,
) -> Result<(), Refusal> {
    let article = terms.signature_article();
    check_form(parties, new, today).map_err(|refusal| refusal.article(article))?;
    check_keys(parties, signatures, content_hash_now, new).map_err(|refusal| refusal.article(article))?;
    let unsettled = terms.unsettled();
    if !unsettled.is_empty() {
        return Err(Refusal::state(
            "R01",
            "terms_not_set",
            Bilingual::fixed(
                "La durée et les préavis doivent être renseignés, ou déclarés absents du texte, avant toute signature.",
                "Duration and notices must be set, or declared absent from the text, before any signature.",
            ),
        )
        .article(article)
        .with("missing", unsettled));
    }
    check_before_end(parties, signatures, terms, content_hash_now, new)
}

/// Each party signs the present text once, and nobody signs for two (R01, R06).
///
/// # Errors
///
/// `already_signed`, `same_signatory`, `content_changed`.
pub fn check_keys(
    parties: &[Id],
    signatures: &[SignatureFact],
    content_hash_now: &str,
    new: &NewSignature,
) -> Result<(), Refusal> {
    let approvals: Vec<Approval<'_>> = signatures.iter().map(SignatureFact::as_approval).collect();
    let keys = Keys { keys: parties, content_hash: content_hash_now, approvals: &approvals };
    let approval = Approval {
        key: new.party,
        person: Some(&new.signatory),
        given_on: new.signed_on,
        content_hash: &new.content_hash,
        void: false,
    };
    keys.check(&approval).map_err(|objection| match objection {
        Objection::NoKey => unknown_party(new.party),
        Objection::Repeated { given_on } => Refusal::state(
            "R01",
            "already_signed",
            Bilingual::fixed("Cette partie a déjà signé ce texte.", "This party has already signed this text."),
        )
        .with("party", new.party)
        .with("signed_on", given_on),
        Objection::SamePerson { key, given_on } => Refusal::state(
            "R01",
            "same_signatory",
            Bilingual::fixed(
                "Une même personne ne signe pas pour deux parties.",
                "One person does not sign for two parties.",
            ),
        )
        .with("party", key)
        .with("signed_on", given_on),
        Objection::Stale { content_hash } => Refusal::state(
            "R01",
            "content_changed",
            Bilingual::fixed(
                "Le texte a changé depuis : la signature ne porte pas sur sa version actuelle.",
                "The text has changed since: the signature does not bind its present version.",
            ),
        )
        .with("signed_hash", new.content_hash.as_str())
        .with("content_hash", content_hash),
    })
}

fn unknown_party(party: Id) -> Refusal {
    Refusal::content(
        "R01",
        "unknown_party",
        Bilingual::fixed(
            "Cet organisme n'est pas partie à la convention.",
            "This organisation is not a party to the convention.",
        ),
    )
    .with("party", party)
}

/// What is wrong in the signature itself.
pub fn check_form(parties: &[Id], new: &NewSignature, today: CivilDate) -> Result<(), Refusal> {
    if !parties.contains(&new.party) {
        return Err(unknown_party(new.party));
    }
    if parties.len() < 2 {
        return Err(Refusal::state(
            "R01",
            "too_few_parties",
            Bilingual::fixed("Une convention lie au moins deux parties.", "A convention binds two parties at least."),
        )
        .with("parties", parties.len()));
    }
    if new.signed_on > today {
        return Err(Refusal::content(
            "R01",
            "future_date",
            Bilingual::fixed("Une signature ne se date pas dans l'avenir.", "A signature is not dated in the future."),
        )
        .with("signed_on", new.signed_on)
        .with("today", today));
    }
    Ok(())
}

/// R03: no signature after the end that the text names, or that this signature would give.
fn check_before_end(
    parties: &[Id],
    signatures: &[SignatureFact],
    terms: &Terms,
    content_hash_now: &str,
    new: &NewSignature,
) -> Result<(), Refusal> {
    let mut then: Vec<SignatureFact> =
        signatures.iter().filter(|signature| signature.content_hash == content_hash_now).cloned().collect();
    then.push(SignatureFact {
        party: new.party,
        signatory: new.signatory.clone(),
        signed_on: new.signed_on,
        content_hash: new.content_hash.clone(),
        voided: false,
    });
    let then = spans(parties, &then, terms);
    match (then.complete_on, then.last_day) {
        (Some(complete), Some(last)) if complete > last => Err(Refusal::content(
            "R03",
            "after_end",
            Bilingual::fixed(
                "La dernière signature serait postérieure au terme de la convention.",
                "The last signature would come after the convention's end.",
            ),
        )
        .article(terms.duration.article())
        .with("complete_on", complete)
        .with("last_day", last)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::terms::Clause;
    use super::*;
    use crate::domain::refusal::RefusalKind;
    use crate::domain::vocabulary::Unit;

    const TODAY: &str = "2024-06-27";

    fn new(party: usize, signatory: &str, on: &str) -> NewSignature {
        let SignatureFact { party, signatory, signed_on, content_hash, .. } = signature(party, signatory, on);
        NewSignature { party, signatory, signed_on, content_hash }
    }

    fn check(signatures: &[SignatureFact], terms: &Terms, new: &NewSignature) -> Result<(), Refusal> {
        check_signature(&PARTIES, signatures, terms, HASH, new, day(TODAY))
    }

    fn refused(result: Result<(), Refusal>, rule: &str, code: &str, kind: RefusalKind) -> Refusal {
        let refusal = result.unwrap_err();
        assert_eq!((refusal.rule, refusal.code, refusal.kind), (rule, code, kind));
        refusal
    }

    #[test]
    fn each_party_signs_once_and_by_another_person() {
        let terms = reference();
        let first = signature(0, "Édouard Geffray", "2024-06-20");
        assert_eq!(check(&[], &terms, &new(0, "Édouard Geffray", "2024-06-20")), Ok(()));
        assert_eq!(check(std::slice::from_ref(&first), &terms, &new(1, "L. Laurent", "2024-06-27")), Ok(()));
        let twice = check(std::slice::from_ref(&first), &terms, &new(0, "Quelqu'un d'autre", "2024-06-27"));
        let refusal = refused(twice, "R01", "already_signed", RefusalKind::State);
        assert_eq!(refusal.article.as_deref(), Some("11"));
        assert_eq!(refusal.computed["signed_on"], "2024-06-20");
        let same = check(std::slice::from_ref(&first), &terms, &new(1, "EDOUARD  GEFFRAY", "2024-06-27"));
        refused(same, "R01", "same_signatory", RefusalKind::State);
    }

    #[test]
    fn the_day_before_and_the_day_but_not_the_day_after() {
        let terms = reference();
        assert_eq!(check(&[], &terms, &new(0, "A", "2024-06-26")), Ok(()));
        assert_eq!(check(&[], &terms, &new(0, "A", TODAY)), Ok(()));
        let refusal =
            refused(check(&[], &terms, &new(0, "A", "2024-06-28")), "R01", "future_date", RefusalKind::Content);
        assert_eq!((&refusal.computed["today"], &refusal.computed["signed_on"]), (&TODAY.into(), &"2024-06-28".into()));
    }

    #[test]
    fn only_a_party_signs_and_there_are_two() {
        let stranger = NewSignature { party: Id::from_bytes([9; 16]), ..new(0, "A", TODAY) };
        refused(check(&[], &reference(), &stranger), "R01", "unknown_party", RefusalKind::Content);
        let alone = check_signature(&PARTIES[..1], &[], &reference(), HASH, &new(0, "A", TODAY), day(TODAY));
        refused(alone, "R01", "too_few_parties", RefusalKind::State);
    }

    #[test]
    fn a_text_changed_since_is_not_the_text_signed() {
        let old = NewSignature { content_hash: "sha256:bb".to_owned(), ..new(0, "A", TODAY) };
        refused(check(&[], &reference(), &old), "R01", "content_changed", RefusalKind::State);
    }

    #[test]
    fn a_change_voids_signatures_and_all_sign_again() {
        let mut voided = signature(0, "A", "2024-06-20");
        voided.voided = true;
        let mut of_another_text = signature(1, "A", "2024-06-20");
        of_another_text.content_hash = "sha256:bb".to_owned();
        assert_eq!(check(&[voided, of_another_text], &reference(), &new(0, "A", TODAY)), Ok(()));
    }

    #[test]
    fn duration_and_notices_are_set_or_declared_absent() {
        let nothing = Terms::default();
        let refusal = refused(check(&[], &nothing, &new(0, "A", TODAY)), "R01", "terms_not_set", RefusalKind::State);
        let all = serde_json::json!(["duration", "renewal_information", "termination"]);
        assert_eq!((refusal.article, &refusal.computed["missing"]), (None, &all));
        for (terms, missing) in [
            (Terms { duration: Clause::Unset, ..reference() }, "duration"),
            (Terms { renewal_information: Clause::Unset, ..reference() }, "renewal_information"),
            (Terms { termination: Clause::Unset, ..reference() }, "termination"),
            (lasting(1, Unit::Season), "duration"),
        ] {
            let refusal = refused(check(&[], &terms, &new(0, "A", TODAY)), "R01", "terms_not_set", RefusalKind::State);
            assert_eq!(refusal.computed["missing"], serde_json::json!([missing]));
        }
        let absent = Terms {
            duration: Clause::DeclaredAbsent,
            renewal_information: Clause::DeclaredAbsent,
            termination: Clause::DeclaredAbsent,
            ..Terms::default()
        };
        assert_eq!(check(&[], &absent, &new(0, "A", TODAY)), Ok(()));
    }

    #[test]
    fn the_last_signature_does_not_come_after_a_named_end() {
        let terms = lasting_until("2024-06-26", None);
        let first = [signature(0, "A", "2024-06-20")];
        assert_eq!(check(&first, &terms, &new(1, "B", "2024-06-26")), Ok(()));
        let refusal =
            refused(check(&first, &terms, &new(1, "B", "2024-06-27")), "R03", "after_end", RefusalKind::Content);
        assert_eq!((refusal.article.as_deref(), &refusal.computed["last_day"]), (Some("11"), &"2024-06-26".into()));
    }
}
