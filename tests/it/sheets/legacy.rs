//! Three school years of past actions, as an association kept them: an office computer's CSV, French dates, names for
//! numbers and labels for codes, holes. What can comes in, the rest comes back with the reason.

use calamine::Data;
use passerelle::sheets::kind::Options;
use serde_json::{Value, json};

use super::importing::{Brought, bring_with};
use super::{rows, windows_1252};
use crate::schools::{CORBUSIER, MOULIN, PARIS, file, import};
use crate::support::World;
use crate::support::texts::Text;

const SHEET: &str = "Bilan des actions 2024-2027;;;;;;;;;;;;;\r\n\
    Intitulé de l'action;Nature;Axe;Établissement;Ville;Date;Début;Fin;Niveaux;Nb élèves;Filles;Garçons;Handicap;Remarque\r\n\
    Les métiers de l’œuvre;Forum des métiers;Découvrir les métiers;CLG J. Moulin;Aubervilliers;12/11/2024;14h;16h30;3ème;24;10;14;NC;\r\n\
    Visite de l'atelier;Visite d'entreprise;Article 11;Lycée Le Corbusier;Aubervilliers;3 mars 2025;;;Seconde professionnelle;?;;;;\r\n\
    Témoignage;Rencontre;Découvrir les métiers;Collège Jean Moulin;Paris;06/10/26;9h;10h30;3e | 4e;28;;;0;Très bon accueil\r\n\
    Forum;Forum des métiers;Découvrir les métiers;Collège Jean Moulin;;12/11/2025;;;3e;30;;;;\r\n\
    Sortie;Promenade;Découvrir les métiers;CLG J. Moulin;Aubervilliers;le 32 mai;;;3e;une classe;;;;\r\n\
    Forum;Forum des métiers;Bricolage;CLG J. Moulin;Aubervilliers;12/11/2025;;;3e;30;;;;\r\n\
    Forum;Forum des métiers;Découvrir les métiers;CLG J. Moulin;Aubervilliers;12/11/2025;;;3e;20;15;15;;\r\n\
    Avant la convention;Forum des métiers;Découvrir les métiers;CLG J. Moulin;Aubervilliers;12/11/2023;;;3e;20;;;;\r\n";

fn mapping() -> Value {
    json!({
        "columns": { "Nb élèves": "Élèves", "Remarque": null },
        "values": { "Nature": { "Rencontre": "talk" } },
        "defaults": { "Modalité": "En présence" },
    })
}

fn prepared(world: &World) -> Text {
    import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    let text = world.in_force("2024-06-27");
    // As `import convention` brings it in.
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    text
}

fn brought(world: &World, text: &Text, dry_run: bool) -> Brought {
    let options =
        Options { legacy: true, organisation: text.association.organisation, convention: text.id.parse().ok() };
    bring_with(world, "actions", &windows_1252(SHEET), &mapping(), options, dry_run)
}

both!(a_sheet_of_past_actions_comes_in_and_what_cannot_comes_back, |world| {
    let text = prepared(world);
    assert_eq!(brought(world, &text, true).counts(), [3, 0, 0, 5]);
    assert_eq!(world.rows("actions"), 0, "a dry run keeps nothing");
    let first = brought(world, &text, false);
    assert_eq!(first.counts(), [3, 0, 0, 5], "{:#?}", first.report.rejected);

    let listed = text.association.list("/v1/actions?sort=day");
    let of = |title: &str| listed.iter().find(|a| a["title"] == title).unwrap_or_else(|| panic!("no {title}"));
    let forum = of("Les métiers de l’œuvre");
    assert_eq!(
        (&forum["origin"], &forum["status"], &forum["kind"]),
        (&json!("legacy"), &json!("reported"), &json!("forum"))
    );
    assert_eq!(forum["schools"][0]["uai"], MOULIN.uai);
    assert_eq!(
        (&forum["sessions"][0]["date"], &forum["sessions"][0]["start"]),
        (&json!("2024-11-12"), &json!("14:00"))
    );
    assert_eq!((&forum["results"]["pupils"], &forum["results"]["girls"]), (&json!(24), &json!(10)));
    // What nobody wrote down is not known, and said so: it is no zero.
    assert_eq!(forum["results"]["with_disability"], json!(null));
    let not_recorded = |action: &Value| action["not_recorded"].as_array().unwrap().clone();
    assert!(not_recorded(forum).iter().any(|n| n.as_str().unwrap().ends_with("with_disability")), "{forum}");
    let visit = of("Visite de l'atelier");
    assert_eq!((&visit["status"], &visit["schools"][0]["uai"]), (&json!("held"), &json!(CORBUSIER.uai)));
    assert!(visit["results"].is_null() || visit["results"]["pupils"].is_null(), "{visit}");
    // A zero that somebody wrote is one.
    let talk = of("Témoignage");
    assert_eq!(
        (&talk["kind"], &talk["schools"][0]["uai"], &talk["results"]["pupils"]),
        (&json!("talk"), &json!(PARIS.uai), &json!(28))
    );
    assert_eq!(talk["levels"], json!(["3e", "4e"]));
    assert!(!not_recorded(talk).iter().any(|n| n.as_str().unwrap().ends_with("with_disability")), "{talk}");

    // Each rejected line says why, in the words of the sheet.
    let (columns, words) = first.reasons(6);
    assert_eq!(columns, ["Établissement"]);
    assert!(words.contains(MOULIN.uai) && words.contains(PARIS.uai), "candidates for a person to decide: {words}");
    assert_eq!(first.reasons(7).0, ["Nature", "Date", "Nb élèves"]);
    assert!(first.reasons(8).1.contains("Découvrir les métiers (article 11)"));
    assert_eq!(first.reasons(9).0, ["Nb élèves"]);
    assert!(first.reasons(10).1.contains("(R34"), "{}", first.reasons(10).1);
    let back = rows(&first.back(world));
    assert_eq!(back.len(), 6);
    assert_eq!(back[2][5], Data::String("le 32 mai".into()));
    assert_eq!(back[2][9], Data::String("une classe".into()));

    // Again: nothing twice.
    let changes = world.rows("changes");
    assert_eq!(brought(world, &text, false).counts(), [0, 0, 3, 5]);
    assert_eq!((world.rows("actions"), world.rows("changes")), (3, changes));
});

both!(an_action_is_found_again_by_its_key, |world| {
    let text = prepared(world);
    let line = |cells: &str, legacy: bool| {
        let sheet = format!("Titre;Nature;Axe;UAI;Date;Niveaux;Identifiant externe;Thèmes\n{cells}\n");
        let (organisation, convention) = (text.association.organisation, text.id.parse().ok());
        let options = Options { legacy, organisation, convention };
        bring_with(world, "actions", sheet.as_bytes(), &json!({}), options, false).counts()
    };
    assert_eq!(line("Forum;forum;article 11;0930001w;14/01/2025;3e;a1;eau, bois", true), [1, 0, 0, 0]);
    assert_eq!(line("Forum;forum;article 11;0930001W;14/01/2025;3e;a1;", true), [0, 0, 1, 0]);
    assert_eq!(line("Grand forum;forum;article 11;0930001W;14/01/2025;3e;a1;-", true), [0, 1, 0, 0]);
    // What is to come is entered as it goes.
    assert_eq!(line("À venir;forum;article 11;0930001W;14/01/2027;3e;a2;", false), [1, 0, 0, 0]);
    assert_eq!(line("À venir;forum;article 11;0930001W;14/01/2027;3e;a2;", false), [0, 0, 1, 0]);
    let listed = text.association.list("/v1/actions?sort=day");
    let told = |action: &Value| ["title", "origin", "status"].map(|name| action[name].as_str().unwrap().to_owned());
    assert_eq!(
        listed.iter().map(told).collect::<Vec<_>>(),
        [["Grand forum", "legacy", "held"], ["À venir", "live", "proposed"]]
    );
    assert_eq!(listed[0]["themes"], json!(["eau", "bois"]));
});
