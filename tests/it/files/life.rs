//! What becomes of a file: changed, kept with what was signed, moved up, erased; and its bytes when nobody has them.

use passerelle::files::{blobs, erase};
use serde_json::json;

use super::{PDF, attach, content, send};
use crate::support::{Actor, World};

/// What the service erases on the command line's word.
fn erase_by_operator(world: &World, id: &str) -> serde_json::Value {
    let (app, id) = (world.app.clone(), id.parse().unwrap());
    let erased = actix_web::rt::System::new().block_on(app.act(false, move |unit| erase(unit, id)));
    serde_json::to_value(erased.expect("the file is erased")).unwrap()
}

fn etag(actor: &Actor, path: &str) -> String {
    actor.get(path).expect(200).etag()
}

both!(what_was_signed_keeps_its_files, |world| {
    let text = world.draft();
    let (association, on_it) = (text.association.clone(), format!("convention:{}", text.id));
    let draft = attach(&association, &on_it).expect(201);
    let path = format!("/v1/files/{}", draft.id());
    association.delete(&path, "\"1\"").expect(204);
    content(&association, &draft.id()).problem("not_found");
    let kept = attach(&association, &on_it).expect(201);
    text.signed_by_both("2026-11-20");
    let path = format!("/v1/files/{}", kept.id());
    association.ask("DELETE", &path).send().problem("precondition_required");
    association.delete(&path, "\"9\"").problem("version_mismatch");
    association.delete(&path, "\"1\"").problem("file_kept");
    association.patch(&path, "\"1\"", &json!({ "attached_to": null })).problem("file_kept");
    let elsewhere = format!("article:{}", text.article);
    association.patch(&path, "\"1\"", &json!({ "attached_to": elsewhere })).problem("file_kept");
    // What it is called may be put right, and the scan of what was signed comes after.
    let renamed =
        association.patch(&path, "\"1\"", &json!({ "name": "projet.html", "purpose": "original" })).expect(200);
    assert_eq!((&renamed.json["name"], &renamed.json["version"]), (&json!("projet.pdf"), &json!(2)));
    let query = format!("name=scan.pdf&purpose=signed_scan&attached_to={on_it}");
    let scan = send(&text.ministry, &query, "application/pdf", PDF).expect(201);
    assert_eq!(scan.json["purpose"], "signed_scan");
    // The version of the convention is none of the file's affair.
    assert_eq!(text.etag().split('.').next(), association.get(&text.path()).expect(200).etag().split('.').next());
});

both!(the_files_of_a_piece_outlive_it, |world| {
    let text = world.draft();
    let on_it = attach(&text.association, &format!("objective:{}", text.objective)).expect(201);
    let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
    let contact = text.association.post(&text.under("network-contacts"), &contact).expect(201);
    let on_contact = attach(&text.association, &format!("network_contact:{}", contact.id())).expect(201);
    text.association.delete(&format!("/v1/objectives/{}", text.objective), &text.etag()).expect(204);
    text.association.delete(&format!("/v1/network-contacts/{}", contact.id()), "\"1\"").expect(204);
    for file in [on_it, on_contact] {
        let now = text.association.get(&format!("/v1/files/{}", file.id())).expect(200);
        assert_eq!(now.json["attached_to"], format!("convention:{}", text.id));
        assert_eq!(now.json["version"], 2);
    }
    text.association.delete(&text.path(), &text.etag()).expect(204);
    assert_eq!(world.rows("files"), 0);
});

both!(bytes_are_dropped_when_nobody_has_them, |world| {
    let (one, two) = (world.association(), world.association());
    let first = send(&one, "name=a.txt&purpose=other", "text/plain", "Les mêmes octets").expect(201);
    let second = send(&two, "name=b.txt&purpose=other", "text/plain", "Les mêmes octets").expect(201);
    let sweep = || {
        let moment = world.now().plus_seconds(-blobs::SPARED);
        world.write(|c| blobs::sweep(c, moment).expect("blobs are swept"))
    };
    one.delete(&format!("/v1/files/{}", first.id()), "\"1\"").expect(204);
    world.pass_seconds(2 * 3600);
    assert_eq!(sweep(), 0, "the other has them");
    let (one, two) = (world.afresh(&one), world.afresh(&two));
    two.delete(&format!("/v1/files/{}", second.id()), "\"1\"").expect(204);
    assert_eq!(sweep(), 1);
    assert_eq!(world.rows("blobs") + world.rows("blob_chunks"), 0);
    // Taken again just before: spared, until an hour has passed.
    let third = send(&one, "name=c.txt&purpose=other", "text/plain", "Les mêmes octets").expect(201);
    assert_eq!(content(&one, &third.id()).expect(200).text, "Les mêmes octets");
    one.delete(&format!("/v1/files/{}", third.id()), "\"1\"").expect(204);
    assert_eq!(sweep(), 0);
    world.pass_seconds(3601);
    assert_eq!(sweep(), 1);
});

both!(bytes_that_should_never_have_come_are_erased, |world| {
    let text = world.in_force("2026-11-20");
    let (association, on_it) = (text.association.clone(), format!("convention:{}", text.id));
    let query = format!("name=liste.txt&purpose=other&attached_to={on_it}");
    let sent = send(&association, &query, "text/plain", "Nom d'un élève").expect(201);
    let path = format!("/v1/files/{}", sent.id());
    let erased = erase_by_operator(world, &sent.id());
    assert_eq!((&erased["sha256"], &erased["version"]), (&sent.json["sha256"], &json!(2)));
    content(&association, &sent.id()).problem("file_erased");
    assert_eq!(association.get(&path).expect(200).json["erased_at"], erased["erased_at"]);
    assert_eq!(world.rows("blobs") + world.rows("blob_chunks"), 0);
    // Twice is once.
    assert_eq!(erase_by_operator(world, &sent.id())["version"], 2);
    let renamed = association.patch(&path, &etag(&association, &path), &json!({ "name": "effacé" })).expect(200);
    assert_eq!(renamed.json["name"], "effacé.txt");
    // Another file of the same bytes keeps them.
    let again = send(&association, &query, "text/plain", "Nom d'un élève").expect(201);
    let twin = send(&association, &query, "text/plain", "Nom d'un élève").expect(201);
    erase_by_operator(world, &again.id());
    content(&association, &twin.id()).expect(200);
});

both!(two_who_send_the_same_bytes_at_once, |world| {
    let association = world.association();
    let sent: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let association = association.clone();
                scope.spawn(move || {
                    let query = format!("name={n}.txt&purpose=other");
                    send(&association, &query, "text/plain", "x".repeat(600_000)).expect(201).id()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for id in sent {
        assert_eq!(content(&association, &id).expect(200).bytes.len(), 600_000);
    }
    assert_eq!((world.rows("files"), world.rows("blobs"), world.rows("blob_chunks")), (8, 1, 3));
});
