//! Schools where nothing was done in a school year, within what the caller sees.

use diesel::prelude::*;
use passerelle::changes::audience::Audience;
use passerelle::db::schema::{action_schools, actions};
use passerelle::domain::vocabulary::{ActionKind, ActionStatus, Role};
use passerelle::domain::{CivilDate, Id, Territory};

use crate::schools::{CORBUSIER, Line, MOULIN, PARIS, file, import};
use crate::support::texts::Text;
use crate::support::{Actor, World};

const CLOSED: Line = Line { uai: "0770001H", state: "FERME", ..MOULIN };

/// An action of a convention at one school, as its row.
fn act(world: &World, text: &Text, school: Line, day: &str, status: ActionStatus) {
    act_until(world, text, school, (day, day), status);
}

/// The same, with more sessions.
fn act_until(world: &World, text: &Text, school: Line, (day, last): (&str, &str), status: ActionStatus) {
    let last: CivilDate = last.parse().unwrap();
    let id = world.new_id();
    let (convention, axis): (Id, Id) = (text.id.parse().unwrap(), text.axis.parse().unwrap());
    let (now, day): (_, CivilDate) = (world.now(), day.parse().unwrap());
    let code = Territory::academie(school.academie).unwrap().academies()[0].code;
    let seen = Audience::default().role(Role::Ministry).party(text.association.organisation.unwrap()).academie(code);
    world.write(|c| {
        let seen = seen.keep(c).unwrap();
        diesel::insert_into(actions::table)
            .values((
                actions::id.eq(id),
                actions::version.eq(1_i64),
                actions::convention_id.eq(convention),
                actions::axis_id.eq(axis),
                actions::kind.eq(ActionKind::Workshop),
                actions::status.eq(status),
                actions::origin.eq("live"),
                actions::title.eq("Atelier"),
                actions::search_key.eq("atelier"),
                actions::day.eq(day),
                actions::starts_on.eq(Some(day)),
                actions::ends_on.eq(Some(last)),
                actions::academie.eq(school.academie),
                actions::levels.eq("[]"),
                actions::themes.eq("[]"),
                actions::content.eq("{}"),
                actions::created_at.eq(now),
                actions::updated_at.eq(now),
                actions::audience_id.eq(Some(seen)),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(action_schools::table)
            .values((
                action_schools::action_id.eq(id),
                action_schools::uai.eq(school.uai),
                action_schools::academie.eq(school.academie),
                action_schools::departement.eq(&school.departement[1..]),
                action_schools::class_key.eq(""),
                action_schools::module_year.eq(0_i64),
                action_schools::module_minutes.eq(0_i64),
            ))
            .execute(c)
            .unwrap();
    });
}

fn idle(actor: &Actor, query: &str) -> Vec<String> {
    let items = actor.list(&format!("/v1/schools?without_action_in={query}"));
    let mut uais: Vec<_> = items.iter().map(|item| item["uai"].as_str().unwrap().to_owned()).collect();
    uais.sort();
    uais
}

both!(a_school_year_and_what_the_caller_sees_of_it, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS, CLOSED]));
    let (one, other) = (world.in_force("2026-11-02"), world.in_force("2026-11-02"));
    // The last day of a year and the first of the next; what was given up does not count.
    act(world, &one, MOULIN, "2026-08-31", ActionStatus::Reported);
    act(world, &one, CORBUSIER, "2026-09-01", ActionStatus::Planned);
    act(world, &one, PARIS, "2026-10-01", ActionStatus::Cancelled);
    act(world, &one, MOULIN, "2026-10-01", ActionStatus::Declined);
    act(world, &other, PARIS, "2026-10-01", ActionStatus::Held);

    let ministry = &one.ministry;
    let (moulin, corbusier, paris) = ("0930001W", "0930002X", "0750655E");
    assert_eq!(idle(ministry, "2025-2026"), [paris, corbusier]);
    assert_eq!(idle(ministry, "2026-2027"), [moulin]);
    assert_eq!(idle(ministry, "2027-2028"), [paris, moulin, corbusier]);
    // Within the other filters, and of one convention.
    assert_eq!(idle(ministry, "2027-2028&academie=24&kind=college"), [moulin]);
    assert_eq!(idle(ministry, &format!("2026-2027&convention_id={}", one.id)), [paris, moulin]);
    assert_eq!(idle(ministry, &format!("2026-2027&convention_id={}", other.id)), [moulin, corbusier]);
    // An association knows of its own conventions alone, an académie of its own schools.
    assert_eq!(idle(&one.association, "2026-2027"), [paris, moulin]);
    assert_eq!(idle(&other.association, "2026-2027"), [moulin, corbusier]);
    assert_eq!(idle(&world.association(), "2026-2027"), [paris, moulin, corbusier]);
    assert_eq!(idle(&world.academie("academie:24"), "2026-2027&academie=24"), [moulin]);
    assert_eq!(idle(&world.academie("academie:01"), "2026-2027"), [moulin, corbusier]);
});

both!(an_action_over_two_school_years_is_of_both, |world| {
    import(world, file(&[MOULIN, CORBUSIER]));
    let text = world.in_force("2026-11-02");
    act_until(world, &text, MOULIN, ("2026-06-30", "2026-09-01"), ActionStatus::Reported);
    let corbusier = "0930002X";
    for (year, idle_then) in [
        ("2024-2025", vec!["0930001W", corbusier]),
        ("2025-2026", vec![corbusier]),
        ("2026-2027", vec![corbusier]),
        ("2027-2028", vec!["0930001W", corbusier]),
    ] {
        assert_eq!(idle(&text.ministry, year), idle_then, "{year}");
        assert_eq!(idle(&text.ministry, &format!("{year}&convention_id={}", text.id)), idle_then, "{year}");
    }
});

both!(what_the_filter_needs, |world| {
    let ministry = world.ministry();
    for query in
        ["without_action_in=2026", "without_action_in=2026-2028", "convention_id=01a207a2-3280-7000-8000-ffffffffffff"]
    {
        ministry.get(&format!("/v1/schools?{query}")).problem("invalid_parameters");
    }
    let narrowed = world.narrowed(&ministry, &["schools:read"]);
    narrowed.get("/v1/schools").expect(200);
    let refused = narrowed.get("/v1/schools?without_action_in=2026-2027").problem("insufficient_scope");
    assert_eq!(refused.json["scope"], "actions:read");
});
