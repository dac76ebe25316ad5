//! The life of a convention, as its own text rules it (articles 10 to 12 of the reference convention).
//!
//! A convention is written, signed by each of its parties, comes into force, and one day ends. Nothing here
//! knows what day it is, nor stores a status: from the parties, the signatures and the terms come the
//! [`Spans`] (when it was first signed, complete, in force, and its last day), and a status is read off
//! the spans on any date asked. A fact recorded late, or in another order, changes nothing to that.
//!
//! - [`terms`]: what the text says of its own duration and notices;
//! - [`spans`](mod@spans): from facts to dates, from dates to a status (R01, R02, R03);
//! - [`signing`]: who may sign, and when (R01);
//! - [`editing`]: what may still be written (R02, R06);
//! - [`ending`]: the end, its renewal, and the information before it (R03, R04);
//! - [`texts`]: the terms in force on each day, amendments included (R06);
//! - [`scene`]: what the rules see: parties, facts, commitments, rights; [`facts`]: what is refused or said of a fact;
//! - [`notices`]: delays of a termination and of a formal notice; [`terminations`], [`lapses`], [`disputes`]: what the
//!   facts make of them (R07, R08, R09); [`joint`]: what all must say; [`ends`]: the earliest end;
//! - [`life`]: what a convention shows on a date; [`acts`]: what a party may record today;
//! - [`territorial`]: conventions of a région académique or académie under a national one; [`against`]: what one says
//!   otherwise.
//!
//! A refusal cites the rule, the article of the convention at hand, and the dates it used. Territorial
//! rules have no number in the table: T01 (the parent), T02 (at most one), T03 (the territory), T04 (the
//! association), T05 (the axes).

pub mod acts;
pub mod against;
pub mod disputes;
pub mod editing;
pub mod ending;
pub mod ends;
pub mod facts;
pub mod joint;
pub mod lapses;
pub mod life;
pub mod notices;
pub mod recording;
pub mod scene;
pub mod signing;
pub mod spans;
pub mod terminations;
pub mod terms;
pub mod territorial;
pub mod texts;

pub use acts::{Taken, taken};
pub use against::{Apart, apart, clauses_apart, labels_apart};
pub use editing::{check_computed_end, check_edit, may_edit};
pub use ending::{check_not_after_end, check_renewal, expiry_information, inform_by, inform_by_in};
pub use facts::{counts, in_order, said_about, said_of};
pub use joint::Joint;
pub use life::{flags, territorial_flags};
pub use notices::{Cure, Termination, TerminationNotice, check_termination, cure};
pub use recording::{check_fact, check_followers};
pub use scene::{CommitmentOf, HeldUnder, LifeFact, Party, RightOf, Scene};
pub use signing::{NewSignature, check_signature};
pub use spans::{SignatureFact, Spans, Term, spans, status, term_on};
pub use terms::{Clause, Duration, Notice, Steering, TacitRenewal, Terms, TextClause};
pub use territorial::{AxisLink, Child, Parent, Sibling, check_links, check_territorial};
pub use texts::{AmendmentFact, Lived, Texts, announces, lived};

#[cfg(test)]
pub(crate) mod fixtures;
