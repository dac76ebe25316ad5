//! What the database itself refuses, whatever a program does.

use diesel::connection::SimpleConnection as _;

use crate::support::World;

fn refused(world: &World, name: &str, sql: &str) {
    let mut c = world.connection();
    c.begin_writing().unwrap();
    let done = c.batch_execute(sql);
    c.rollback().unwrap();
    assert!(done.is_err(), "{name}: the database took it");
}

both!(the_database_holds_its_rules, |world| {
    let text = world.in_force("2026-11-02");
    let (organisation, other) = (text.association.organisation.unwrap(), text.ministry.organisation.unwrap());
    let id = |id: &str| {
        if world.on_postgres() { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) }
    };
    let (convention, organisation, other) = (id(&text.id), id(&organisation.to_string()), id(&other.to_string()));
    let nobody = id("01a207a2-3280-7000-8000-ffffffffffff");
    let new = id("01a207a2-3280-7000-8000-fffffffffffe");
    world.sql(&format!("UPDATE organisations SET siret = '73282932000074' WHERE id = {organisation}"));
    for (name, sql) in [
        ("a SIRET twice", format!("UPDATE organisations SET siret = '73282932000074' WHERE id = {other}")),
        ("a short SIRET", format!("UPDATE organisations SET siret = '1' WHERE id = {organisation}")),
        ("a version 0", format!("UPDATE organisations SET version = 0 WHERE id = {organisation}")),
        (
            "an accreditation that ends before it starts",
            format!(
                "UPDATE organisations SET accreditation_level = 'national', accredited_from = '2026-02-02', accredited_until = '2026-02-01' WHERE id = {organisation}"
            ),
        ),
        (
            "dates without a level",
            format!("UPDATE organisations SET accredited_from = '2026-02-02' WHERE id = {organisation}"),
        ),
        (
            "a level nobody knows",
            format!("UPDATE organisations SET accreditation_level = 'x' WHERE id = {organisation}"),
        ),
        ("no name", format!("UPDATE organisations SET name = NULL WHERE id = {organisation}")),
        ("a date that is none", format!("UPDATE conventions SET last_day = 'no date' WHERE id = {convention}")),
        (
            "an organisation twice a party",
            format!("UPDATE parties SET organisation_id = {organisation} WHERE convention_id = {convention}"),
        ),
        (
            "a party that is nobody",
            format!("UPDATE parties SET organisation_id = {nobody} WHERE convention_id = {convention}"),
        ),
        ("an organisation gone while it is a party", format!("DELETE FROM organisations WHERE id = {organisation}")),
        ("a convention gone while it is signed", format!("DELETE FROM conventions WHERE id = {convention}")),
        ("a convention its own parent", format!("UPDATE conventions SET parent_id = id WHERE id = {convention}")),
        (
            "in force without being complete",
            format!("UPDATE conventions SET complete_on = NULL WHERE id = {convention}"),
        ),
        (
            "a part twice",
            format!(
                "INSERT INTO parts (id, convention_id, position, number, created_at) VALUES ({new}, {convention}, 9, 'I', 0)"
            ),
        ),
        ("a secret that is no hash", "UPDATE clients SET secret_hash = 'secret'".to_owned()),
        ("a change of an unknown kind", "UPDATE changes SET operation = 'x'".to_owned()),
        ("an audit entry without a change", "UPDATE audit_entries SET change_seq = 999999".to_owned()),
        ("two programs in one database", "INSERT INTO passerelle_schema VALUES ('other', 1, 0)".to_owned()),
    ] {
        refused(world, name, &sql);
    }
    // The same statements, right, are taken: it was the rule that refused, not the statement.
    world.sql(&format!("UPDATE organisations SET accreditation_level = 'national', accredited_from = '2026-02-01', accredited_until = '2026-02-01' WHERE id = {organisation}"));
    world.sql(&format!(
        "INSERT INTO parts (id, convention_id, position, number, created_at) VALUES ({new}, {convention}, 9, 'II', 0)"
    ));
});
