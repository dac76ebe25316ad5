//! Private mail services, and addresses at them.

/// True for a well-formed address whose domain is not a private mail service's.
pub fn professional_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let dotted = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last().is_some_and(|top| top.len() >= 2 && top.bytes().any(|b| b.is_ascii_alphabetic()));
    let formed = (1..=64).contains(&local.len()) && local.chars().all(local_fits) && dotted && text.len() <= 254;
    formed && labels.len() >= 2 && top && labels.iter().all(|label| label_fits(label)) && !is_private(domain)
}

/// Mail services that anybody may have an address at; the first label, whatever country it is of.
const SERVICES: [&str; 18] = [
    "aol",
    "caramail",
    "gmail",
    "gmx",
    "googlemail",
    "hotmail",
    "icloud",
    "live",
    "mailo",
    "msn",
    "outlook",
    "proton",
    "protonmail",
    "rocketmail",
    "tutanota",
    "yahoo",
    "yandex",
    "ymail",
];
const COUNTRIES: [&str; 21] = [
    "be", "ca", "ch", "co.uk", "com", "com.au", "com.br", "de", "es", "eu", "fr", "ie", "it", "lu", "ma", "me", "net",
    "nl", "pt", "ru", "tn",
];

/// Providers' domains, and services that have one domain only. `orange.com`, `laposte.fr` are their staff's.
const PROVIDERS: [&str; 27] = [
    "9online.fr",
    "alice.fr",
    "aliceadsl.fr",
    "bbox.fr",
    "cegetel.net",
    "club-internet.fr",
    "dartybox.com",
    "free.fr",
    "hey.com",
    "infonie.fr",
    "laposte.net",
    "libertysurf.fr",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mediaserv.net",
    "neuf.fr",
    "nordnet.fr",
    "numericable.fr",
    "noos.fr",
    "orange.fr",
    "pm.me",
    "sfr.fr",
    "tiscali.fr",
    "tuta.com",
    "voila.fr",
    "wanadoo.fr",
];

fn is_private(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    let service = |name: &str| {
        name.split_once('.').is_some_and(|(first, rest)| SERVICES.contains(&first) && COUNTRIES.contains(&rest))
    };
    // Personal pages have a name of their own under the provider's.
    let known = |name: &str| service(name) || PROVIDERS.contains(&name) || name == "me.com";
    let mut name = domain.as_str();
    loop {
        if known(name) {
            return true;
        }
        match name.split_once('.') {
            Some((_, rest)) => name = rest,
            None => return false,
        }
    }
}

/// The same text with a sign in place of its name, which stands between brackets or spaces.
fn spelt(text: &str, word: &str, sign: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), (' ', ' ')] {
        let named = format!("{open}{word}{close}");
        while let Some((before, after)) = text.split_once(&named) {
            text = format!("{}{sign}{}", before.trim_end(), after.trim_start());
        }
    }
    text
}

/// An address at a private mail service, its `@` and dots written out or between spaces included.
pub(super) fn private_address(signs: &[char]) -> bool {
    let mut text: String = signs.iter().collect::<String>().to_lowercase();
    for word in ["at", "arobase"] {
        text = spelt(&text, word, "@");
    }
    text.match_indices('@').any(|(at, _)| {
        let named = text[..at].trim_end().ends_with(|c: char| c.is_alphanumeric() || "_-+.".contains(c));
        let after = spelt(&spelt(text[at + 1..].trim_start(), "dot", "."), "point", ".");
        let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(after.len());
        named && is_private(after[..length].trim_matches(['.', '-']))
    })
}
