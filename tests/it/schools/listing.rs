//! The list of schools: filters, orders, exports.

use crate::schools::{CORBUSIER, Line, MOULIN, PARIS, file, import};
use crate::support::World;

/// A closed school of Corse, in REP.
const CORTE: Line = Line {
    uai: "7200001N",
    name: "LP St-Exupéry",
    kind: "Lycée",
    nature: "",
    commune: "Corte",
    commune_code: "2B096",
    departement: "02B",
    academie: "27",
    priority: "REP",
    state: "FERME",
};

fn uais(world: &World, query: &str) -> Vec<String> {
    let items = world.association().list(&format!("/v1/schools?{query}"));
    items.iter().map(|item| item["uai"].as_str().unwrap().to_owned()).collect()
}

both!(each_filter_keeps_what_it_says, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS, CORTE]));
    crate::schools::reading::unknown(world, "0770001H");
    let (moulin, corbusier, paris, corte, unknown) = ("0930001W", "0930002X", "0750655E", "7200001N", "0770001H");
    for (query, wanted) in [
        ("", vec![unknown, moulin, paris, corbusier, corte]),
        ("q=moulin", vec![moulin, paris]),
        ("q=CLG%20Moulin%20aubervilliers", vec![moulin]),
        ("q=saint%20exupery", vec![corte]),
        ("q=lp", vec![corte]),
        ("q=0930002x", vec![corbusier]),
        ("q=07700", vec![unknown]),
        ("q=%25", vec![]),
        ("uai=0930001W,0930002x", vec![moulin, corbusier]),
        ("kind=college", vec![moulin, paris]),
        ("kind=lycee_pro,lycee_polyvalent", vec![corbusier]),
        ("kind=lycee_gt,lycee_polyvalent", vec![corbusier, corte]),
        ("kind=unknown", vec![unknown]),
        ("sector=public", vec![moulin, paris, corbusier, corte]),
        ("sector=private", vec![]),
        ("academie=24", vec![unknown, moulin, corbusier]),
        ("academie=academie:27,01", vec![paris, corte]),
        ("region=11", vec![unknown, moulin, paris, corbusier]),
        ("region=region:94", vec![corte]),
        ("region=11&academie=27", vec![]),
        ("departement=2B,75", vec![paris, corte]),
        ("commune_code=93001", vec![moulin, corbusier]),
        ("education_priority=rep_plus", vec![moulin]),
        ("education_priority=rep,rep_plus", vec![moulin, corte]),
        ("education_priority=none", vec![paris, corbusier]),
        ("open=false", vec![corte]),
        ("open=true&known=true", vec![moulin, paris, corbusier]),
        ("known=false", vec![unknown]),
        ("sort=commune", vec![unknown, moulin, corbusier, corte, paris]),
        ("sort=-name", vec![corte, corbusier, paris, moulin, unknown]),
    ] {
        let found = uais(world, query);
        if query.is_empty() || query.starts_with("sort") {
            // Equal names follow their ids, which follow the file.
            assert_eq!(found, wanted, "{query}");
        } else {
            let (mut found, mut wanted) = (found, wanted);
            found.sort();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{query}");
        }
    }
    for query in ["academie=05", "region=99", "departement=x", "kind=lycee", "open=yes", "updated_after=today", "x=1"] {
        world.association().get(&format!("/v1/schools?{query}")).problem("invalid_parameters");
    }
});

both!(who_keeps_a_copy_follows_what_changed, |world| {
    import(world, file(&[MOULIN, PARIS]));
    let held = world.association().get("/v1/schools/0930001W").expect(200).json["updated_at"].clone();
    let held = held.as_str().unwrap();
    assert!(uais(world, &format!("updated_after={held}")).is_empty());
    world.pass_seconds(60);
    import(world, file(&[MOULIN, Line { state: "FERME", ..PARIS }]).replace("2026-09-01", "2026-09-02"));
    assert_eq!(uais(world, &format!("updated_after={held}&sort=updated_at")), ["0750655E"]);
});

both!(pages_follow_one_another_and_exports_give_all, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS, CORTE]));
    let reader = world.association();
    for sort in ["name", "-name", "commune", "-commune", "updated_at", "-updated_at"] {
        let whole = uais(world, &format!("sort={sort}"));
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = reader.get(&format!("/v1/schools?sort={sort}&limit=1{cursor}")).expect(200).json;
            walked.push(page["items"][0]["uai"].as_str().unwrap().to_owned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, whole, "{sort}");
        assert_eq!(whole.len(), 4, "{sort}");
    }
    let csv = world.association().get("/v1/schools?format=csv&kind=college&sort=commune").expect(200).text;
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("uai,name,kind,") && lines[1].starts_with("0930001W,Collège Jean Moulin,college,340"));
});
