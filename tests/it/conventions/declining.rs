//! What a territorial convention applies: its axes linked to national ones before it is signed (T05), the tree both ways,
//! what it changes, and what becomes of it when the national one ends (articles 2 and 9).

use passerelle::domain::Instant;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Draft, Signs, draft, each, in_force, national, ready, refused};
use crate::support::{Actor, World};

/// Five years from 27 June 2024, with two axes and a committee that meets once a year.
fn parent(world: &World) -> Draft {
    let text = ready(world).with_article("3").with_article("4").with_article("9");
    let discovery = json!({
        "article_id": text.id_of("article 3"), "label": "Découverte des métiers", "audiences": ["3e", "2de_gt"],
        "catalogue": [{ "label": "des visites d'entreprises" }, { "label": "des rencontres en classe" }],
    });
    let insertion = json!({ "article_id": text.id_of("article 4"), "label": "Insertion" });
    text.with("axes", "axis discovery", &discovery)
        .with("axes", "axis insertion", &insertion)
        .with_clause("steering", "9", &json!({ "minimum_per_year": 1 }))
        .with_clause("dispute", "12", &json!({}))
        .signed("2024-06-20", "2024-06-27")
}

fn child_of(parent: &Draft, territory: &str) -> Value {
    let level = if territory.starts_with("region") { "regional" } else { "academic" };
    json!({
        "title": format!("Déclinaison {territory}"), "document_type": "convention de déclinaison", "level": level,
        "territory": territory, "parent_id": parent.id,
    })
}

/// Drafted by the parent's association with an académie: of the same terms, without axes.
fn child(parent: &Draft, academie: &Actor, territory: &str) -> Draft {
    Draft::by(&parent.association, academie, &child_of(parent, territory)).with_parties().with_terms()
}

fn axis(text: &Draft, article: &str, extra: &Value) -> Value {
    let mut axis =
        json!({ "article_id": text.id_of(&format!("article {article}")), "label": format!("Axe {article}") });
    axis.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    axis
}

/// Flags of a convention on a date.
fn flags(text: &Draft, on: &str) -> Value {
    text.on(on)["flags"].clone()
}

both!(each_axis_names_the_national_one_or_says_why_none, |world| {
    let (parent, academie) = (parent(world), world.academie("academie:25"));
    let text = child(&parent, &academie, "academie:25").with_article("1").with_article("2").with_article("3");
    let (one, two) = (axis(&text, "1", &json!({})), axis(&text, "2", &json!({})));
    let text = text.with("axes", "axis 1", &one).with("axes", "axis 2", &two);
    // Neither party signs: the first already is refused, and its allowed acts say so.
    let computed = refused(&text.association.signs(&text, "2024-09-01"), "axis_unlinked", "T05", Some("1"));
    assert_eq!(each(computed["axes"].as_array().unwrap(), "id"), [text.id_of("axis 1"), text.id_of("axis 2")]);
    assert_eq!(each(computed["axes"].as_array().unwrap(), "article"), ["1", "2"]);
    let sign = || {
        let read = text.json();
        let acts = read["allowed_acts"].as_array().unwrap().clone();
        acts.into_iter().find(|act| act["act"] == "record_signature").unwrap()
    };
    assert_eq!(
        (&sign()["allowed"], &sign()["code"], &sign()["rule"]),
        (&json!(false), &json!("axis_unlinked"), &json!("T05"))
    );
    let national = parent.id_of("axis discovery");
    let at = |name: &str| format!("/v1/axes/{}", text.id_of(name));
    text.change(&at("axis 1"), &json!({ "parent_axis_id": national })).expect(200);
    let computed = refused(&text.association.signs(&text, "2024-09-01"), "axis_unlinked", "T05", Some("2"));
    assert_eq!(each(computed["axes"].as_array().unwrap(), "id"), [text.id_of("axis 2")]);
    // A reason is not given beside a link; two may apply the same one.
    let twice = json!({ "parent_axis_id": national, "parent_axis_reason": "x" });
    let faults = text.change(&at("axis 2"), &twice).problem("invalid_body").faults();
    assert_eq!(faults, [("/parent_axis_reason".to_owned(), "not_applicable".to_owned())]);
    text.change(&at("axis 2"), &json!({ "parent_axis_id": national })).expect(200);
    assert_eq!(sign()["allowed"], true);
    text.change(&at("axis 2"), &json!({ "parent_axis_id": null, "parent_axis_reason": "propre à l'académie" }))
        .expect(200);
    text.association.signs(&text, "2024-09-01").expect(201);
    academie.signs(&text, "2024-09-02").expect(201);
    assert_eq!(text.json()["status"], "in_force");
});

both!(an_axis_of_elsewhere_is_not_the_parents, |world| {
    let (parent, other, academie) = (parent(world), parent(world), world.academie("academie:25"));
    let text = child(&parent, &academie, "academie:25").with_article("1");
    for wrong in [other.id_of("axis discovery"), text.id_of("article 1"), &world.new_id().to_string()] {
        let body = axis(&text, "1", &json!({ "parent_axis_id": wrong }));
        let faults = text.add("axes", &body).problem("invalid_body").faults();
        assert_eq!(faults, [("/parent_axis_id".to_owned(), "unknown_reference".to_owned())]);
    }
    let national = draft(world).with_article("1");
    let body = axis(&national, "1", &json!({ "parent_axis_reason": "x" }));
    let faults = national.add("axes", &body).problem("invalid_body").faults();
    assert_eq!(faults, [("/parent_axis_reason".to_owned(), "not_applicable".to_owned())]);
    // One that is applied stays.
    let draft_parent = ready(world).with_article("3");
    let body = json!({ "article_id": draft_parent.id_of("article 3"), "label": "Découverte" });
    let draft_parent = draft_parent.with("axes", "axis", &body);
    let text = child(&draft_parent, &academie, "academie:25").with_article("1");
    let body = axis(&text, "1", &json!({ "parent_axis_id": draft_parent.id_of("axis") }));
    let text = text.with("axes", "axis", &body);
    let national = format!("/v1/axes/{}", draft_parent.id_of("axis"));
    draft_parent.author.delete(&national, "*").problem("in_use");
    text.author.delete(&format!("/v1/axes/{}", text.id_of("axis")), "*").expect(204);
    draft_parent.author.delete(&national, "*").expect(204);
});

both!(a_text_signed_before_the_rule_is_completed_as_it_was_begun, |world| {
    let (parent, academie) = (parent(world), world.academie("academie:25"));
    let text = child(&parent, &academie, "academie:25").with_article("1");
    let body = axis(&text, "1", &json!({ "parent_axis_reason": "x" }));
    let text = text.with("axes", "axis 1", &body);
    text.association.signs(&text, "2024-09-01").expect(201);
    // As a release before the rule would have left it: signed, and its axis says nothing.
    world.sql("UPDATE axes SET parent_axis_reason = NULL");
    let content = text.author.get(&text.under("content")).expect(200).json["content"].clone();
    let canonical = serde_json_canonicalizer::to_vec(&content).unwrap();
    let hash = format!("sha256:{}", passerelle::auth::secret::hex(&Sha256::digest(&canonical)));
    world.sql(&format!("UPDATE conventions SET content_hash = '{hash}' WHERE content_hash = '{}'", text.hash()));
    world.sql(&format!("UPDATE signatures SET content_hash = '{hash}' WHERE signed_on = '2024-09-01'"));
    academie.signs(&text, "2024-09-01").expect(201);
    assert_eq!(text.json()["status"], "in_force");
});

both!(under_another_parent_axes_are_to_be_linked_again, |world| {
    let (parent, academie) = (parent(world), world.academie("academie:25"));
    let other = Draft::by(&parent.association, &parent.ministry, &national("Autre")).with_parties();
    let text = child(&parent, &academie, "academie:25").with_article("1").with_article("2");
    let body = axis(&text, "1", &json!({ "parent_axis_id": parent.id_of("axis discovery") }));
    let text = text.with("axes", "axis 1", &body);
    let body = axis(&text, "2", &json!({ "parent_axis_reason": "propre à l'académie" }));
    let text = text.with("axes", "axis 2", &body);
    let links = || -> Vec<(Value, Value)> {
        let all = text.items("axes");
        all.iter().map(|axis| (axis["parent_axis_id"].clone(), axis["parent_axis_reason"].clone())).collect()
    };
    let reason = json!("propre à l'académie");
    text.change("", &json!({ "title": "Autre titre" })).expect(200);
    assert_eq!(links(), [(json!(parent.id_of("axis discovery")), Value::Null), (Value::Null, reason.clone())]);
    world.stamp();
    let head = text.author.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned();
    let version = text.version();
    text.change("", &json!({ "parent_id": other.id })).expect(200);
    assert_eq!(links(), [(Value::Null, Value::Null), (Value::Null, reason)]);
    world.stamp();
    let told = text.author.get(&format!("/v1/changes?after={head}")).expect(200).json;
    let axes: Vec<_> = told["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "axis").collect();
    assert_eq!(axes.len(), 1, "{told}");
    assert_eq!((&axes[0]["id"], &axes[0]["version"]), (&json!(text.id_of("axis 1")), &json!(version + 1)));
    // Without a parent there is nothing to give a reason for, and a dry run changes nothing.
    let dry =
        text.author.patch(&format!("{}?dry_run=true", text.path()), "*", &json!({ "parent_id": null })).expect(200);
    assert_eq!(dry.json["parent_id"], Value::Null);
    assert_ne!(links()[1].1, Value::Null);
    text.change("", &json!({ "parent_id": null })).expect(200);
    assert_eq!(links(), [(Value::Null, Value::Null), (Value::Null, Value::Null)]);
});

both!(the_tree_both_ways, |world| {
    let (parent, versailles, creteil) = (parent(world), world.academie("academie:25"), world.academie("academie:24"));
    let short = |text: Draft| {
        let one = json!({ "parameters": { "value": 1, "unit": "year" } });
        text.change(&format!("/v1/clauses/{}", text.id_of("clause duration")), &one).expect(200);
        text
    };
    let first = short(child(&parent, &versailles, "academie:25")).signed("2024-09-01", "2024-09-01");
    let second = child(&parent, &versailles, "academie:25").signed("2025-09-02", "2025-09-02");
    let other = child(&parent, &creteil, "academie:24").signed("2025-09-02", "2025-09-02");
    let waiting = child(&parent, &creteil, "academie:24");
    let tree = |actor: &Actor, text: &Draft, on: &str| {
        actor.get(&format!("{}?as_of={on}", text.under("tree"))).expect(200).json
    };
    let ids = |nodes: &Value| each(nodes.as_array().unwrap(), "id");
    let down = tree(&parent.association, &parent, "2026-01-01");
    assert_eq!(ids(&down["children"]), [other.id.as_str(), &waiting.id, &first.id, &second.id]);
    assert_eq!(
        (&down["convention"]["id"], &down["parent"], &down["same_territory"]),
        (&json!(parent.id), &Value::Null, &json!([]))
    );
    assert_eq!(each(down["children"].as_array().unwrap(), "status"), ["in_force", "draft", "expired", "in_force"]);
    let node = &down["children"][3];
    assert_eq!((&node["title"], &node["territory"]), (&json!("Déclinaison academie:25"), &json!("academie:25")));
    assert_eq!(node["territory_label"]["fr"], "Académie de Versailles");
    assert_eq!((&node["in_force_from"], &node["ends_on"]), (&json!("2025-09-02"), &json!("2030-09-02")));
    assert_eq!(node["flags"], json!(["exceeds_parent"]));
    assert_eq!(down["children"][2]["flags"], json!([]));
    let earlier = tree(&parent.association, &parent, "2024-12-01");
    assert_eq!(each(earlier["children"].as_array().unwrap(), "status"), ["draft", "draft", "in_force", "draft"]);
    // Up, and to the side.
    let up = tree(&versailles, &second, "2026-01-01");
    assert_eq!((&up["parent"]["id"], &up["parent"]["status"]), (&json!(parent.id), &json!("in_force")));
    assert_eq!((ids(&up["same_territory"]), &up["children"]), (vec![first.id.clone()], &json!([])));
    assert_eq!(up["convention"]["flags"], json!(["exceeds_parent"]));
    assert_eq!(second.json()["parent"]["title"], "Convention de coopération");
    // Another académie's draft is not in it.
    let seen = tree(&versailles, &parent, "2026-01-01");
    assert_eq!(ids(&seen["children"]), [other.id.as_str(), &first.id, &second.id]);
    world.association().get(&parent.under("tree")).problem("not_found");
    let faults = versailles.get(&format!("{}?known_at=x", second.under("tree"))).problem("invalid_parameters").faults();
    assert_eq!(faults, [("known_at".to_owned(), "unknown".to_owned())]);
});

both!(what_it_changes, |world| {
    let (parent, academie) = (parent(world), world.academie("academie:25"));
    let text = child(&parent, &academie, "academie:25").with_article("1").with_article("2").with_article("5");
    let applied = json!({
        "label": "Découvrir", "parent_axis_id": parent.id_of("axis discovery"), "audiences": ["2de_gt", "cap"],
        "catalogue": [{ "label": "un rallye" }, { "label": "Des VISITES d'entreprises" }],
    });
    let body = axis(&text, "1", &applied);
    let text = text.with("axes", "axis 1", &body);
    let body = axis(&text, "2", &json!({ "parent_axis_reason": "propre à l'académie" }));
    let text = text
        .with("axes", "axis 2", &body)
        .with_clause("steering", "5", &json!({ "minimum_per_year": 2 }))
        .with_clause("minutes", "5", &json!({ "proposed_by": "association" }));
    let read = |actor: &Actor| actor.get(&text.under("against-parent")).expect(200).json;
    let told = read(&text.association);
    assert_eq!((&told["convention_id"], &told["parent"]["id"]), (&json!(text.id), &json!(parent.id)));
    let linked = &told["linked_axes"][0];
    assert_eq!(told["linked_axes"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &linked["axis"]["label"],
            &linked["axis"]["article"],
            &linked["parent_axis"]["label"],
            &linked["parent_axis"]["article"]
        ),
        (&json!("Découvrir"), &json!("1"), &json!("Découverte des métiers"), &json!("3"))
    );
    let labels = |part: &str| each(linked["catalogue"][part].as_array().unwrap(), "label");
    assert_eq!(labels("kept"), ["Des VISITES d'entreprises"]);
    assert_eq!(
        (labels("added"), labels("left_out")),
        (vec!["un rallye".to_owned()], vec!["des rencontres en classe".to_owned()])
    );
    assert_eq!(linked["audiences"], json!({ "kept": ["2de_gt"], "added": ["cap"], "left_out": ["3e"] }));
    assert_eq!(
        told["own_axes"],
        json!([{ "axis": { "id": text.id_of("axis 2"), "label": "Axe 2", "article": "2" }, "reason": "propre à l'académie" }])
    );
    assert_eq!(
        told["left_out_axes"],
        json!([{ "id": parent.id_of("axis insertion"), "label": "Insertion", "article": "4" }])
    );
    assert_eq!(
        told["clauses"],
        json!([
            { "kind": "steering", "here": { "article": "5", "parameters": { "minimum_per_year": 2 } },
              "parent": { "article": "9", "parameters": { "minimum_per_year": 1 } } },
            { "kind": "minutes", "here": { "article": "5", "parameters": { "proposed_by": "association" } }, "parent": null },
            { "kind": "dispute", "here": null, "parent": { "article": "12", "parameters": {} } },
        ])
    );
    parent.association.get(&parent.under("against-parent")).problem("not_found");
    world.association().get(&text.under("against-parent")).problem("not_found");
    let etag = text.association.get(&text.under("against-parent")).expect(200).etag();
    text.association.ask("GET", &text.under("against-parent")).header("If-None-Match", &etag).send().expect(304);
});

both!(who_does_not_see_the_national_one_reads_the_rest, |world| {
    // A national draft: the académie sees its own territorial draft, and not what it will apply.
    let academie = world.academie("academie:25");
    let parent = ready(world).with_article("3");
    let body = json!({ "article_id": parent.id_of("article 3"), "label": "Secret national" });
    let parent = parent.with("axes", "axis", &body);
    let text = child(&parent, &academie, "academie:25").with_article("1").with_article("2");
    let body = axis(&text, "1", &json!({ "parent_axis_id": parent.id_of("axis") }));
    let text = text.with("axes", "axis 1", &body);
    let body = axis(&text, "2", &json!({}));
    let text = text.with("axes", "axis 2", &body);
    academie.get(&parent.path()).problem("not_found");
    for path in ["against-parent", "tree", ""] {
        let path = if path.is_empty() { text.path() } else { text.under(path) };
        let read = academie.get(&path).expect(200);
        assert_eq!(read.json["parent"], Value::Null, "{path}");
        assert!(
            !read.text.contains("Secret national") && !read.text.contains("Convention de coopération"),
            "{}",
            read.text
        );
    }
    let told = academie.get(&text.under("against-parent")).expect(200).json;
    let linked = &told["linked_axes"][0];
    assert_eq!(
        (&linked["parent_axis"], &linked["catalogue"], &linked["audiences"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(linked["parent_axis_id"], parent.id_of("axis"));
    assert_eq!((&told["left_out_axes"], &told["clauses"]), (&json!([]), &json!([])));
    assert_eq!(told["own_axes"][0]["reason"], Value::Null);
    assert_eq!(parent.association.get(&text.under("against-parent")).expect(200).json["parent"]["id"], parent.id);
});

both!(it_outlives_the_national_one, |world| {
    let (parent, academie) = (in_force(world), world.academie("academie:25"));
    let longer = child(&parent, &academie, "academie:25").signed("2025-09-01", "2025-09-01");
    let same = child(&parent, &world.academie("academie:24"), "academie:24").signed("2024-06-27", "2024-06-27");
    assert_eq!(
        (longer.json()["ends_on"].clone(), same.json()["ends_on"].clone()),
        (json!("2030-09-01"), json!("2029-06-27"))
    );
    for (on, expected) in [
        ("2025-08-31", json!([])),
        ("2025-09-01", json!(["exceeds_parent"])),
        ("2029-06-26", json!(["exceeds_parent"])),
        ("2029-06-27", json!(["exceeds_parent"])),
        ("2029-06-28", json!(["parent_ended"])),
        ("2030-09-01", json!(["parent_ended"])),
        ("2030-09-02", json!([])),
    ] {
        assert_eq!(flags(&longer, on), expected, "{on}");
        assert_eq!(flags(&same, on), json!([]), "{on}");
    }
});

/// Records a fact of a party, as its actor.
fn fact(text: &Draft, actor: &Actor, body: Value) -> String {
    let read = text.json();
    let own = actor.organisation.unwrap().to_string();
    let party =
        read["parties"].as_array().unwrap().iter().find(|p| p["organisation_id"] == own.as_str()).unwrap().clone();
    let mut body = body;
    body["done_by"] = party["id"].clone();
    actor.post(&text.under("facts"), &body).expect(201).id()
}

both!(a_national_one_terminated_early_shows_under_it, |world| {
    let (parent, academie) = (in_force(world), world.academie("academie:25"));
    let text = child(&parent, &academie, "academie:25").signed("2024-06-27", "2024-06-27");
    assert_eq!(flags(&text, "2026-11-23"), json!([]));
    let sent = fact(&parent, &parent.ministry, json!({ "kind": "termination_sent", "occurred_on": "2026-11-20" }));
    let received = json!({ "kind": "termination_received", "occurred_on": "2026-11-23", "refers_to": sent });
    fact(&parent, &parent.association, received);
    // Six months after its reception, the national one ends; the other goes on.
    assert_eq!(parent.json()["ends_on"], "2027-05-23");
    for (on, expected) in [
        ("2026-11-23", json!(["exceeds_parent"])),
        ("2027-05-22", json!(["exceeds_parent"])),
        ("2027-05-23", json!(["exceeds_parent"])),
        ("2027-05-24", json!(["parent_ended"])),
        ("2029-06-27", json!(["parent_ended"])),
        ("2029-06-28", json!([])),
    ] {
        assert_eq!(flags(&text, on), expected, "{on}");
    }
    assert_eq!(
        (text.status_on("2027-05-24"), parent.status_on("2027-05-24")),
        ("in_force".into(), "terminated".into())
    );
    let tree = |on: &str| parent.association.get(&format!("{}?as_of={on}", parent.under("tree"))).expect(200).json;
    assert_eq!(tree("2027-05-23")["children"][0]["flags"], json!(["exceeds_parent"]));
    assert_eq!(tree("2027-05-24")["children"][0]["flags"], json!(["parent_ended"]));
    // And no other one is signed under it from then on.
    let then: Instant = "2027-06-01T09:00:00Z".parse().unwrap();
    world.pass_seconds((then.as_micros() - world.now().as_micros()) / 1_000_000);
    let creteil = world.academie("academie:24");
    let late = Draft::by(&world.afresh(&parent.association), &creteil, &child_of(&parent, "academie:24"));
    let late = late.with_parties().with_terms();
    late.association.signs(&late, "2027-05-23").expect(201);
    refused(&creteil.signs(&late, "2027-05-24"), "parent_not_in_force", "T01", None);
    creteil.signs(&late, "2027-05-23").expect(201);
});
