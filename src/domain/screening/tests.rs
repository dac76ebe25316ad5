//! What is found in a text, and what is not.

use super::*;

#[test]
fn a_text_is_harmless_only_when_no_form_of_it_can_hold_anything() {
    for text in ["", "Visite d’un atelier : « accueil », échanges…", "Cœur – battement", "Groupe a, attentif"]
    {
        assert!(is_harmless(text), "{text}");
    }
    for text in ["3e", "a@b", "x AT y", "x\u{a0}at\u{202f}y", "(Arobase)", "①", "＠", "٣", "a\u{ad}t", "ªt", "e\u{301}"]
    {
        assert!(!is_harmless(text), "{text}");
    }
}

#[test]
fn a_pupils_number_is_found_in_each_of_its_forms() {
    for text in [
        "123456789AB",
        "élève 123456789ab absent",
        "INE:1234567890F.",
        "0123456789k",
        "1234A12345F",
        "(1234a12345f)",
        "1234567890 F",
        "123 456 789 AB",
        "123 456 789AB",
        "123456788 HH",
        "123.456.789.AB",
        "12345 67890 F",
        "123\u{a0}456\u{202f}7890 F",
        "INE 12 34 56 78 90 A",
        "n° INE de l'élève : 1 2 3 4 5 6 7 8 9 A B",
        "BEA 12-34-56-78-90-a",
        "１２３４５６７８９ＡＢ",
        "1234\u{200b}567890F",
    ] {
        assert_eq!(screen(text), Some(Found::Ine), "{text}");
    }
}

#[test]
fn a_social_security_number_is_found_when_its_key_is_right() {
    for text in [
        "255081416802538",
        "2 55 08 14 168 025 38",
        "NIR : 2-55-08-14-168-025-38",
        "2 84 05 88 321 025 32",
        "1 85 05 2A 006 084 35",
        "185052b00608462",
        "1 85 05 78 006 084 91 ",
    ] {
        assert_eq!(screen(text), Some(Found::Nir), "{text}");
    }
    for text in
        ["255081416802539", "2 55 08 14 168 025 37", "9 55 08 14 168 025 38", "2550814168025381", "A255081416802538"]
    {
        assert_eq!(screen(text), None, "{text}");
    }
}

#[test]
fn a_private_address_is_found_and_a_professional_one_passes() {
    for text in [
        "marie@gmail.com",
        "Écrire à marie.durand@GMAIL.com.",
        "m@hotmail.fr, merci",
        "m@outlook.com",
        "m@live.fr",
        "m@yahoo.co.uk",
        "m@orange.fr",
        "m@wanadoo.fr",
        "m@free.fr",
        "m@pages.free.fr",
        "m@sfr.fr",
        "m@laposte.net",
        "m@icloud.com",
        "m@me.com",
        "m@protonmail.com",
        "m@proton.me",
        "m @ gmail.com",
        "m(at)gmail.com",
        "marie [at] yahoo.fr",
        "m+classe@gmail.com",
        "jean[at]gmail.com",
        "jean {at} gmail.com",
        "jean <at> gmail.com",
        "jean (at) gmail (dot) com",
        "jean[at]gmail[dot]com",
        "jean arobase gmail point com",
        "Jean Arobase pages point free Point fr",
        "jean@gmail (point) com",
        "jean at yahoo dot co dot uk",
    ] {
        assert_eq!(screen(text), Some(Found::PrivateEmail), "{text}");
    }
    for text in [
        "ce.0750655e@ac-paris.fr",
        "contact@passeurs.example",
        "rh@orange.com",
        "x@laposte.fr",
        "x@education.gouv.fr",
        "suivre @live sur le réseau",
        "x@notgmail.com",
        "x@live.paris",
        "x@freelance.fr",
        "voir gmail.com",
        "contact@ac-lyon.fr. Orange.fr partenaire",
        "ce.0750655e (at) ac-paris (point) fr",
        "rendez-vous arobase gare point fr",
        "le point de rencontre (at) : gmail",
        "un point com et un point fr",
    ] {
        assert_eq!(screen(text), None, "{text}");
    }
}

#[test]
fn a_telephone_number_is_found_however_it_is_written() {
    for text in [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "Tél06 12 34 56 78.",
        "tél. : 01 23 45 67 89",
        "06\u{a0}12\u{a0}34\u{a0}56\u{a0}78",
        "0612 34 56 78",
        "0612 345 678",
        "06 12345678",
        "06 123 456 78",
        "le 12/06/2024, 06 12 34 56 78",
        "01 44 55 66 77 ou 06 12 34 56 78",
        "+33612345678",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "+33(0)6.12.34.56.78",
        "0033612345678",
        "0033 6 12 34 56 78",
        "00 33 6 12 34 56 78",
        "+262 692 12 34 56",
        "+689 40 12 34 56",
        "(+33) 6 12 34 56 78",
        "(+33)612345678",
        "Tél. (+33) (0)6 12 34 56 78",
        "(0033) 6 12 34 56 78",
        "(+262) 692 12 34 56",
        "０６ １２ ３４ ５６ ７８",
    ] {
        assert_eq!(screen(text), Some(Found::Phone), "{text}");
    }
}

#[test]
fn other_numbers_are_none_of_these() {
    for text in [
        "",
        "Atelier du 12/05/2024, 2de 4, 28 élèves.",
        "le 12 05 2024 2de 4",
        "12-05-2024 2de GT",
        "01.09.2023 10 élèves",
        "01 09 2023 10",
        "du 01/09/2023 au 05/07/2024",
        "2023-09-01 10:00",
        "2024-06-28T08:30:00Z",
        "Terminale 2023-2024",
        "09 2023 2024",
        "05.10.24 12.30",
        "de 08h10 à 12h05, puis 14 h 30",
        "08 10 12 14 16",
        "01 02 03 04 05 06 07 08",
        "01 03 07 15 26 38 42 43 63 69 73 74",
        "08 10 12 14 16h",
        "SIRET 73282932000074",
        "SIRET 732 829 320 00074",
        "SIREN 732 829 320 à Lyon",
        "SIREN 732829320 ET TVA",
        "siren 732 829 320 et",
        "UAI 0750655E",
        "RNA W751234567",
        "1 234 567 890 F",
        "12 345,67 €",
        "3 000 000 000 euros",
        "75001, 13005 et 69002",
        "01000 75001",
        "NAF 85.59A",
        "91 heures, 3 classes, 84 élèves dont 42 filles",
        "3e1 3e2 3e3",
        "convention 2023-MEN-0123",
        "ISBN 978-2-07-036822-8",
        "+5 % et 0033 élèves",
        "12 élèves (+33) en 2026",
        "(+33 %) 6 12 34 élèves",
        "salle (0033), 6 classes de 12",
        "24 (+10) élèves le 14 01 2027",
        "(+33) SIRET 73282932000074",
        "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50",
        "INE non collecté, 12 élèves",
    ] {
        assert_eq!(screen(text), None, "{text}");
    }
}

#[test]
fn a_key_is_a_number_unless_it_is_truly_a_persons() {
    for key in [
        "1234567890",
        "12345678901",
        "2026000123",
        "20260001234",
        "0000012345",
        "10000000001",
        "2026-01-14-10-30-45",
        "14-01-20-26-10-30",
        "20260114-103045",
        "2026/01/14/0001",
        "A-2026-0001",
        "S2026_00123",
        "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50",
        "sheet:9f86d081884c7d659a2feaa0c55ad015",
        "73282932000074",
        "0750655E-2026-01",
        "b1234",
        "INE-2026-0001",
    ] {
        assert_eq!(screen_key(key), None, "{key}");
    }
    for (key, found) in [
        ("1234567890F", Found::Ine),
        ("123456789AB", Found::Ine),
        ("eleve-0123456789k", Found::Ine),
        ("255081416802538", Found::Nir),
        ("0612345678", Found::Phone),
        ("tel:0612345678", Found::Phone),
        ("CLI-0612345678-2", Found::Phone),
        ("06 12 34 56 78", Found::Phone),
        ("06.12.34.56.78", Found::Phone),
        ("+33612345678", Found::Phone),
        ("+33 6 12 34 56 78", Found::Phone),
        ("marie@gmail.com", Found::PrivateEmail),
    ] {
        assert_eq!(screen_key(key), Some(found), "{key}");
    }
}

#[test]
fn an_address_is_professional_when_it_is_well_formed_and_not_private() {
    for text in ["rh@atelier-durand.example", "c.martin@ac-lyon.fr", "contact+stages@mairie-lyon.fr"] {
        assert!(professional_email(text), "{text}");
    }
    for text in [
        "",
        "rh",
        "rh@",
        "@ac-lyon.fr",
        "a b@ac-lyon.fr",
        "a@b@ac-lyon.fr",
        ".a@ac-lyon.fr",
        "a..b@ac-lyon.fr",
        "a@ac-lyon",
        "a@-lyon.fr",
        "a@ac-lyon.1",
        "a@gmail.com",
        "a@Orange.FR",
    ] {
        assert!(!professional_email(text), "{text}");
    }
}

#[test]
fn any_text_is_screened_without_fault() {
    let signs: Vec<char> = "0123 +.-()@AaébB2é9œ/_\u{a0}７".chars().collect();
    let mut seed = 7_usize;
    for _ in 0..20_000 {
        let text: String = (0..seed % 24)
            .map(|step| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step + 1);
                signs[(seed >> 33) % signs.len()]
            })
            .collect();
        seed = seed.wrapping_add(1);
        let found = screen(&text);
        assert_eq!(found, screen(&text), "{text}");
        assert!(!professional_email(&text) || text.contains('@'));
    }
}
