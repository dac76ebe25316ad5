//! What a creation and a bulk write, written by the database alone: `pgbench` and `COPY` on PostgreSQL, statements of one
//! transaction on SQLite.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use passerelle::db::Connection;

use super::seed::LINES;
use super::{Bench, settle};
use crate::floors;
use crate::load::Run;

/// A bulk is measured so many times; the median counts.
const TIMES: usize = 3;

/// What a bulk writes to a table: the columns of its insert, and where the rows of one bulk are found.
struct Written {
    table: &'static str,
    columns: &'static str,
    /// The alias `t`, joined to the actions `a` of the bulk.
    join: &'static str,
}

const WRITTEN: [Written; 5] = [
    Written {
        table: "actions",
        columns: "id, version, convention_id, axis_id, kind, programme, status, origin, title, search_key, day, starts_on, \
            ends_on, territory, academie, levels, themes, external_id, owner_id, content, created_at, updated_at, audience_id, \
            host_company_id, shown, shown_version, shown_form",
        join: "actions AS t ON t.id = a.id",
    },
    Written {
        table: "action_schools",
        columns: "action_id, uai, academie, departement, class_key, module_year, module_minutes, kind, starts_on, ends_on",
        join: "action_schools AS t ON t.action_id = a.id",
    },
    Written {
        table: "changes",
        columns: "seq, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at, seen_by, was_seen_by",
        join: "changes AS t ON t.resource_id = a.id",
    },
    Written {
        table: "audit_entries",
        columns: "id, change_seq, client_id, request_id, act, details_digest, recorded_at",
        join: "changes AS ch ON ch.resource_id = a.id JOIN audit_entries AS t ON t.change_seq = ch.seq",
    },
    Written {
        table: "audit_details",
        columns: "entry_id, salt, before, after",
        join: "changes AS ch ON ch.resource_id = a.id JOIN audit_entries AS e ON e.change_seq = ch.seq \
            JOIN audit_details AS t ON t.entry_id = e.id",
    },
];

impl Written {
    /// Its rows of a bulk, with ids and keys that collide with nothing.
    fn remapped(&self, postgres: bool, key: &str) -> String {
        let id = |name: &str| {
            if postgres {
                format!("('ffffffff' || substr(t.{name}::text, 9))::uuid AS {name}")
            } else {
                format!("unhex('FFFFFFFF' || substr(hex(t.{name}), 9)) AS {name}")
            }
        };
        let columns = self.columns.split(", ").map(|name| match name.trim() {
            "id" | "action_id" | "resource_id" | "entry_id" => id(name.trim()),
            "external_id" => "'copy-' || t.external_id AS external_id".to_owned(),
            "seq" | "change_seq" => format!("t.{0} + 1000000000 AS {0}", name.trim()),
            name => format!("t.{name}"),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let bulk = format!("(SELECT id FROM actions WHERE external_id LIKE '{key}-%') AS a");
        format!("SELECT {columns} FROM {bulk} JOIN {}", self.join)
    }
}

/// Bulks of 10,000 lines, each followed by the copy of the very rows that it wrote.
pub fn measure(bench: &Bench<'_>, c: &mut Connection) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = bench.target.is_postgres();
    let (mut bulks, mut copies) = (Vec::new(), Vec::new());
    for n in 1..=TIMES {
        let key = format!("b{n}");
        bulks.push(bench.bulk(&key));
        settle(c);
        if !postgres {
            copies.push(insert_select(c, &key));
        } else if floors::program("psql").is_some() {
            copies.push(copy(bench, folder.path(), &key));
            settle(c);
        }
    }
    bulks.sort();
    copies.sort();
    let milliseconds =
        |all: &[Duration]| all.get(all.len() / 2).map_or(f64::NAN, |median| 1000.0 * median.as_secs_f64());
    let name = if postgres { "COPY" } else { "INSERT … SELECT" };
    let (bulk, copy) = (milliseconds(&bulks), milliseconds(&copies));
    if copies.is_empty() {
        println!("bulk of {LINES}: {bulk:.0} ms; COPY: SKIPPED, there is no psql");
    } else {
        println!("bulk of {LINES}: {bulk:.0} ms; {name} of the same rows: {copy:.0} ms: {:.2} times", bulk / copy);
    }
}

/// `COPY` of the rows in one transaction; what `psql` takes to start does not count.
fn copy(bench: &Bench<'_>, folder: &Path, key: &str) -> Duration {
    let (mut out, mut back) = (String::new(), String::from("BEGIN;\n"));
    for written in &WRITTEN {
        let file = folder.join(written.table);
        let rows = written.remapped(true, key);
        writeln!(out, "\\copy ({rows}) TO '{}' WITH (FORMAT binary)", file.display()).unwrap();
        let (table, columns) = (written.table, written.columns);
        writeln!(back, "\\copy {table} ({columns}) FROM '{}' WITH (FORMAT binary)", file.display()).unwrap();
    }
    back.push_str("COMMIT;\n");
    floors::psql(bench.target, &out);
    let idle = floors::psql(bench.target, "SELECT 1;");
    floors::psql(bench.target, &back).saturating_sub(idle)
}

/// The same rows by one statement for each table, in one transaction.
fn insert_select(c: &mut Connection, key: &str) -> Duration {
    let mut back = String::from("BEGIN IMMEDIATE;");
    for Written { table, columns, .. } in &WRITTEN {
        write!(back, "INSERT INTO {table} ({columns}) SELECT {columns} FROM temp.copy_{table};").unwrap();
    }
    // What is numbered stays so: the next unit does not number it.
    back.push_str("UPDATE changes SET position = seq WHERE position IS NULL; COMMIT;");
    for written in &WRITTEN {
        let (table, rows) = (written.table, written.remapped(false, key));
        c.batch_execute(&format!("DROP TABLE IF EXISTS temp.copy_{table}; CREATE TEMP TABLE copy_{table} AS {rows};"))
            .unwrap();
    }
    let started = Instant::now();
    c.batch_execute(&back).unwrap();
    started.elapsed()
}

/// What one creation writes, by PostgreSQL alone: in one transaction, with other ids each time.
pub fn creation(bench: &Bench<'_>) -> Option<Run> {
    if !bench.target.is_postgres() {
        return None;
    }
    let mut c = bench.target.open(false).unwrap();
    let run = floors::pgbench(bench.target, &[(script_of_creation(&mut c), 1)], bench.time);
    match run {
        Some(run) => crate::line("create: pgbench", run, None, None),
        None => println!("create: pgbench SKIPPED, there is no such program"),
    }
    settle(&mut c);
    run
}

/// The five inserts of a creation: the values of one that was made, as they are written in SQL.
fn script_of_creation(c: &mut Connection) -> String {
    #[derive(QueryableByName)]
    struct Values {
        #[diesel(sql_type = Text)]
        list: String,
    }
    let mut script = String::from("BEGIN;\n");
    for Written { table, columns, join } in &WRITTEN {
        let names: Vec<&str> = columns.split(", ").map(str::trim).filter(|name| *name != "seq").collect();
        let values = names.iter().map(|name| match *name {
            "id" => "'gen_random_uuid()'".to_owned(),
            "action_id" | "resource_id" => "':action::uuid'".to_owned(),
            "entry_id" => "':entry::uuid'".to_owned(),
            "change_seq" => "':seq'".to_owned(),
            "external_id" => "'''p-'' || gen_random_uuid()'".to_owned(),
            // A colon before a letter would be a variable of pgbench.
            name => format!("quote_nullable(replace(t.{name}::text, ':', ': '))"),
        });
        let rows: Vec<Values> = diesel::sql_query(format!(
            "SELECT concat_ws(', ', {}) AS list FROM (SELECT id FROM actions WHERE external_id = 'b0-1') AS a \
             JOIN {join}",
            values.collect::<Vec<_>>().join(", ")
        ))
        .load(c)
        .unwrap();
        let returning = match *table {
            "actions" => " RETURNING id AS action \\gset",
            "changes" => " RETURNING seq \\gset",
            "audit_entries" => " RETURNING id AS entry \\gset",
            _ => ";",
        };
        writeln!(script, "INSERT INTO {table} ({}) VALUES ({}){returning}", names.join(", "), rows[0].list).unwrap();
    }
    script.push_str("COMMIT;\n");
    script
}
