//! A contact is dated inside the period in force of its convention, as an action is (R34), and never after today.

use crate::domain::{Bilingual, CivilDate, Refusal};

/// The days on which a convention is in force; what says so.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'r> {
    /// First day; none before all have signed.
    pub from: Option<CivilDate>,
    /// Last day, whatever ends it; none when nothing does.
    pub until: Option<CivilDate>,
    /// Number of the article of the duration.
    pub article: Option<&'r str>,
}

/// Refuses a day that is still to come, and one outside the period: `future_date`, `outside_period`.
pub fn check(on: CivilDate, today: CivilDate, period: InForce<'_>) -> Result<(), Refusal> {
    let said = |refusal: Refusal| {
        refusal
            .article(period.article)
            .with("occurred_on", on)
            .with("in_force_from", period.from)
            .with("ends_on", period.until)
    };
    if on > today {
        let detail = Bilingual::fixed(
            "Un contact a déjà eu lieu : il ne se date pas après aujourd'hui.",
            "A contact has taken place: it is not dated after today.",
        );
        return Err(said(Refusal::content("R34", "future_date", detail)).with("today", today));
    }
    let inside = period.from.is_some_and(|from| from <= on) && period.until.is_none_or(|until| on <= until);
    if inside {
        return Ok(());
    }
    let detail = match (period.from, period.until) {
        (None, _) => Bilingual::fixed(
            "La convention n'a pas été signée par toutes ses parties : elle n'est en vigueur aucun jour.",
            "Not every party has signed the convention: it is in force on no day.",
        ),
        (Some(from), None) => Bilingual::new(
            format!("La convention n'est en vigueur qu'à partir du {from}."),
            format!("The convention is in force from {from} only."),
        ),
        (Some(from), Some(until)) => Bilingual::new(
            format!("La convention n'est en vigueur que du {from} au {until}."),
            format!("The convention is in force from {from} to {until} only."),
        ),
    };
    Err(said(Refusal::content("R34", "outside_period", detail)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_before_the_day_and_the_day_after() {
        let (from, until) = (Some(day("2024-06-27")), Some(day("2029-06-27")));
        let on = |text: &str| check(day(text), day("2030-01-01"), InForce { from, until, article: Some("11") });
        for text in ["2024-06-27", "2024-06-28", "2028-02-29", "2029-06-26", "2029-06-27"] {
            assert_eq!(on(text), Ok(()), "{text}");
        }
        for text in ["2024-06-26", "2029-06-28", "2029-12-31"] {
            let refusal = on(text).unwrap_err();
            assert_eq!((refusal.rule, refusal.code, refusal.article.as_deref()), ("R34", "outside_period", Some("11")));
            assert_eq!(refusal.computed["ends_on"], json!("2029-06-27"));
            assert_eq!(refusal.computed["in_force_from"], json!("2024-06-27"));
            assert_eq!(refusal.computed["occurred_on"], json!(text));
        }
    }

    #[test]
    fn today_is_past_enough_and_tomorrow_is_not() {
        let period = InForce { from: Some(day("2024-06-27")), until: None, article: None };
        assert_eq!(check(day("2026-11-24"), day("2026-11-24"), period), Ok(()));
        let refusal = check(day("2026-11-25"), day("2026-11-24"), period).unwrap_err();
        assert_eq!((refusal.code, &refusal.computed["today"]), ("future_date", &json!("2026-11-24")));
        assert_eq!(check(day("2024-06-26"), day("2026-11-24"), period).unwrap_err().code, "outside_period");
    }

    #[test]
    fn what_is_not_signed_by_all_is_in_force_on_no_day() {
        let period = InForce { from: None, until: None, article: None };
        let refusal = check(day("2024-06-27"), day("2026-11-24"), period).unwrap_err();
        assert_eq!((refusal.code, &refusal.computed["in_force_from"]), ("outside_period", &json!(null)));
    }
}
