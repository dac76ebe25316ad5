//! What is taken in, what is refused, and how it leaves.

use sha2::{Digest, Sha256};

use super::{PDF, archive, content, send};

const TYPES: &str = "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

fn hex(bytes: &[u8]) -> String {
    passerelle::auth::secret::hex(&Sha256::digest(bytes))
}

both!(each_type_comes_back_as_it_went, |world| {
    let association = world.association();
    let docx = archive(&[("[Content_Types].xml", TYPES), ("word/document.xml", "<w/>")]);
    let odt = archive(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<office/>")]);
    // More than one piece, and not a whole number of them.
    let mut long = PDF.to_vec();
    long.splice(9..9, std::iter::repeat_n(b'x', 700_001));
    for (given, kept, declared, media_type, bytes) in [
        ("Convention signée.pdf", "Convention signée.pdf", "application/pdf", "application/pdf", PDF.to_vec()),
        ("long.pdf", "long.pdf", "application/octet-stream", "application/pdf", long),
        ("photo", "photo.png", "image/png", "image/png", b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82".to_vec()),
        (
            "photo.jpeg",
            "photo.jpeg",
            "application/octet-stream",
            "image/jpeg",
            b"\xff\xd8\xff\xe0....\xff\xd9".to_vec(),
        ),
        (
            "texte.docx",
            "texte.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            docx,
        ),
        ("texte.odt", "texte.odt", "application/octet-stream", "application/vnd.oasis.opendocument.text", odt),
        ("notes.md", "notes.md", "text/markdown; charset=utf-8", "text/markdown", "# Été".into()),
        ("notes.md", "notes.md", "application/octet-stream", "text/markdown", "# Été".into()),
        ("notes", "notes.txt", "text/plain", "text/plain", "Été".into()),
    ] {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("name", given), ("purpose", "original")])
            .finish();
        let made = send(&association, &query, declared, bytes.clone()).expect(201);
        assert_eq!(made.header("location"), Some(format!("/v1/files/{}", made.id()).as_str()));
        assert_eq!((&made.json["name"], &made.json["media_type"]), (&kept.into(), &media_type.into()), "{given}");
        assert_eq!(made.json["size"], bytes.len());
        assert_eq!(made.json["sha256"], hex(&bytes));
        let read = content(&association, &made.id()).expect(200);
        assert_eq!(read.bytes, bytes, "{given}");
        assert_eq!(read.header("content-length"), Some(bytes.len().to_string().as_str()));
        assert!(read.header("content-type").unwrap().starts_with(media_type));
        assert_eq!(read.header("content-encoding"), None);
        assert_eq!(read.etag(), format!("\"{}\"", hex(&bytes)));
        let known = association
            .ask("GET", &format!("/v1/files/{}/content", made.id()))
            .header("If-None-Match", &read.etag())
            .send()
            .expect(304);
        assert_eq!(known.bytes.len(), 0);
    }
});

both!(a_page_under_a_path_is_refused_or_leaves_as_a_harmless_download, |world| {
    let association = world.association();
    let query = "name=..%2F..%2Fx.html&purpose=other";
    let page = "<!DOCTYPE html><script>alert(document.cookie)</script>";
    for declared in ["text/plain", "application/octet-stream", "text/markdown", "application/pdf"] {
        send(&association, query, declared, page).problem("unsupported_file");
    }
    send(&association, query, "text/html", page).problem("unsupported_media_type");
    send(&association, query, "image/svg+xml", "<svg/>").problem("unsupported_media_type");
    assert_eq!(world.rows("files") + world.rows("blobs") + world.rows("blob_chunks"), 0);
    // A text that holds a script further down is a text.
    let text = format!("Compte rendu\n{page}");
    let made = send(&association, query, "text/plain", text.clone()).expect(201);
    assert_eq!(made.json["name"], "x.txt");
    let read = content(&association, &made.id()).expect(200);
    assert_eq!(read.text, text);
    assert_eq!(read.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(read.header("content-disposition"), Some("attachment; filename=\"x.txt\"; filename*=UTF-8''x.txt"));
    assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(read.all("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    assert!(read.header("repr-digest").unwrap().starts_with("sha-256=:"));
});

both!(what_is_no_file_is_refused_and_leaves_nothing, |world| {
    let association = world.association();
    let query = "name=x&purpose=other";
    let with_macros =
        archive(&[("[Content_Types].xml", TYPES), ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "x")]);
    let remote = "<Relationships><Relationship Id=\"r\" Type=\"x/attachedTemplate\" Target=\"https://x.example/t.dotm\" TargetMode=\"External\"/></Relationships>";
    let docx = |name: &str, text: &str| {
        archive(&[("[Content_Types].xml", TYPES), ("word/document.xml", "<w/>"), (name, text)])
    };
    let pdf = |object: &str| format!("%PDF-1.7\n1 0 obj\n{object}\nendobj\ntrailer\n<<>>\n%%EOF\n").into_bytes();
    for (bytes, named) in [
        (docx("word/vbaProject.bin", "x"), "macros"),
        (docx("word/activeX/activeX1.bin", "x"), "ActiveX"),
        (docx("word/_rels/settings.xml.rels", remote), "modèle"),
        (pdf("<< /OpenAction << /S /J#61vaScript /JS (x) >> >>"), "JavaScript"),
        (pdf("<< /S /Launch /F (x.exe) >>"), "Launch"),
        (pdf("<< /AA << /O 2 0 R >> >>"), "AA"),
        (pdf("<< /Subtype /RichMedia >>"), "RichMedia"),
    ] {
        let refused = send(&association, query, "application/octet-stream", bytes).problem("unsupported_file");
        assert!(refused.json["detail"].as_str().unwrap().contains(named), "{}", refused.text);
    }
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("a program", b"MZ\x90\0\x03".to_vec()),
        ("half a PDF", PDF[..20].to_vec()),
        ("macros", with_macros),
        ("an archive", archive(&[("a.txt", "x")])),
        ("latin-1", b"\xe9t\xe9".to_vec()),
    ] {
        let refused = send(&association, query, "application/octet-stream", bytes).problem("unsupported_file");
        assert!(refused.json["detail"].as_str().unwrap().len() > 15, "{what}");
    }
    let said = send(&association, query, "image/png", PDF).problem("unsupported_file");
    assert!(said.json["detail"].as_str().unwrap().contains("application/pdf"), "{}", said.text);
    // Larger than the limit, announced and not.
    let large = vec![b'x'; (20 << 20) + 1];
    send(&association, query, "text/plain", large).problem("payload_too_large");
    let faults =
        send(&association, "attached_to=x&size=1&external_id=", "text/plain", "x").problem("invalid_parameters");
    let mut faults = faults.faults();
    faults.sort();
    let expected = [
        ("attached_to", "malformed"),
        ("external_id", "out_of_range"),
        ("name", "missing"),
        ("purpose", "missing"),
        ("size", "unknown"),
    ];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    let nowhere = format!("{query}&attached_to=article:{}", world.new_id());
    let fault = send(&association, &nowhere, "text/plain", "x").problem("invalid_parameters");
    assert_eq!(fault.faults(), [("attached_to".to_owned(), "unknown_reference".to_owned())]);
    let dry = send(&association, &format!("{query}&dry_run=true"), "text/plain", "x").expect(201);
    assert_eq!(dry.header("x-dry-run"), Some("true"));
    world.narrowed(&association, &["files:read"]).ask("POST", "/v1/files").send().problem("insufficient_scope");
    assert_eq!(world.rows("files") + world.rows("blobs") + world.rows("blob_chunks"), 0);
});

both!(the_largest_file_comes_and_goes, |world| {
    let association = world.association();
    let mut bytes: Vec<u8> = (0..20_u32 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    bytes.truncate(20 << 20);
    bytes[..5].copy_from_slice(b"%PDF-");
    let end = bytes.len();
    bytes[end - 5..].copy_from_slice(b"%%EOF");
    let made = send(&association, "name=grand.pdf&purpose=original", "application/pdf", bytes.clone()).expect(201);
    assert_eq!(content(&association, &made.id()).expect(200).bytes, bytes);
    assert_eq!(world.rows("blob_chunks"), 80);
});

both!(a_file_sent_twice_under_one_key_is_one, |world| {
    let association = world.association();
    let send = |bytes: &str| {
        let ask = association.ask("POST", "/v1/files?name=a.txt&purpose=other").key("k");
        ask.body("text/plain", bytes).send()
    };
    let first = send("Un").expect(201);
    let again = send("Un").expect(201);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (first.id(), Some("true")));
    send("Deux").problem("idempotency_key_reused");
    assert_eq!(world.rows("files"), 1);
    // The caller's own key is unique as well.
    let query = "name=a.txt&purpose=other&external_id=GED-1";
    super::send(&association, query, "text/plain", "Un").expect(201);
    super::send(&association, query, "text/plain", "Deux").problem("duplicate");
    super::send(&world.association(), query, "text/plain", "Un").expect(201);
    // The same bytes lie once.
    assert_eq!((world.rows("files"), world.rows("blobs")), (3, 1));
    let found = association.list("/v1/files?external_id=GED-1");
    assert_eq!(found.len(), 1);
});
