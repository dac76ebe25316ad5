//! Who sees which actions: thirty académies interleaved, conventions of several associations, actions of one school, of
//! two académies, of none. For each caller the rule is computed here, and every route shows exactly what it says.

use std::collections::{BTreeMap, BTreeSet};

use passerelle::domain::Territory;
use passerelle::domain::territory::academies;
use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::{another, create, delegate, reference, uai, visit};
use crate::conventions::{Draft, each, total};
use crate::support::{Actor, World};

/// An action as the test knows it.
struct Known {
    id: String,
    convention: usize,
    uais: Vec<String>,
    territory: Option<Territory>,
    day: String,
}

impl Known {
    /// The académies of its schools, or its territory.
    fn places(&self) -> Vec<Territory> {
        let schools: Vec<Territory> = self
            .uais
            .iter()
            .map(|uai| uai.parse::<passerelle::domain::identifiers::Uai>().unwrap().academie().unwrap())
            .collect();
        if schools.is_empty() { self.territory.into_iter().collect() } else { schools }
    }

    fn touches(&self, territories: &[Territory]) -> bool {
        self.places().iter().any(|place| territories.iter().any(|mine| mine.contains(place) || place.contains(mine)))
    }
}

/// A caller, and the rule of what it sees.
struct Caller<'a> {
    name: String,
    actor: Actor,
    sees: Box<dyn Fn(&Known) -> bool + 'a>,
}

fn scene(world: &World) -> (Vec<Draft>, Vec<Known>) {
    let first = reference(world);
    let second = another(&first);
    let texts = vec![first, second, reference(world)];
    let all = academies();
    let mut actions = Vec::new();
    let mut add = |convention: usize, uais: Vec<String>, territory: Option<Territory>| {
        let text = &texts[convention];
        let day = format!("2027-{:02}-{:02}", 1 + actions.len() % 5, 1 + actions.len() % 28);
        let schools: Vec<Value> = uais.iter().map(|uai| json!({ "uai": uai })).collect();
        let body = visit(
            text,
            &json!({
                "schools": schools, "territory": territory.map(|t| t.to_string()), "sessions": [{ "date": day }],
                "external_id": format!("K-{}", actions.len()),
            }),
        );
        let id = create(&text.association, &body);
        actions.push(Known { id, convention, uais, territory, day });
    };
    let school = |i: usize, number: u32| uai(all[i % all.len()].departments[0].uai_prefix, number);
    // Interleaved, so that neighbours in any order are another's.
    for round in 0..2 {
        for i in 0..all.len() {
            add((i + round) % 3, vec![school(i, 1)], None);
        }
    }
    for (i, academie) in all.iter().enumerate() {
        // Of the next académie too; and without a school, there.
        if i % 3 == 0 {
            add(i % 2, vec![school(i, 1), school(i + 1, 2)], None);
        }
        if i % 4 == 0 {
            add(2, vec![], Some(Territory::Academie(academie.code)));
        }
    }
    for region in passerelle::domain::territory::regions().iter().step_by(3) {
        add(0, vec![], Some(Territory::Region(region.code)));
    }
    add(0, vec![], Some(Territory::National));
    add(2, vec![], Some(Territory::National));
    (texts, actions)
}

fn callers<'a>(world: &World, texts: &[Draft]) -> Vec<Caller<'a>> {
    let mut all: Vec<Caller<'a>> = Vec::new();
    let mut push =
        |name: String, actor: Actor, sees: Box<dyn Fn(&Known) -> bool + 'a>| all.push(Caller { name, actor, sees });
    for academie in academies() {
        let territory = Territory::Academie(academie.code);
        let actor = world.academie(&territory.to_string());
        push(territory.to_string(), actor, Box::new(move |known| known.touches(&[territory])));
    }
    for region in passerelle::domain::territory::regions().iter().step_by(5) {
        let territory = Territory::Region(region.code);
        let actor = world.academie(&territory.to_string());
        push(territory.to_string(), actor, Box::new(move |known| known.touches(&[territory])));
    }
    // The first two conventions are of one association.
    push("the first association".into(), texts[0].association.clone(), Box::new(|known| known.convention < 2));
    push("the second association".into(), texts[2].association.clone(), Box::new(|known| known.convention == 2));
    push("an association of none".into(), world.association(), Box::new(|_| false));
    push("the ministry".into(), texts[0].ministry.clone(), Box::new(|_| true));
    push("the operator".into(), world.operator(), Box::new(|_| false));
    for names in [&["academie:25"][..], &["academie:25", "academie:10"], &["region:11"]] {
        let territories: Vec<Territory> = names.iter().map(|name| name.parse().unwrap()).collect();
        let actor = delegate(world, &texts[0].association, names);
        push(
            format!("a delegate of {names:?}"),
            actor,
            Box::new(move |known| known.convention < 2 && known.touches(&territories)),
        );
    }
    for i in [0, 1, 7, 19] {
        let own = uai(academies()[i].departments[0].uai_prefix, 1);
        let actor = world.school(&own);
        push(format!("the school {own}"), actor, Box::new(move |known| known.uais.contains(&own)));
    }
    let (one, other) = (uai("075", 1), uai("095", 1));
    let actor = world.client(Role::School, None, &[], &[&one, &other]);
    push("two schools".into(), actor, Box::new(move |known| known.uais.contains(&one) || known.uais.contains(&other)));
    all
}

fn set(ids: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    ids.into_iter().collect()
}

/// Which actions a filter keeps.
type Kept = Box<dyn Fn(&Known) -> bool>;

both!(no_foreign_row_ever, |world| {
    let (texts, actions) = scene(world);
    let callers = callers(world, &texts);
    world.stamp();
    let by_id: BTreeMap<&str, &Known> = actions.iter().map(|known| (known.id.as_str(), known)).collect();
    let paris = Territory::academie("01").unwrap();
    let filters: Vec<(String, Kept)> = vec![
        (String::new(), Box::new(|_| true)),
        ("sort=-day".into(), Box::new(|_| true)),
        ("sort=updated_at".into(), Box::new(|_| true)),
        (format!("convention_id={}", texts[1].id), Box::new(|known| known.convention == 1)),
        (
            format!("association_id={}", texts[0].association.organisation.unwrap()),
            Box::new(|known| known.convention < 2),
        ),
        (format!("axis_id={}", texts[2].id_of("discovery")), Box::new(|known| known.convention == 2)),
        ("kind=company_visit&status=proposed,planned&origin=live&level=3e&orphaned=false".into(), Box::new(|_| true)),
        ("kind=talk".into(), Box::new(|_| false)),
        ("q=chaudronnerie".into(), Box::new(|_| true)),
        (format!("school={}", uai("075", 1)), Box::new(|known| known.uais.contains(&uai("075", 1)))),
        ("departement=75".into(), Box::new(|known| known.uais.iter().any(|uai| uai.starts_with("075")))),
        ("from=2027-03-01&to=2027-03-31".into(), Box::new(|known| known.day.starts_with("2027-03"))),
        ("updated_after=2026-11-23T08:59:59Z".into(), Box::new(|_| true)),
        (
            "academie=01".into(),
            Box::new(move |known| {
                let places = known.places();
                // With a school there, or there without a school.
                places.contains(&paris)
            }),
        ),
    ];
    for caller in &callers {
        let (name, actor) = (&caller.name, &caller.actor);
        let mine: Vec<&Known> = actions.iter().filter(|known| (caller.sees)(known)).collect();
        for (filter, admits) in &filters {
            let expected = set(mine.iter().filter(|known| admits(known)).map(|known| known.id.clone()));
            let path = format!("/v1/actions?{filter}");
            let listed = each(&actor.list(&format!("{path}&limit=50")), "id");
            assert_eq!(listed.len(), expected.len(), "{name}: {path}: each once");
            assert_eq!(set(listed), expected, "{name}: {path}");
            assert_eq!(total(actor, &path), i64::try_from(expected.len()).unwrap(), "{name}: {path}");
        }
        let expected = set(mine.iter().map(|known| known.id.clone()));
        let ndjson = actor.get("/v1/actions?format=ndjson").expect(200).text;
        let lines =
            ndjson.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned());
        assert_eq!(set(lines), expected, "{name}");
        let csv = actor.get("/v1/actions?format=csv").expect(200).text;
        let rows = csv::Reader::from_reader(csv.as_bytes())
            .records()
            .map(|row| row.unwrap()[0].to_owned())
            .collect::<Vec<_>>();
        assert_eq!(set(rows), expected, "{name}");
        // One by one: what is not its own does not exist, by id and by ids.
        for known in &actions {
            let seen = (caller.sees)(known);
            let answer = actor.get(&format!("/v1/actions/{}?embed=possible_duplicates", known.id));
            assert_eq!(answer.status, if seen { 200 } else { 404 }, "{name}: {}", answer.text);
            for twin in answer.json["possible_duplicates"].as_array().into_iter().flatten() {
                assert!((caller.sees)(by_id[twin["id"].as_str().unwrap()]), "{name}: a twin of another's");
            }
        }
        let asked: Vec<&str> = actions.iter().map(|known| known.id.as_str()).collect();
        let listed = each(&actor.list(&format!("/v1/actions?ids={}", asked.join(","))), "id");
        assert_eq!(set(listed), expected, "{name}");
        // The feed: the operator and every other.
        let (mut cursor, mut told) = (String::new(), BTreeSet::new());
        loop {
            let after = if cursor.is_empty() { String::new() } else { format!("&after={cursor}") };
            let page = actor.get(&format!("/v1/changes?kinds=action&limit=40&embed=resource{after}")).expect(200).json;
            for entry in page["items"].as_array().unwrap() {
                let id = entry["id"].as_str().unwrap();
                assert!((caller.sees)(by_id[id]), "{name}: a foreign entry {entry}");
                assert_eq!(entry["resource"]["id"], id, "{name}");
                told.insert(id.to_owned());
            }
            page["next"].as_str().unwrap().clone_into(&mut cursor);
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(told, expected, "{name}");
    }
    world.observer().get("/v1/actions").problem("insufficient_scope");
    world.volunteer().get(&format!("/v1/actions/{}", actions[0].id)).problem("insufficient_scope");
});

both!(what_moves_enters_and_leaves, |world| {
    let text = reference(world);
    let (versailles, creteil) = (world.academie("academie:25"), world.academie("academie:24"));
    let schools = [world.school(crate::actions::VERSAILLES), world.school(crate::actions::CRETEIL)];
    let id = create(&text.association, &visit(&text, &json!({})));
    world.stamp();
    let cursors: Vec<String> = [&versailles, &creteil, &schools[0], &schools[1]]
        .iter()
        .map(|actor| actor.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned())
        .collect();
    crate::actions::edit(&text.association, &id, &json!({ "schools": [{ "uai": crate::actions::CRETEIL }] }))
        .expect(200);
    world.stamp();
    for ((actor, cursor), told) in [&versailles, &creteil, &schools[0], &schools[1]]
        .iter()
        .zip(&cursors)
        .zip(["left", "entered", "left", "entered"])
    {
        let page = actor.get(&format!("/v1/changes?after={cursor}&kinds=action")).expect(200).json;
        assert_eq!(each(page["items"].as_array().unwrap(), "operation"), [told]);
        let status = actor.get(&format!("/v1/actions/{id}")).status;
        assert_eq!(status, if told == "left" { 404 } else { 200 });
    }
});
