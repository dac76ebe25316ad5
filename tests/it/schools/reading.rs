//! One school by its number.

use passerelle::schools::{accept_unknown, known};

use crate::support::World;

/// Takes a school of which only the number is known.
pub fn unknown(world: &World, uai: &str) {
    let uai = uai.parse().unwrap();
    world.write(|c| accept_unknown(c, &world.app.ids, world.now(), &uai).unwrap());
}

both!(a_number_alone_is_taken_and_said_to_be_unknown, |world| {
    crate::schools::reading::unknown(world, "0930001W");
    let observed = world.association().get("/v1/schools/0930001W").expect(200);
    let school = &observed.json;
    assert_eq!((&school["uai"], &school["name"]), (&"0930001W".into(), &"0930001W".into()));
    assert_eq!((&school["known"], &school["kind"]), (&false.into(), &"unknown".into()));
    assert_eq!((&school["departement"], &school["academie"]), (&"93".into(), &"24".into()));
    assert_eq!((&school["academie_label"], &school["region"]), (&"Créteil".into(), &"11".into()));
    assert!(school["education_priority"].is_null() && school["source"].is_null() && school["commune"].is_null());
    // The number in lower case is the same one, and what is held is not sent again.
    let again =
        world.operator().ask("GET", "/v1/schools/0930001w").header("If-None-Match", observed.header("etag").unwrap());
    again.send().expect(304);
    // Saint-Pierre-et-Miquelon has no département.
    crate::schools::reading::unknown(world, "9750001C");
    let abroad = world.operator().get("/v1/schools/9750001C").expect(200).json;
    assert!(abroad["departement"].is_null() && abroad["academie"].is_null() && abroad["region"].is_null());
});

both!(taken_twice_it_stays_as_it_was, |world| {
    crate::schools::reading::unknown(world, "0930001W");
    let before = world.operator().get("/v1/schools/0930001W").expect(200).text;
    world.pass_seconds(60);
    crate::schools::reading::unknown(world, "0930001W");
    assert_eq!(world.operator().get("/v1/schools/0930001W").expect(200).text, before);
    assert_eq!(world.rows("schools"), 1);
});

both!(the_schools_of_many_numbers_come_at_once, |world| {
    crate::schools::reading::unknown(world, "0930001W");
    crate::schools::reading::unknown(world, "0930002X");
    let asked = ["0930001W", "0930002X", "0750655E"].map(|uai| uai.parse().unwrap());
    let found = known(&mut world.connection(), &asked).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.values().all(|row| !row.known() && row.open && row.academie.as_deref() == Some("24")));
    assert!(known(&mut world.connection(), &[]).unwrap().is_empty());
});

both!(who_reads_the_directory, |world| {
    crate::schools::reading::unknown(world, "0930001W");
    for actor in [
        world.operator(),
        world.ministry(),
        world.association(),
        world.academie("academie:01"),
        world.school("0750655E"),
    ] {
        actor.get("/v1/schools/0930001W").expect(200);
        for nobody in ["0930002X", "0930001A", "0930001", "x", "01a207a2-3280-7000-8000-ffffffffffff"] {
            actor.get(&format!("/v1/schools/{nobody}")).expect(404);
        }
    }
    for actor in [world.observer(), world.volunteer()] {
        actor.get("/v1/schools/0930001W").problem("insufficient_scope");
    }
});
