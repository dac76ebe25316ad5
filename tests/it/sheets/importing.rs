//! Sheets brought in: what can comes in, the rest comes back with the reason, and nothing comes in twice.

use std::fmt::Write as _;
use std::sync::Arc;

use calamine::Data;
use passerelle::domain::Id;
use passerelle::error::Language;
use passerelle::sheets::kind::Options;
use passerelle::sheets::mapping::Mapping;
use passerelle::sheets::run::{self, Import, Report};
use passerelle::sheets::sheet::Rows;
use passerelle::sheets::{given, kinds, tabs};
use serde_json::{Value, json};

use super::{book, rows, windows_1252};
use crate::support::World;

/// What is brought in, by whom, and how it ended.
pub struct Brought {
    pub import: Arc<Import>,
    pub report: Report,
}

impl Brought {
    /// Created, updated, there already, rejected.
    pub fn counts(&self) -> [usize; 4] {
        let report = &self.report;
        [report.created, report.updated, report.unchanged, report.rejected.len()]
    }

    /// The rejected lines as a sheet.
    pub fn back(&self, world: &World) -> Vec<u8> {
        given::rejected(Vec::new(), &self.import.sheet, &self.report, Language::French, world.now()).unwrap()
    }

    /// The columns that the reasons of a rejected line name, and all of its words.
    pub fn reasons(&self, line: u64) -> (Vec<String>, String) {
        let found = self.report.rejected.iter().find(|r| self.import.sheet.lines[r.at].number == line);
        let reasons = &found.unwrap_or_else(|| panic!("line {line} was not rejected")).reasons;
        (reasons.iter().filter_map(|r| r.column.clone()).collect(), given::in_words(reasons, Language::French))
    }
}

/// Brings a sheet in for an organisation.
pub fn bring(world: &World, kind: &str, bytes: &[u8], mapping: &Value, owner: Id, dry_run: bool) -> Brought {
    bring_with(world, kind, bytes, mapping, Options { organisation: Some(owner), ..Options::default() }, dry_run)
}

/// Brings a sheet in as the command does.
pub fn bring_with(
    world: &World,
    kind: &str,
    bytes: &[u8],
    mapping: &Value,
    options: Options,
    dry_run: bool,
) -> Brought {
    let kind = kinds::named(kind).unwrap();
    let mapping = Mapping::read(mapping.to_string().as_bytes(), kind).unwrap_or_else(|e| panic!("{e:?}"));
    let opened = tabs::open(kind, Rows::read(bytes).unwrap(), &mapping, &[]).unwrap_or_else(|e| panic!("{e:?}"));
    let import = Arc::new(Import { sheet: opened.sheet, layouts: opened.layouts, kind, options });
    let (app, work) = (world.app.clone(), import.clone());
    let mut told = Vec::new();
    let report = actix_web::rt::System::new()
        .block_on(async { run::run(&app, work, dry_run, |done| told.push(done)).await.expect("it runs") });
    assert_eq!(told.last().copied().unwrap_or(0), import.sheet.lines.len());
    Brought { import, report }
}

/// As an office computer saves it: a title above, holes, French dates, labels, a number that a workbook spoilt.
const COMPANIES: &str = "Nos entreprises au 1er septembre;;;;;\r\n\r\n\
    Raison sociale;N° SIRET;Ville;Dépt.;Activité;Mail\r\n\
    L’Atelier du Châssis;732 829 320 00074;Pontoise;95;Métallerie;rh@chassis.example\r\n\
    Café de l’Œuvre;NC;Paris;75;-;\r\n\
    ;;Lyon;69;;\r\n\
    Scierie;12345678901234;Guéret;23;bois;jean.petit@orange.fr\r\n";

both!(a_sheet_of_companies_comes_in_and_what_cannot_comes_back, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    let mapping = json!({ "columns": { "Dépt.": "Département" } });
    let bytes = windows_1252(COMPANIES);
    assert!(std::str::from_utf8(&bytes).is_err());
    let tried = bring(world, "companies", &bytes, &mapping, owner, true);
    assert_eq!((tried.counts(), world.rows("companies")), ([2, 0, 0, 2], 0), "a dry run keeps nothing");

    let first = bring(world, "companies", &bytes, &mapping, owner, false);
    assert_eq!(first.counts(), [2, 0, 0, 2], "{:?}", first.report.rejected);
    assert_eq!(first.reasons(6).0, ["Raison sociale"]);
    let (columns, words) = first.reasons(7);
    assert!(columns.contains(&"N° SIRET".to_owned()), "{columns:?} {words}");
    let listed = association.list("/v1/companies?sort=name");
    let names: Vec<_> = listed.iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Café de l’Œuvre", "L’Atelier du Châssis"]);
    assert_eq!(listed[1]["siret"], "73282932000074");
    assert_eq!(
        (&listed[0]["siret"], &listed[0]["sector"], &listed[0]["academie"]),
        (&json!(null), &json!(null), &json!("01"))
    );

    // The same file again makes nothing twice, and writes nothing.
    let changes = world.rows("changes");
    assert_eq!(bring(world, "companies", &bytes, &mapping, owner, false).counts(), [0, 0, 2, 2]);
    assert_eq!((world.rows("companies"), world.rows("changes")), (2, changes));

    // What came back is as it was, with the line and the reason, and comes in once it is mended.
    let back = first.back(world);
    let read = rows(&back);
    let texts = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(texts(&read[0]), ["Raison sociale", "N° SIRET", "Ville", "Dépt.", "Activité", "Mail", "ligne", "motif"]);
    assert_eq!(texts(&read[1])[..7], ["", "", "Lyon", "69", "", "", "6"]);
    assert!(texts(&read[1])[7].starts_with("Raison sociale : "), "{read:?}");
    assert_eq!(
        texts(&read[2])[..7],
        ["Scierie", "12345678901234", "Guéret", "23", "bois", "jean.petit@orange.fr", "7"]
    );
    let english =
        given::rejected(Vec::new(), &first.import.sheet, &first.report, Language::English, world.now()).unwrap();
    assert_eq!(texts(&rows(&english)[0])[6..], ["line", "reason"]);
    let mut mended = read.clone();
    mended[1][0] = Data::String("Lyon Bois".into());
    mended[2][1] = Data::Empty;
    mended[2][5] = Data::Empty;
    let again = bring(world, "companies", &book(&mended), &mapping, owner, false);
    assert_eq!(again.counts(), [2, 0, 0, 0], "{:?}", again.report.rejected);
    assert_eq!(world.rows("companies"), 4);
});

both!(a_line_with_a_known_key_is_updated_and_its_holes_erase_nothing, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    let line = |text: &str| bring(world, "companies", text.as_bytes(), &json!({}), owner, false).counts();
    assert_eq!(
        line("{\"name\":\"Durand\",\"external_id\":\"d1\",\"commune\":\"Cergy\",\"contact.name\":\"RH\"}\n"),
        [1, 0, 0, 0]
    );
    assert_eq!(line("{\"name\":\"Durand\",\"external_id\":\"d1\",\"commune\":\"?\"}\n"), [0, 0, 1, 0]);
    assert_eq!(line("{\"name\":\"Durand SA\",\"external_id\":\"d1\",\"commune\":\"\"}\n"), [0, 1, 0, 0]);
    let listed = association.list("/v1/companies");
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["commune"], &listed[0]["version"]),
        (&json!("Durand SA"), &json!("Cergy"), &json!(2))
    );
    assert_eq!(listed[0]["contact"]["name"], "RH");
    // The same line twice in one file is one company; the key of another organisation is another.
    assert_eq!(line("name;commune\nMartin;Lille\nMartin;Lille\n"), [1, 0, 1, 0]);
    let other = world.association().organisation.unwrap();
    let text = "name;external_id\nDurand;d1\n";
    assert_eq!(bring(world, "companies", text.as_bytes(), &json!({}), other, false).counts(), [1, 0, 0, 0]);
    assert_eq!(association.list("/v1/companies").len(), 2);
});

both!(a_workbook_of_contacts_comes_in_with_its_dates, |world| {
    let text = world.in_force("2026-11-20");
    // As `import convention` brings it in.
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let owner = text.association.organisation.unwrap();
    let companies = "Entreprise;Ville;SIRET\nDurand;Cergy;73282932000074\nDurand;Lille;\nMartin;Paris;\n";
    assert_eq!(bring(world, "companies", companies.as_bytes(), &json!({}), owner, false).counts(), [3, 0, 0, 0]);
    let cell = |text: &str| if text.is_empty() { Data::Empty } else { Data::String(text.into()) };
    let line = |cells: [&str; 8]| cells.map(cell).to_vec();
    let mut sheet = vec![
        line(["Société", "Ville", "Date", "Moyen", "Objet", "Suite", "Places", "dont REP"]),
        line(["DURAND", "Cergy", "", "Téléphone", "Séquence d'observation de 3e", "accord", "", "2"]),
        line(["Durand", "", "21/11/2026", "courriel", "PFMP", "refus", "", ""]),
        line(["Martin", "", "21 novembre 2026", "Courriel", "pfmp", "Refus", "NC", ""]),
        line(["Absente", "", "21/11/2026", "Visite", "pfmp", "Refus", "", ""]),
        line(["Martin", "", "19/11/2026", "Visite", "pfmp", "Refus", "", ""]),
    ];
    // A date and a number of the workbook's own.
    sheet[1][2] = Data::DateTime(calamine::ExcelDateTime::new(46_347.0, calamine::ExcelDateTimeType::DateTime, false));
    sheet[1][6] = Data::Float(6.0);
    let mapping = json!({ "values": { "Objet": { "PFMP": "pfmp" } } });
    let brought = bring(world, "contacts", &book(&sheet), &mapping, owner, false);
    assert_eq!(brought.counts(), [2, 0, 0, 3], "{:?}", brought.report.rejected);
    let several = brought.reasons(3);
    assert!(several.0 == ["Société"] && several.1.contains("Durand (Cergy), Durand (Lille)"), "{several:?}");
    assert!(brought.reasons(5).1.contains("importez les entreprises d'abord"));
    // The day before its convention came into force: a rule, with its name.
    assert!(brought.reasons(6).1.contains("R34"), "{}", brought.reasons(6).1);
    let listed = text.association.list("/v1/company-contacts");
    let first = listed.iter().find(|c| c["company"]["commune"] == "Cergy").unwrap();
    assert_eq!(first["occurred_on"], "2026-11-21");
    assert_eq!(first["places"], json!([{ "level": "3e", "places": 6, "of_which_rep": 2, "of_which_rep_plus": null }]));
    assert_eq!(bring(world, "contacts", &book(&sheet), &mapping, owner, false).counts(), [0, 0, 2, 3]);
    assert_eq!(world.rows("company_contacts"), 2);
});

both!(more_than_a_batch_comes_in, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    let mut text = "Entreprise;SIRET\n".to_owned();
    for n in 0..1203 {
        let siret = if n % 100 == 50 { "1" } else { "" };
        writeln!(text, "Entreprise {n};{siret}").unwrap();
    }
    let brought = bring(world, "companies", text.as_bytes(), &json!({}), owner, false);
    assert_eq!(brought.counts(), [1191, 0, 0, 12]);
    assert_eq!(world.rows("companies"), 1191);
    assert_eq!(rows(&brought.back(world)).len(), 13);
    assert_eq!(bring(world, "companies", text.as_bytes(), &json!({}), owner, false).counts(), [0, 0, 1191, 12]);
});

#[test]
fn a_template_comes_in_empty_and_explains_itself() {
    let now = crate::support::world::NOW.parse().unwrap();
    for kind in kinds::ALL {
        for language in [Language::French, Language::English] {
            let bytes = given::template(Vec::new(), kind, language, now).unwrap();
            let rows = Rows::read(&bytes).unwrap();
            let opened = tabs::open(kind, rows, &Mapping::default(), &[]).unwrap_or_else(|e| panic!("{e:?}"));
            assert!(opened.layouts[0].ignored.is_empty() && opened.sheet.lines.is_empty(), "{}", kind.name);
            assert_eq!(opened.sheet.tabs[0].header.len(), kind.columns.len());
            assert!(opened.not_read.is_empty() && opened.layouts.len() == 1);
            let codes: usize = kind.columns.iter().filter_map(|c| c.form.vocabulary()).map(|v| v.entries.len()).sum();
            assert_eq!(super::rows_of(&bytes, 1).len(), 1 + kind.columns.len() + codes, "{}", kind.name);
        }
        // No name means two columns.
        let mut names = std::collections::HashMap::new();
        for column in kind.columns {
            for header in column.headers {
                let folded = passerelle::domain::folded::fold(&header.replace('+', " plus "));
                let other = names.insert(folded, column.field).unwrap_or(column.field);
                assert_eq!(other, column.field, "{}: {header} means two columns", kind.name);
            }
            let needs = matches!(
                column.form,
                passerelle::sheets::kind::Form::Code(_) | passerelle::sheets::kind::Form::Codes(_)
            );
            assert_eq!(needs, column.form.vocabulary().is_some(), "{}: {}", kind.name, column.field);
        }
    }
}
