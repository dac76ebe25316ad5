//! tmp
use super::lines::Line;
use super::outline::Outline;
use super::report::*;
pub fn is_one(lines: &[Line]) -> bool {
    lines.iter().filter(|l| !l.is_empty()).take(60).any(|l| l.text.key.starts_with("avenant"))
}
pub fn amends(_: Option<&str>, _: &[Line], _: usize) -> Option<Amends> {
    None
}
pub fn edits(_: &[Line], _: &Outline, _: &mut Vec<Warning>) -> Vec<Edit> {
    vec![]
}
