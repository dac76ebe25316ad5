//! A bulk as CSV: the columns that `passerelle import actions` reads, each line by its own key or by its digest.

use super::ReadLine;
use super::line::{Asked, Line};
use crate::error::{Fault, Faults, Halt, Problem, both};
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
    layout: Layout<'static>,
    options: Options,
    looked: Looked,
}

impl Csv {
    /// Reads the file, of so many lines at most, and finds its columns.
    pub fn open(request: &Request, bytes: &[u8], lines: usize) -> Result<Self, Problem> {
        let encoding = match request.charset().as_deref() {
            None | Some("utf-8" | "utf8") => Encoding::Utf8,
            Some("windows-1252") => Encoding::Windows1252,
            Some(_) => {
                let accepted = ["text/csv; charset=utf-8", "text/csv; charset=windows-1252"];
                return Err(Problem::plain("unsupported_media_type").member("accepted", accepted.to_vec().into()));
            }
        };
        let too_large = || Problem::plain("payload_too_large");
        let rows = Rows::csv(bytes, encoding, lines).map_err(|why| Problem::new("malformed_body", why))?;
        let rows = rows.ok_or_else(too_large)?;
        let (sheet, layout) = tabs::open_one(&KIND, rows).map_err(|faults| {
            let faults = faults.into_iter().map(|detail| Fault::column(None, "invalid_header", detail));
            Problem::body(faults.collect::<Faults>())
        })?;
        if sheet.lines.len() > lines {
            return Err(too_large());
        }
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
        let (reading, reasons) = self.layout.read(line);
        let cells = reasons.into_iter().map(|why| Fault::column(why.column, why.code, why.detail));
        let mut faults: Faults = cells.collect();
        match resolved(unit, reading, &self.options, &mut self.looked) {
            Ok(Ok(line)) if faults.is_empty() => return Ok((number, Ok(row(line)))),
            Ok(Ok(line)) => faults.append(&mut line.others(&[])),
            Ok(Err(mut more)) => faults.append(&mut more),
            Err(Halt::Problem(problem)) if faults.is_empty() => return Ok((number, Err((OP, *problem)))),
            Err(Halt::Problem(mut problem)) => faults.append(&mut problem.faults),
            Err(other) => return Err(other),
        }
        Ok((number, Err((OP, Problem::body(faults)))))
    }

    /// What is wrong with the line of that number, told of its columns.
    pub fn in_columns(&self, number: usize, problem: Problem) -> Problem {
        let lines = &self.sheet.lines;
        let found = lines.binary_search_by_key(&number, |line| usize::try_from(line.number).unwrap_or_default());
        self.layout.in_columns(problem, found.ok().map(|at| &lines[at]))
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
