//! What a database holds: its tables, columns, indexes, as text.

use std::collections::BTreeMap;

use diesel::RunQueryDsl as _;
use diesel::sql_types::Text;
use passerelle::db::Connection;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(c: &mut Connection, query: &str) -> Vec<String> {
    diesel::sql_query(query)
        .load::<Line>(c)
        .unwrap_or_else(|e| panic!("{query}: {e}"))
        .into_iter()
        .map(|l| l.line)
        .collect()
}

/// Everything that the schema is made of, in one order; the harness's own table is left out.
pub fn schema(c: &mut Connection) -> Vec<String> {
    match c {
        Connection::Sqlite(_) => lines(
            c,
            "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS line FROM sqlite_master \
             WHERE tbl_name <> '__diesel_schema_migrations' AND name NOT LIKE 'sqlite_sequence' ORDER BY 1",
        ),
        Connection::Postgres(_) => {
            let mut all = lines(
                c,
                "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' \
                 || COALESCE(column_default, '') || ' ' || COALESCE(collation_name, '') AS line \
                 FROM information_schema.columns WHERE table_schema = 'public' \
                 AND table_name <> '__diesel_schema_migrations' ORDER BY 1",
            );
            all.extend(lines(
                c,
                "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' \
                 AND tablename <> '__diesel_schema_migrations' ORDER BY 1",
            ));
            all.extend(lines(
                c,
                "SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint \
                 WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '__diesel_schema_migrations' ORDER BY 1",
            ));
            all
        }
    }
}

/// The columns of each table, each with its type in the database's own words and whether it may be null.
pub fn columns(c: &mut Connection) -> BTreeMap<String, BTreeMap<String, (String, bool)>> {
    let query = match c {
        Connection::Sqlite(_) => {
            "SELECT m.name || ' ' || p.name || ' ' || lower(p.type) || ' ' || (p.\"notnull\" = 0 AND p.pk = 0) AS line \
             FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             AND m.name <> '__diesel_schema_migrations'"
        }
        Connection::Postgres(_) => {
            "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS line \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'"
        }
    };
    let mut tables: BTreeMap<String, BTreeMap<String, (String, bool)>> = BTreeMap::new();
    for line in lines(c, query) {
        let [table, column, sql_type, nullable] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        tables.entry(table.into()).or_default().insert(column.into(), (sql_type.into(), nullable == "1"));
    }
    tables
}

/// How a type of `schema.rs` lies in a database.
pub fn lies_as(diesel: &str, c: &Connection) -> &'static str {
    match (diesel, c) {
        ("DbUuid" | "Binary", Connection::Sqlite(_)) => "blob",
        ("Binary", Connection::Postgres(_)) => "bytea",
        ("DbUuid", Connection::Postgres(_)) => "uuid",
        ("BigInt" | "Bool", Connection::Sqlite(_)) | ("Integer", _) => "integer",
        ("BigInt", Connection::Postgres(_)) => "bigint",
        ("Bool", Connection::Postgres(_)) => "boolean",
        ("Date", Connection::Postgres(_)) => "date",
        ("Text", _) | ("Date", Connection::Sqlite(_)) => "text",
        _ => panic!("{diesel}: a type of schema.rs that this test does not know"),
    }
}

/// The indexes that are unique: table and columns.
pub fn unique(c: &mut Connection) -> Vec<String> {
    let query = match c {
        Connection::Sqlite(_) => {
            "SELECT m.name || '(' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' AS line \
             FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.\"unique\" = 1 \
             AND m.name <> '__diesel_schema_migrations' ORDER BY 1"
        }
        Connection::Postgres(_) => {
            "SELECT c.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) || ')' AS line \
             FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace \
             WHERE i.indisunique AND s.nspname = 'public' AND c.relname <> '__diesel_schema_migrations' ORDER BY 1"
        }
    };
    lines(c, query)
}
