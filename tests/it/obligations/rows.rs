//! The ledger as rows: kept at each write, and only where something differs; the status in SQL is the pure rule.

use diesel::prelude::*;
use passerelle::auth::Caller;
use passerelle::db::schema::{conventions, duties};
use passerelle::db::{Json, MultiBackend};
use passerelle::domain::vocabulary::{DutyNature, DutyStatus, Role};
use passerelle::domain::{Bilingual, CivilDate, Id};
use passerelle::obligations::next::owing_before;
use passerelle::obligations::store::{DutyBody, DutyRow, any_status, can_be_done, valid, waits};
use passerelle::on_db;
use serde_json::{Value, json};

use super::{ledger, reference, second, told, unsigned};
use crate::conventions::Signs;
use crate::support::World;

fn rows(world: &World, convention: &str) -> Vec<DutyRow> {
    DutyRow::all(&mut world.connection(), convention.parse().unwrap()).unwrap()
}

both!(nothing_is_kept_before_every_party_has_signed, |world| {
    let text = unsigned(world);
    text.association.signs(&text, "2024-06-20").expect(201);
    assert_eq!(world.rows("duties"), 0);
    text.ministry.signs(&text, "2024-06-27").expect(201);
    let kept = rows(world, &text.id);
    // R04, R05, five years of meetings and of relays, two rights.
    assert_eq!(kept.len(), 14);
    assert!(kept.iter().all(|row| row.told.is_none()));
    let dry = json!({ "kind": "meeting_held", "done_by": text.id_of("party ministry"), "occurred_on": "2026-03-10" });
    text.association.post(&format!("{}?dry_run=true", text.under("facts")), &dry).expect(201);
    assert_eq!(rows(world, &text.id), kept, "a dry run stores nothing");
});

both!(a_write_touches_only_what_differs, |world| {
    let text = reference(world);
    let before = rows(world, &text.id);
    let told_of = diesel::update(duties::table).set(duties::told.eq(Some(DutyStatus::Due)));
    assert_eq!(told_of.execute(&mut *world.connection()).unwrap(), before.len());
    let meeting = told(world, &text.association, &text, "meeting_held", "state", "2026-03-10", json!({})).expect(201);
    let after = rows(world, &text.id);
    for row in &before {
        let now = after.iter().find(|now| now.id == row.id).expect("a duty keeps its id");
        // The meeting changes no date on which something is due: what was told stays told.
        assert_eq!(now.told, Some(DutyStatus::Due), "{}", row.key);
        let changed = DutyRow { told: None, ..now.clone() } != *row;
        // Its civil year counts for the two years of the convention that touch it, and for the third.
        assert_eq!(changed, ["R11/2", "R11/3"].contains(&row.key.as_str()), "{}", row.key);
    }
    assert_eq!(after.len(), before.len() + 1, "and there are minutes to draw up");
    // Corrected: it was held in the first year. The minutes follow the correction.
    let corrected = json!({ "replaces": meeting.id() });
    told(world, &text.association, &text, "meeting_held", "state", "2025-03-10", corrected).expect(201);
    let now = rows(world, &text.id);
    let met: Vec<&str> = now.iter().filter(|row| row.met_on.is_some()).map(|row| row.key.as_str()).collect();
    assert_eq!((met, now.len()), (vec!["R11/1"], after.len()));
    // What the rows say is what the ledger says.
    let items = ledger(world, &text.association, &text, "as_of=2026-11-23");
    let valid = |row: &&DutyRow| {
        let on = "2026-11-23".parse::<CivilDate>().unwrap();
        row.valid_from <= on && row.valid_until.is_none_or(|until| on <= until)
    };
    assert_eq!(items.len(), now.iter().filter(valid).count());
});

both!(a_termination_moves_what_is_void, |world| {
    let text = reference(world);
    let sent = told(world, &text.association, &text, "termination_sent", "association", "2026-11-20", json!({}));
    let sent = sent.expect(201).id();
    let refers = json!({ "refers_to": sent });
    told(world, &text.ministry, &text, "termination_received", "state", "2026-11-23", refers).expect(201);
    let void: Vec<(String, String)> = rows(world, &text.id)
        .into_iter()
        .filter_map(|row| row.void_on.map(|on| (row.key, on.to_string())))
        .filter(|(key, _)| key.starts_with("R11") || key == "R04/0")
        .collect();
    // Owed no more from the reception, which fixes the end: each would be due after it.
    let on = |key: &str| (key.to_owned(), "2026-11-23".to_owned());
    assert_eq!(void, [on("R11/3"), on("R11/4"), on("R04/0"), on("R11/5")]);
});

both!(many_rows_are_one_statement_and_all_of_them_come, |world| {
    // Renewed without end: thirty years of two commitments, and terms of a year each.
    let text = second(world);
    let kept = rows(world, &text.id);
    assert!(kept.len() >= 30, "{}", kept.len());
    let mut keys: Vec<(String, CivilDate)> = kept.iter().map(|row| (row.key.clone(), row.valid_from)).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), kept.len());
});

/// Every combination of dates around a day, of every nature.
fn combinations(convention: Id, new_id: &mut dyn FnMut() -> Id) -> Vec<DutyRow> {
    let day: CivilDate = "2026-02-28".parse().unwrap();
    let days = [None, Some(day.previous()), Some(day), Some(day.next())];
    let mut all = Vec::new();
    for nature in DutyNature::ALL {
        for due in days {
            for deadline in days {
                for met in days {
                    for void in days {
                        let number = all.len();
                        all.push(DutyRow {
                            id: new_id(),
                            convention_id: convention,
                            key: format!("X/{number}"),
                            rule: "X".into(),
                            nature: *nature,
                            owed_side: None,
                            owed_party_id: None,
                            valid_from: day.minus_days(30),
                            valid_until: days[number % 4],
                            due_on: due,
                            deadline_on: deadline,
                            met_on: met,
                            void_on: void,
                            open_until: days[(number / 4) % 4],
                            due_key: due.unwrap_or(CivilDate::LAST),
                            body: Json(DutyBody {
                                article: None,
                                what: Bilingual::fixed("x", "x"),
                                kind: None,
                                window: None,
                                proof: vec![],
                                computed: Value::Null,
                            }),
                            told: None,
                        });
                    }
                }
            }
        }
    }
    all
}

both!(the_status_in_sql_is_the_pure_rule, |world| {
    let ministry = Caller {
        client_id: world.new_id(),
        subject: None,
        name: "ministry".into(),
        role: Role::Ministry,
        organisation_id: None,
        territories: Vec::new(),
        uais: Vec::new(),
        scopes: Vec::new(),
    };
    let text = crate::conventions::draft(world);
    let convention: Id = text.id.parse().unwrap();
    let all = combinations(convention, &mut || world.new_id());
    assert_eq!(all.len(), 1280);
    world.write(|c| {
        for rows in all.chunks(500) {
            on_db!(&mut *c, c => diesel::insert_into(duties::table).values(rows).execute(c)).unwrap();
        }
    });
    for on in ["2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"] {
        let on: CivilDate = on.parse().unwrap();
        let found = |held| -> Vec<Id> {
            let query = duties::table.into_boxed::<MultiBackend>().filter(held).order(duties::id);
            query.select(duties::id).load(&mut *world.connection()).unwrap()
        };
        let wanted = |keeps: &dyn Fn(&DutyRow) -> bool| {
            let mut ids: Vec<Id> = all.iter().filter(|row| keeps(row)).map(|row| row.id).collect();
            ids.sort();
            ids
        };
        for status in DutyStatus::ALL {
            assert_eq!(found(any_status(&[*status], on)), wanted(&|row| row.status(on) == *status), "{status} {on}");
        }
        assert_eq!(found(any_status(DutyStatus::ALL, on)).len(), all.len());
        let is_valid = |row: &DutyRow| row.valid_from <= on && row.valid_until.is_none_or(|until| on <= until);
        assert_eq!(found(valid(on)), wanted(&|row| is_valid(row)), "{on}");
        let done_by_then = |row: &DutyRow| row.open_until.is_none_or(|until| on <= until);
        assert_eq!(found(can_be_done(on)), wanted(&done_by_then), "{on}");
        let open = |row: &DutyRow| {
            row.due_on.is_some()
                && done_by_then(row)
                && matches!(row.status(on), DutyStatus::NotYet | DutyStatus::Due | DutyStatus::Overdue)
        };
        assert_eq!(found(waits(on)), wanted(&open), "{on}");
        for day in ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"] {
            let day: CivilDate = day.parse().unwrap();
            let owing: i64 = conventions::table
                .into_boxed::<MultiBackend>()
                .filter(owing_before(&ministry, on, day))
                .count()
                .get_result(&mut *world.connection())
                .unwrap();
            let owes = all.iter().any(|row| is_valid(row) && open(row) && row.due_on.is_some_and(|due| due < day));
            assert_eq!(owing == 1, owes, "{on} {day}");
        }
    }
});
