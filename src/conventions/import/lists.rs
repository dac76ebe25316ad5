//! tmp
use super::*;
pub fn objectives(_: &[Passage], _: &[AxisDraft], _: Option<&Section>) -> Vec<Quoted> {
    vec![]
}
pub fn networks(_: &[Passage]) -> Vec<NetworkDraft> {
    vec![]
}
