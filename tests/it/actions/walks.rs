//! Ten thousand actions walked seven by seven while others insert, change and delete: each row that stood throughout is
//! met exactly once, also when all are of one day, or of one instant.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{create, reference, visit};
use crate::support::{Actor, World};

const STANDING: usize = 10_000;
/// Of them, those that the writers change and delete.
const TOUCHED: usize = 400;

/// Copies one action ten thousand times: all of one day and one instant. Their ids are `…-{n}` in hexadecimal.
fn copied(world: &World, id: &str) -> Vec<String> {
    let plain = id.replace('-', "");
    let prefix = "01a0000000007000";
    let columns = "version, convention_id, axis_id, kind, programme, status, origin, title, search_key, day, starts_on, \
                   ends_on, territory, academie, levels, themes, owner_id, content, created_at, updated_at, audience_id";
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {STANDING})");
    let (new_id, old) = if world.on_postgres() {
        (format!("('{prefix}8000' || lpad(to_hex(i), 12, '0'))::uuid"), format!("'{plain}'::uuid"))
    } else {
        (format!("unhex('{prefix}8000' || printf('%012x', i))"), format!("x'{plain}'"))
    };
    world.sql(&format!(
        "{numbers} INSERT INTO actions (id, {columns}) SELECT {new_id}, {columns} FROM actions, n WHERE actions.id = {old}"
    ));
    world.sql(&format!(
        "{numbers} INSERT INTO action_schools (action_id, uai, academie, departement, class_key, module_year, module_minutes) \
         SELECT {new_id}, uai, academie, departement, class_key, module_year, module_minutes FROM action_schools, n \
         WHERE action_id = {old}"
    ));
    (1..=STANDING).map(|i| format!("01a00000-0000-7000-8000-{i:012x}")).collect()
}

/// Walks the whole list; how often each id was met.
fn walked(actor: &Actor, query: &str) -> BTreeMap<String, usize> {
    let mut met = BTreeMap::new();
    for item in actor.list(&format!("/v1/actions?limit=7&{query}")) {
        *met.entry(item["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    met
}

both!(each_that_stood_throughout_is_met_once, |world| {
    let text = reference(world);
    let first = create(&text.association, &visit(&text, &json!({})));
    let ids = copied(world, &first);
    assert_eq!(world.rows("actions"), i64::try_from(STANDING).unwrap() + 1);
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (actor, ids, done, text) = (text.association.clone(), &ids, &done, &text);
                scope.spawn(move || {
                    let mut mine = ids.iter().step_by(STANDING / TOUCHED).skip(writer).step_by(4);
                    let mut written = 0;
                    while !done.load(Ordering::Relaxed) {
                        let made = create(&actor, &visit(text, &json!({ "title": format!("Ajoutée par {writer}") })));
                        if let Some(id) = mine.next() {
                            crate::actions::edit(&actor, id, &json!({ "title": format!("Changée par {writer}") }))
                                .expect(200);
                        }
                        if let Some(id) = mine.next() {
                            actor.delete(&format!("/v1/actions/{id}"), "*").expect(204);
                        }
                        if written % 2 == 0 {
                            actor.delete(&format!("/v1/actions/{made}"), "*").expect(204);
                        }
                        written += 1;
                        std::thread::sleep(std::time::Duration::from_millis(40));
                    }
                    written
                })
            })
            .collect();
        // All are of one day, and the clock stands still: nothing but the id tells them apart.
        let walks: Vec<_> = ["sort=day", "sort=-updated_at"]
            .map(|query| {
                let actor = text.association.clone();
                scope.spawn(move || (query, walked(&actor, query)))
            })
            .into_iter()
            .map(|walk| walk.join().unwrap())
            .collect();
        done.store(true, Ordering::Relaxed);
        for (query, met) in walks {
            let stood = ids.iter().enumerate().filter(|(i, _)| i % (STANDING / TOUCHED) != 0).map(|(_, id)| id);
            let wrong: Vec<_> = stood.filter(|id| met.get(*id) != Some(&1)).collect();
            assert!(
                wrong.is_empty(),
                "{query}: {} not met exactly once: {:?}",
                wrong.len(),
                &wrong[..wrong.len().min(5)]
            );
            assert!(met.values().all(|times| *times == 1), "{query}: met twice");
        }
        writers.into_iter().map(|writer| writer.join().unwrap()).sum::<usize>()
    });
    assert!(written > 20, "the writers wrote: {written}");
});
