//! The rules of files, pure: what bytes are, what a file may be called, and which files stay.

mod kind;
mod name;
mod office;
mod pdf;

pub use kind::{Danger, Kind, Unfit, recognise};
pub use name::safe_name;

use crate::domain::CivilDate;

/// May a file leave what it is attached to? Not once a signature was recorded there: what was shown to those who signed
/// is kept with what they signed.
pub fn may_leave(first_signed_on: Option<CivilDate>) -> bool {
    first_signed_on.is_none()
}
