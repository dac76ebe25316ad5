//! The audit: an entry that was altered, removed or cut off is named; the parties read what is theirs.

use passerelle::audit::chain::{Broken, Entry, link};
use passerelle::audit::verify::{self, Known};
use serde_json::{Value, json};

use crate::support::World;

fn verified(world: &World, known: &[Known]) -> Result<i64, Broken> {
    verify::verify(&mut world.connection(), known).expect("the chain can be read").map(|whole| whole.entries)
}

/// A few acts: six entries at least.
fn acts(world: &World) {
    let operator = world.operator();
    let made = operator.post("/v1/organisations", &json!({ "kind": "company", "name": "A" })).expect(201);
    let address = format!("/v1/organisations/{}", made.id());
    for n in 0..4 {
        let etag = operator.get(&address).expect(200).etag();
        operator.patch(&address, &etag, &json!({ "address": format!("{n} rue des Écoles") })).expect(200);
    }
    operator.post(&format!("{address}/representatives"), &json!({ "name": "B", "function": "c" })).expect(201);
    world.stamp();
}

/// Each damage to a chain, and the entry that must be named.
fn damaged(sql: &'static str, named: Broken) -> impl Fn(&World) {
    move |world| {
        acts(world);
        assert!(verified(world, &[]).unwrap() >= 6);
        // Foreign keys stand in the way of who cuts with a plain hand, not of who owns the database.
        world.sql(sql);
        assert_eq!(verified(world, &[]), Err(named.clone()), "{sql}");
    }
}

both!(an_altered_entry_is_named, |world| damaged(
    "UPDATE audit_entries SET act = 'organisation.deleted' WHERE position = 3",
    Broken::Altered(3)
)(world));
both!(altered_details_are_named, |world| damaged(
    "UPDATE audit_details SET after = '{}' WHERE entry_id = (SELECT id FROM audit_entries WHERE position = 4)",
    Broken::Details(4)
)(world));
both!(a_removed_entry_is_named, |world| damaged(
    "DELETE FROM audit_details WHERE entry_id = (SELECT id FROM audit_entries WHERE position = 2); \
     DELETE FROM audit_entries WHERE position = 2",
    Broken::Missing(2)
)(world));
both!(an_entry_emptied_of_its_place_is_named, |world| damaged(
    "UPDATE audit_entries SET position = NULL, hash = NULL WHERE position = 2",
    Broken::Missing(2)
)(world));

both!(an_entry_that_nobody_acted_is_named, |world| {
    acts(world);
    let end = verified(world, &[]).unwrap();
    for place in [-1, 0, end + 1] {
        // A copy of the first entry, under an id that no entry has.
        world.sql(&format!(
            "INSERT INTO audit_entries (id, change_seq, position, client_id, request_id, act, details_digest, \
             previous_hash, hash, recorded_at, change_position, kind, resource_id, version) \
             SELECT resource_id, -1, {place}, client_id, request_id, act, details_digest, previous_hash, hash, \
             recorded_at, change_position, kind, resource_id, version FROM audit_entries WHERE position = 1"
        ));
        let found = verified(world, &[]).unwrap_err();
        // Beyond the end it would have to hold the hash of the last one.
        let named = if place > end { Broken::Altered(place) } else { Broken::Added(place) };
        assert_eq!(found, named);
        world.sql(&format!("DELETE FROM audit_entries WHERE position = {place}"));
    }
    assert_eq!(verified(world, &[]), Ok(end));
    world.sql(&format!(
        "UPDATE feed_head SET audit_position = {end} - 1, \
         audit_hash = (SELECT hash FROM audit_entries WHERE position = {end} - 1)"
    ));
    assert_eq!(verified(world, &[]), Err(Broken::Added(end)));
});

both!(a_truncated_audit_is_named, |world| {
    acts(world);
    let entries = verified(world, &[]).unwrap();
    world.sql(&format!(
        "DELETE FROM audit_details WHERE entry_id IN (SELECT id FROM audit_entries WHERE position = {entries}); \
         DELETE FROM audit_entries WHERE position = {entries}"
    ));
    assert_eq!(verified(world, &[]), Err(Broken::Truncated { end: entries - 1, reached: entries }));
});

both!(who_also_rewrites_the_head_is_betrayed_by_a_signed_one, |world| {
    acts(world);
    let head = world.ministry().get("/v1/audit/head").expect(200).json;
    let known = Known { position: head["position"].as_i64().unwrap(), hash: head["hash"].as_str().unwrap().to_owned() };
    assert_eq!(verified(world, std::slice::from_ref(&known)), Ok(known.position));
    let cut = known.position - 1;
    world.sql(&format!(
        "DELETE FROM audit_details WHERE entry_id IN (SELECT id FROM audit_entries WHERE position > {cut}); \
         DELETE FROM audit_entries WHERE position > {cut}; \
         UPDATE feed_head SET audit_position = {cut}, audit_hash = (SELECT hash FROM audit_entries WHERE position = {cut})"
    ));
    assert_eq!(verified(world, &[]), Ok(cut), "the database alone cannot tell");
    assert_eq!(
        verified(world, std::slice::from_ref(&known)),
        Err(Broken::Truncated { end: cut, reached: known.position })
    );
    // The chain goes on from the forged end: the signed head still tells.
    acts(world);
    assert!(verified(world, &[]).is_ok());
    assert_eq!(verified(world, std::slice::from_ref(&known)), Err(Broken::Rewritten(known.position)));
});

both!(the_head_is_signed_by_a_published_key_and_is_no_token, |world| {
    acts(world);
    let ministry = world.ministry();
    let head = ministry.get("/v1/audit/head").expect(200).json;
    let signed = head["signed"].as_str().unwrap();
    let header = jsonwebtoken::decode_header(signed).unwrap();
    assert_eq!(header.typ.as_deref(), Some("passerelle-audit-head+jwt"));
    let keys = ministry.get("/.well-known/jwks.json").expect(200).json;
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == json!(header.kid)).unwrap();
    let key = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Value>(signed, &key, &validation).unwrap().claims;
    assert_eq!((&claims["position"], &claims["hash"]), (&head["position"], &head["hash"]));
    world.bearing(&ministry, signed).get("/v1/me").expect(401);
});

both!(erased_details_leave_the_chain_valid, |world| {
    acts(world);
    let entries = verified(world, &[]).unwrap();
    let operator = world.operator();
    let resource = operator.list("/v1/audit").first().unwrap()["resource_id"].as_str().unwrap().to_owned();
    assert!(world.write(|c| verify::erase_resource(c, resource.parse().unwrap()).unwrap()) >= 5);
    assert_eq!(verified(world, &[]), Ok(entries));
    let shown = operator.list(&format!("/v1/audit?resource_id={resource}"));
    assert!(shown.iter().all(|entry| entry["details"].is_null()));
    let later = world.now().plus_seconds(1);
    assert!(world.write(|c| verify::erase_before(c, later).unwrap()) >= 1);
    assert_eq!(verified(world, &[]), Ok(entries));
});

both!(anyone_can_compute_the_chain_from_what_is_served, |world| {
    acts(world);
    let mut previous = passerelle::audit::chain::START.to_owned();
    for (index, entry) in world.operator().list("/v1/audit?limit=2").into_iter().enumerate() {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        let id = |name: &str| entry[name].as_str().map(|id| id.parse().unwrap());
        let number = |name: &str| entry[name].as_i64().unwrap();
        assert_eq!(number("position"), i64::try_from(index).unwrap() + 1);
        let bound = Entry {
            position: number("position"),
            id: id("id").unwrap(),
            act: text("act"),
            kind: text("kind"),
            resource_id: id("resource_id").unwrap(),
            version: number("version"),
            convention_id: id("convention_id"),
            organisation_id: id("organisation_id"),
            client_id: id("client_id").unwrap(),
            request_id: text("request_id"),
            recorded_at: text("recorded_at").parse().unwrap(),
            change_position: number("change_position"),
            details_digest: text("details_digest"),
            previous_hash: previous.clone(),
        };
        assert_eq!(text("previous_hash"), previous);
        previous = link(&bound).unwrap();
        assert_eq!(text("hash"), previous);
        // By the words of the document too, without this program's types.
        let mut form = entry.clone();
        for name in ["hash", "client_name", "details"] {
            form.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(passerelle::domain::content::content_hash(&form), format!("sha256:{previous}"));
    }
});

both!(each_reads_what_is_its_own, |world| {
    let text = world.draft();
    text.signed_by_both("2026-11-20");
    world.stamp();
    let of =
        |actor: &crate::support::Actor| actor.list(&format!("/v1/audit?convention_id={}&limit=200", text.id)).len();
    let all = of(&text.association);
    assert!(all > 10);
    assert_eq!(of(&text.ministry), all, "the ministry reads what was done before it became a party");
    assert_eq!(of(&world.ministry()), all);
    // An académie sees the text in force; what the parties did is theirs.
    let academie = world.academie("academie:25");
    academie.get(&text.path()).expect(200);
    assert_eq!((of(&academie), of(&world.association()), of(&world.operator())), (0, 0, 0));
    // A delegate reads of its territories, and of the nation's texts.
    let territorial = json!({ "title": "Déclinaison", "document_type": "convention", "level": "academic",
        "territory": "academie:25", "parent_id": text.id });
    let child = text.association.post("/v1/conventions", &territorial).expect(201).id();
    let party = json!({ "organisation_id": text.association.organisation.unwrap().to_string(),
        "side": "association", "name_as_signed": "x" });
    text.association.post(&format!("/v1/conventions/{child}/parties"), &party).expect(201);
    world.stamp();
    for (territory, read) in [("academie:25", true), ("academie:09", false)] {
        let role = passerelle::domain::vocabulary::Role::Association;
        let delegate = world.client(role, text.association.organisation, &[territory], &[]);
        let entries = delegate.list(&format!("/v1/audit?convention_id={child}"));
        assert_eq!(!entries.is_empty(), read, "{territory}");
        assert!(of(&delegate) > 0);
    }
    world.school("0950649P").get("/v1/audit").expect(403);
    let unknown = text.association.get("/v1/audit?kind=signature,pupil").expect(400);
    assert_eq!(unknown.json["errors"][0]["code"], "not_in_list");
    let entry = text.association.list("/v1/audit?kind=signature").pop().unwrap();
    assert_eq!(entry["act"], "signature.created");
    assert_eq!(entry["client_name"], "client association");
    let after: Value = serde_json::from_str(entry["details"]["after"].as_str().unwrap()).unwrap();
    assert_eq!(after["signatory"], "Camille Martin");
});

/// What the command line says of a chain, and how it ends.
fn command(database: &std::path::Path, arguments: &[&str]) -> (bool, String) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_passerelle"))
        .args(arguments)
        .env("DATABASE_URL", format!("sqlite:{}", database.display()))
        .env("PASSERELLE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    (
        done.status.success(),
        format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)),
    )
}

#[test]
fn the_command_line_names_the_first_bad_entry() {
    let world = World::new(crate::support::databases::sqlite(), |_| {});
    let passerelle::db::Target::Sqlite(path) = world.database.target.clone() else { unreachable!() };
    acts(&world);
    let folder = tempfile::tempdir().unwrap();
    let head = folder.path().join("head.json");
    std::fs::write(&head, world.ministry().get("/v1/audit/head").expect(200).text).unwrap();
    let head = head.to_str().unwrap();
    let (fine, said) = command(&path, &["audit", "verify", "--head", head]);
    assert!(fine && said.contains("1 signed head(s) checked"), "{said}");
    let (fine, said) = command(&path, &["audit", "erase", "--before", "2030-01-01"]);
    assert!(fine && said.contains("their details are erased"), "{said}");
    let (fine, said) = command(&path, &["audit", "verify", "--format", "json"]);
    assert!(fine && said.contains("\"details_erased\": 7"), "{said}");
    let forged = folder.path().join("forged");
    let signed = std::fs::read_to_string(head).unwrap().replace("\"position\"", "\"x\"");
    let jws: Value = serde_json::from_str(&signed).unwrap();
    let mut jws = jws["signed"].as_str().unwrap().to_owned();
    jws.truncate(jws.len() - 8);
    std::fs::write(&forged, format!("{jws}AAAAAAAA")).unwrap();
    let (fine, said) = command(&path, &["audit", "verify", "--head", forged.to_str().unwrap()]);
    assert!(!fine && said.contains("its signature is not right"), "{said}");
    world.sql("UPDATE audit_entries SET request_id = 'x' WHERE position = 5");
    let (fine, said) = command(&path, &["audit", "verify"]);
    assert!(!fine && said.contains("audit entry 5 was altered"), "{said}");
    let (fine, said) = command(&path, &["audit", "erase"]);
    assert!(!fine && said.contains("--resource"), "{said}");
    let (fine, said) = command(&path, &["feed", "renew"]);
    assert!(fine && said.contains("every cursor of before is refused"), "{said}");
    let (fine, said) = command(&path, &["retention", "apply"]);
    assert!(fine && said.contains("0 entries of the change feed"), "{said}");
}
