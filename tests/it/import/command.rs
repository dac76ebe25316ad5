//! `passerelle import convention … --dry-run`: what it understood, for people, in the language of their terminal.

use std::process::Command;

const AVENANT: &str = "AVENANT N° 1
À LA CONVENTION DE PARTENARIAT DU 27 JUIN 2024

Entre
Le ministère des Essais, représenté par Camille FACTICE, directrice,
et
L'association Les Passeurs, représentée par Dominique EXEMPLE, président.

Article 1
Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».

Article 2
L'article 9 est remplacé par les dispositions suivantes :
« Article 9 – Pilotage
Le comité de pilotage se réunit deux fois par an, à l'invitation du ministère, dans ses locaux. »

Article 3
À l'article 3, les mots : « et les lycéens » sont supprimés.

Article 4
L'article 7 est abrogé.

Article 5
Le présent avenant entre en vigueur un mois après sa signature.

Fait à Villefictive, le 15 janvier 2026.
";

/// What the command prints of a text, and how it ends.
fn understood(text: &str, language: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("texte.txt"), text).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_passerelle"))
        .args(["import", "convention", "texte.txt", "--dry-run"])
        .args(arguments)
        .current_dir(folder.path())
        .env("LANG", language)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    (String::from_utf8(done.stdout).unwrap(), done.status.code())
}

#[test]
fn each_edit_of_an_avenant_is_told_in_the_reader_s_language() {
    let (french, status) = understood(AVENANT, "fr_FR.UTF-8", &[]);
    assert_eq!(status, Some(0));
    for line in [
        "Modifications              4\n",
        "  - Remplacement de mots, art. 11, alinéa 1 : « cinq ans » → « six ans »\n",
        "  - Remplacement d'un article, art. 9 : « Article 9 – Pilotage Le comité de pilotage se réunit deux fo… »\n",
        "  - Remplacement de mots, art. 3 : « et les lycéens » → (rien)\n",
        "  - Abrogation d'un article, art. 7\n",
        "  - ligne 24: le jour de la prise d'effet n'a pas pu être lu",
        "(unread_effective_date)\n",
    ] {
        assert!(format!("{french}\n").contains(line), "{line:?} in {french}");
    }
    let (english, _) = understood(AVENANT, "en_GB.UTF-8", &[]);
    for line in [
        "Edits                      4\n",
        "  - Words replaced, art. 11, paragraph 1: “cinq ans” → “six ans”\n",
        "  - Words replaced, art. 3: “et les lycéens” → (nothing)\n",
        "  - line 24: the day it takes effect could not be read",
    ] {
        assert!(english.contains(line), "{line:?} in {english}");
    }
}

#[test]
fn a_convention_has_no_edits_and_its_doubts_are_in_french_too() {
    let text = "CONVENTION\n\nArticle 1 – Objet\n\nUn.\n\nArticle 3 – Durée\n\nTrois.\n";
    let (french, status) = understood(text, "fr_FR.UTF-8", &[]);
    assert_eq!(status, Some(0));
    assert!(french.contains("l'article 2 manque avant l'article 3 (missing_article)"), "{french}");
    assert!(french.contains("moins de deux parties sont reconnues (no_party)"), "{french}");
    assert!(!french.contains("Modifications"), "{french}");
    let (english, _) = understood(text, "C", &[]);
    assert!(english.contains("article 2 is missing before article 3 (missing_article)"), "{english}");
    // What is no file is refused.
    let missing = understood(text, "fr_FR.UTF-8", &["--amends", "x"]);
    assert_eq!((missing.0.as_str(), missing.1), ("", Some(2)));
}

#[test]
fn a_text_of_others_commands_no_terminal() {
    let text = AVENANT.replace("six ans", "six\u{1b}]0;x\u{7} ans\u{9b}31m");
    for arguments in [&[][..], &["--format", "json"]] {
        let (told, _) = understood(&text, "fr_FR.UTF-8", arguments);
        assert!(told.contains("six"), "{told}");
        assert!(!told.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{told:?}");
    }
    serde_json::from_str::<serde_json::Value>(&understood(&text, "C", &["--format", "json"]).0).unwrap();
}
