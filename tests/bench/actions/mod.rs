//! `/v1/actions` on 500,000 actions: read by id, list of 50, creation and bulk of 10,000, each against what the database
//! does alone with the same statements.

mod bulk;
mod seed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use passerelle::actions::{ActionRow, seen_by};
use passerelle::auth::Caller;
use passerelle::db::schema::actions;
use passerelle::db::{Connection, Target, feed};
use passerelle::domain::vocabulary::{ActionStatus, Role};
use passerelle::domain::{CivilDate, Id};

use seed::{COMPUTED, STATES, action, computed};
pub use seed::{association_of, put_in_force};

use crate::load::{Client, Run, get, post, run};
use crate::{CONNECTIONS, Service, floors, static_answer};

/// Académies of the schools, and none.
const ACADEMIES: [&str; 5] = ["", "01", "24", "25", "10"];
/// Pages of each list that are walked.
const PAGES: usize = 12;
/// Different ids read, different actions created.
const MANY: usize = 20_000;

/// What the measures share.
struct Bench<'s> {
    target: &'s Target,
    service: &'s Service,
    axis: Id,
    time: Duration,
}

pub fn measure(target: &Target, service: &Service, time: Duration) {
    let mut c = target.open(false).unwrap();
    let axis = seed::axis(&mut c, service.convention);
    let bench = Bench { target, service, axis, time };
    let there: i64 = actions::table.count().get_result(&mut c).unwrap();
    if there == 0 {
        bench.bulk("b0");
        seed::multiply(target, "b0");
        settle(&mut c);
    }
    if service.seed_only {
        return println!("seeded: the same command measures on a copy of it");
    }
    println!("\n500,000 actions");
    println!(
        "{:<34}{:>12}{:>11}{:>11}{:>15}{:>14}",
        "", "per second", "median µs", "p99 µs", "of the static", "of the base"
    );
    bench.read();
    bench.list();
    bench.create();
    settle(&mut c);
    bulk::measure(&bench, &mut c);
}

/// Waits until the stamper has nothing more to do.
fn settle(c: &mut Connection) {
    while feed::waiting(c).unwrap() > 0 {
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Bench<'_> {
    fn address(&self) -> SocketAddr {
        self.service.address
    }

    fn load(&self, requests: &Arc<[Box<str>]>, status: u16) -> Run {
        let apart = requests.len() / CONNECTIONS;
        run(CONNECTIONS, self.time, |n| {
            let mut client = Client::cycle(self.address(), requests.clone(), n * apart);
            move || client.send(status)
        })
    }

    /// One answer.
    fn ask(&self, path: &str) -> serde_json::Value {
        let mut client = Client::get(self.address(), path, &self.service.association_token);
        client.send(200);
        serde_json::from_slice(client.body()).unwrap()
    }

    /// What the database does alone: `pgbench` with these scripts, or the query by the same library on as many
    /// connections as the service has readers.
    fn base(
        &self,
        label: &str,
        scripts: &[(String, usize)],
        bare: impl Fn(&mut Connection, usize) + Send + Sync,
    ) -> Option<Run> {
        let (name, alone) = if self.target.is_postgres() {
            ("pgbench", floors::pgbench(self.target, scripts, self.time))
        } else {
            let next = AtomicUsize::new(0);
            let (next, bare) = (&next, &bare);
            let measured = run(self.service.readers, self.time, |_| {
                let mut c = self.target.open(true).unwrap();
                move || bare(&mut c, next.fetch_add(1, Ordering::Relaxed))
            });
            ("bare query", Some(measured))
        };
        match alone {
            Some(alone) => crate::line(&format!("{label}: {name}"), alone, None, None),
            None => println!("{label}: pgbench SKIPPED, there is no such program"),
        }
        alone
    }

    fn caller(&self) -> Caller {
        Caller {
            client_id: self.service.association,
            subject: None,
            name: "bench".into(),
            role: Role::Association,
            organisation_id: Some(self.service.association),
            territories: Vec::new(),
            uais: Vec::new(),
            scopes: Vec::default(),
        }
    }

    /// What every statement binds for the caller: its organisation.
    fn mine(&self) -> String {
        format!("'{}'::uuid", self.service.association)
    }

    fn read(&self) {
        let token = &self.service.association_token;
        let ids = (0..MANY).map(|n| n * 7919 % COMPUTED);
        let requests: Arc<[Box<str>]> = ids.map(|n| get(&format!("/v1/actions/{}", computed(n)), token)).collect();
        let path = format!("/v1/actions/{}", computed(4711));
        let floor = static_answer(self.ask(&path).to_string().into_bytes(), self.time);
        crate::line("read by id: static answer", floor, None, None);
        let script = self.statement(&path, |sql| {
            let id = "('01920000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid";
            let (one, mine) = ("1".to_owned(), self.mine());
            let values = [one.clone(), one.clone(), mine.clone(), id.to_owned(), mine.clone(), mine, one];
            format!("\\set n random(0, {})\n{};\n", COMPUTED - 1, floors::with_values(sql, &values))
        });
        let caller = self.caller();
        let scripts: Vec<_> = script.into_iter().map(|script| (script, 1)).collect();
        let base = self.base("read by id", &scripts, |c, n| {
            let id: Id = computed(n * 7919 % COMPUTED).parse().unwrap();
            let found = actions::table.find(id).filter(seen_by(&caller)).select(ActionRow::as_select());
            let _: ActionRow = found.first(c).unwrap();
        });
        crate::line("read by id", self.load(&requests, 200), Some(floor), base);
    }

    fn list(&self) {
        let token = &self.service.association_token;
        let mut requests: Vec<Box<str>> = Vec::new();
        let (mut sent, mut pages) = (Vec::new(), Vec::new());
        let mut floor = None;
        for (state, academie) in STATES.iter().flat_map(|state| ACADEMIES.map(|academie| (state, academie))) {
            let mut first = format!("/v1/actions?convention_id={}&status={state}", self.service.convention);
            if !academie.is_empty() {
                first.push_str("&academie=");
                first.push_str(academie);
            }
            let (mut path, mut after) = (first.clone(), None);
            for _ in 0..PAGES {
                let mut answer = serde_json::Value::Null;
                if self.target.is_postgres() {
                    sent.push(floors::sent_over("actions", || answer = self.ask(&path)));
                } else {
                    answer = self.ask(&path);
                }
                let items = answer["items"].as_array().unwrap();
                assert_eq!(items.len(), 50, "{path}");
                pages.push((*state, academie, after));
                let text = |member: &str| items[49][member].as_str().unwrap();
                after = Some((text("day").parse::<CivilDate>().unwrap(), text("id").parse::<Id>().unwrap()));
                floor.get_or_insert_with(|| answer.to_string().into_bytes());
                requests.push(get(&path, token));
                path = format!("{first}&cursor={}", answer["next_cursor"].as_str().unwrap());
            }
        }
        let floor = static_answer(floor.unwrap(), self.time);
        crate::line("list of 50: static answer", floor, None, None);
        let caller = self.caller();
        let base = self.base("list of 50", &floors::scripts(&sent), |c, n| {
            let (status, academie, after) = pages[n % pages.len()];
            let mut query = actions::table.filter(seen_by(&caller)).into_boxed();
            if !academie.is_empty() {
                query = query.filter(actions::academie.eq(academie));
            }
            if let Some((day, id)) = after {
                query = query.filter(actions::day.ge(day)).filter(actions::day.gt(day).or(actions::id.gt(id)));
            }
            let found: Vec<ActionRow> = query
                .filter(actions::convention_id.eq(self.service.convention))
                .filter(actions::status.eq(status.parse::<ActionStatus>().unwrap()))
                .order((actions::day, actions::id))
                .limit(51)
                .select(ActionRow::as_select())
                .load(c)
                .unwrap();
            assert_eq!(found.len(), 51);
        });
        crate::line("list of 50", self.load(&requests.into(), 200), Some(floor), base);
    }

    /// The statement over actions that one request makes the service send, as a script; PostgreSQL only.
    fn statement(&self, path: &str, script: impl FnOnce(&str) -> String) -> Option<String> {
        if !self.target.is_postgres() {
            return None;
        }
        Some(script(&floors::statement_of("actions", || drop(self.ask(path)))))
    }

    fn create(&self) {
        let (convention, token) = (self.service.convention, &self.service.association_token);
        let body =
            |n| post("/v1/actions", token, "application/json", &action(convention, self.axis, "c", n).to_string());
        // Each is sent once: its key is its own.
        let next = AtomicUsize::new(0);
        let next = &next;
        let base = bulk::creation(self);
        let measured = run(CONNECTIONS, self.time, |_| {
            let mut client = Client::cycle(self.address(), [].into(), 0);
            move || client.exchange(&body(next.fetch_add(1, Ordering::Relaxed)), 201)
        });
        crate::line("create", measured, None, base);
    }

    /// Sends a bulk; how long it took.
    fn bulk(&self, key: &str) -> Duration {
        let lines = seed::bulk(self.service.convention, self.axis, key);
        let request = post("/v1/actions/bulk", &self.service.association_token, "application/x-ndjson", &lines);
        let mut client = Client::cycle(self.address(), [].into(), 0);
        let started = std::time::Instant::now();
        client.exchange(&request, 200);
        started.elapsed()
    }
}
