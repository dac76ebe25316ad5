//! The seal of a content: what a signature or an approval binds is the hash of one exact text.
//!
//! The hash is taken over the canonical JSON of RFC 8785, which is also served: anyone can check
//! what was signed with two tools of their own.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The RFC 8785 form: members sorted by UTF-16 units, no white space, ECMAScript numbers.
pub fn canonical(value: &Value) -> String {
    // A `Value` has text keys, each once, and finite numbers: the library has nothing to refuse. Were it
    // ever to, the plain form keeps two contents apart: never one empty seal for all.
    serde_json_canonicalizer::to_string(value).unwrap_or_else(|_| value.to_string())
}

/// `sha256:` and the 64 lower-case hexadecimal digits of the canonical form.
pub fn content_hash(value: &Value) -> String {
    let digest = Sha256::digest(canonical(value).as_bytes());
    let mut hash = String::with_capacity(7 + 64);
    hash.push_str("sha256:");
    for byte in digest {
        // Writing to a String cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_example_of_rfc_8785() {
        let value: Value = serde_json::from_str(
            r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
                "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
        )
        .unwrap();
        assert_eq!(
            canonical(&value),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    #[test]
    fn members_are_sorted_by_utf_16_units() {
        let value = json!({"\u{fb33}": 1, "\u{1f600}": 2, "é": 3, "a": 4});
        assert_eq!(canonical(&value), "{\"a\":4,\"é\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }

    #[test]
    fn the_hash_is_that_of_the_content_and_of_nothing_else() {
        let one: Value = serde_json::from_str(r#"{"b": [1, 2.0], "a": "é"}"#).unwrap();
        let same: Value = serde_json::from_str("{\"a\":\"\\u00e9\",\n\"b\":[1.0,2]}").unwrap();
        assert_eq!(content_hash(&one), content_hash(&same));
        assert_ne!(content_hash(&one), content_hash(&json!({"a": "e", "b": [1, 2]})));
        assert_eq!(content_hash(&json!({})), "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    #[test]
    fn large_numbers_are_canonical_too() {
        for number in [json!(u64::MAX), json!(i64::MIN), json!(f64::MAX), json!(9_007_199_254_740_993_u64)] {
            assert!(serde_json_canonicalizer::to_string(&number).is_ok(), "{number}");
        }
    }
}
