//! The offers that an action is linked to: where they come from, never a pupil's application (R37), and no way to reach
//! a person at home (R36).

use super::NewAction;
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::screening::{screen, screen_key};

/// An offer is linked with where it comes from; what leads to a pupil's application is refused (R37).
pub fn check(action: &NewAction, refused: &mut Vec<Refusal>) {
    for (index, offer) in action.offers.iter().enumerate() {
        let told = [Some(offer.reference.as_str()), offer.url.as_deref()];
        if told.into_iter().flatten().any(leads_to_application) {
            let detail = Bilingual::fixed(
                "Ce lien mène à une candidature : seule l'offre elle-même se rattache à une action.",
                "This link leads to an application: only the offer itself is linked to an action.",
            );
            let place = format!("/offers/{index}");
            refused.push(Refusal::content("R37", "pupil_application", detail).with("pointer", place.clone()).at(place));
        }
    }
}

/// `application` and `dossier` are words of trades as well (`application-mobile-stage`): alone in their part of an address,
/// or before a number, they are somebody's.
fn leads_to_application(text: &str) -> bool {
    const TRACES: [&str; 3] = ["candidature", "postuler", "token="];
    let text = text.to_lowercase();
    let is_thing = |word: &str| matches!(word, "application" | "applications" | "dossier" | "dossiers");
    let words: Vec<&str> = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let numbered = |pair: &[&str]| is_thing(pair[0]) && pair[1].starts_with(|sign: char| sign.is_ascii_digit());
    TRACES.iter().any(|trace| text.contains(trace))
        || words.contains(&"apply")
        || words.windows(2).any(numbered)
        || parts(&text).any(|part| is_thing(part.trim()))
}

/// What stands between the signs that part an address.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['/', '?', '&', '=', '#', ';', ':'])
}

/// Where an offer names or reaches a person. An address is full of numbers: each of its parts is read as a key is.
pub fn personal(action: &NewAction) -> Vec<(String, Bilingual)> {
    let mut found = Vec::new();
    for (index, offer) in action.offers.iter().enumerate() {
        if let Some(what) = screen(&offer.reference) {
            found.push((format!("/offers/{index}/reference"), what.detail()));
        }
        let told = offer.url.as_deref().map(plain).unwrap_or_default();
        if let Some(what) = parts(&told).find_map(screen_key) {
            found.push((format!("/offers/{index}/url"), what.detail()));
        }
    }
    found
}

/// The signs that an address writes otherwise, as far as they part or make a number or an address of a person.
fn plain(url: &str) -> String {
    let mut url = url.replace('+', " ");
    for (code, sign) in [("%20", " "), ("%40", "@"), ("%2B", "+"), ("%2b", "+"), ("%2E", "."), ("%2e", ".")] {
        url = url.replace(code, sign);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_told_from_an_offer() {
        for offer in [
            "application-mobile-stage",
            "Stage : application web",
            "https://x.example/offres/application-mobile-stage",
            "https://x.example/offres/dossier-medical-informatise",
            "118",
        ] {
            assert!(!leads_to_application(offer), "{offer}");
        }
        for application in [
            "Candidature 77",
            "Application 77",
            "https://x.example/application/77",
            "https://x.example/applications",
            "https://x.example/o?dossier=12",
            "https://x.example/o/12/apply",
            "https://x.example/mes-candidatures/4",
            "https://x.example/o/postuler",
            "https://x.example/o?TOKEN=a",
        ] {
            assert!(leads_to_application(application), "{application}");
        }
    }
}
