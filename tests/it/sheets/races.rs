//! Writers that cross an import: the batch is done again, as a request is.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use diesel::result::{DatabaseErrorKind, Error};
use passerelle::error::{Halt, Problem};
use passerelle::sheets::kind::Options;
use serde_json::json;

use super::importing::bring_with;
use crate::actions::reference;
use crate::support::World;

fn crossed() -> Halt {
    Error::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new("crossed".to_owned())).into()
}

/// How often a unit is tried that ends so each time, and how it ends.
fn tried(world: &World, how: fn(u32, bool) -> Result<u32, Halt>) -> (u32, Result<u32, Halt>) {
    let (tries, app) = (Arc::new(AtomicU32::new(0)), world.app.clone());
    let count = tries.clone();
    let work = move |_: &mut passerelle::http::unit::Unit<'_>, last| how(count.fetch_add(1, Ordering::SeqCst), last);
    let done = actix_web::rt::System::new().block_on(async move { app.act_again(None, false, work).await });
    (tries.load(Ordering::SeqCst), done)
}

both!(a_unit_that_another_crossed_is_done_again_and_not_for_ever, |world| {
    let (tries, done) = tried(world, |tries, last| if tries < 2 { Err(crossed()) } else { Ok(u32::from(last)) });
    assert_eq!((tries, done.unwrap()), (3, 0));
    let (tries, done) = tried(world, |_, last| if last { Ok(7) } else { Err(crossed()) });
    assert_eq!((tries, done.unwrap()), (4, 7));
    let (tries, done) = tried(world, |_, _| Err(crossed()));
    assert!(tries == 4 && done.is_err_and(|halt| halt.is_race()));
    // What no other unit is at fault for is not tried again.
    let (tries, done) = tried(world, |_, _| Err(Problem::plain("internal").into()));
    assert!(tries == 1 && done.is_err());
});

both!(two_imports_of_one_sheet_at_once_lose_no_line, |world| {
    let text = reference(world);
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let mut sheet = "Titre;Nature;Axe;UAI;Date;Niveaux;Identifiant externe\n".to_owned();
    for n in 0..120 {
        writeln!(sheet, "Visite {n};company_visit;article 3;0950649P;14/01/2027;3e;s{n}").unwrap();
    }
    let options =
        Options { legacy: false, organisation: text.association.organisation, convention: text.id.parse().ok() };
    let barrier = Barrier::new(2);
    let bring = || {
        barrier.wait();
        bring_with(world, "actions", sheet.as_bytes(), &json!({}), options.clone(), false)
    };
    let both = std::thread::scope(|scope| [scope.spawn(bring), scope.spawn(bring)].map(|one| one.join().unwrap()));
    for one in &both {
        assert!(one.report.rejected.is_empty(), "{:#?}", one.report.rejected);
    }
    assert_eq!(both[0].report.created + both[1].report.created, 120);
    assert_eq!(world.rows("actions"), 120);
});
