//! Obligations of all conventions that a caller sees, and the next duty of each convention in their list.

use serde_json::{Value, json};

use super::{ledger, reference, second, told};
use crate::conventions::{Draft, each, national, total};
use crate::support::World;

/// A convention of an académie, signed on 2025-09-01 for two years, by parties of its own.
fn territorial(world: &World) -> Draft {
    let academie = world.academie("academie:25");
    let (association, ministry) = (world.association(), world.ministry());
    let mut new = national("Convention académique");
    new["level"] = json!("academic");
    new["territory"] = json!("academie:25");
    let text = Draft::by(&association, &ministry, &new)
        .with_parties()
        .with_duration(&json!({ "value": 2, "unit": "year" }))
        .signed("2025-09-01", "2025-09-01");
    academie.get(&text.path()).expect(200);
    text
}

both!(the_list_is_what_the_ledgers_are, |world| {
    let texts = [reference(world), second(world), territorial(world)];
    let ministry = &texts[0].ministry;
    for on in ["2024-06-27", "2026-11-23", "2027-06-28", "2028-12-28"] {
        let mut wanted: Vec<Value> = Vec::new();
        for text in &texts {
            wanted.extend(ledger(world, ministry, text, &format!("as_of={on}")));
        }
        wanted.sort_by_key(|duty| {
            (duty["due_on"].as_str().unwrap_or("9999-12-31").to_owned(), duty["id"].as_str().unwrap().to_owned())
        });
        let listed = ministry.list(&format!("/v1/obligations?as_of={on}&limit=7"));
        assert_eq!(each(&listed, "id"), each(&wanted, "id"), "{on}");
        assert_eq!(listed, wanted, "{on}");
        let mut down = each(&ministry.list(&format!("/v1/obligations?as_of={on}&sort=-due_on&limit=3")), "id");
        down.reverse();
        assert_eq!(down, each(&wanted, "id"), "{on}");
        // Each filter keeps what the items say.
        let keeps = |query: &str, holds: &dyn Fn(&Value) -> bool| {
            let found = ministry.list(&format!("/v1/obligations?as_of={on}&{query}"));
            let wanted: Vec<Value> = wanted.iter().filter(|duty| holds(duty)).cloned().collect();
            assert_eq!(each(&found, "id"), each(&wanted, "id"), "{query} {on}");
            assert_eq!(
                total(ministry, &format!("/v1/obligations?as_of={on}&{query}")),
                i64::try_from(wanted.len()).unwrap()
            );
        };
        let due = |duty: &Value| duty["due_on"].as_str().map(str::to_owned);
        keeps("due_before=2026-06-26", &|d| due(d).is_some_and(|due| due.as_str() < "2026-06-26"));
        keeps("due_after=2026-06-26", &|d| due(d).is_some_and(|due| due.as_str() > "2026-06-26"));
        keeps("status=overdue,due", &|d| d["status"] == "overdue" || d["status"] == "due");
        keeps("nature=right", &|d| d["nature"] == "right");
        keeps("rule=R04,R11", &|d| d["rule"] == "R04" || d["rule"] == "R11");
        keeps("rule=E01", &|duty| duty["rule"] == "E01");
        keeps("territory=academie:25", &|d| d["territory"] == "academie:25");
        keeps(&format!("convention_id={}", texts[1].id), &|d| d["convention_id"] == texts[1].id);
        let association = texts[0].association.organisation.unwrap();
        let own = texts[0].id_of("party association");
        let owes = |d: &Value| d["owed_by_parties"].as_array().unwrap().iter().any(|party| party == own);
        keeps(&format!("organisation_id={association}"), &owes);
        let every = |d: &Value| d["owed_by_parties"].as_array().unwrap().len() > 1;
        keeps("owed_by=association", &|d| every(d) || d["owed_by"] == "association");
        keeps("owed_by=state", &|d| every(d) || d["owed_by"] == "state");
        keeps("owed_by=other", &|_| false);
        let mine = texts[0].id_of("party ministry");
        keeps("mine=true", &|d| d["owed_by_parties"].as_array().unwrap().iter().any(|party| party == mine));
        keeps("mine=false", &|_| true);
    }
});

both!(each_caller_sees_its_own, |world| {
    let texts = [reference(world), second(world), territorial(world)];
    let seen = |actor: &crate::support::Actor| {
        let mut titles: Vec<String> = each(&actor.list("/v1/obligations"), "convention_id");
        titles.sort();
        titles.dedup();
        titles
    };
    assert_eq!(seen(&texts[0].association), [texts[0].id.clone()]);
    assert_eq!(seen(&texts[1].association), [texts[1].id.clone()]);
    assert_eq!(seen(&world.academie("academie:25")).len(), 3, "what is in force");
    assert_eq!(seen(&world.operator()).len(), 0);
    let school = world.school("0950649P");
    assert_eq!(seen(&school).len(), 3);
    // What facts make due is for those who read the facts.
    let raised = told(world, &texts[0].association, &texts[0], "dispute_raised", "state", "2026-11-20", json!({}));
    raised.expect(201);
    let due = |actor: &crate::support::Actor| actor.list("/v1/obligations?rule=R09&status=due");
    let (academie, association) = (world.academie("academie:25"), &texts[0].association);
    assert_eq!((due(&academie).len(), due(association).len(), due(&school).len()), (0, 1, 0));
    let path = format!("/v1/obligations/{}", due(association)[0]["id"].as_str().unwrap());
    texts[0].ministry.get(&path).expect(200);
    academie.get(&path).problem("not_found");
    school.get(&path).problem("not_found");
    assert!(world.academie("academie:25").list("/v1/obligations?mine=true").is_empty());
    assert!(world.school("0950649P").list("/v1/obligations?mine=true").is_empty());
    world.observer().get("/v1/obligations").problem("insufficient_scope");
    world.ministry().get("/v1/obligations?status=late&due_before=demain").problem("invalid_parameters");
    let csv = texts[0].association.get("/v1/obligations?format=csv&as_of=2028-12-28&nature=dated").expect(200).text;
    let mut rows = csv.lines();
    assert!(rows.next().unwrap().contains("convention_title"));
    let line = rows.next().unwrap();
    assert!(
        line.contains("Convention de coopération") && line.contains("2028-12-27") && line.contains("overdue"),
        "{line}"
    );
    let ndjson = texts[0].association.get("/v1/obligations?format=ndjson").expect(200).text;
    assert_eq!(ndjson.lines().count(), texts[0].association.list("/v1/obligations").len());
});

both!(the_list_of_conventions_shows_the_next_duty, |world| {
    let texts = [reference(world), second(world), territorial(world)];
    let draft = crate::conventions::draft(world);
    let ministry = &texts[0].ministry;
    for on in ["2024-06-27", "2026-11-23", "2027-06-28", "2028-12-28", "2031-01-01"] {
        let listed = ministry.list(&format!("/v1/conventions?as_of={on}"));
        for text in &texts {
            let open = |duty: &&Value| {
                ["not_yet", "due", "overdue"].contains(&duty["status"].as_str().unwrap()) && !duty["due_on"].is_null()
            };
            let mut waiting = ledger(world, ministry, text, &format!("as_of={on}"));
            waiting.retain(|duty| open(&duty));
            // Nor what was missed for good: a year or a term that is over, a convention that has ended.
            let ended =
                listed.iter().any(|row| row["id"] == text.id && row["ends_on"].as_str().is_some_and(|end| end < on));
            let dated = |duty: &Value| ["dated", "recurring"].contains(&duty["nature"].as_str().unwrap());
            waiting.retain(|duty| !dated(duty) || !ended && duty["window_until"].as_str().unwrap() >= on);
            waiting.sort_by_key(|duty| (duty["due_on"].to_string(), duty["key"].to_string()));
            let next = waiting.first();
            let row = listed.iter().find(|row| row["id"] == text.id).unwrap();
            let one = ministry.get(&format!("{}?as_of={on}", text.path())).expect(200).json;
            assert_eq!(row["next_duty"], one["next_duty"], "{on}");
            for member in ["id", "key", "rule", "what", "due_on", "deadline_on", "status"] {
                let wanted = next.map_or(&Value::Null, |next| &next[member]);
                assert_eq!(&row["next_duty"][member], wanted, "{member} {on}");
            }
            for day in ["2025-06-26", "2025-06-27", "2027-03-01", "2030-01-01"] {
                let found = ministry.list(&format!("/v1/conventions?as_of={on}&next_duty_before={day}"));
                let owes = next.is_some_and(|next| next["due_on"].as_str().unwrap() < day);
                assert_eq!(found.iter().any(|row| row["id"] == text.id), owes, "{on} {day}");
            }
        }
    }
    assert_eq!(draft.json()["next_duty"], Value::Null);
    let ends = |query: &str| {
        let mut ids = each(&ministry.list(&format!("/v1/conventions?{query}")), "id");
        ids.sort();
        ids
    };
    assert_eq!(ends("ends_before=2027-09-02"), [texts[2].id.clone()]);
    assert!(ends("ends_before=2027-09-01").is_empty());
    assert_eq!(ends("ends_after=2029-06-26"), [texts[0].id.clone()]);
    assert!(ends("ends_after=2029-06-27").is_empty());
    let csv = ministry.get("/v1/conventions?format=csv").expect(200).text;
    assert!(csv.lines().next().unwrap().contains("next_duty.due_on"), "{csv}");
});

both!(what_is_met_is_no_longer_next, |world| {
    let text = reference(world);
    let next = |on: &str| text.on(on)["next_duty"].clone();
    assert_eq!(next("2026-11-23")["key"], "R11/3", "the first two were missed for good");
    told(world, &text.association, &text, "meeting_held", "state", "2025-06-01", json!({})).expect(201);
    told(world, &text.association, &text, "meeting_held", "state", "2026-06-01", json!({})).expect(201);
    // The minutes of the first come first.
    assert_eq!((&next("2026-11-23")["rule"], &next("2026-11-23")["due_on"]), (&json!("R17"), &json!("2025-06-01")));
});

both!(a_duration_of_centuries_is_listed_like_any_other, |world| {
    let text = crate::conventions::draft(world)
        .with_parties()
        .with_duration(&json!({ "value": 1000, "unit": "year" }))
        .signed("2024-06-20", "2024-06-27");
    let actor = &text.association;
    let items = ledger(world, actor, &text, "");
    assert_eq!((&items[0]["window_until"], &items[0]["deadline_on"]), (&json!("3024-06-27"), &json!("3023-12-27")));
    let listed = each(&actor.list("/v1/obligations?limit=1"), "id");
    assert_eq!(listed.len(), items.len(), "each page goes on where the one before ended");
    assert_eq!(actor.list("/v1/conventions")[0]["next_duty"]["due_on"], "3023-12-26");
});

both!(rules_are_those_that_the_ledger_knows, |world| {
    let text = reference(world);
    let rules = |query: &str| {
        let mut rules = each(&text.association.list(&format!("/v1/obligations?rule={query}")), "rule");
        rules.dedup();
        rules
    };
    assert_eq!(rules("R04"), ["R04"]);
    assert!(rules("R04,R11").len() > 1);
    assert!(rules("E01").is_empty());
    for bad in ["R99", "r04", "R04,", "", "R04,R11;R17", "%27"] {
        let refused = text.association.get(&format!("/v1/obligations?rule={bad}")).problem("invalid_parameters");
        let fault = &refused.json["errors"][0];
        assert_eq!((&fault["parameter"], &fault["code"]), (&json!("rule"), &json!("not_in_list")), "{bad}");
    }
    // Every line of a ledger is found by its rule.
    for duty in ledger(world, &text.association, &text, "") {
        assert!(!rules(duty["rule"].as_str().unwrap()).is_empty(), "{duty}");
    }
});

both!(a_notice_longer_than_the_term_is_owed_by_nobody, |world| {
    let of = |months: i64| {
        let text = crate::conventions::draft(world)
            .with_parties()
            .with_article("4")
            .with_clause("duration", "4", &json!({ "value": months, "unit": "month" }))
            .with_clause("renewal_information", "4", &json!({ "value": 6, "unit": "month" }))
            .without_clause("termination");
        text.signed("2024-06-20", "2024-06-27")
    };
    let line = |text: &crate::conventions::Draft, on: &str| {
        ledger(world, &text.association, text, &format!("as_of={on}"))[0].clone()
    };
    let short = line(&of(5), "2024-06-27");
    assert_eq!((&short["key"], &short["status"]), (&json!("R04/0"), &json!("void")));
    assert_eq!(
        (&short["deadline_on"], &short["computed"]["longer_than_the_term"]),
        (&json!("2024-05-27"), &json!(true))
    );
    // As long as the term: due on its first day.
    let same = of(6);
    assert_eq!(line(&same, "2024-06-27")["status"], "due");
    assert_eq!(line(&same, "2024-06-28")["status"], "overdue");
    let read = of(5).json();
    assert_eq!(read["next_duty"], Value::Null);
});

both!(a_term_renewed_without_limit_has_an_end_on_each_day, |world| {
    let text = second(world);
    let term = |on: &str| text.on(on)["current_term"].clone();
    let is = |renewals: i64, from: &str, last: &str, inform: &str| json!({ "renewals": renewals, "from": from, "last_day": last, "inform_by": inform });
    assert_eq!(term("2024-06-26"), Value::Null);
    assert_eq!(term("2024-06-27"), is(0, "2024-06-27", "2027-06-27", "2027-03-27"));
    assert_eq!(term("2027-06-27"), is(0, "2024-06-27", "2027-06-27", "2027-03-27"));
    assert_eq!(term("2027-06-28"), is(1, "2027-06-28", "2028-06-27", "2028-03-27"));
    assert_eq!((&text.on("2027-06-28")["last_day"], &text.on("2027-06-28")["ends_on"]), (&Value::Null, &Value::Null));
    assert_eq!(text.on("2027-06-28")["next_duty"]["key"], "R04/1");
    let ended = reference(world);
    assert_eq!(ended.on("2029-06-28")["current_term"], Value::Null, "ended");
    // The list says when each term ends.
    let listed = |actor: &crate::support::Actor, on: &str| {
        actor.list(&format!("/v1/conventions?as_of={on}"))[0]["term_ends_on"].clone()
    };
    for (on, last) in
        [("2024-06-26", Value::Null), ("2027-06-27", json!("2027-06-27")), ("2027-06-28", json!("2028-06-27"))]
    {
        assert_eq!(listed(&text.association, on), last, "{on}");
    }
    assert_eq!(listed(&ended.association, "2029-06-27"), "2029-06-27");
    assert_eq!(listed(&ended.association, "2029-06-28"), Value::Null);
});
