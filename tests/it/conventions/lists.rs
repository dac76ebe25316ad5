//! The list of conventions: search, filters, orders, and the same as CSV and NDJSON.

use serde_json::{Value, json};

use super::{Draft, each, national, ready, total};

both!(searching_in_titles_parties_and_headings, |world| {
    let (association, ministry) = (world.association(), world.ministry());
    let titled = |title: &str| Draft::by(&association, &ministry, &national(title));
    let work = titled("Mise en Œuvre de l'accueil à l'école");
    let rate = titled("Un taux de 100 % : a_b");
    let plain = titled("Convention de l'ECOLE, ab").with_parties();
    plain.change("", &json!({ "reference": "MENE-2412345X" })).expect(200);
    plain
        .add("articles", &json!({ "number": "1", "heading": "Découverte des métiers", "body": "le corps" }))
        .expect(201);
    for (q, found) in [
        ("oeuvre", vec![&work]),
        ("%C5%93UVRE%20ecole", vec![&work]),
        ("%C3%89cole", vec![&plain, &work]),
        ("ecole%20mise", vec![&work]),
        ("%25", vec![&rate]),
        ("a_b", vec![&rate]),
        ("a%25", vec![]),
        ("_", vec![&rate]),
        ("%5C", vec![&plain, &work, &rate]),
        ("mene%202412345x", vec![&plain]),
        ("partie%20state", vec![&plain]),
        ("METIERS", vec![&plain]),
        ("corps", vec![]),
        ("zzz", vec![]),
    ] {
        let path = format!("/v1/conventions?q={q}");
        let wanted: Vec<String> = found.iter().map(|t| t.id.clone()).collect();
        assert_eq!(each(&association.list(&path), "id"), wanted, "{q}");
        assert_eq!(total(&association, &path), i64::try_from(found.len()).unwrap(), "{q}");
    }
});

both!(orders_and_pages, |world| {
    let (association, ministry) = (world.association(), world.ministry());
    for title in ["Été", "abricot", "Zoo", "Œillet", "étage", "olive", "Abricot"] {
        Draft::by(&association, &ministry, &national(title));
        world.pass_seconds(1);
    }
    let names = |query: &str| each(&association.list(&format!("/v1/conventions?{query}")), "title");
    let by_title = ["abricot", "Abricot", "étage", "Été", "Œillet", "olive", "Zoo"];
    assert_eq!(names("limit=2"), by_title);
    assert_eq!(names("limit=1&sort=-title"), by_title.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(names("limit=3&sort=created_at"), ["Été", "abricot", "Zoo", "Œillet", "étage", "olive", "Abricot"]);
    let oldest = association.list("/v1/conventions?sort=created_at")[0].clone();
    let path = format!("/v1/conventions/{}", oldest["id"].as_str().unwrap());
    let etag = association.get(&path).expect(200).etag();
    let changed = association.patch(&path, &etag, &json!({ "reference": "R" })).expect(200);
    assert_eq!(names("sort=-updated_at")[0], "Été");
    let mark = oldest["updated_at"].as_str().unwrap();
    assert_eq!(names(&format!("updated_after={mark}")).len(), 7);
    let mark = changed.json["updated_at"].as_str().unwrap();
    assert_eq!(names(&format!("updated_after={mark}")).len(), 0);
    for wrong in
        ["sort=status", "limit=0", "limit=201", "level=local", "territory=x", "parent_id=x", "updated_after=2024-01-01"]
    {
        association.get(&format!("/v1/conventions?{wrong}")).problem("invalid_parameters");
    }
});

both!(the_exports_are_the_list, |world| {
    let (association, ministry) = (world.association(), world.ministry());
    for title in ["=1+1", "A, \"B\"; C", "Été"] {
        Draft::by(&association, &ministry, &national(title)).with_parties();
    }
    ready(world);
    for query in ["", "as_of=2030-01-01&sort=-created_at", "q=ete", "status=in_force"] {
        let json = association.list(&format!("/v1/conventions?{query}"));
        let lines = association.get(&format!("/v1/conventions?{query}&format=ndjson")).expect(200);
        let parsed: Vec<Value> = lines.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(parsed, json, "{query}");
        let csv =
            association.ask("GET", &format!("/v1/conventions?{query}")).header("Accept", "text/csv").send().expect(200);
        let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<_> = reader.records().map(|r| r.unwrap()).collect();
        assert_eq!(rows.len(), json.len());
        for (row, item) in rows.iter().zip(&json) {
            for (name, cell) in header.iter().zip(row) {
                let value = name.split('.').fold(item, |v, k| &v[k]);
                let wanted = value.as_str().map_or_else(String::new, str::to_owned);
                let wanted = if wanted.starts_with('=') { format!("'{wanted}") } else { wanted };
                assert_eq!(cell, wanted, "{name}");
            }
        }
    }
    // Of one's own pieces too.
    let text = ready(world);
    let articles = text.author.get(&text.under("articles?format=csv&sort=-position")).expect(200).text;
    assert_eq!(articles.lines().count(), 3);
    assert!(articles.lines().nth(1).unwrap().contains("Texte de l'article 12."), "{articles}");
});
