both!(an_operator_reads_its_account, |world| {
    let me = world.operator().get("/v1/me").expect(200);
    assert_eq!(me.json["role"], "operator");
    world.anonymous().get("/v1/me").problem("unauthenticated");
});
