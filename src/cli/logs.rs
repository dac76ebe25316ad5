//! The logs, on standard error: lines for people, or one JSON object a line for a collector (`LOG_FORMAT=json`).

use std::io::Write as _;

use env_logger::{Builder, Env, Target};
use log::Level;
use serde_json::{Value, json};

/// Starts them; `RUST_LOG` wins over the filter given. Colour only on a terminal, and never with `NO_COLOR`.
pub fn start(filter: &str) {
    let mut logs = Builder::from_env(Env::default().default_filter_or(filter));
    logs.target(Target::Stderr);
    if as_json() {
        logs.format(|line, record| {
            let ts = line.timestamp_micros().to_string();
            writeln!(line, "{}", object(&ts, record.level(), record.target(), &record.args().to_string()))
        });
    }
    // A test may have started logs of its own.
    let _ = logs.try_init();
}

/// True when each line of standard error is to be a JSON object.
pub fn as_json() -> bool {
    std::env::var("LOG_FORMAT").is_ok_and(|format| format == "json")
}

/// What is wrong with `LOG_FORMAT`, reported with the other faults of the environment.
pub fn fault() -> Option<String> {
    let format = std::env::var("LOG_FORMAT").ok().filter(|f| !f.is_empty())?;
    (format != "json" && format != "text").then(|| "LOG_FORMAT must be text or json".to_owned())
}

/// One line of the JSON logs.
pub fn object(ts: &str, level: Level, target: &str, message: &str) -> Value {
    json!({ "ts": ts, "level": level.as_str(), "target": target, "message": message })
}
