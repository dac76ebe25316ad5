//! French telephone numbers, overseas ones included.

use super::{Group, joined, lengths};

/// Groupings of a French number's ten digits, two by two apart.
const PHONE_GROUPS: [&[usize]; 7] = [&[10], &[4, 2, 2, 2], &[4, 3, 3], &[4, 6], &[2, 8], &[2, 3, 3, 2], &[1, 3, 3, 3]];

/// Prefix of each French country code, and how many digits follow.
const COUNTRY_CODES: [(&str, usize); 8] =
    [("33", 9), ("262", 9), ("590", 9), ("594", 9), ("596", 9), ("508", 6), ("687", 6), ("689", 8)];

pub(super) fn telephone(groups: &[Group]) -> bool {
    (0..groups.len()).any(|first| {
        let rest = &groups[first..];
        international(rest) || (starts_word(&rest[0]) && (by_pairs(groups, first) || grouped(rest)))
    })
}

/// The same text where the code of a country between brackets, `(+33)` or `(0033)`, stands without them.
pub(super) fn without_brackets(text: String) -> String {
    if !text.contains("(+") && !text.contains("(00") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('(') {
        plain.push_str(before);
        let inside = after.split_once(')').filter(|(code, _)| {
            let digits = code.strip_prefix('+').or_else(|| code.strip_prefix("00")).unwrap_or_default();
            (2..=3).contains(&digits.len()) && is_digits(digits)
        });
        let Some((code, left)) = inside else {
            plain.push('(');
            rest = after;
            continue;
        };
        plain.push_str(code);
        // What is dialled after it may be glued to the bracket.
        plain.push(' ');
        rest = left.trim_start_matches(' ');
    }
    plain.push_str(rest);
    plain
}

/// True when one word of a text is a national number.
pub(super) fn is_word_of(text: &str) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric()).any(|word| national(word) && is_digits(word))
}

/// True when a text is digits and what separates them, ten in all or with the code of a country.
pub(super) fn is_all_of(text: &str) -> bool {
    let signs = |sign: char| sign.is_ascii_digit() || super::separates(sign) || "+()\u{a0}".contains(sign);
    let digits = text.chars().filter(char::is_ascii_digit).collect::<String>();
    text.chars().all(signs) && (national(&digits) || text.trim_start().starts_with('+') || digits.starts_with("00"))
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word that announces a number may be glued to it.
fn starts_word(group: &Group) -> bool {
    !group.before.is_some_and(|sign| sign.is_ascii_digit() || (sign.is_alphabetic() && !"lLeEtT".contains(sign)))
}

fn national(digits: &str) -> bool {
    digits.len() == 10 && digits.starts_with('0') && !digits.starts_with("00")
}

fn grouped(rest: &[Group]) -> bool {
    let here = lengths(rest);
    PHONE_GROUPS.iter().filter(|shape| here.starts_with(shape)).any(|shape| {
        let window = &rest[..shape.len()];
        national(&joined(window)) && !window[shape.len() - 1].glued
    })
}

/// Five pairs, unless they are part of a list that rises: hours, départements, rooms.
fn by_pairs(groups: &[Group], first: usize) -> bool {
    let pairs = lengths(&groups[first..]).iter().take_while(|length| **length == 2).count();
    if pairs < 5 || groups[first + 4].glued || !national(&joined(&groups[first..first + 5])) {
        return false;
    }
    let values: Vec<i32> = groups[first..first + pairs].iter().map(|g| g.digits.parse().unwrap_or(0)).collect();
    let steps: Vec<i32> = values.windows(2).map(|two| two[1] - two[0]).collect();
    let rises = steps.iter().all(|step| *step > 0);
    let even = steps.iter().all(|step| *step == steps[0] && *step <= 10);
    !(rises && (even || pairs > 5))
}

fn international(rest: &[Group]) -> bool {
    let first = &rest[0];
    let code = match first.before {
        Some('+') => first.digits.as_str(),
        before if !before.is_some_and(char::is_alphanumeric) => match first.digits.strip_prefix("00") {
            Some(after) => after,
            None => return false,
        },
        _ => return false,
    };
    let mut digits = code.to_owned();
    for next in rest.iter().skip(1).map(Some).chain([None]) {
        let complete = COUNTRY_CODES.iter().any(|(code, length)| {
            let after = digits.strip_prefix(code).unwrap_or_default();
            after.len() == *length || (after.len() == length + 1 && after.starts_with('0'))
        });
        match next {
            _ if complete => return true,
            Some(group) if group.gap.is_some() && digits.len() < 13 => digits.push_str(&group.digits),
            _ => return false,
        }
    }
    false
}
