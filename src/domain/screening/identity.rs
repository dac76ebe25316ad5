//! The numbers that the State gives to a pupil (INE) and to anybody (NIR).

use super::{Group, is_word, joined, lengths, separates};
use crate::domain::identifiers::Siren;

/// A social security number that starts there: sex, year, month, département, commune, rank, and its key.
pub(super) fn nir(signs: &[char], at: usize) -> bool {
    if !matches!(signs[at], '1'..='4' | '7' | '8') || (at > 0 && is_word(signs, at - 1)) {
        return false;
    }
    let mut taken = String::new();
    let mut next = at;
    while taken.len() < 15 {
        let Some(&sign) = signs.get(next) else { return false };
        next += 1;
        match sign.to_ascii_uppercase() {
            digit @ '0'..='9' => taken.push(digit),
            letter @ ('A' | 'B') if taken.len() == 6 && taken.ends_with('2') => taken.push(letter),
            ' ' | '.' | '-' => {}
            _ => return false,
        }
    }
    let month: u32 = taken[3..5].parse().unwrap_or(0);
    let dated = matches!(month, 1..=12 | 20..=42 | 50..=99);
    // Corsica: 2A counts as 19 and 2B as 18.
    let number: Option<u64> = taken[..13].replacen("2A", "19", 1).replacen("2B", "18", 1).parse().ok();
    let key: Option<u64> = taken[13..].parse().ok();
    dated && !is_word(signs, next) && number.zip(key).is_some_and(|(number, key)| key == 97 - number % 97)
}

/// Eleven signs that read as a pupil's number, in one of its three forms.
fn is_ine(signs: &[char]) -> bool {
    let shape: String = signs
        .iter()
        .map(|sign| match sign {
            '0'..='9' => '9',
            letter if letter.is_ascii_alphabetic() => 'L',
            _ => '?',
        })
        .collect();
    match shape.as_str() {
        "999999999LL" | "9999999999L" => true,
        "9999L99999L" => signs[4].eq_ignore_ascii_case(&'A'),
        _ => false,
    }
}

/// A pupil's number written as one word.
pub(super) fn glued_ine(signs: &[char]) -> bool {
    signs.split(|sign| !sign.is_alphanumeric()).any(is_ine)
}

/// A pupil's number however it is spaced, when the words before say what it is.
pub(super) fn announced_ine(signs: &[char]) -> bool {
    let words = |at: usize, name: &str| {
        let end = at + name.len();
        let there = signs
            .get(at..end)
            .is_some_and(|part| part.iter().zip(name.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b)));
        there && !is_word(signs, end) && !(at > 0 && is_word(signs, at - 1))
    };
    (0..signs.len()).filter(|at| words(*at, "ine") || words(*at, "bea")).any(|at| {
        let rest = signs[at + 3..].iter().take(60).skip_while(|sign| !sign.is_ascii_digit());
        let close: Vec<char> = rest.copied().filter(|sign| !separates(*sign)).take(11).collect();
        is_ine(&close)
    })
}

/// Groupings of nine and ten digits that are neither a date nor an amount.
const INE_GROUPS: [&[usize]; 6] = [&[9], &[3, 3, 3], &[10], &[5, 5], &[3, 3, 4], &[4, 3, 3]];

/// A pupil's number in a few groups. Its letters are capitals unless they are glued to it; a SIREN may come before a word.
pub(super) fn spaced_ine(groups: &[Group]) -> bool {
    (0..groups.len()).any(|first| {
        let here = lengths(&groups[first..]);
        INE_GROUPS.iter().filter(|shape| here.starts_with(shape)).any(|shape| {
            let window = &groups[first..first + shape.len()];
            let (Some(start), Some(last)) = (window.first(), window.last()) else { return false };
            let digits = joined(window);
            let wanted = if digits.len() == 9 { 2 } else { 1 };
            let letters = last.letters.len() == wanted
                && last
                    .letters
                    .bytes()
                    .all(|b| if last.glued { b.is_ascii_alphabetic() } else { b.is_ascii_uppercase() });
            let siren = !last.glued && digits.parse::<Siren>().is_ok();
            letters && !siren && !start.before.is_some_and(char::is_alphanumeric)
        })
    })
}
