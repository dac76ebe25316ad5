//! A bulk as CSV: the columns that `passerelle import actions` reads, each line by its own key or by its digest.

use super::ReadLine;
use super::line::{Asked, Line};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::params::Params;
use crate::http::unit::Unit;
use crate::sheets::kind::Options;
use crate::sheets::kinds::actions::{KIND, Looked, Resolved, resolved};
use crate::sheets::layout::Layout;
use crate::sheets::sheet::{Encoding, Rows, Sheet};
use crate::sheets::tabs;

/// The media type of a sheet.
pub const CSV: &str = "text/csv";
/// What a line of a sheet does.
const OP: &str = "upsert";

/// A sheet that is about to be written.
pub struct Csv {
    sheet: Sheet,
    pub layout: Layout<'static>,
    options: Options,
    looked: Looked,
}

impl Csv {
    /// Reads the file and finds its columns.
    pub fn open(request: &Request, bytes: &[u8]) -> Result<Self, Problem> {
        let encoding = match request.charset().as_deref() {
            None | Some("utf-8" | "utf8") => Encoding::Utf8,
            Some("windows-1252") => Encoding::Windows1252,
            Some(_) => {
                let accepted = ["text/csv; charset=utf-8", "text/csv; charset=windows-1252"];
                return Err(Problem::plain("unsupported_media_type").member("accepted", accepted.to_vec().into()));
            }
        };
        let rows = Rows::csv(bytes, encoding).map_err(|why| Problem::new("malformed_body", why))?;
        let (sheet, layout) = tabs::open_one(&KIND, rows).map_err(|faults| {
            Problem::body(faults.into_iter().map(|detail| Fault::column(None, "invalid_header", detail)).collect())
        })?;
        let mut params = Params::of(&request.query);
        let options = Options {
            legacy: params.flag("legacy").unwrap_or_default(),
            organisation: request.caller.organisation_id,
            convention: params.one("convention_id"),
        };
        Ok(Self { sheet, layout, options, looked: Looked::default() })
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.sheet.lines.len()
    }

    /// What some lines ask, or why they cannot be read; only what the database or the service is at fault for ends it.
    pub fn read(&mut self, unit: &mut Unit<'_>, from: usize, to: usize) -> Result<Vec<ReadLine>, Halt> {
        (from..to.min(self.len())).map(|at| self.line(unit, at)).collect()
    }

    fn line(&mut self, unit: &mut Unit<'_>, at: usize) -> Result<ReadLine, Halt> {
        let line = &self.sheet.lines[at];
        let number = usize::try_from(line.number).unwrap_or_default();
        let reading = match self.layout.read(line) {
            Ok(reading) => reading,
            Err(reasons) => {
                let faults = reasons.into_iter().map(|why| Fault::column(why.column, why.code, why.detail));
                return Ok((number, Err((OP, Problem::body(faults.collect())))));
            }
        };
        match resolved(unit, reading, &self.options, &mut self.looked) {
            Ok(resolved) => Ok((number, Ok(row(resolved)))),
            Err(Halt::Problem(problem)) => Ok((number, Err((OP, *problem)))),
            Err(other) => Err(other),
        }
    }
}

fn row(line: Resolved) -> Line {
    Line { op: OP, asked: Asked::Row(Box::new(line)), expected_version: None }
}

/// Parameters of a sheet beside those of every bulk.
pub fn take(params: &mut Params) {
    params.flag("legacy");
    let _: Option<crate::domain::Id> = params.one("convention_id");
}

/// The same for lines of NDJSON, which say it themselves.
pub fn leave(params: &mut Params) {
    for name in ["convention_id", "legacy"] {
        if params.text(name).is_some() {
            let detail = both("Ce paramètre est celui d'une feuille CSV.", "This parameter is one of a CSV sheet.");
            params.fault(Fault::parameter(name, "not_applicable", detail));
        }
    }
}
