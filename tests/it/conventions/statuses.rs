//! The status on a date: what the list filters by in SQL and what each read computes are one rule.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Draft, Signs, each, national, ready, total};
use crate::support::World;

const STATUSES: [&str; 8] =
    ["draft", "negotiation", "partially_signed", "in_force", "expired", "terminated", "lapsed", "abandoned"];

/// One of a dozen conventions, and what its life must be: first signature, first day in force, last day.
struct Life {
    text: Draft,
    first: Option<&'static str>,
    from: Option<&'static str>,
    last: Option<&'static str>,
}

impl Life {
    /// The rule, said once more: dates in this form compare as texts do.
    fn status(&self, on: &str) -> &'static str {
        match (self.first, self.from, self.last) {
            (_, Some(from), Some(last)) if from <= on && last < on => "expired",
            (_, Some(from), _) if from <= on => "in_force",
            (Some(first), ..) if first <= on => "partially_signed",
            _ => "draft",
        }
    }
}

fn lives(world: &World) -> Vec<Life> {
    let (association, ministry) = (world.association(), world.ministry());
    let years = |n: i64| json!({ "value": n, "unit": "year" });
    let none = json!({});
    let mut lives = Vec::new();
    let mut live =
        |duration: &Value, rule: &str, effective: Option<&str>, signed: [Option<&'static str>; 2], from, last| {
            let mut new = national(&format!("Convention {}", lives.len() + 1));
            new["last_day_rule"] = json!(rule);
            let mut text = Draft::by(&association, &ministry, &new).with_parties().with_article("11");
            text = if duration == &none {
                text.without_clause("duration")
            } else {
                text.with_clause("duration", "11", duration)
            };
            text = text.without_clause("renewal_information").without_clause("termination");
            if let Some(on) = effective {
                text = text.with_clause("effective", "11", &json!({ "on": on }));
            }
            for (actor, on) in [(&association, signed[0]), (&ministry, signed[1])] {
                if let Some(on) = on {
                    actor.signs(&text, on).expect(201);
                }
            }
            let first = signed.into_iter().flatten().min();
            lives.push(Life { text, first, from, last });
        };
    let ane = "anniversary";
    let day = Some("2024-06-27");
    live(&years(5), ane, None, [None, None], None, None);
    live(&years(5), ane, None, [Some("2024-06-20"), None], None, None);
    live(&years(5), ane, None, [None, Some("2024-02-29")], None, None);
    live(&years(5), ane, None, [Some("2024-06-20"), day], day, Some("2029-06-27"));
    live(&years(5), "eve", None, [Some("2024-06-20"), day], day, Some("2029-06-26"));
    live(&years(5), ane, None, [Some("2024-02-29"), Some("2024-02-29")], Some("2024-02-29"), Some("2029-02-28"));
    live(&years(1), ane, Some("2024-09-01"), [Some("2024-06-20"), day], Some("2024-09-01"), Some("2025-09-01"));
    live(&years(1), ane, Some("2024-01-01"), [Some("2024-06-20"), day], Some("2024-01-01"), Some("2025-01-01"));
    live(&none, ane, None, [Some("2014-06-20"), Some("2014-06-20")], Some("2014-06-20"), None);
    let days = json!({ "value": 1, "unit": "day" });
    live(&days, ane, None, [day, day], day, Some("2024-06-28"));
    let named = json!({ "end": "2024-06-27" });
    live(&named, ane, None, [Some("2024-06-20"), day], day, day);
    let school_year = json!({ "start": "2027-09-01", "end": "2028-08-31" });
    live(&school_year, ane, None, [Some("2024-06-20"), day], Some("2027-09-01"), Some("2028-08-31"));
    lives
}

both!(list_filter_and_reads_agree_on_every_date, |world| {
    let lives = lives(world);
    let author = lives[0].text.author.clone();
    let around = |day: &str| {
        let day: passerelle::domain::CivilDate = day.parse().unwrap();
        [day.previous(), day, day.next()].map(|d| d.to_string())
    };
    let marks = |life: &Life| [life.first, life.from, life.last].into_iter().flatten().collect::<Vec<_>>();
    let mut dates: BTreeSet<String> = lives.iter().flat_map(marks).flat_map(around).collect();
    dates.extend(["1900-01-01", "2026-11-23", "2200-12-31"].map(str::to_owned));
    for on in &dates {
        // The list says each status, and each filter keeps exactly those.
        let listed = author.list(&format!("/v1/conventions?as_of={on}&sort=created_at"));
        let wanted: Vec<&str> = lives.iter().map(|l| l.status(on)).collect();
        assert_eq!(each(&listed, "status"), wanted, "{on}");
        for status in STATUSES {
            let path = format!("/v1/conventions?as_of={on}&sort=created_at&status={status}");
            let wanted: Vec<&str> =
                lives.iter().filter(|l| l.status(on) == status).map(|l| l.text.id.as_str()).collect();
            assert_eq!(each(&author.list(&path), "id"), wanted, "{status} on {on}");
        }
    }
    for life in &lives {
        assert_eq!(life.text.json()["in_force_from"].as_str(), life.from);
        assert_eq!(life.text.json()["last_day"].as_str(), life.last);
        for on in marks(life).into_iter().flat_map(around) {
            assert_eq!(life.text.status_on(&on), life.status(&on), "{} on {on}", life.text.json()["title"]);
        }
    }
    let both = total(&author, "/v1/conventions?status=draft,partially_signed&as_of=2024-06-20");
    let wanted = lives.iter().filter(|l| ["draft", "partially_signed"].contains(&l.status("2024-06-20"))).count();
    assert_eq!(both, i64::try_from(wanted).unwrap());
    author.get("/v1/conventions?status=running").problem("invalid_parameters");
});

both!(whatever_ends_it_list_and_reads_agree, |world| {
    let states = crate::conventions::matrix::states(world);
    let ministry = world.ministry();
    let mut dates: BTreeSet<String> = BTreeSet::new();
    for (_, text) in &states {
        let read = text.association.get(&text.path()).expect(200).json;
        for member in ["first_signed_on", "in_force_from", "last_day", "ends_on"] {
            if let Some(day) = read[member].as_str() {
                let day: passerelle::domain::CivilDate = day.parse().unwrap();
                dates.extend([day.previous(), day, day.next()].map(|d| d.to_string()));
            }
        }
    }
    dates.extend(["2026-10-01", "2026-11-01", "2026-11-02", "2026-11-23"].map(str::to_owned));
    for on in &dates {
        let listed = ministry.list(&format!("/v1/conventions?as_of={on}&sort=created_at"));
        let mut seen = 0;
        for status in STATUSES {
            let kept = ministry.list(&format!("/v1/conventions?as_of={on}&sort=created_at&status={status}"));
            assert!(kept.iter().all(|row| row["status"] == status), "{status} on {on}");
            seen += kept.len();
        }
        assert_eq!(seen, listed.len(), "each has exactly one status on {on}");
        for (state, text) in &states {
            let read = ministry.get(&format!("{}?as_of={on}", text.path())).expect(200).json;
            let row = listed.iter().find(|row| row["id"] == text.id).unwrap();
            assert_eq!((&row["status"], &row["last_day"]), (&read["status"], &read["last_day"]), "{state} on {on}");
        }
    }
    let today: Vec<String> = states
        .iter()
        .map(|(_, text)| ministry.get(&text.path()).expect(200).json["status"].as_str().unwrap().to_owned())
        .collect();
    let wanted: Vec<&str> = states.iter().map(|(state, _)| state.split(',').next().unwrap()).collect();
    assert_eq!(today, wanted);
});

both!(a_status_never_comes_back, |world| {
    let order = |status: &str| ["draft", "partially_signed", "in_force", "expired"].iter().position(|s| *s == status);
    for life in lives(world) {
        let mut reached = Some(0);
        for on in [
            "2014-06-19",
            "2014-06-20",
            "2024-02-29",
            "2024-06-27",
            "2024-06-28",
            "2025-09-02",
            "2028-09-01",
            "2040-01-01",
        ] {
            let now = order(&life.text.status_on(on));
            assert!(now.is_some() && now >= reached, "{on}");
            reached = now;
        }
    }
});

both!(today_is_the_day_in_paris, |world| {
    let text = ready(world).signed("2026-11-20", "2026-11-23");
    assert_eq!(text.author.list("/v1/conventions?status=in_force").len(), 1);
    let etag = text.etag();
    world.pass_seconds(14 * 3600 - 1);
    let text = text.renewed(world);
    assert_eq!((text.json()["as_of"].as_str(), text.etag() == etag), (Some("2026-11-23"), true));
    world.pass_seconds(1);
    assert_eq!((text.json()["as_of"].as_str(), text.etag() == etag), (Some("2026-11-24"), false));
    // The version is the same: a write prepared yesterday is not stale for the date alone.
    let contact = json!({ "network": "clee", "territory": "national", "name": "CLEE" });
    text.add("network-contacts", &contact).expect(201);
    text.author.patch(&text.path(), &etag, &json!({ "title": "x" })).problem("amendment_required");
});
