//! Parameters, read strictly, all faults at once.

both!(every_fault_of_a_query_comes_back_at_once, |world| {
    let operator = world.operator();
    let refused = operator
        .get(
            "/v1/clients?limit=0&sort=age&role=king,observer&revoked=yes&count=1&cursor=x&format=xml&csv=x&zzz=1&yyy=2",
        )
        .problem("invalid_parameters");
    let mut faults = refused.faults();
    faults.sort();
    let expected = [
        ("count", "malformed"),
        ("csv", "not_in_list"),
        ("cursor", "invalid_cursor"),
        ("format", "not_in_list"),
        ("limit", "out_of_range"),
        ("revoked", "malformed"),
        ("role", "malformed"),
        ("sort", "not_in_list"),
        ("yyy", "unknown"),
        ("zzz", "unknown"),
    ];
    assert_eq!(faults, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
});

both!(what_is_strict_about_each_parameter, |world| {
    let operator = world.operator();
    for (query, place, code) in [
        ("limit=1&limit=1", "limit", "repeated"),
        ("limit=201", "limit", "out_of_range"),
        ("limit=-1", "limit", "out_of_range"),
        ("limit=1.5", "limit", "malformed"),
        ("limit=1e2", "limit", "malformed"),
        ("limit=%2050", "limit", "malformed"),
        ("limit=99999999999999999999", "limit", "malformed"),
        ("limit=", "limit", "malformed"),
        ("limit", "limit", "malformed"),
        ("LIMIT=5", "LIMIT", "unknown"),
        ("count=TRUE", "count", "malformed"),
        ("count=1", "count", "malformed"),
        ("role=", "role", "malformed"),
        ("role=observer,", "role", "malformed"),
        ("role=Observer", "role", "malformed"),
        ("sort=", "sort", "not_in_list"),
        ("sort=--name", "sort", "not_in_list"),
        ("sort=name,role", "sort", "not_in_list"),
        ("sort=secret_hash", "sort", "not_in_list"),
        ("format=CSV", "format", "not_in_list"),
        ("=x", "", "unknown"),
        ("%FF=1", "\u{fffd}", "malformed"),
        ("role=%FF", "role", "malformed"),
        ("role=%00", "role", "malformed"),
        ("role=observer%27%20OR%201=1", "role", "malformed"),
        ("[$ne]=1", "[$ne]", "unknown"),
    ] {
        let refused =
            operator.get(&format!("/v1/clients?{query}").replace(['[', ']'], "%5B").replace("%5B$ne%5B", "%5B$ne%5D"));
        let faults = refused.problem("invalid_parameters").faults();
        assert!(faults.contains(&(place.to_owned(), code.to_owned())), "{query}: {faults:?}");
    }
    // What is not wrong: an empty query, an empty piece, an encoded name.
    for query in ["", "&", "limit=5&", "l%69mit=5", "limit=%35", "role=observer,operator", "sort=-created_at"] {
        operator.get(&format!("/v1/clients?{query}")).expect(200);
    }
});

both!(filters_read_codes_ids_dates_and_instants, |world| {
    let operator = world.operator();
    for (query, place) in [
        ("/v1/conventions?as_of=2026-02-29", "as_of"),
        ("/v1/conventions?as_of=2026-2-1", "as_of"),
        ("/v1/conventions?as_of=2026-02-01T00:00:00Z", "as_of"),
        ("/v1/conventions?updated_after=2026-02-01", "updated_after"),
        ("/v1/conventions?updated_after=2026-02-01T00:00:00", "updated_after"),
        ("/v1/conventions?territory=academie:99", "territory"),
        ("/v1/conventions?parent_id=1", "parent_id"),
        ("/v1/conventions?status=alive", "status"),
        ("/v1/organisations?siret=73282932000075", "siret"),
        ("/v1/organisations?rna=W123", "rna"),
    ] {
        let faults = operator.get(query).problem("invalid_parameters").faults();
        assert_eq!(faults, [(place.to_owned(), "malformed".to_owned())], "{query}");
    }
});

both!(if_match_must_be_a_list_of_tags, |world| {
    let operator = world.operator();
    let path = format!("/v1/clients/{}/revoke", world.observer().id);
    for bad in ["1", "\"\"", "\"x\"", "\"-1\"", "\"1\" \"2\"", "W/1", "\"1", "\"9223372036854775808\""] {
        let refused = operator.act(&path, bad).problem("invalid_parameters");
        assert_eq!(refused.faults(), [("If-Match".to_owned(), "malformed".to_owned())], "{bad}");
    }
    operator.act(&path, "\"7\", W/\"1.0123456789abcdef\"").expect(200);
});

both!(a_write_takes_dry_run_and_nothing_else, |world| {
    let operator = world.operator();
    let body = serde_json::json!({ "name": "x", "role": "observer" });
    let before = world.rows("clients");
    for query in ["dry_run=yes", "dry_run=", "dry_run=true&dry_run=true", "dry_run=true&x=1", "dryrun=true"] {
        operator.post(&format!("/v1/clients?{query}"), &body).problem("invalid_parameters");
    }
    assert_eq!(world.rows("clients"), before);
});
