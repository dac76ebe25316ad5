//! The directory comes in from its file.

use passerelle::schools::import::{Counts, Refused};
use serde_json::Value;

use crate::schools::{CORBUSIER, HEADER, Line, MOULIN, PARIS, file, import, import_as};
use crate::support::World;

/// Every row of the schools and of the journal, with all their columns.
fn rows(world: &World) -> (String, Value) {
    let schools = world.operator().get("/v1/schools?format=ndjson&sort=updated_at").expect(200).text;
    (schools, world.operator().get("/v1/schools/directory").expect(200).json)
}

both!(a_first_file_comes_in_and_a_second_run_writes_nothing, |world| {
    let empty = world.operator().get("/v1/schools/directory").expect(200).json;
    assert!(empty["last_read"].is_null() && empty["schools"] == 0);
    let report = import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    assert_eq!(report.counts, Counts { added: 3, ..Counts::default() });
    assert_eq!((report.read, report.rejected, report.source_date.to_string().as_str()), (3, 0, "2026-09-01"));

    let school = world.association().get("/v1/schools/0930001W").expect(200).json;
    for (member, value) in [
        ("name", "Collège Jean Moulin"),
        ("kind", "college"),
        ("nature", "340"),
        ("sector", "public"),
        ("address", "1 rue de l'École"),
        ("commune", "Aubervilliers"),
        ("commune_code", "93001"),
        ("departement", "93"),
        ("departement_label", "Seine-Saint-Denis"),
        ("academie", "24"),
        ("region", "11"),
        ("education_priority", "rep_plus"),
        ("opened_on", "1965-05-01"),
        ("email", "ce.0930001W@ac.fr"),
        ("source", "fr-en-annuaire-education"),
        ("source_date", "2026-09-01"),
    ] {
        assert_eq!(school[member], value, "{member}");
    }
    assert!(school["open"] == true && school["known"] == true && school["vocational"] == false);
    let lycee = world.operator().get("/v1/schools/0930002X").expect(200).json;
    assert_eq!((&lycee["kind"], &lycee["education_priority"]), (&"lycee_polyvalent".into(), &"none".into()));

    let before = rows(world);
    assert_eq!(before.1["last_read"]["added"], 3);
    let changes = world.rows("changes");
    world.pass_seconds(60);
    let again = import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    assert_eq!(again.counts, Counts { unchanged: 3, ..Counts::default() });
    assert_eq!(rows(world), before);
    assert_eq!((world.rows("school_directories"), world.rows("changes")), (1, changes));
});

both!(a_later_file_changes_what_differs_and_keeps_what_it_does_not_name, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    let untouched = world.operator().get("/v1/schools/0930002X").expect(200).text;
    let created = world.operator().get("/v1/schools/0930001W").expect(200).json["created_at"].clone();
    world.pass_seconds(60);
    let closed = Line { state: "FERME", ..MOULIN };
    let later = file(&[closed, CORBUSIER]).replace("2026-09-01", "2026-10-01");
    let report = import(world, &later);
    assert_eq!(report.counts, Counts { changed: 1, closed: 1, unchanged: 1, ..Counts::default() });
    assert_eq!((report.absent, report.source_date.to_string().as_str()), (1, "2026-10-01"));
    let school = world.operator().get("/v1/schools/0930001W").expect(200).json;
    assert!(school["open"] == false && school["closed_on"].is_null() && school["created_at"] == created);
    assert_ne!(school["updated_at"], created);
    assert_eq!(school["source_date"], "2026-10-01");
    // What says the same stays, with the date of the file that said it first; what is not named stays as well.
    assert_eq!(world.operator().get("/v1/schools/0930002X").expect(200).text, untouched);
    assert_eq!(world.operator().get("/v1/schools/0750655E").expect(200).json["open"], true);
    let last = world.operator().get("/v1/schools/directory").expect(200).json["last_read"].clone();
    assert_eq!((&last["source_date"], &last["closed"], &last["read"]), (&"2026-10-01".into(), &1.into(), &2.into()));

    // With the day of closing, where a file tells it.
    let dated = later.replace("etat;", "etat;Date fermeture;").replace("FERME;", "FERME;2026-08-31;");
    let dated = dated.replace("OUVERT;", "OUVERT;;");
    assert_eq!(import(world, &dated).counts, Counts { changed: 1, unchanged: 1, ..Counts::default() });
    assert_eq!(world.operator().get("/v1/schools/0930001W").expect(200).json["closed_on"], "2026-08-31");
});

both!(an_older_file_is_refused_unless_forced, |world| {
    import(world, file(&[MOULIN]));
    let older = file(&[Line { name: "Collège d'hier", ..MOULIN }]).replace("2026-09-01", "2026-08-31");
    for dry_run in [false, true] {
        match import_as(world, &older, |asked| asked.dry_run = dry_run) {
            Err(Refused::Older { file, last }) => {
                assert_eq!((file.to_string().as_str(), last.to_string().as_str()), ("2026-08-31", "2026-09-01"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(world.operator().get("/v1/schools/0930001W").expect(200).json["name"], MOULIN.name);
    // Its date may be told; the same day is not older.
    import_as(world, &older, |asked| asked.date = Some("2026-09-01".parse().unwrap())).unwrap();
    assert_eq!(world.operator().get("/v1/schools/0930001W").expect(200).json["name"], "Collège d'hier");
    let oldest = older.replace("d'hier", "d'antan");
    import_as(world, oldest, |asked| asked.force = true).unwrap();
    let directory = world.operator().get("/v1/schools/directory").expect(200).json;
    assert_eq!(directory["last_read"]["source_date"], "2026-08-31");
});

both!(bad_lines_are_told_and_the_others_come_in, |world| {
    let wrong_letter = Line { uai: "0930001A", ..MOULIN };
    let short = Line { uai: "093", ..MOULIN };
    let nameless = Line { uai: "0930002X", name: " ", ..MOULIN };
    let mut text = file(&[wrong_letter, short, nameless]).into_bytes();
    text.extend_from_slice("0770001H;Une cellule de trop peu\n".as_bytes());
    text.extend_from_slice(b"0770001H;Coll\xE8ge");
    text.extend_from_slice(&b";".repeat(17));
    text.push(b'\n');
    text.extend_from_slice((PARIS.text() + "\n" + &PARIS.text() + "\n").as_bytes());
    let report = import(world, text);
    assert_eq!((report.read, report.rejected, report.repeated, report.counts.added), (7, 5, 1, 1));
    let faults: Vec<_> = report.faults.iter().map(|fault| (fault.line, fault.code)).collect();
    assert_eq!(faults, [(2, "uai_key"), (3, "uai_form"), (4, "no_name"), (5, "cells"), (6, "encoding")]);
    assert_eq!(world.rows("schools"), 1);
});

both!(a_dry_run_says_the_same_and_stores_nothing, |world| {
    import(world, file(&[MOULIN]));
    let before = rows(world);
    let text = file(&[Line { state: "FERME", ..MOULIN }, PARIS]);
    let dry = import_as(world, &text, |asked| asked.dry_run = true).unwrap();
    assert_eq!(rows(world), before);
    assert_eq!(world.rows("school_directories"), 1);
    let real = import(world, &text);
    assert_eq!(dry.counts, real.counts);
    assert_eq!(real.counts, Counts { added: 1, changed: 1, closed: 1, ..Counts::default() });
});

both!(a_number_taken_before_is_named_by_a_later_directory, |world| {
    crate::schools::reading::unknown(world, MOULIN.uai);
    crate::schools::reading::unknown(world, "0770001H");
    let id = world.operator().get("/v1/schools?known=false").expect(200).json["items"][0]["created_at"].clone();
    world.pass_seconds(60);
    let report = import(world, file(&[MOULIN, PARIS]));
    assert_eq!(report.counts, Counts { added: 1, changed: 1, named: 1, ..Counts::default() });
    assert_eq!(report.absent, 0);
    let school = world.operator().get("/v1/schools/0930001W").expect(200).json;
    assert_eq!((&school["known"], &school["name"], &school["created_at"]), (&true.into(), &MOULIN.name.into(), &id));
    let directory = world.operator().get("/v1/schools/directory").expect(200).json;
    assert_eq!((&directory["schools"], &directory["unknown"]), (&3.into(), &1.into()));
});

both!(headers_as_files_have_them, |world| {
    import(world, file(&[MOULIN, CORBUSIER]));
    let same = Counts { unchanged: 2, ..Counts::default() };
    let plain = file(&[MOULIN, CORBUSIER]);
    for text in [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        plain.replace(HEADER, &HEADER.to_lowercase()),
        plain.replace(HEADER, &HEADER.to_uppercase()),
        plain.replace(';', ","),
        plain.replace(';', "\t"),
        plain.replace("Nom_commune", "\"Nom de la commune\"").replace("etat;", "État;"),
        plain.replace(";093;24;", ";93;;"),
        plain.replace("2026-09-01", "2026-09-01T00:00:00+00:00"),
    ] {
        assert_eq!(import(world, &text).counts, same, "{text}");
    }
    for (text, missing) in [
        (plain.replace("etat;", "situation;"), "etat"),
        (
            plain.replace("Nom_etablissement", "libelle").replace("Type_", "Genre_"),
            "Nom_etablissement, Type_etablissement",
        ),
        (String::new(), "Identifiant_de_l_etablissement, Nom_etablissement, Type_etablissement, Nom_commune, etat"),
    ] {
        match import_as(world, &text, |_| {}) {
            Err(Refused::Unreadable(why)) => {
                assert!(why.to_string().ends_with(&format!("missing: {missing}")), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
    let refused = import_as(world, b"PK\x03\x04", |_| {}).unwrap_err();
    assert!(matches!(refused, Refused::Unreadable(why) if why.to_string().contains("save it as CSV")));
});

both!(more_than_a_batch_comes_in_whole, |world| {
    let letters: Vec<char> = "ABCDEFGHJKLMNPRSTUVWXYZ".chars().collect();
    let text = (0..2_345).fold(format!("{HEADER}\n"), |text, n| {
        let number = 930_000 + n;
        let uai = format!("0{number}{}", letters[number % 23]);
        text + &MOULIN.text().replace(MOULIN.uai, &uai) + "\n"
    });
    assert_eq!(import(world, &text).counts.added, 2_345);
    assert_eq!(world.rows("schools"), 2_345);
    // As a crash leaves it: whole batches, and no line of the journal.
    world.sql("DELETE FROM schools WHERE uai > '0931000'; DELETE FROM school_directories");
    let completed = import(world, &text);
    assert_eq!((completed.counts.added, completed.counts.unchanged), (1_345, 1_000));
    assert_eq!((world.rows("schools"), world.rows("school_directories")), (2_345, 1));
    // A crash before the journal's line alone: nothing to change, and the line is written.
    world.sql("DELETE FROM school_directories");
    assert_eq!(import(world, &text).counts.unchanged, 2_345);
    assert_eq!(world.rows("school_directories"), 1);
});
