//! `cargo bench`: read by id, list and import of conventions; read by id, list, creation and bulk of 500,000 actions
//! ([`actions`]); all against floors of the same run.
//!
//! The floors: a static answer of the same bytes by the same HTTP library (what no handler can beat), and the bare
//! query on as many connections as the service has readers (what no service over this database can beat). Figures of
//! one machine say little; the ratios say what the service costs. PostgreSQL is measured when `TEST_DATABASE_URL` is
//! set: in a schema-less database of its own, dropped at the end. With `BENCH_KEEP=NAME` the database of that name is
//! seeded once, kept, and measured on a copy.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a benchmark stops at the first surprise

mod actions;
mod floors;
mod load;

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use diesel::prelude::*;
use load::{Client, Run, run};
use passerelle::app::App;
use passerelle::auth::clients::{Client as ApiClient, NewClient};
use passerelle::auth::keys::MasterKey;
use passerelle::auth::tokens;
use passerelle::clock::{Clock, Ids};
use passerelle::config::Config;
use passerelle::conventions::articles::Article;
use passerelle::conventions::import;
use passerelle::conventions::imports::{self, Read};
use passerelle::db::schema::{articles, conventions};
use passerelle::db::{Connection, Target, migrate};
use passerelle::domain::Id;
use passerelle::http::body;
use passerelle::http::unit::Unit;
use passerelle::server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TEXT: &str = include_str!("../../src/cli/demo_convention.txt");
/// Requests under way at once.
const CONNECTIONS: usize = 32;
/// Opens the signing keys of a database that is kept.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn main() {
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(3.0);
    let time = Duration::from_secs_f64(seconds);
    floors::instrument();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Target::Sqlite(folder.path().join("bench.db"));
    if std::env::var_os("BENCH_POSTGRES_ONLY").is_none() {
        measure("SQLite", &sqlite, time);
    }
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => {
            let (target, name) = own_database(&url);
            measure("PostgreSQL", &target, time);
            if kept().as_ref() == Some(&name) {
                return;
            }
            let mut admin = Target::parse(&url).unwrap().open(false).unwrap();
            diesel::sql_query(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&mut admin).unwrap();
        }
        Err(_) => println!("\nPostgreSQL: SKIPPED, TEST_DATABASE_URL is not set"),
    }
}

/// The database that is kept.
fn kept() -> Option<String> {
    std::env::var("BENCH_KEEP").ok()
}

/// A new database, a copy of the one that is kept, or that one when it is still to be seeded.
fn own_database(url: &str) -> (Target, String) {
    let mut admin = Target::parse(url).unwrap().open(false).unwrap();
    let name = format!("passerelle_bench_{}", std::process::id());
    let base = url.rsplit_once('/').unwrap().0;
    let of = |name: String| (Target::parse(&format!("{base}/{name}")).unwrap(), name);
    let Some(kept) = kept() else {
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
        return of(name);
    };
    if diesel::sql_query(format!("CREATE DATABASE {kept}")).execute(&mut admin).is_ok() {
        return of(kept);
    }
    diesel::sql_query(format!("CREATE DATABASE {name} TEMPLATE {kept} STRATEGY file_copy"))
        .execute(&mut admin)
        .unwrap();
    of(name)
}

/// What is needed to ask the running service.
struct Service {
    address: SocketAddr,
    token: String,
    convention: Id,
    readers: usize,
    association: Id,
    association_token: String,
    /// The database is made to be copied: nothing is measured in it.
    seed_only: bool,
}

fn measure(name: &str, target: &Target, time: Duration) {
    migrate::run(target).unwrap();
    let mut service = start(target);
    service.seed_only &= target.is_postgres() && kept().is_some();
    if service.seed_only {
        return actions::measure(target, &service, time);
    }
    let mut c = target.open(true).unwrap();
    let article: Id = articles::table.select(articles::id).first(&mut c).unwrap();
    let by_id = format!("/v1/articles/{article}");
    let list = format!("/v1/conventions/{}/articles", service.convention);
    println!("\n{name}, {CONNECTIONS} connections, {} s each", time.as_secs_f64());
    println!(
        "{:<34}{:>12}{:>11}{:>11}{:>15}{:>14}",
        "", "per second", "median µs", "p99 µs", "of the static", "of the query"
    );
    for (label, path, rows) in [("read by id", &by_id, 1_i64), ("list of 12 articles", &list, 50)] {
        let mut probe = Client::get(service.address, path, &service.token);
        probe.send(200);
        let floor = static_answer(probe.body().to_vec(), time);
        let query = bare_query(target, &service, article, rows, time);
        let measured = run(CONNECTIONS, time, |_| {
            let mut client = Client::get(service.address, path, &service.token);
            move || client.send(200)
        });
        line(&format!("{label}: static answer"), floor, None, None);
        line(&format!("{label}: bare query"), query, None, None);
        line(label, measured, Some(floor), Some(query));
    }
    import_of(&service);
    actions::measure(target, &service, time);
}

fn line(label: &str, run: Run, floor: Option<Run>, query: Option<Run>) {
    let share = |other: Option<Run>| other.map_or(String::new(), |o| format!("{:.0} %", 100.0 * run.rate / o.rate));
    println!("{label:<34}{:>12.0}{:>11}{:>11}{:>15}{:>14}", run.rate, run.median, run.p99, share(floor), share(query));
}

fn start(target: &Target) -> Service {
    let mut config = Config::read("127.0.0.1:0", &|_| None).unwrap();
    config.target = target.clone();
    config.rate_per_second = 10_000_000;
    config.rate_burst = 10_000_000;
    if target.is_postgres() {
        config.doors.readers = config.workers * 3;
        config.doors.writers = config.workers * 6;
    }
    let readers = config.doors.readers;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let master = MasterKey::parse(KEY).unwrap();
            let app = App::start(config, master, Clock::System { civil: None }, Ids::Random).await.unwrap();
            let seeded = seed(&app, address, readers).await;
            // As in production: on PostgreSQL the stamper works beside the requests.
            passerelle::jobs::start(app.clone());
            let server = server::build(&app, vec![listener]).unwrap();
            told.send(seeded).unwrap();
            server.await.unwrap();
        });
    });
    started.recv().unwrap()
}

async fn seed(app: &App, address: SocketAddr, readers: usize) -> Service {
    let token = token_of(app, serde_json::json!({ "name": "bench", "role": "operator" })).await;
    let there = app.db.read(|c| Ok(conventions::table.select(conventions::id).first(c).optional()?)).await.unwrap();
    let seed_only = there.is_none();
    let convention = if let Some(convention) = there {
        convention
    } else {
        let read = Read::of(TEXT, "text/plain");
        let made = app.act(false, move |unit| imports::import(unit, &read, None)).await.unwrap();
        let convention = made.convention.unwrap().id;
        let in_force = move |unit: &mut Unit<'_>| {
            actions::put_in_force(unit, convention);
            Ok(())
        };
        app.act(false, in_force).await.unwrap();
        convention
    };
    let association = app.db.read(move |c| Ok(actions::association_of(c, convention))).await.unwrap();
    let client = serde_json::json!({ "name": "bench", "role": "association", "organisation_id": association });
    let association_token = token_of(app, client).await;
    Service { address, token, convention, readers, association, association_token, seed_only }
}

/// A token of a new client.
async fn token_of(app: &App, client: serde_json::Value) -> String {
    let client = app
        .act(false, |unit| {
            let new: NewClient = body::read(client)?;
            let client = ApiClient::make(unit.new_id(), new, "bench", unit.request.now);
            client.insert(unit)?;
            Ok(client)
        })
        .await
        .unwrap();
    let (now, id) = (app.clock.now(), app.ids.next(app.clock.now()));
    tokens::issue(&app.keys, &app.config.public_url, client.id, id, &client.scopes.0, now, 3600).unwrap()
}

/// The same bytes from memory, by the same HTTP library with as many workers.
fn static_answer(bytes: Vec<u8>, time: Duration) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, started) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let bytes = web::Bytes::from(bytes);
            let server = HttpServer::new(move || {
                let bytes = bytes.clone();
                let answer = move || {
                    let bytes = bytes.clone();
                    async move { HttpResponse::Ok().content_type("application/json").body(bytes) }
                };
                Actix::new().default_service(web::to(answer))
            })
            .workers(2)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
            told.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = started.recv().unwrap();
    let measured = run(CONNECTIONS, time, |_| {
        let mut client = Client::get(address, "/", "none");
        move || client.send(200)
    });
    actix_web::rt::System::new().block_on(handle.stop(false));
    thread.join().unwrap();
    measured
}

/// The query alone, on as many connections as the service has readers.
fn bare_query(target: &Target, service: &Service, article: Id, rows: i64, time: Duration) -> Run {
    let convention = service.convention;
    run(service.readers, time, |_| {
        let mut c: Connection = target.open(true).unwrap();
        move || {
            let found: Vec<Article> = if rows == 1 {
                articles::table.find(article).select(Article::as_select()).load(&mut c).unwrap()
            } else {
                articles::table
                    .filter(articles::convention_id.eq(convention))
                    .order((articles::position, articles::id))
                    .limit(rows)
                    .select(Article::as_select())
                    .load(&mut c)
                    .unwrap()
            };
            assert!(!found.is_empty());
        }
    })
}

/// Imports of distinct texts, one after the other, against reading the text alone.
fn import_of(service: &Service) {
    const TIMES: u32 = 40;
    let text = |n: u32| format!("{TEXT}\n\n(exemplaire {n} du banc d'essai {})\n", std::process::id());
    let started = Instant::now();
    for n in 0..TIMES {
        assert!(!import::parse(&text(n)).parsed.articles.is_empty());
    }
    let parse = started.elapsed() / TIMES;
    let mut client = Client::get(service.address, "/", &service.token);
    let started = Instant::now();
    for n in 0..TIMES {
        client.post("/v1/conventions/import", &service.token, &text(n), 201);
    }
    let whole = started.elapsed() / TIMES;
    println!(
        "import ({} KiB): {} µs, of which the parser alone {} µs: {:.1} times the parser",
        TEXT.len() / 1024,
        whole.as_micros(),
        parse.as_micros(),
        whole.as_secs_f64() / parse.as_secs_f64()
    );
}
