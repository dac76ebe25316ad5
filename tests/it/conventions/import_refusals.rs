//! What an import refuses, and what a dry run keeps: nothing.

use serde_json::{Value, json};

use super::importing::{TEXT, draft_of, import, import_with};
use super::{each, total};

const TABLES: [&str; 6] = ["conventions", "organisations", "sources", "articles", "changes", "idempotency_keys"];

const AMENDMENT: &str = include_str!("../import/texts/avenant-complexe.txt");

both!(a_dry_run_reads_and_keeps_nothing, |world| {
    let association = world.association();
    let rows = || TABLES.map(|t| world.rows(t));
    let before = rows();
    let dry = association
        .ask("POST", "/v1/conventions/import?dry_run=true")
        .body("text/plain", TEXT)
        .key("k")
        .send()
        .expect(200);
    assert_eq!((&dry.json["convention"], &dry.json["created"]), (&Value::Null, &json!(false)));
    assert_eq!(dry.json["parsed"]["axes"], json!(["3", "4", "5", "6", "7", "8"]));
    assert_eq!((rows(), total(&association, "/v1/conventions")), (before, 0));
    let made = import(&association, TEXT).expect(201);
    assert_eq!((&made.json["parsed"], &made.json["warnings"]), (&dry.json["parsed"], &dry.json["warnings"]));
});

both!(an_amendment_is_read_and_makes_no_convention, |world| {
    let association = world.association();
    import(&association, AMENDMENT).problem("amendment_text");
    let dry = import_with(&association, AMENDMENT, "?dry_run=true").expect(200).json;
    assert_eq!(dry["parsed"]["amends"]["date"], "2023-06-03");
    let kinds = each(dry["parsed"]["edits"].as_array().unwrap(), "kind");
    for kind in ["replace_words", "replace_article", "add_article", "repeal_article"] {
        assert!(kinds.contains(&kind.to_owned()), "{kinds:?}");
    }
    assert_eq!((world.rows("conventions"), world.rows("sources")), (0, 0));
});

both!(what_is_no_text_is_refused, |world| {
    let association = world.association();
    let send =
        |media_type: &str, body: &[u8]| association.ask("POST", "/v1/conventions/import").body(media_type, body).send();
    for media_type in [
        "application/json",
        "application/pdf",
        "text/html",
        "text/plain; charset=iso-8859-1",
        "text/plain;charset=\"UTF-16\"",
        "",
    ] {
        send(media_type, TEXT.as_bytes()).problem("unsupported_media_type");
    }
    let latin: Vec<u8> = "Convention signée".chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    send("text/plain", &latin).problem("malformed_body");
    send("text/plain", b"Article 1\0").problem("malformed_body");
    send("text/plain", b"\xff\xfeA\0").problem("malformed_body");
    for nothing in ["", "   \n\t\n", "\u{feff}", "\u{a0}\n\u{200b}", "« … »", "-\n-\n-"] {
        let faults = send("text/plain", nothing.as_bytes()).problem("invalid_body").faults();
        assert_eq!(faults, [(String::new(), "empty".to_owned())], "{nothing:?}");
    }
    import_with(&association, TEXT, "?dryrun=true").problem("invalid_parameters");
    assert_eq!(world.rows("conventions"), 0);
    // Of any spelling.
    for media_type in ["TEXT/Plain; Charset=UTF-8", "text/markdown;charset=utf8", "text/plain; charset=us-ascii"] {
        let status = send(media_type, TEXT.as_bytes()).status;
        assert!([200, 201].contains(&status), "{media_type}: {status}");
    }
});

both!(five_mebibytes_and_no_more, |world| {
    let association = world.association();
    let whole = format!("{TEXT}{}", " ".repeat((5 << 20) - TEXT.len()));
    let send = |body: String| association.ask("POST", "/v1/conventions/import").body("TEXT/Plain", body).send();
    send(format!("{whole} ")).problem("payload_too_large");
    assert_eq!(send(whole.clone()).expect(201).json["parsed"]["axes"], json!(["3", "4", "5", "6", "7", "8"]));
    let kept = association.list("/v1/conventions")[0]["id"].as_str().unwrap().to_owned();
    let source = association.get(&format!("/v1/conventions/{kept}/source")).expect(200).json;
    assert_eq!(source["text"].as_str().map(str::len), Some(5 << 20));
});

both!(odd_texts_make_a_draft_all_the_same, |world| {
    let association = world.association();
    // A sentence, a title alone, and a text that says everything twice.
    for text in [
        "Bonjour.",
        "Article",
        "Article 1",
        &format!("{TEXT}\n{TEXT}"),
        &"Article 3 - Axe\n\nPlusieurs actions pourront être proposées :\n\n- une ;\n- deux.\n\n".repeat(3),
    ] {
        let answer = import(&association, text).expect(201);
        let draft = draft_of(world, &association, &answer);
        draft.change("", &json!({ "reference": "R" })).expect(200);
    }
    // Two parties with one number are one organisation, and it is party once.
    let same = TEXT
        .replace("00014 Villefictive\n", "00014 Villefictive\nSIRET : 110 043 015 00012\n")
        .replace("00015 VILLEFICTIVE\n", "00015 VILLEFICTIVE\nSIRET : 110 043 015 00012\n");
    let answer = import(&association, &same).expect(201);
    assert_eq!(answer.json["convention"]["parties"].as_array().unwrap().len(), 1);
    assert!(each(answer.json["warnings"].as_array().unwrap(), "code").contains(&"party_repeated".to_owned()));
});

both!(a_key_replays_an_import, |world| {
    let association = world.association();
    let send = |text: &str| association.ask("POST", "/v1/conventions/import").body("text/plain", text).key("k").send();
    let first = send(TEXT).expect(201);
    let again = send(TEXT).expect(201);
    assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&first.bytes, Some("true")));
    send("Autre texte").problem("idempotency_key_reused");
});

both!(whatever_an_import_makes_can_be_corrected, |world| {
    let association = world.association();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/import/texts");
    let long = "Un mot après l'autre, sans fin ni point, ".repeat(40);
    let mut texts: Vec<String> = vec![
        format!("CONVENTION {long}\n\nArticle 1 – {long}\n\nTexte.\n"),
        TEXT.replace("Camille FACTICE, directrice générale des écoles", &format!("Camille FACTICE, {long}")),
        TEXT.replace("L'association Passeurs d'Avenir\n3 bis", &format!("L'association {long}\n3 bis")),
        TEXT.replace("Article 3 - Découverte des métiers", &format!("Article 3 - {long}")),
        TEXT.replace("II. AXES DE COLLABORATION", &format!("II. AXES {}", long.to_uppercase())),
        TEXT.replace("- des visites d'ateliers ;", &format!("- des visites {long} ;")),
        TEXT.replace("- Faire connaître les métiers ;", &format!("- Faire {} ;", long.repeat(2))),
    ];
    for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        if file.extension().is_some_and(|e| e == "txt" || e == "md") {
            texts.push(std::fs::read_to_string(file).unwrap());
        }
    }
    let mut wrong = Vec::new();
    for text in &texts {
        let answer = import(&association, text);
        let start: String = text.chars().take(60).collect();
        if answer.json["code"] == "amendment_text" {
            continue;
        }
        if answer.status > 201 {
            wrong.push(format!("{start}: {}", answer.text));
            continue;
        }
        let draft = draft_of(world, &association, &answer);
        let mut addresses = vec![draft.path()];
        for kind in ["parties", "parts", "articles", "clauses", "axes", "objectives"] {
            addresses.extend(draft.items(kind).iter().map(|p| format!("/v1/{kind}/{}", p["id"].as_str().unwrap())));
        }
        for address in addresses {
            let answer = association.patch(&address, "*", &json!({}));
            if answer.status != 200 {
                wrong.push(format!("{start}: {address}: {}", answer.json["errors"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
});
