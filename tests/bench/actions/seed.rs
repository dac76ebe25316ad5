//! 500,000 actions of a convention in force: 10,000 by a bulk of the API, the rest copied from them by the database, with
//! ids that can be computed, days over three years and every state.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use passerelle::db::schema::{axes, clauses, conventions, parties, schools};
use passerelle::db::{Connection, Target};
use passerelle::domain::Id;
use passerelle::domain::identifiers::Uai;
use passerelle::domain::vocabulary::SchoolKind;
use passerelle::http::unit::Unit;
use passerelle::schools::SchoolRow;
use serde_json::json;

/// Lines of a bulk.
pub const LINES: usize = 10_000;
/// Copies of each of them.
const COPIES: usize = 49;
/// Actions whose ids can be computed.
pub const COMPUTED: usize = LINES * COPIES;
const SCHOOLS: usize = 2000;
/// Five states, so that a list that is filtered by one passes over the others.
pub const STATES: [&str; 5] = ["proposed", "planned", "confirmed", "held", "cancelled"];

/// Puts an imported convention in force, and makes the schools.
pub fn put_in_force(unit: &mut Unit<'_>, convention: Id) {
    let day = |text: &str| Some(text.parse::<passerelle::domain::CivilDate>().unwrap());
    diesel::update(conventions::table.find(convention))
        .set((
            conventions::first_signed_on.eq(day("2024-08-20")),
            conventions::complete_on.eq(day("2024-08-31")),
            conventions::in_force_from.eq(day("2024-09-01")),
            conventions::last_day.eq(day("2029-08-31")),
            conventions::ends_on.eq(day("2029-08-31")),
        ))
        .execute(&mut **unit)
        .unwrap();
    diesel::update(clauses::table.filter(clauses::convention_id.eq(convention)))
        .set(clauses::confirmed.eq(true))
        .execute(&mut **unit)
        .unwrap();
    let now = unit.request.now;
    for n in 0..SCHOOLS {
        let id = unit.new_id();
        let row = SchoolRow {
            name: format!("Collège du banc d'essai n° {n}"),
            kind: SchoolKind::College,
            commune: Some("Montreuil".into()),
            source: Some("bench".into()),
            ..SchoolRow::unknown(id, now, uai(n))
        };
        diesel::insert_into(schools::table).values(&row).execute(&mut **unit).unwrap();
    }
}

/// The association of a convention.
pub fn association_of(c: &mut Connection, convention: Id) -> Id {
    parties::table
        .filter(parties::convention_id.eq(convention).and(parties::side.eq("association")))
        .select(parties::organisation_id)
        .first(c)
        .unwrap()
}

/// The first axis of the convention.
pub fn axis(c: &mut Connection, convention: Id) -> Id {
    axes::table.filter(axes::convention_id.eq(convention)).order(axes::position).select(axes::id).first(c).unwrap()
}

/// A school of one of ten départements, with its letter.
fn uai(n: usize) -> Uai {
    const DEPARTEMENTS: [usize; 10] = [75, 93, 94, 95, 69, 59, 33, 13, 31, 67];
    let number = format!("{:03}{:04}", DEPARTEMENTS[n % 10], 1000 + n / 10);
    ('A'..='Z').find_map(|letter| format!("{number}{letter}").parse().ok()).unwrap()
}

/// What an action is created with; `key` tells it apart.
pub fn action(convention: Id, axis: Id, key: &str, n: usize) -> serde_json::Value {
    json!({
        "convention_id": convention.to_string(), "axis_id": axis.to_string(), "kind": "company_visit",
        "title": format!("Visite d'un atelier de chaudronnerie, groupe {n}"),
        "description": "Découverte de l'atelier et de ses métiers avec deux professionnels : accueil, visite en petits \
            groupes, échanges sur les formations qui y mènent, puis retour en classe avec l'équipe pédagogique.",
        "schools": [{ "uai": uai(n % SCHOOLS).to_string(), "class_label": format!("3{}", ["A", "B", "C", "D", "E", "F"][n % 6]) }],
        "levels": ["3e"], "themes": ["métiers de l'industrie"], "skills": ["s'orienter"],
        "sessions": [{ "date": format!("2027-01-{:02}", 1 + n % 28), "start": "14:00", "end": "16:00" }],
        "volunteers_needed": 2, "external_id": format!("{key}-{n}"),
    })
}

/// The lines of a bulk.
pub fn bulk(convention: Id, axis: Id, key: &str) -> String {
    let line = |n| format!("{}\n", json!({ "op": "create", "action": action(convention, axis, key, n) }));
    (0..LINES).map(line).collect()
}

/// The id of a copied action.
pub fn computed(n: usize) -> String {
    format!("01920000-0000-7000-8000-{n:012x}")
}

/// Copies what one bulk wrote, and lets the database learn what it holds.
pub fn multiply(target: &Target, key: &str) {
    let mut c = target.open(false).unwrap();
    let states: Vec<String> = STATES.iter().enumerate().map(|(n, state)| format!("WHEN {n} THEN '{state}'")).collect();
    let states = states.join(" ");
    let (id, day, copies, text) = if target.is_postgres() {
        (
            "('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
            "date '2024-09-01' + (n % 1095)::int",
            format!("SELECT k FROM generate_series(0, {}) AS k", COPIES - 1),
            "::text",
        )
    } else {
        (
            "unhex('01920000000070008000' || printf('%012X', n))",
            "date('2024-09-01', '+' || (n % 1095) || ' days')",
            format!(
                "WITH RECURSIVE s(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k < {}) SELECT k FROM s",
                COPIES - 1
            ),
            "",
        )
    };
    // What a list shows of each: its id, state, days, school year and key.
    let year = if target.is_postgres() {
        format!("extract(year FROM ({day}) - interval '8 months')::int")
    } else {
        format!("CAST(strftime('%Y', {day}, '-8 months') AS INTEGER)")
    };
    let written = if target.is_postgres() {
        "'01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')".to_owned()
    } else {
        "'01920000-0000-7000-8000-' || printf('%012x', n)".to_owned()
    };
    let own_id = if target.is_postgres() {
        "id::text".to_owned()
    } else {
        let piece = |from: usize, length: usize| format!("substr(lower(hex(id)), {from}, {length})");
        [piece(1, 8), piece(9, 4), piece(13, 4), piece(17, 4), piece(21, 12)].join(" || '-' || ")
    };
    let shown = [
        (own_id, written),
        ("'\"status\":\"' || status".to_owned(), format!("'\"status\":\"' || CASE n % 5 {states} END")),
        (format!("starts_on{text}"), format!("({day}){text}")),
        ("'\"2026-2027\"'".to_owned(), format!("'\"' || {year} || '-' || ({year} + 1) || '\"'")),
        ("'\"external_id\":\"' || external_id".to_owned(), "'\"external_id\":\"copy-' || n".to_owned()),
    ]
    .iter()
    .fold("shown".to_owned(), |text, (old, new)| format!("replace({text}, {old}, {new})"));
    let numbered = format!(
        "SELECT a.*, {LINES} * copies.k + a.rank AS n FROM ({copies}) AS copies CROSS JOIN \
         (SELECT actions.*, row_number() OVER (ORDER BY id) - 1 AS rank FROM actions WHERE external_id LIKE '{key}-%') AS a"
    );
    c.batch_execute(&format!(
        "BEGIN; \
         INSERT INTO actions SELECT {id}, version, convention_id, axis_id, kind, programme, CASE n % 5 {states} END, origin, \
           title, search_key, {day}, {day}, {day}, territory, academie, levels, themes, 'copy-' || n, owner_id, \
           replace(content, starts_on{text}, ({day}){text}), created_at, updated_at, audience_id, host_company_id, \
           {shown}, shown_version, shown_form, CASE WHEN n % 5 = 3 THEN updated_at END, departement FROM ({numbered}) AS t; \
         INSERT INTO action_schools SELECT {id}, uai, s_academie, departement, class_key, module_year, module_minutes, kind, {day}, {day} FROM \
           (SELECT t.n, s.uai, s.academie AS s_academie, s.departement, s.class_key, s.module_year, s.module_minutes, s.kind \
            FROM ({numbered}) AS t JOIN action_schools AS s ON s.action_id = t.id) AS u; \
         COMMIT;"
    ))
    .unwrap();
    c.batch_execute(if target.is_postgres() { "VACUUM ANALYZE actions, action_schools" } else { "ANALYZE" }).unwrap();
}
