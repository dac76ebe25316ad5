//! Each line that does not come in says all that is wrong with it, each reason by its column.

use passerelle::sheets::kind::Options;
use serde_json::json;

use super::importing::{Brought, bring_with};
use crate::schools::{CORBUSIER, MOULIN, PARIS, file, import};
use crate::support::World;
use crate::support::texts::Text;

fn prepared(world: &World) -> Text {
    import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    world.in_force("2024-06-27")
}

fn brought(world: &World, text: &Text, kind: &str, sheet: &str, legacy: bool) -> Brought {
    let (organisation, convention) = (text.association.organisation, text.id.parse().ok());
    let options = Options { legacy, organisation, convention };
    bring_with(world, kind, sheet.as_bytes(), &json!({}), options, false)
}

both!(cells_words_and_rules_are_told_together, |world| {
    let text = prepared(world);
    let sheet = "Titre;Nature;Axe;Établissement;Ville;Date;Niveaux;Élèves;Filles;Garçons;Entreprise d'accueil\n\
        Forum;Promenade;Bricolage;Collège Jean Moulin;;le 32 mai;3e;20;15;15;Durand\n\
        ;forum;article 11;CLG J. Moulin;Aubervilliers;12/11/2025;3e;20;15;15;\n\
        Forum;forum;article 11;CLG J. Moulin;Aubervilliers;12/11/2025;3e;20;10;10;\n";
    let told = brought(world, &text, "actions", sheet, true);
    assert_eq!(told.counts(), [1, 0, 0, 2], "{:#?}", told.report.rejected);
    let (columns, words) = told.reasons(2);
    assert_eq!(columns, ["Nature", "Date", "Axe", "Établissement", "Entreprise d'accueil", "Élèves"], "{words}");
    assert_eq!(told.reasons(3).0, ["Titre", "Élèves"]);
    // The columns of companies and contacts as well.
    let sheet = "Raison sociale;SIRET;NAF;Courriel\nDurand;123;ZZ;personne\n";
    let told = brought(world, &text, "companies", sheet, false);
    assert!(told.reasons(2).0.contains(&"SIRET".to_owned()), "{:?}", told.reasons(2));
    let sheet = "Raison sociale;Date;Moyen;Objet;Suite;Commentaire\n\
        Durand;le 32 mai;téléphone;stage;négative;   \n";
    assert!(brought(world, &text, "contacts", sheet, false).reasons(2).0.contains(&"Date".to_owned()));
});

both!(rules_are_told_by_column_with_their_article, |world| {
    let text = prepared(world);
    let sheet = "Intitulé;Nature;Axe;Établissement;Commune;Jour;Niveau;Observations\n\
        Forum;forum;11;CLG J. Moulin;Aubervilliers;12/11/2023;CM2;Appeler le 06 12 34 56 78\n";
    let told = brought(world, &text, "actions", sheet, true);
    let (columns, words) = told.reasons(2);
    assert_eq!(columns, ["Jour", "Observations", "Niveau"], "{words}");
    assert!(words.contains("(R34") && words.contains("(R36)") && words.contains("(R31, article 11)"), "{words}");
    assert_eq!(world.rows("actions"), 0);
});

both!(neither_school_nor_date, |world| {
    let text = prepared(world);
    let sheet = "Titre;Nature;Axe;Établissement;Commune;Date;Niveaux\n\
        Forum;forum;11;;;12/11/2025;3e\n\
        Forum;forum;11;CLG J. Moulin;Aubervilliers;;3e\n\
        Forum;forum;11;CLG J. Moulin;Aubervilliers;?;3e\n";
    let told = brought(world, &text, "actions", sheet, true);
    assert_eq!(told.counts(), [0, 0, 0, 3]);
    let (columns, words) = told.reasons(2);
    assert!(columns == ["Établissement"] && words.contains("Il manque l'établissement"), "{columns:?} {words}");
    for line in [3, 4] {
        let (columns, words) = told.reasons(line);
        assert!(columns == ["Date"] && words.contains("Il manque la date"), "{columns:?} {words}");
    }
    // An académie is enough, and what is to come may have no date yet.
    let sheet = "Titre;Nature;Axe;Établissement;Académie;Date;Niveaux\nForum;forum;11;;Créteil;12/11/2025;3e\n";
    assert_eq!(brought(world, &text, "actions", sheet, true).counts(), [1, 0, 0, 0]);
    let sheet = "Titre;Nature;Axe;UAI;Date;Niveaux\nForum;forum;11;0930001W;;3e\n";
    assert_eq!(brought(world, &text, "actions", sheet, false).counts(), [1, 0, 0, 0]);
});

both!(a_school_is_named_by_its_number_beside_its_name, |world| {
    let text = prepared(world);
    let line = |cell: &str| {
        let sheet =
            format!("Titre;Nature;Axe;Établissement;Date;Niveaux\nVu « {cell} »;forum;11;{cell};12/11/2025;3e\n");
        brought(world, &text, "actions", &sheet, true)
    };
    let uai = MOULIN.uai;
    for cell in [uai.to_owned(), uai.to_lowercase(), format!("Collège X ({uai})"), format!("{uai} - CLG J. Moulin")] {
        assert_eq!(line(&cell).counts(), [1, 0, 0, 0], "{cell}: {:?}", line(&cell).report.rejected);
    }
    for action in text.association.list("/v1/actions") {
        assert_eq!(action["schools"][0]["uai"], uai);
    }
    // A letter that does not go with its digits is no other school.
    let letter = if uai.ends_with('A') { 'B' } else { 'A' };
    let wrong = line(&format!("CLG J. Moulin ({}{letter})", &uai[..7]));
    let (columns, words) = wrong.reasons(2);
    assert!(columns == ["Établissement"] && words.contains("n'est pas un UAI"), "{columns:?} {words}");
});
