//! Lists: keyset pages with a cursor bound to its query, and the same list as CSV, XLSX or NDJSON.
//!
//! A resource says how it filters, sorts and loads ([`Listing`]); the rest is here, once. Order is always a non-null
//! column and then the id, so that equal values neither repeat nor lose a row while others write.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::answer::{Answer, Reply, settle};
use super::call::{Call, Request};
use super::export;
use super::negotiate::{self, Format};
use super::params::Params;
use crate::auth::policy::Permission;
use crate::auth::secret::hex;
use crate::db::Connection;
use crate::domain::Id;
use crate::error::{Fault, Halt, Problem, both};
use crate::sheets::workbook;

/// Rows of a page unless told otherwise.
pub const DEFAULT_LIMIT: i64 = 50;
/// Rows of a page at most.
pub const MAX_LIMIT: i64 = 200;

/// A sort column's value: what a keyset compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Text(String),
    Number(i64),
}

/// Where a page starts: strictly after this row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub mark: Mark,
    pub id: Id,
}

/// What a page asks of a store.
#[derive(Debug, Clone)]
pub struct Window {
    /// The documented name of the order, without its sign.
    pub sort: &'static str,
    pub descending: bool,
    pub after: Option<After>,
    pub limit: i64,
}

impl Window {
    /// The text to start after; empty when the order is by number.
    pub fn text(&self) -> String {
        match &self.after {
            Some(After { mark: Mark::Text(text), .. }) => text.clone(),
            _ => String::new(),
        }
    }

    /// The number to start after; 0 when the order is by text.
    pub fn number(&self) -> i64 {
        match &self.after {
            Some(After { mark: Mark::Number(n), .. }) => *n,
            _ => 0,
        }
    }
}

/// A page of a list, as documented.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub items: Vec<T>,
    /// Where the next page starts; null on the last.
    pub next_cursor: Option<String>,
    /// All rows that the filters keep; only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Orders a boxed query by a column then the id, and starts it strictly after the window's row.
#[macro_export]
macro_rules! in_order {
    ($query:expr, $window:expr, $column:expr, $id:expr, $start:expr) => {{
        use diesel::prelude::*;
        let mut query = $query;
        if let Some(after) = &$window.after {
            query = query.filter($crate::db::keyset::beyond(($column, $id), $start, after.id, $window.descending));
        }
        if $window.descending {
            query.order(($column.desc(), $id.desc()))
        } else {
            query.order(($column.asc(), $id.asc()))
        }
    }};
}

/// The same, and no more rows than the window's.
#[macro_export]
macro_rules! ordered {
    ($query:expr, $window:expr, $column:expr, $id:expr, $start:expr) => {{
        use diesel::prelude::*;
        $crate::in_order!($query, $window, $column, $id, $start).limit($window.limit)
    }};
}

/// How a resource is listed.
pub trait Listing: Sized + Send + 'static {
    type Item: Serialize + Send + 'static;
    /// Orders by name; the first is the default. A minus in front reverses.
    const SORTS: &'static [&'static str];
    /// Columns of the CSV and XLSX forms, as paths of the item: `accreditation.level`.
    const COLUMNS: &'static [&'static str];

    /// Takes the filters; faults are noted in the parameters.
    fn filters(params: &mut Params) -> Self;
    /// Finds what the list hangs under within the caller's perimeter: 404 otherwise.
    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt>;
    /// Rows in order, strictly after the window's start.
    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Self::Item>, Halt>;
    /// All rows that the filters keep.
    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt>;
    /// Where an item stands in an order.
    fn mark(item: &Self::Item, sort: &str) -> After;
    /// Writes an item as JSON.
    fn write(item: &Self::Item, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, item)
    }
    /// The cell of a column that is no path of the item: what it has several of, in words.
    fn told(_item: &Value, _column: &str) -> Option<String> {
        None
    }
}

/// What the common parameters of a list asked for.
struct Asked {
    window: Window,
    format: Format,
    excel: bool,
    count: bool,
    binding: String,
}

impl<P: Permission> Call<P> {
    /// Answers a list.
    pub async fn list<L: Listing>(self) -> Reply {
        let mut params = Params::of(&self.request.query);
        let mut listing = L::filters(&mut params);
        let page = read_page::<L>(&mut params, &self.request);
        let verdict = params.verdict();
        let request = self.request.clone();
        let wants_export = matches!(&page, Ok(p) if p.format != Format::Json) && verdict.is_ok();
        if wants_export {
            return settle(self.export(listing, page).await);
        }
        self.read(move |c, request_now| {
            listing.enter(c, request_now)?;
            let page = page?;
            verdict?;
            json_page(&listing, c, &request, &params, &page)
        })
        .await
    }

    async fn export<L: Listing>(self, mut listing: L, page: Result<Asked, Problem>) -> Result<Answer, Halt> {
        let page = page?;
        let request = self.request.clone();
        let (listing, request) = self
            .app
            .db
            .read(move |c| {
                listing.enter(c, &request)?;
                Ok((listing, request))
            })
            .await?;
        export::stream(&self.app, listing, request, page.window, page.format, page.excel)
    }
}

fn json_page<L: Listing>(
    listing: &L,
    c: &mut Connection,
    request: &Request,
    params: &Params,
    page: &Asked,
) -> Result<Answer, Halt> {
    let wanted = page.window.limit;
    let window = Window { limit: wanted + 1, ..page.window.clone() };
    let mut items = listing.rows(c, request, &window)?;
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > wanted;
    items.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| write_cursor(&L::mark(last, window.sort), &page.binding));
    let total = if page.count { Some(listing.count(c, request)?) } else { None };
    let mut body = Vec::with_capacity(256 * items.len() + 64);
    body.extend_from_slice(b"{\"items\":[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        L::write(item, &mut body)?;
    }
    body.extend_from_slice(b"],\"next_cursor\":");
    serde_json::to_writer(&mut body, &next)?;
    if let Some(total) = total {
        body.extend_from_slice(format!(",\"total\":{total}").as_bytes());
    }
    body.push(b'}');
    let mut answer = Answer::bytes(actix_web::http::StatusCode::OK, "application/json", body);
    if let Some(next) = next {
        answer = answer.with("Link", format!("<{}?{}>; rel=\"next\"", request.path, params.with("cursor", &next)));
    }
    Ok(answer)
}

/// Takes the common parameters. The problem is a 406, which comes before the faults of parameters.
fn read_page<L: Listing>(params: &mut Params, request: &Request) -> Result<Asked, Problem> {
    let limit = params.integer("limit", 1, MAX_LIMIT);
    let count = params.flag("count").unwrap_or(false);
    let asked = params.choice("format", &["json", "csv", "ndjson", "xlsx"]);
    let excel = params.choice("csv", &["excel-fr"]).is_some();
    let sort_text = params.text("sort");
    let (sort, descending) = sort::<L>(sort_text.as_deref(), params);
    let binding = binding(params, request, sort, descending);
    let cursor = params.text("cursor");
    let after = cursor.as_deref().and_then(|text| {
        let read = read_cursor(text, &binding);
        if read.is_none() {
            params.fault(Fault::parameter(
                "cursor",
                "invalid_cursor",
                both(
                    "Ce curseur n'est pas de cette liste, de ces filtres, de cet ordre ou de ce client.",
                    "This cursor is not of this list, these filters, this order or this client.",
                ),
            ));
        }
        read
    });
    let format = match asked {
        Some("csv") => Format::Csv,
        Some("ndjson") => Format::Ndjson,
        Some("xlsx") => Format::Xlsx,
        Some(_) => Format::Json,
        None => negotiate::choose(
            request.accept.as_deref(),
            &[
                ("application/json", Format::Json),
                ("text/csv", Format::Csv),
                ("application/x-ndjson", Format::Ndjson),
                (workbook::MEDIA_TYPE, Format::Xlsx),
            ],
        )?,
    };
    if format != Format::Json {
        // An export is everything that the filters keep.
        for name in ["limit", "cursor", "count"].into_iter().filter(|name| params.has(name)).collect::<Vec<_>>() {
            params.fault(Fault::parameter(
                name,
                "not_with_export",
                both(
                    "Un export rend toute la liste filtrée : ce paramètre n'y a pas de sens.",
                    "An export is the whole filtered list: this parameter has no meaning there.",
                ),
            ));
        }
    }
    let window = Window { sort, descending, after, limit: limit.unwrap_or(DEFAULT_LIMIT) };
    Ok(Asked { window, format, excel, count, binding })
}

fn sort<L: Listing>(text: Option<&str>, params: &mut Params) -> (&'static str, bool) {
    let default = L::SORTS.first().copied().unwrap_or("id");
    let Some(text) = text else { return (default, false) };
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    if let Some(sort) = L::SORTS.iter().find(|s| **s == name) {
        return (sort, descending);
    }
    let accepted = L::SORTS.iter().flat_map(|s| [(*s).to_owned(), format!("-{s}")]);
    params.fault(Fault::parameter("sort", "not_in_list", both("Ordre inconnu.", "Unknown order.")).accepting(accepted));
    (default, false)
}

/// What a cursor is bound to: the list, its filters, its order and the caller.
fn binding(params: &Params, request: &Request, sort: &str, descending: bool) -> String {
    let filters = params.binding(&["cursor", "limit", "count", "format", "csv", "sort"]);
    let text = format!("{}\u{1}{filters}\u{1}{sort}{descending}\u{1}{}", request.path, request.caller.client_id);
    hex(&Sha256::digest(text.as_bytes())[..9])
}

fn write_cursor(after: &After, binding: &str) -> String {
    let mark = match &after.mark {
        Mark::Text(text) => json!(text),
        Mark::Number(n) => json!(n),
    };
    URL_SAFE_NO_PAD.encode(json!([1, binding, mark, after.id.to_string()]).to_string())
}

fn read_cursor(text: &str, binding: &str) -> Option<After> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let [version, bound, mark, id] = value.as_array()?.as_slice() else { return None };
    if *version != json!(1) || bound.as_str()? != binding {
        return None;
    }
    let mark = match mark {
        Value::String(text) if !text.contains('\0') => Mark::Text(text.clone()),
        other => Mark::Number(other.as_i64()?),
    };
    Some(After { mark, id: id.as_str()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_under_its_own_binding_only() {
        let after = After { mark: Mark::Text("école".into()), id: Id::from_bytes([7; 16]) };
        let cursor = write_cursor(&after, "b");
        assert_eq!(read_cursor(&cursor, "b"), Some(after));
        assert_eq!(read_cursor(&cursor, "c"), None);
        for bad in ["", "x", "W10", "bnVsbA", &URL_SAFE_NO_PAD.encode("[2,\"b\",1,\"x\"]")] {
            assert_eq!(read_cursor(bad, "b"), None, "{bad}");
        }
    }
}
