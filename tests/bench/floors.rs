//! What the database does alone: `pgbench` with the very statements that the service sends, and `COPY` of rows that a
//! bulk wrote.

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

/// The one statement over a table that some work makes the service send: its text, without the values bound.
pub fn statement_of(table: &str, work: impl FnOnce()) -> String {
    LISTENING.store(true, Ordering::Relaxed);
    work();
    LISTENING.store(false, Ordering::Relaxed);
    let heard = std::mem::take(&mut *HEARD.lock().unwrap());
    let from = format!("FROM \"{table}\"");
    let mut found = heard.iter().filter(|sql| sql.starts_with("SELECT") && sql.contains(&from));
    let sql = found.next().unwrap_or_else(|| panic!("nothing of {table} in {heard:?}"));
    assert!(found.next().is_none(), "one statement: {heard:?}");
    sql.split(" -- binds: ").next().unwrap().trim().to_owned()
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

/// What `pgbench` does in a time with some scripts, taken by chance; none when there is no such program.
pub fn pgbench(target: &Target, scripts: &[String], time: Duration) -> Option<Run> {
    let program = program("pgbench")?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    let (seconds, connections) = (time.as_secs().max(1).to_string(), CONNECTIONS.to_string());
    command.args(["-n", "-M", "prepared", "-j", "2", "-T", &seconds, "-c", &connections]);
    command.args(["--log", "--log-prefix"]).arg(folder.path().join("log"));
    for (n, script) in scripts.iter().enumerate() {
        let path = folder.path().join(format!("{n}.sql"));
        std::fs::write(&path, script).unwrap();
        command.arg("-f").arg(path);
    }
    let output = command.arg(url(target)).stdin(Stdio::null()).output().unwrap();
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
