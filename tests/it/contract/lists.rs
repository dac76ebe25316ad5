//! Lists: keyset pages, cursors bound to their query, a walk while others write.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use crate::support::{Actor, World};

fn names(items: &[Value]) -> Vec<String> {
    items.iter().map(|i| i["name"].as_str().unwrap().to_owned()).collect()
}

fn company(actor: &Actor, name: &str) -> String {
    actor.post("/v1/organisations", &json!({ "kind": "company", "name": name })).expect(201).id()
}

both!(pages_lose_and_repeat_nothing_even_when_times_are_equal, |world| {
    // The clock stands still: every row has the same instant, and many have the same name.
    let operator = world.operator();
    for n in 0..23 {
        company(&operator, ["Alpha", "Bravo", "École"][n % 3]);
    }
    let all: BTreeSet<_> = operator.list("/v1/organisations?limit=200").iter().map(Value::to_string).collect();
    assert_eq!(all.len(), 23);
    for sort in ["name", "-name", "created_at", "-created_at"] {
        for limit in [1, 2, 5, 22, 23, 24] {
            let walked = operator.list(&format!("/v1/organisations?sort={sort}&limit={limit}"));
            assert_eq!(walked.len(), 23, "{sort} {limit}");
            assert_eq!(walked.iter().map(Value::to_string).collect::<BTreeSet<_>>(), all, "{sort} {limit}");
        }
        let (mut up, down) = (
            names(&operator.list("/v1/organisations?sort=name&limit=7")),
            operator.list("/v1/organisations?sort=-name&limit=7"),
        );
        up.reverse();
        assert_eq!(up, names(&down));
    }
    let ordered = names(&operator.list("/v1/organisations?sort=name"));
    assert!(ordered.is_sorted_by_key(|n| passerelle::domain::folded::fold(n)), "{ordered:?}");
});

both!(a_page_says_where_the_next_one_is, |world| {
    let operator = world.operator();
    for n in 0..5 {
        company(&operator, &format!("c{n}"));
    }
    let path = "/v1/organisations?kind=company&limit=2&sort=-name&count=true";
    let page = operator.get(path).expect(200);
    assert_eq!((page.json["items"].as_array().unwrap().len(), &page.json["total"]), (2, &json!(5)));
    let link = page.header("link").unwrap();
    let next = link.strip_prefix('<').unwrap().split_once(">; rel=\"next\"").unwrap().0;
    let second = operator.get(next).expect(200);
    assert_eq!(names(second.json["items"].as_array().unwrap()), ["c2", "c1"]);
    let cursor = second.json["next_cursor"].as_str().unwrap();
    let last = operator.get(&format!("{path}&cursor={cursor}")).expect(200);
    assert_eq!((&last.json["next_cursor"], last.header("link")), (&Value::Null, None));
    let none = operator.get("/v1/organisations?q=nothing").expect(200);
    assert_eq!(none.json, json!({ "items": [], "next_cursor": null }));
    assert_eq!(operator.get("/v1/organisations?q=nothing&count=true").json["total"], 0);
});

both!(a_cursor_is_bound_to_list_filters_order_and_caller, |world| {
    let (operator, other) = (world.operator(), world.operator());
    for n in 0..4 {
        company(&operator, &format!("c{n}"));
    }
    let page = operator.get("/v1/organisations?kind=company&limit=2&sort=name").expect(200);
    let cursor = page.json["next_cursor"].as_str().unwrap();
    let refused = |actor: &Actor, path: String| {
        let faults = actor.get(&path).problem("invalid_parameters").faults();
        assert_eq!(faults, [("cursor".to_owned(), "invalid_cursor".to_owned())], "{path}");
    };
    operator.get(&format!("/v1/organisations?kind=company&sort=name&cursor={cursor}")).expect(200);
    operator.get(&format!("/v1/organisations?limit=7&cursor={cursor}&sort=name&kind=company")).expect(200);
    refused(&operator, format!("/v1/organisations?sort=name&cursor={cursor}"));
    refused(&operator, format!("/v1/organisations?kind=company,other&sort=name&cursor={cursor}"));
    refused(&operator, format!("/v1/organisations?kind=company&sort=-name&cursor={cursor}"));
    refused(&operator, format!("/v1/organisations?kind=company&sort=created_at&cursor={cursor}"));
    refused(&operator, format!("/v1/clients?sort=name&cursor={cursor}"));
    refused(&other, format!("/v1/organisations?kind=company&sort=name&cursor={cursor}"));
    let mut flipped = cursor.to_owned().into_bytes();
    flipped[9] = if flipped[9] == b'A' { b'B' } else { b'A' };
    for bad in ["", "x", "e30", &String::from_utf8(flipped).unwrap(), &"A".repeat(5000)] {
        refused(&operator, format!("/v1/organisations?kind=company&sort=name&cursor={bad}"));
    }
});

both!(walking_while_others_write, |world| {
    let operator = world.operator();
    let standing: HashSet<String> = (0..40).map(|n| company(&operator, &format!("nom {:02}", n * 2))).collect();
    let doomed: Vec<String> = (0..10).map(|n| company(&operator, &format!("nom {:02}z", n * 5))).collect();
    let writer = {
        let operator = operator.clone();
        std::thread::spawn(move || {
            for (n, id) in doomed.iter().enumerate() {
                operator.delete(&format!("/v1/organisations/{id}"), "*").expect(204);
                company(&operator, &format!("nom {:02}", n * 8 + 1));
            }
        })
    };
    for sort in ["name", "-name", "created_at", "-created_at"] {
        let walked: Vec<String> = operator
            .list(&format!("/v1/organisations?sort={sort}&limit=3"))
            .iter()
            .map(|o| o["id"].as_str().unwrap().to_owned())
            .collect();
        let once: HashSet<_> = walked.iter().cloned().collect();
        assert_eq!(once.len(), walked.len(), "{sort}: something came twice");
        assert!(standing.is_subset(&once), "{sort}: something that stood throughout is missing");
    }
    writer.join().unwrap();
});

both!(every_word_of_q_occurs_accents_and_case_ignored, |world| {
    let operator = world.operator();
    for name in ["École des métiers", "Cœur d'Alençon", "100 % métier_s", "Ecole de l'air", "Ligue"] {
        company(&operator, name);
    }
    let found = |q: &str| {
        let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        names(&operator.list(&format!("/v1/organisations?q={q}")))
    };
    for (q, expected) in [
        ("ecole", &["Ecole de l'air", "École des métiers"][..]),
        ("ÉCOLE", &["Ecole de l'air", "École des métiers"]),
        ("metiers ecole", &["École des métiers"]),
        ("coeur", &["Cœur d'Alençon"]),
        ("alencon cœur", &["Cœur d'Alençon"]),
        ("100 %", &["100 % métier_s"]),
        ("r_s", &["100 % métier_s"]),
        ("_", &["100 % métier_s"]),
        ("' OR 1=1 --", &[]),
        // Punctuation is no word: it vanishes from the query as from the key.
        ("ecole '\\;", &["Ecole de l'air", "École des métiers"]),
        ("xyz", &[]),
        ("", &["100 % métier_s", "Cœur d'Alençon", "Ecole de l'air", "École des métiers", "Ligue"]),
    ] {
        assert_eq!(found(q), expected, "{q:?}");
    }
});

both!(a_list_shows_the_perimeter_of_its_caller_only, |world| {
    let (operator, mine, other) = (world.operator(), world.association(), world.association());
    company(&mine, "Proposée par moi");
    company(&other, "Proposée par un autre");
    let seen = |actor: &Actor| names(&actor.list("/v1/organisations?kind=company"));
    assert_eq!(seen(&mine), ["Proposée par moi"]);
    assert_eq!(seen(&other), ["Proposée par un autre"]);
    assert_eq!(seen(&operator).len(), 2);
    assert_eq!(mine.get("/v1/organisations?kind=company&count=true").json["total"], 1);
    let lines = |world: &World, actor: &Actor| {
        let _ = world;
        actor.get("/v1/organisations?kind=company&format=ndjson").expect(200).text.lines().count()
    };
    assert_eq!(lines(world, &mine), 1);
});
