//! tmp
use super::*;
pub fn read(
    _: &[Passage],
    _: &terms::Terms,
    _: &notices::Notices,
    _: Option<&steering::Found>,
    _: &mut Vec<ClauseDraft>,
) {
}
pub fn effects(_: &[Passage], _: &terms::Terms, _: &mut Vec<ClauseDraft>) {}
