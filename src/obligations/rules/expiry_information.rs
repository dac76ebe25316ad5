//! R04: the information before the end (article 11), once a term.

use super::terms_of::{informed_in, terms_of};
use super::{Duty, Owed};
use crate::conventions::rules::{Scene, inform_by_in};
use crate::domain::refusal::Bilingual;
use crate::domain::vocabulary::{DutyNature, FactKind};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let what = Bilingual::fixed("Informer l'autre partie de l'échéance", "Inform the other party of the end");
    let early = super::ended_early(scene);
    terms_of(scene)
        .into_iter()
        .filter_map(|read| {
            let notice = *read.terms.renewal_information.says()?;
            let deadline = inform_by_in(&read.term, read.terms)?;
            let key = format!("R04/{}", read.term.renewals);
            let mut duty = Duty::new("R04", key, DutyNature::Dated, what.clone(), read.valid_from);
            let told = informed_in(scene, &read);
            duty.met_on = told.first().map(|fact| fact.occurred_on);
            duty.proof = told.iter().filter(|fact| Some(fact.occurred_on) == duty.met_on).map(|fact| fact.id).collect();
            duty.kind = Some(FactKind::ExpiryInformation);
            duty.article = read.terms.renewal_information.article().map(str::to_owned);
            duty.owed_by = Owed::by(notice.by);
            duty.window = Some((read.term.from, read.last()));
            duty.valid_until = read.valid_until;
            duty.due_on = Some(deadline.due_on);
            duty.deadline_on = Some(deadline.deadline_on);
            duty.open_until = Some(read.last());
            // An end that came before it was owed leaves nobody to inform.
            duty.void_on = early.filter(|end| *end <= deadline.deadline_on).map(crate::domain::CivilDate::next);
            // A notice longer than the term it announces cannot be given in time: nobody owes it.
            // The same of one that an amendment moves before its own first day.
            let begins = if read.term.renewals == 0 { scene.spans.complete_on } else { Some(read.term.from) };
            let begins = begins.max(Some(read.valid_from));
            if begins.is_some_and(|begins| deadline.deadline_on < begins) {
                duty.void_on = Some(read.valid_from);
                duty.computed.insert("longer_than_the_term", true.into());
            }
            duty.computed.insert("last_day", read.last().into());
            duty.computed.insert("notice", serde_json::json!(notice.period));
            duty.computed.insert("last_day_rule", read.terms.last_day_rule.into());
            Some(duty)
        })
        .collect()
}
