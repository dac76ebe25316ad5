//! `passerelle obligations verify`: what is stored of the life of each convention, computed again.

use clap::Subcommand;
use serde_json::json;

use super::Format;
use super::open::{self, Schema};
use super::out::{self, Stop};
use crate::aggregate::Whole as _;
use crate::app::App;
use crate::clock::Clock;
use crate::conventions::ConventionRow;
use crate::domain::Id;
use crate::obligations::upkeep::{self, Found};

/// Dates and duties of conventions, as stored
#[derive(Debug, Subcommand)]
pub enum Obligations {
    /// Compute the dates and duties of every convention again; names each row that differs, with exit status 1
    Verify {
        /// Write what was computed where it differs
        #[arg(long)]
        repair: bool,
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

impl Obligations {
    pub fn run(self) -> Result<(), Stop> {
        let Self::Verify { repair, format } = self;
        open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            let all = app.db.read(|c| Ok(upkeep::conventions(c)?)).await?;
            let mut differing = Vec::new();
            for id in &all {
                let id = *id;
                let Some(found) = app.db.read(move |c| c.snapshot(|c| upkeep::verify(c, id))).await? else { continue };
                if repair {
                    mend(&app, &found).await?;
                }
                differing.push(found);
            }
            say(all.len(), &differing, repair, format)
        })
    }
}

/// Dates that differ are a new version of the convention, of which the feed is told; duties alone are no change of it.
async fn mend(app: &App, found: &Found) -> Result<(), Stop> {
    let (id, spans): (Id, bool) = (found.convention, found.spans);
    app.act(false, move |unit| {
        if spans {
            crate::db::lock_row(unit, "conventions", id)?;
            ConventionRow::by_id(unit, id)?.touch(unit)?;
        }
        let (ids, now) = (unit.ids(), unit.request.now);
        upkeep::repair_duties(unit, &ids, now, id)
    })
    .await?;
    Ok(())
}

fn say(all: usize, differing: &[Found], repaired: bool, format: Format) -> Result<(), Stop> {
    if format == Format::Json {
        let found: Vec<_> = differing.iter().map(as_json).collect();
        out::json(&json!({ "conventions": all, "differing": found, "repaired": repaired }))?;
    } else {
        for found in differing {
            out::data(&as_text(found))?;
        }
        let how = if repaired { "repaired" } else { "differ from what was computed" };
        out::data(&format!("{all} conventions computed again, {} {how}", differing.len()))?;
    }
    if differing.is_empty() || repaired {
        return Ok(());
    }
    Err(Stop::because("rows differ from what the rules say: run it again with --repair"))
}

fn as_json(found: &Found) -> serde_json::Value {
    let duties: Vec<_> = found
        .duties
        .iter()
        .map(|(how, key, from)| json!({ "difference": how, "key": key, "valid_from": from }))
        .collect();
    json!({ "convention_id": found.convention, "title": found.title, "spans": found.spans, "duties": duties })
}

fn as_text(found: &Found) -> String {
    let head = format!("{} {}", found.convention, found.title);
    let spans = found.spans.then(|| "  the dates of its life".to_owned());
    let duties = found.duties.iter().map(|(how, key, from)| format!("  {key} from {from}: {how}"));
    [head].into_iter().chain(spans).chain(duties).collect::<Vec<_>>().join("\n")
}
