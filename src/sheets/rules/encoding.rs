//! Windows-1252, the encoding of office computers.

/// The 27 signs that it puts where Latin-1 has controls, from 0x80; a NUL where it has none.
const SIGNS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// The text of these bytes, or which of them it does not have.
pub fn windows_1252(bytes: &[u8]) -> Result<String, String> {
    let sign = |(offset, byte): (usize, &u8)| match byte {
        0x80..=0x9F => Some(SIGNS[usize::from(byte - 0x80)])
            .filter(|sign| *sign != '\0')
            .ok_or_else(|| format!("byte {offset} (0x{byte:02X}) is neither UTF-8 nor Windows-1252")),
        // Latin-1 is the first page of Unicode.
        _ => Ok(char::from(*byte)),
    };
    bytes.iter().enumerate().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_the_bytes_that_are_none() {
        assert_eq!(windows_1252(b"l\x92\xE9l\xE8ve c\x9Cur \x96 100 \x80").unwrap(), "l’élève cœur – 100 €");
        assert_eq!(windows_1252(b"ab\x81").unwrap_err(), "byte 2 (0x81) is neither UTF-8 nor Windows-1252");
    }
}
