//! Finding organisations: words, filters, orders, exports; the same answers on both databases.

use serde_json::Value;

use super::{create, each, named};

/// Names, in the order of their folded form.
const NAMES: [&str; 12] = [
    "100 % métiers",
    "a_b et fils",
    "Abricot",
    "abricot & Cie",
    "axb",
    "École de la 2e Chance",
    "école de Paris",
    "L'Œuvre commune",
    "Lætitia",
    "Straße GmbH",
    "Zoo",
    "ﬁl d'Ariane",
];

both!(every_word_occurs_accents_and_case_aside, |world| {
    let operator = world.operator();
    for name in NAMES {
        create(&operator, &named("company", name)).expect(201);
    }
    for (q, found) in [
        ("", &NAMES[..]),
        ("ecole", &["École de la 2e Chance", "école de Paris"]),
        ("%C3%89COLE", &["École de la 2e Chance", "école de Paris"]),
        ("e%CC%81cole+paris", &["école de Paris"]),
        ("paris+ecole", &["école de Paris"]),
        ("oeuvre", &["L'Œuvre commune"]),
        ("%C5%92UVRE", &["L'Œuvre commune"]),
        ("laetitia", &["Lætitia"]),
        ("L%C3%86TITIA", &["Lætitia"]),
        ("strasse", &["Straße GmbH"]),
        ("fil+ariane", &["ﬁl d'Ariane"]),
        ("%25", &["100 % métiers"]),
        ("100%25", &[]),
        ("100+%25", &["100 % métiers"]),
        ("a_b", &["a_b et fils"]),
        ("_", &["a_b et fils"]),
        ("a%25b", &[]),
        ("a%5C_b", &["a_b et fils"]),
        ("coles", &[]),
        ("%27%3B--", &NAMES[..]),
        ("l%27%C5%93uvre", &["L'Œuvre commune"]),
        ("2e+chance", &["École de la 2e Chance"]),
        ("inconnu", &[]),
    ] {
        let mut names = each(&operator, &format!("q={q}"), "name");
        let mut wanted = found.to_vec();
        names.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(names, wanted, "{q}");
        let total =
            operator.get(&format!("/v1/organisations?q={q}&count=true&limit=1")).expect(200).json["total"].clone();
        assert_eq!(total, found.len(), "{q}");
    }
});

both!(the_order_of_names_is_ours, |world| {
    let operator = world.operator();
    for name in NAMES.iter().rev() {
        create(&operator, &named("company", name)).expect(201);
        world.pass_seconds(1);
    }
    let key = |name: &&str| passerelle::domain::folded::fold(name);
    let mut by_name = NAMES.to_vec();
    by_name.sort_by_key(key);
    assert_eq!(each(&operator, "limit=5", "name"), by_name);
    assert_eq!(each(&operator, "sort=name&limit=1", "name"), by_name);
    by_name.reverse();
    assert_eq!(each(&operator, "sort=-name&limit=5", "name"), by_name);
    assert_eq!(each(&operator, "sort=-created_at&limit=7", "name"), NAMES);
    operator.get("/v1/organisations?sort=siret").problem("invalid_parameters");
    // Equal names neither repeat nor lose a row.
    for _ in 0..7 {
        create(&operator, &named("company", "abricot")).expect(201);
    }
    let mut ids = each(&operator, "limit=2&q=abricot", "id");
    assert_eq!(ids.len(), 9);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 9);
});

both!(filters_and_exports, |world| {
    let operator = world.operator();
    let mut one = named("association", "=Passeurs");
    one["rna"] = "W751234567".into();
    one["accreditation"] = serde_json::json!({ "level": "academic", "from": "2024-09-01" });
    let mut two = named("company", "Ateliers; \"SA\"");
    two["siret"] = "73282932000074".into();
    two["verified"] = false.into();
    for new in [&one, &two, &named("school", "Lycée")] {
        create(&operator, new).expect(201);
    }
    for (query, names) in [
        ("kind=association", vec!["=Passeurs"]),
        ("kind=association,school", vec!["Lycée", "=Passeurs"]),
        ("siret=73282932000074", vec!["Ateliers; \"SA\""]),
        ("siret=73282932000074,11004301500012&kind=school", vec![]),
        ("rna=W751234567", vec!["=Passeurs"]),
        ("verified=false", vec!["Ateliers; \"SA\""]),
        ("verified=true", vec!["Lycée", "=Passeurs"]),
        ("verified=true&kind=company", vec![]),
    ] {
        assert_eq!(each(&operator, query, "name"), names, "{query}");
        let list = operator.list(&format!("/v1/organisations?{query}"));
        let lines = operator
            .ask("GET", &format!("/v1/organisations?{query}"))
            .header("Accept", "application/x-ndjson")
            .send()
            .expect(200);
        assert_eq!(lines.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<Value>>(), list);
        let csv = operator.get(&format!("/v1/organisations?{query}&format=csv")).expect(200).text;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<_> = reader.records().map(|r| r.unwrap()).collect();
        assert_eq!(rows.len(), list.len());
        for (row, item) in rows.iter().zip(&list) {
            for (name, cell) in header.iter().zip(row) {
                let value = name.split('.').fold(item, |v, k| &v[k]);
                let wanted = match value {
                    Value::Null => String::new(),
                    Value::String(text) if text.starts_with('=') => format!("'{text}"),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(cell, wanted, "{name}");
            }
        }
    }
    let excel = operator.get("/v1/organisations?format=csv&csv=excel-fr").expect(200);
    assert!(excel.bytes.starts_with("\u{feff}id;".as_bytes()));
    for wrong in
        ["siret=73282932000075", "rna=x", "kind=club", "verified=oui", "kind=company&kind=school", "page=2", "kind="]
    {
        operator.get(&format!("/v1/organisations?{wrong}")).problem("invalid_parameters");
    }
});
