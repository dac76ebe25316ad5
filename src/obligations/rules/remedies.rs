//! R08: the remedy of an unauthorised use, within the delay that a formal notice opens (article 10).

use serde_json::json;

use super::{Duty, Owed};
use crate::conventions::rules::{Scene, lapses};
use crate::domain::vocabulary::{DutyNature, FactKind, NoticeStart};
use crate::domain::{Bilingual, CivilDate};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let what = Bilingual::fixed(
        "Régulariser l'utilisation non autorisée, après mise en demeure",
        "Remedy the unauthorised use, after formal notice",
    );
    lapses::notices(scene.parties, scene.spans, scene.texts, scene.facts)
        .into_iter()
        .filter_map(|notice| {
            let (at_fault, cure) = (notice.to?, notice.cure?);
            let terms = scene.texts.on(notice.received_on.unwrap_or(notice.sent_on));
            let opened = match terms.notice_start {
                NoticeStart::Received => notice.received_on?,
                NoticeStart::Sent => notice.sent_on,
            };
            let key = format!("R08/{}", notice.notice);
            let mut duty = Duty::new("R08", key, DutyNature::Dated, what.clone(), opened);
            duty.kind = Some(FactKind::UseRemedied);
            duty.article = terms.cure.article().map(str::to_owned);
            duty.owed_by = Owed::Party(at_fault);
            duty.window = Some((opened, cure.last_day));
            // Due at once: the delay is there to be used.
            duty.due_on = Some(opened);
            duty.deadline_on = Some(cure.last_day);
            duty.met_by(scene, |fact| {
                fact.kind == FactKind::UseRemedied && fact.refers_to == Some(notice.notice) && fact.party == at_fault
            });
            duty.void_on = scene.spans.ends_on.filter(|end| *end < cure.last_day).map(CivilDate::next);
            duty.computed.insert("notice_sent_on", notice.sent_on.to_string().into());
            duty.computed.insert("notice_received_on", json!(notice.received_on));
            duty.computed.insert("delay", json!(terms.cure.says()));
            duty.computed.insert("claimed_from", cure.claimed_from.to_string().into());
            Some(duty)
        })
        .collect()
}
