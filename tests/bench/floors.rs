//! What the database does alone: `pgbench` with the very statements that the service sends, and `COPY` of rows that a
//! bulk wrote.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use passerelle::db::Target;

use crate::CONNECTIONS;
use crate::load::Run;

/// Whether somebody listens to what the service sends, and what was heard.
static LISTENING: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Listens to every connection that is opened from now on.
pub fn instrument() {
    #[allow(clippy::unnecessary_wraps)] // as diesel wants it
    fn listener() -> Option<Box<dyn Instrumentation>> {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event
                && LISTENING.load(Ordering::Relaxed)
            {
                HEARD.lock().unwrap().push(query.to_string());
            }
        }))
    }
    set_default_instrumentation(listener).unwrap();
}

/// A statement that the service sent, and the values bound, as SQL writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub sql: String,
    pub values: Vec<String>,
}

/// The reads of a table that some work makes the service send.
pub fn sent_over(table: &str, work: impl FnOnce()) -> Vec<Sent> {
    LISTENING.store(true, Ordering::Relaxed);
    work();
    LISTENING.store(false, Ordering::Relaxed);
    let heard = std::mem::take(&mut *HEARD.lock().unwrap());
    let from = format!("FROM \"{table}\"");
    let read = |text: &String| {
        let (sql, binds) = text.split_once(" -- binds: ")?;
        let sql = sql.trim().to_owned();
        (sql.starts_with("SELECT") && sql.contains(&from)).then(|| Sent { sql, values: values(binds.trim()) })
    };
    let found: Vec<Sent> = heard.iter().filter_map(read).collect();
    assert!(!found.is_empty(), "nothing of {table} in {heard:?}");
    found
}

/// The one read of a table that some work makes the service send.
pub fn statement_of(table: &str, work: impl FnOnce()) -> String {
    let mut found = sent_over(table, work);
    assert_eq!(found.len(), 1, "one statement: {found:?}");
    found.remove(0).sql
}

/// `[Id(0192…), "24", Proposed, CivilDate(2027-01-14), 51]`, each as SQL writes it.
fn values(binds: &str) -> Vec<String> {
    let inner = binds.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap();
    let (mut pieces, mut depth, mut quoted) = (vec![String::new()], 0, false);
    for letter in inner.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth -= 1,
            _ => {}
        }
        match letter {
            ',' if depth == 0 && !quoted => pieces.push(String::new()),
            other => pieces.last_mut().unwrap().push(other),
        }
    }
    let pieces: Vec<&str> = pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty()).collect();
    pieces.into_iter().map(value).collect()
}

fn value(debugged: &str) -> String {
    let within = |name: &str| debugged.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(inner) = within("Some") {
        return value(inner);
    }
    if let Some(id) = within("Id") {
        return format!("'{id}'::uuid");
    }
    if let Some(day) = within("CivilDate") {
        return format!("'{day}'::date");
    }
    if debugged.starts_with('[') {
        return format!("ARRAY[{}]", values(debugged).join(", "));
    }
    if debugged.parse::<i64>().is_ok() {
        return debugged.to_owned();
    }
    let word = debugged.trim_matches('"').to_lowercase();
    assert!(word.chars().all(|letter| letter.is_alphanumeric() || "*_-".contains(letter)), "{debugged}");
    format!("'{word}'::text")
}

/// What requests made the service send, as scripts of `pgbench`, each with its weight: the same statements with the same
/// values, one request after another by chance.
pub fn scripts(requests: &[Vec<Sent>]) -> Vec<(String, usize)> {
    let form = |sent: &Vec<Sent>| sent.iter().map(|one| one.sql.clone()).collect::<Vec<_>>();
    let mut forms: Vec<Vec<String>> = requests.iter().map(form).collect();
    forms.sort();
    forms.dedup();
    let script = |statements: &Vec<String>| {
        let like: Vec<&Vec<Sent>> = requests.iter().filter(|sent| form(sent) == *statements).collect();
        let mut script = format!("\\set i random(1, {})\n", like.len());
        for (n, sql) in statements.iter().enumerate() {
            let varied = (0..like[0][n].values.len()).map(|bind| {
                let all: Vec<&str> = like.iter().map(|sent| sent[n].values[bind].as_str()).collect();
                let same = all.iter().all(|value| *value == all[0]);
                if same { all[0].to_owned() } else { format!("(ARRAY[{}])[:i]", all.join(", ")) }
            });
            writeln!(script, "{};", with_values(sql, &varied.collect::<Vec<_>>())).unwrap();
        }
        (script, like.len())
    };
    forms.iter().map(script).collect()
}

/// The statement with a value of SQL in the place of each of its binds, all of them.
pub fn with_values(sql: &str, values: &[String]) -> String {
    let mut text = sql.to_owned();
    for (index, value) in values.iter().enumerate().rev() {
        let bind = format!("${}", index + 1);
        assert!(text.contains(&bind), "{bind} in {sql}");
        text = text.replace(&bind, value);
    }
    assert!(!text.contains('$'), "as many values as binds: {text}");
    text
}

fn url(target: &Target) -> &str {
    match target {
        Target::Postgres(url) | Target::Pooled(url) => url,
        Target::Sqlite(_) => unreachable!("PostgreSQL only"),
    }
}

/// A program of PostgreSQL, from the path or from Debian's folder.
pub fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&paths).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// What `pgbench` does in a time with some scripts, taken by chance as they weigh; none when there is no such program.
pub fn pgbench(target: &Target, scripts: &[(String, usize)], time: Duration) -> Option<Run> {
    let program = program("pgbench")?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    let (seconds, connections) = (time.as_secs().max(1).to_string(), CONNECTIONS.to_string());
    command.args(["-n", "-M", "prepared", "-j", "2", "-T", &seconds, "-c", &connections]);
    command.args(["--log", "--log-prefix"]).arg(folder.path().join("log"));
    for (n, (script, weight)) in scripts.iter().enumerate() {
        let path = folder.path().join(format!("{n}.sql"));
        std::fs::write(&path, script).unwrap();
        command.arg("-f").arg(format!("{}@{weight}", path.display()));
    }
    // Without TLS, as the service that is measured.
    let plain = if url(target).contains('?') { "&sslmode=disable" } else { "?sslmode=disable" };
    let output = command.arg(format!("{}{plain}", url(target))).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let failed = || panic!("pgbench: {told}{}", String::from_utf8_lossy(&output.stderr));
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    let rate: f64 = rate.filter(|_| output.status.success()).unwrap_or_else(failed);
    let texts: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().starts_with("log."))
        .map(|file| std::fs::read_to_string(file.path()).unwrap())
        .collect();
    let mut times: Vec<u64> =
        texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.split(' ').nth(2)?.parse().ok()).collect();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0);
    Some(Run { rate, median: at(50), p99: at(99) })
}

/// Runs a script of `psql`; how long it took.
pub fn psql(target: &Target, script: &str) -> Duration {
    let program = program("psql").expect("psql comes with pgbench");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.sql");
    std::fs::write(&path, script).unwrap();
    let started = Instant::now();
    let mut command = Command::new(program);
    command.args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-d", url(target), "-f"]).arg(&path);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    started.elapsed()
}
