//! Words put into a page of Markdown, so that they stay what they are: an article cannot hold the heading of another, nor a
//! page an element that its reader would run. Lists, emphasis and tables of a text stay.

/// A line of its own: a title, a name, a number.
pub fn line(words: &str) -> String {
    block(&words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Paragraphs. No line of them is a heading (`#`, or underlined), opens a block of code, or holds an element of HTML.
pub fn block(words: &str) -> String {
    let words = words.replace("\r\n", "\n").replace('\r', "\n");
    words.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

fn escaped(line: &str) -> String {
    let line = without_elements(line);
    let at = line.len() - within(&line).len();
    let (before, rest) = line.split_at(at);
    let underlines = |mark: char| !rest.trim_end().is_empty() && rest.trim_end().chars().all(|c| c == mark);
    let opens = rest.starts_with(['#', '>']) || rest.starts_with("```") || rest.starts_with("~~~");
    if opens || underlines('=') || underlines('-') { format!("{before}\\{rest}") } else { line }
}

/// Each `<` is escaped, and the backslashes before it, which would take the escape away again.
fn without_elements(line: &str) -> String {
    let (mut safe, mut slashes) = (String::with_capacity(line.len()), 0);
    for sign in line.chars() {
        if sign == '<' {
            safe.extend(std::iter::repeat_n('\\', slashes + 1));
        }
        slashes = if sign == '\\' { slashes + 1 } else { 0 };
        safe.push(sign);
    }
    safe
}

/// What stands in a line after indentation and the marks of lists: a heading may hide in an item.
fn within(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = digits.len() < rest.len() && digits.starts_with(['.', ')']);
        let item = if numbered { &digits[1..] } else { rest.strip_prefix(['-', '*', '+']).unwrap_or("") };
        match item.strip_prefix([' ', '\t']) {
            Some(inner) => rest = inner.trim_start(),
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        for (words, page) in [
            ("Cinq ans.", "Cinq ans."),
            ("# Article 99", "\\# Article 99"),
            ("  ## Article 99", "  \\## Article 99"),
            ("- # Article 99", "- \\# Article 99"),
            ("1. - # Article 99", "1. - \\# Article 99"),
            ("> # Article 99", "\\> # Article 99"),
            ("Article 99\n===", "Article 99\n\\==="),
            ("Article 99\n---", "Article 99\n\\---"),
            ("```\nle reste", "\\```\nle reste"),
            ("~~~", "\\~~~"),
            ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
            ("a < b", "a \\< b"),
            ("\\<script>", "\\\\\\<script>"),
            ("\\\\<b>", "\\\\\\\\\\<b>"),
            ("Fin.\r# Article 99", "Fin.\n\\# Article 99"),
            ("Fin.\r\nSuite", "Fin.\nSuite"),
            // What a text needs stays.
            ("- un ;\n- deux", "- un ;\n- deux"),
            ("**gras** et #1", "**gras** et #1"),
            ("2024. Une année", "2024. Une année"),
            ("", ""),
        ] {
            assert_eq!(block(words), page, "{words}");
        }
        assert_eq!(line("Durée\n\n# Article 99"), "Durée # Article 99");
        assert_eq!(line("# Titre"), "\\# Titre");
    }
}
