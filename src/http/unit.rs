//! A unit of work: one request that writes. Rows, audit entry and change entry are committed together, or nothing is.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::answer::Answer;
use super::body::{self, Body};
use super::call::Request;
use super::etag::IfMatch;
use super::idempotency;
use super::params::Params;
use super::{negotiate, patch};
use crate::clock::Ids;
use crate::db::{Connection, record};
use crate::domain::Id;
use crate::error::{Fault, Halt, Place, Problem, both};
use crate::obligations::evidence::Turned;

/// One write in progress. It derefs to the connection, so that stores take it as theirs.
pub struct Unit<'c> {
    c: &'c mut Connection,
    pub request: Arc<Request>,
    ids: Ids,
    pub dry_run: bool,
    /// It lost a race against another unit before, or the database failed, and it is done once more.
    pub again: bool,
    /// Actions that turned held, or no more, when they are settled together at its end; none: each at once.
    pub turned: Option<BTreeSet<Turned>>,
    /// The idempotency row this unit inserted and must fill.
    pending_key: Option<idempotency::Key>,
}

impl Deref for Unit<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.c
    }
}

impl DerefMut for Unit<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.c
    }
}

/// What a write accepts beside its body.
#[derive(Debug, Clone, Copy)]
pub struct Expect {
    /// The version at hand, when the act changes a row: `If-Match` is then required.
    pub version: Option<i64>,
    /// True when the answer holds a secret: it is never kept for a replay.
    pub secret: bool,
    /// Query parameters beside `dry_run`.
    pub parameters: &'static [&'static str],
    /// Takes those that have a form of their own, so that all their faults come back at once.
    pub forms: fn(&mut Params),
}

impl Expect {
    /// A creation, or a fact recorded: no version.
    pub const CREATION: Self = Self { version: None, secret: false, parameters: &[], forms: |_| {} };

    /// A change of a row at this version.
    pub fn version(version: i64) -> Self {
        Self { version: Some(version), ..Self::CREATION }
    }
}

impl<'c> Unit<'c> {
    pub fn new(c: &'c mut Connection, request: Arc<Request>, ids: Ids, dry_run: bool) -> Self {
        Self { c, request, ids, dry_run, again: false, turned: None, pending_key: None }
    }

    /// `dry_run=true` runs every check and stores nothing; a parameter that cannot be read keeps nothing either.
    pub fn is_dry_run(request: &Request) -> bool {
        let mut params = Params::of(&request.query);
        match params.flag("dry_run") {
            Some(wanted) => wanted,
            None => params.has("dry_run"),
        }
    }

    /// Where identifiers come from, for what makes many.
    pub fn ids(&self) -> Ids {
        self.ids.clone()
    }

    /// A new identifier.
    pub fn new_id(&mut self) -> Id {
        self.ids.next(self.request.now)
    }

    /// Everything between the perimeter (404) and the rules (409), in the contract's order: the idempotent replay, then
    /// 406, 413, 415, 400, 428, 412, and at last the body's own faults (422), raised by `read`.
    pub fn accept<T>(
        &mut self,
        expect: Expect,
        media_types: &[&str],
        read: impl FnOnce(&Request) -> Result<T, Problem>,
    ) -> Result<T, Halt> {
        if !expect.secret {
            self.replay()?;
        }
        negotiate::choose(self.request.accept.as_deref(), &[("application/json", ())])?;
        if let Err(code) = &self.request.body {
            let problem = Problem::plain(code);
            return Err(if *code == "busy" { problem.header("Retry-After", "5") } else { problem }.into());
        }
        if !media_types.is_empty() {
            let given = self.request.media_type();
            if !given.as_deref().is_some_and(|g| media_types.contains(&g)) {
                return Err(Problem::plain("unsupported_media_type")
                    .member("accepted", media_types.to_vec().into())
                    .header("Accept", media_types.join(", "))
                    .into());
            }
        }
        self.check_parameters(expect)?;
        if let Some(version) = expect.version {
            self.check_version(version)?;
        }
        Ok(read(&self.request)?)
    }

    /// Accepts a JSON body of a type.
    pub fn accept_json<B: Body>(&mut self, expect: Expect) -> Result<B, Halt> {
        let request = self.request.clone();
        Ok(body::read(self.accept_value(&request, expect, &["application/json"])?)?)
    }

    /// Accepts a merge patch on what stands, validated as the creation of its result.
    pub fn accept_patch<B: Body>(&mut self, expect: Expect, current: &impl Serialize) -> Result<B, Halt> {
        let request = self.request.clone();
        let patch = self.accept_value(&request, expect, &["application/merge-patch+json", "application/json"])?;
        if !patch.is_object() {
            return Err(Problem::body(vec![Fault::pointer(
                "",
                "wrong_type",
                both("Un merge patch est un objet.", "A merge patch is an object."),
            )])
            .into());
        }
        let mut value = serde_json::to_value(current)?;
        patch::merge(&mut value, patch.clone());
        Ok(body::read(value)?)
    }

    /// Accepts an act without a body.
    pub fn accept_empty(&mut self, expect: Expect) -> Result<(), Halt> {
        self.accept(expect, &[], |request| match &request.body {
            Ok(bytes) if bytes.is_empty() => Ok(()),
            _ => Err(Problem::new(
                "bad_request",
                both("Cette opération n'a pas de corps.", "This operation takes no body."),
            )),
        })
    }

    fn accept_value<'r>(
        &mut self,
        request: &'r Request,
        expect: Expect,
        media_types: &[&str],
    ) -> Result<&'r Value, Halt> {
        let parsed = request.json();
        // A body that is no JSON is a 400 and comes before the version; one that is wrong JSON is a 422 and comes after.
        if let Err(problem) = parsed
            && problem.entry.status != 422
        {
            self.accept(Expect { version: None, ..expect }, media_types, |_| Ok(()))?;
            return Err(problem.clone().into());
        }
        self.accept(expect, media_types, |_| parsed.map_err(Clone::clone))
    }

    fn check_parameters(&self, expect: Expect) -> Result<(), Problem> {
        let mut params = Params::of(&self.request.query);
        params.flag("dry_run");
        for name in expect.parameters {
            params.text(name);
        }
        (expect.forms)(&mut params);
        if let Some(header) = self.request.if_match.as_deref()
            && expect.version.is_some()
            && IfMatch::parse(header).is_none()
        {
            params.fault(header_fault(
                "If-Match",
                "Une liste d'ETag entre guillemets.",
                "A list of quoted entity tags.",
            ));
        }
        if let Some(key) = self.request.idempotency_key.as_deref()
            && !idempotency::is_well_formed(key)
        {
            params.fault(header_fault(
                "Idempotency-Key",
                "1 à 200 caractères ASCII visibles.",
                "1 to 200 visible ASCII characters.",
            ));
        }
        params.verdict()
    }

    fn check_version(&self, version: i64) -> Result<(), Problem> {
        let Some(header) = self.request.if_match.as_deref() else {
            return Err(Problem::plain("precondition_required").member("current_version", version.into()));
        };
        if IfMatch::parse(header).is_some_and(|wanted| wanted.accepts(version)) {
            return Ok(());
        }
        Err(Problem::plain("version_mismatch").member("current_version", version.into()))
    }

    /// Inserts the idempotency row first; a twin that has committed is replayed.
    fn replay(&mut self) -> Result<(), Halt> {
        let Some(key) = idempotency::Key::of(&self.request) else { return Ok(()) };
        if self.dry_run {
            return Ok(());
        }
        idempotency::claim(self.c, &key, self.request.now)?;
        self.pending_key = Some(key);
        Ok(())
    }

    /// Writes the change and its audit entry.
    pub fn record(&mut self, change: &record::Change<'_>) -> Result<(), Halt> {
        let entry_id = self.new_id();
        record::write(self.c, &self.request, entry_id, change)
    }

    /// The same, with what stood before and after as JSON that is written already.
    pub fn record_told(
        &mut self,
        change: &record::Change<'_>,
        before: Option<String>,
        after: Option<String>,
    ) -> Result<(), Halt> {
        let entry_id = self.new_id();
        record::write_told(self.c, &self.request, entry_id, change, before, after)
    }

    /// Keeps the answer for a replay, and says what the request was when nothing was stored.
    pub fn finish(self, answer: Answer) -> Result<Answer, Halt> {
        if let Some(key) = &self.pending_key {
            idempotency::keep(self.c, key, &answer)?;
        }
        Ok(if self.dry_run { answer.with("X-Dry-Run", "true") } else { answer })
    }
}

fn header_fault(name: &'static str, fr: &'static str, en: &'static str) -> Fault {
    Fault::at(Place::Header(name), "malformed", both(fr, en))
}
