//! The rules by themselves: the day before, the day, the day after; what is refused as well as what passes.

use super::life::{Actor, Refused, TABLE, created_in, dated_before, may, moved};
use super::*;
use crate::domain::vocabulary::ActionAct;

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

/// A visit on some days.
fn action(days: &[&str]) -> NewAction {
    let sessions: Vec<_> = days.iter().map(|day| serde_json::json!({ "date": day })).collect();
    serde_json::from_value(serde_json::json!({
        "convention_id": Id::from_bytes([1; 16]), "axis_id": Id::from_bytes([2; 16]), "kind": "company_visit",
        "title": "Visite", "origin": "live", "modality": "on_site",
        "schools": [{ "uai": "0950649P", "class_label": "3B" }], "levels": ["3e"], "sessions": sessions,
    }))
    .unwrap()
}

fn ground() -> Ground {
    let clause = |article: &str, hours| ClauseSeen { article: Some(article.to_owned()), hours };
    Ground {
        in_force_from: Some(day("2024-06-27")),
        ends_on: Some(day("2029-06-27")),
        axis: AxisSeen { of_convention: true, article: Some("3".to_owned()), ..AxisSeen::default() },
        duration: clause("11", None),
        inclusion: Some(clause("8", None)),
        accessibility: Some(clause("8", None)),
        programme_hours: Some(clause("4", Some(91))),
        ..Ground::default()
    }
}

/// The code that it is refused with.
fn refused(
    action: &NewAction,
    status: ActionStatus,
    ground: &Ground,
    today: &str,
) -> Option<(&'static str, &'static str)> {
    check(action, status, ground, day(today)).err().map(|refused| (refused[0].rule, refused[0].code))
}

const ACTORS: [Actor; 5] = [Actor::Association, Actor::Academie, Actor::School, Actor::Among, Actor::Operator];

#[test]
fn the_table_has_no_act_from_a_state_twice() {
    for act in ActionAct::ALL {
        for status in ActionStatus::ALL {
            let rows = || TABLE.iter().filter(|row| row.act == *act && row.from.contains(status));
            for actor in ACTORS {
                let his = rows().filter(|row| row.by.contains(&actor)).count();
                assert!(his <= 1, "{act} from {status}: {actor:?}");
            }
            if status.is_closed() {
                assert_eq!(rows().count(), 0, "{act} from {status}, which is closed");
            }
        }
        assert!(TABLE.iter().any(|row| row.act == *act), "{act} is nobody's");
    }
}

#[test]
fn the_table_says_who_may() {
    let action = action(&["2027-01-14"]);
    for act in ActionAct::ALL {
        for status in ActionStatus::ALL {
            for actor in ACTORS {
                let from_here = || TABLE.iter().filter(|row| row.act == *act && row.from.contains(status));
                let his = from_here().find(|row| row.by.contains(&actor));
                let kept = *act == ActionAct::Delete && status.took_place();
                match may(*act, &action, *status, actor) {
                    Ok(to) => assert!(!kept && his.is_some_and(|row| to == row.to.unwrap_or(*status))),
                    Err(Refused::Actor) => assert!(his.is_none()),
                    Err(Refused::State(refusal)) => {
                        assert!(refusal.code == "wrong_state" && (kept || from_here().next().is_none()));
                    }
                }
            }
        }
    }
    for status in created_in(Actor::Association, ActionOrigin::Live) {
        assert!(!status.took_place() && !status.is_closed());
    }
}

#[test]
fn the_period_in_force_has_a_first_and_a_last_day() {
    for (days, right) in [
        (&["2024-06-26"][..], false),
        (&["2024-06-27"], true),
        (&["2024-06-28"], true),
        (&["2029-06-26"], true),
        (&["2029-06-27"], true),
        (&["2029-06-28"], false),
        (&["2026-01-01", "2029-06-28"], false),
        (&["2024-06-26", "2026-01-01"], false),
        (&["2028-02-29"], true),
    ] {
        let expected = (!right).then_some(("R34", "outside_period"));
        assert_eq!(refused(&action(days), ActionStatus::Planned, &ground(), "2026-11-23"), expected, "{days:?}");
    }
    // Never in force, nothing is dated in it; without an end, everything is from its first day on.
    let draft = Ground { in_force_from: None, ..ground() };
    let told = refused(&action(&["2027-01-14"]), ActionStatus::Proposed, &draft, "2026-11-23");
    assert_eq!(told, Some(("R34", "outside_period")));
    let endless = Ground { ends_on: None, ..ground() };
    assert_eq!(refused(&action(&["2099-01-01"]), ActionStatus::Planned, &endless, "2026-11-23"), None);
    // Without a date: a request is of today, a plan is none.
    for (today, expected) in [("2029-06-27", None), ("2029-06-28", Some(("R34", "outside_period")))] {
        assert_eq!(refused(&action(&[]), ActionStatus::Requested, &ground(), today), expected);
    }
    let told = refused(&action(&[]), ActionStatus::Planned, &ground(), "2026-11-23");
    assert_eq!(told, Some(("R34", "session_missing")));
}

#[test]
fn what_is_to_come_has_not_taken_place() {
    let two = action(&["2026-11-23", "2026-11-25"]);
    for (status, today, right) in [
        (ActionStatus::Held, "2026-11-22", false),
        (ActionStatus::Held, "2026-11-23", true),
        (ActionStatus::Reported, "2026-11-24", false),
        (ActionStatus::Reported, "2026-11-25", true),
        (ActionStatus::Reported, "2030-05-06", true),
    ] {
        assert_eq!(check_past(&two, status, day(today)).is_ok(), right, "{status} {today}");
    }
}

#[test]
fn an_orphan_is_still_to_come_and_beyond_the_end() {
    let end = Some(day("2027-05-23"));
    for status in ActionStatus::ALL {
        let to_come = !status.took_place() && !status.is_closed();
        assert!(!orphaned(*status, Some(day("2027-05-22")), end));
        assert!(!orphaned(*status, Some(day("2027-05-23")), end));
        assert_eq!(orphaned(*status, Some(day("2027-05-24")), end), to_come, "{status}");
        assert!(!orphaned(*status, None, end) && !orphaned(*status, Some(day("2027-05-24")), None));
    }
}

#[test]
fn days_overlap_when_they_share_one() {
    let days = |from: &str, to: &str| (day(from), day(to));
    let one = days("2027-01-14", "2027-01-20");
    for (other, expected) in [
        (days("2027-01-10", "2027-01-13"), false),
        (days("2027-01-10", "2027-01-14"), true),
        (days("2027-01-16", "2027-01-17"), true),
        (days("2027-01-01", "2027-01-31"), true),
        (days("2027-01-20", "2027-01-20"), true),
        (days("2027-01-21", "2027-01-22"), false),
    ] {
        assert_eq!((overlap(one, other), overlap(other, one)), (expected, expected), "{other:?}");
    }
}

#[test]
fn a_class_is_the_same_however_it_is_written() {
    for same in ["T MCV 1", "tmcv1", "T-MCV-1", " t.mcv 1 ", "T\u{a0}MCV\u{a0}1"] {
        assert_eq!(class_key(Some(same)), "tmcv1", "{same:?}");
    }
    assert_ne!(class_key(Some("T MCV 2")), class_key(Some("T MCV 1")));
    assert_eq!(class_key(None), "");
}

#[test]
fn what_is_stated_is_asked_of_the_settled_and_not_of_earlier_records() {
    for status in ActionStatus::ALL {
        let asked = refused(&action(&["2026-10-06"]), *status, &ground(), "2026-11-23");
        assert_eq!(asked, status.is_settled().then_some(("R32", "inclusion_missing")), "{status}");
        let legacy = NewAction { origin: ActionOrigin::Legacy, ..action(&["2026-10-06"]) };
        assert_eq!(refused(&legacy, *status, &ground(), "2026-11-23"), None, "{status}");
        let silent = Ground { inclusion: None, accessibility: None, ..ground() };
        assert_eq!(refused(&action(&["2026-10-06"]), *status, &silent, "2026-11-23"), None, "{status}");
    }
}

#[test]
fn a_place_outside_the_territory_is_of_another_convention() {
    let outside = Ground { outside: vec!["academie:25".parse().unwrap()], ..ground() };
    let told = refused(&action(&["2027-01-14"]), ActionStatus::Proposed, &outside, "2026-11-23");
    assert_eq!(told, Some(("R30", "foreign_axis")));
}

#[test]
fn small_counts_are_protected() {
    for (count, shown) in [(0, Protected::Exact(0)), (1, Protected::Few), (4, Protected::Few), (5, Protected::Exact(5))]
    {
        assert_eq!(Protected::of(Some(count), false), Some(shown));
        assert_eq!(Protected::of(Some(count), true), Some(Protected::Exact(count)));
    }
    assert_eq!((Protected::of(None, false), Protected::of(None, true)), (None, None));
}

#[test]
fn what_an_amendment_takes_out_is_refused_to_what_is_new_and_flagged_on_what_stood() {
    let [gone, listed] = [8, 9].map(|byte| Id::from_bytes([byte; 16]));
    let item = |id, national_kind| ItemSeen { id, national_kind };
    let of = |axis: AxisSeen| Ground { axis: AxisSeen { of_convention: true, ..axis }, ..ground() };
    let amended = of(AxisSeen { catalogue: vec![item(listed, Some(ActionKind::Forum))], ..AxisSeen::default() });
    let citing = |id| NewAction { catalogue_item_id: Some(id), ..action(&["2027-01-14"]) };
    let codes = |action: &NewAction, ground: &Ground| {
        let told = check(action, ActionStatus::Planned, ground, day("2026-11-23"));
        told.map(|flags| flags.iter().map(|flag| flag.code).collect::<Vec<_>>())
            .map_err(|refused| refused.iter().map(|refusal| refusal.code).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(codes(&citing(gone), &amended), Err("foreign_item".to_owned()));
    let stood = Ground { stood: true, ..amended.clone() };
    assert_eq!(codes(&citing(gone), &stood), Err("foreign_item".to_owned()), "the action stood, not this item of it");
    assert_eq!(codes(&citing(gone), &Ground { item_stood: true, ..stood.clone() }), Ok(vec!["item_taken_out"]));
    assert_eq!(codes(&citing(listed), &stood), Ok(vec!["kind_not_in_catalogue"]));
    // Words that an amendment brought may be any kind: nobody has said which.
    let plain = action(&["2027-01-14"]);
    assert_eq!(codes(&plain, &amended), Ok(vec!["kind_not_in_catalogue"]));
    let brought = Ground { axis: AxisSeen { brought: true, ..amended.axis.clone() }, ..amended };
    assert_eq!(codes(&plain, &brought), Ok(Vec::new()));
    let repealed = of(AxisSeen { repealed: true, ..AxisSeen::default() });
    assert_eq!(codes(&plain, &repealed), Err("foreign_axis".to_owned()));
    assert_eq!(codes(&plain, &Ground { stood: true, ..repealed.clone() }), Ok(vec!["axis_repealed"]));
    let both = Ground { stood: true, item_stood: true, ..repealed };
    assert_eq!(codes(&citing(gone), &both), Ok(vec!["axis_repealed"]));
}

#[test]
fn another_order_of_schools_moves_an_action_with_its_clock() {
    let of = |uais: &[&str]| {
        let schools: Vec<_> = uais.iter().map(|uai| serde_json::json!({ "uai": uai })).collect();
        NewAction { schools: serde_json::from_value(schools.into()).unwrap(), ..action(&["2027-01-14"]) }
    };
    let (versailles, creteil, reunion) = ("0950649P", "0930001W", "9740001H");
    assert!(!moved(&of(&[versailles, creteil]), &of(&[creteil, versailles])));
    assert!(moved(&of(&[versailles, reunion]), &of(&[reunion, versailles])));
    assert!(moved(&of(&[versailles]), &of(&[versailles, creteil])));
}

#[test]
fn a_new_end_is_held_against_new_days_alone() {
    use ActionStatus::{Confirmed, Planned};
    let before = action(&["2027-05-01", "2027-07-10"]);
    let kept = |days: &[&str], status| dated_before(&before, Planned, &action(days), status);
    assert!(kept(&["2027-05-01", "2027-07-10"], Planned) && kept(&["2027-07-10"], Planned));
    // Between the first day and the last one, it is a new one all the same.
    assert!(!kept(&["2027-05-01", "2027-06-15", "2027-07-10"], Planned));
    assert!(!kept(&["2027-05-01", "2027-07-10"], Confirmed));
}
