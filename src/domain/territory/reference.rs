//! The reference of territories, embedded: facts that change by decree, a few times a century.

use std::fmt;
use std::sync::LazyLock;

use chrono_tz::Tz;
use serde::Deserialize;

/// COG code of a région académique that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(&'static str, usize);

/// Ministry's code of an académie that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AcademieCode(&'static str, usize);

/// A région académique.
#[derive(Debug)]
pub struct Region {
    /// COG code of the region, `11`.
    pub code: RegionCode,
    /// Name, without "région académique".
    pub name: &'static str,
    /// Zone of its civil dates.
    pub zone: Tz,
    /// Its académies.
    pub academies: &'static [Academie],
}

/// An académie.
#[derive(Debug)]
pub struct Academie {
    /// The ministry's code, `24`.
    pub code: AcademieCode,
    /// Name, without "académie de".
    pub name: &'static str,
    /// COG code of its région académique.
    pub region: RegionCode,
    /// Zone of school holidays (zone de vacances) A, B or C; none in Corse and overseas.
    pub holiday_zone: Option<&'static str>,
    /// Its départements.
    pub departments: &'static [Department],
}

/// A département.
#[derive(Debug)]
pub struct Department {
    /// COG code: `75`, `2A`, `974`.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// First three digits of the UAIs of its schools: `075`, `620`, `974`.
    pub uai_prefix: &'static str,
    /// Its académie.
    pub academie: AcademieCode,
}

impl RegionCode {
    /// The code as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The région académique.
    pub fn region(self) -> &'static Region {
        &regions()[self.1]
    }
}

impl AcademieCode {
    /// The code as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The académie.
    pub fn academie(self) -> &'static Academie {
        &academies()[self.1]
    }

    /// Its région académique.
    pub fn region(self) -> &'static Region {
        self.academie().region.region()
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for AcademieCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Academie {
    /// `Académie de Créteil`, `Académie d'Amiens`.
    pub fn title(&self) -> String {
        let vowel = self.name.starts_with(['A', 'E', 'I', 'O', 'U', 'Y', 'É', 'Î']);
        format!("Académie {}{}", if vowel { "d'" } else { "de " }, self.name)
    }
}

/// The 18 régions académiques, by code.
pub fn regions() -> &'static [Region] {
    REFERENCE.regions
}

/// The 30 académies, grouped by région académique.
pub fn academies() -> &'static [Academie] {
    REFERENCE.academies
}

/// The 101 départements, grouped by académie.
pub fn departments() -> &'static [Department] {
    REFERENCE.departments
}

/// A région académique by its COG code.
pub fn region(code: &str) -> Option<&'static Region> {
    regions().iter().find(|region| region.code.0 == code)
}

/// An académie by the ministry's code.
pub fn academie(code: &str) -> Option<&'static Academie> {
    academies().iter().find(|academie| academie.code.0 == code)
}

/// A département by its COG code (`75`, `2A`, `974`).
pub fn department(code: &str) -> Option<&'static Department> {
    departments().iter().find(|department| department.code == code)
}

/// The département whose UAIs begin with these three digits. None for collectivities without département.
pub fn department_of_uai_prefix(prefix: &str) -> Option<&'static Department> {
    departments().iter().find(|department| department.uai_prefix == prefix)
}

/// The département of a postcode; none where a postcode does not say it. Those of Corsica tell its two départements by their
/// third digit, those overseas begin with the code of theirs.
pub fn department_of_postcode(postcode: &str) -> Option<&'static Department> {
    let code = match (postcode.get(..2)?, postcode.get(..3)?) {
        (_, "200" | "201") => "2A",
        (_, "202" | "206") => "2B",
        ("97" | "98", three) => three,
        (two, _) => two,
    };
    department(code)
}

/// The zone of a postcode, that of collectivities without a département included.
pub fn zone_of_postcode(postcode: &str) -> Option<Tz> {
    let known = department_of_postcode(postcode).map(|department| department.academie.region().zone);
    known.or_else(|| zone_of_collectivity(postcode.get(..3)?))
}

/// The zone of a collectivity without a département, by the first digits of its postcodes or of its schools' numbers.
pub fn zone_of_collectivity(prefix: &str) -> Option<Tz> {
    match prefix {
        "975" => Some(Tz::America__Miquelon),
        "977" | "978" => Some(Tz::America__Guadeloupe),
        "983" | "988" => Some(Tz::Pacific__Noumea),
        "984" | "987" => Some(Tz::Pacific__Tahiti),
        "986" => Some(Tz::Pacific__Wallis),
        _ => None,
    }
}

/// As written in the embedded file.
#[derive(Deserialize)]
struct RegionRow<'a> {
    code: &'a str,
    name: &'a str,
    zone: &'a str,
    #[serde(borrow)]
    academies: Vec<AcademieRow<'a>>,
}

#[derive(Deserialize)]
struct AcademieRow<'a> {
    code: &'a str,
    name: &'a str,
    holiday_zone: Option<&'a str>,
    departments: Vec<DepartmentRow<'a>>,
}

#[derive(Deserialize)]
struct DepartmentRow<'a> {
    code: &'a str,
    name: &'a str,
    uai: &'a str,
}

struct Reference {
    regions: &'static [Region],
    academies: &'static [Academie],
    departments: &'static [Department],
}

/// Built once and kept for the life of the program: each level is one run of memory, so that
/// a région's académies are a slice of the académies of the nation.
#[expect(clippy::expect_used, reason = "the text is embedded, and a test of this module reads it")]
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let rows: Vec<RegionRow<'static>> =
        serde_json::from_str(include_str!("../territories.json")).expect("the embedded reference is well formed");
    let mut departments = Vec::new();
    let mut academies = Vec::new();
    for (rank, region) in rows.iter().enumerate() {
        for row in &region.academies {
            let code = AcademieCode(row.code, academies.len());
            departments.extend(row.departments.iter().map(|row| Department {
                code: row.code,
                name: row.name,
                uai_prefix: row.uai,
                academie: code,
            }));
            academies.push((code, row.name, RegionCode(region.code, rank), row.holiday_zone));
        }
    }
    let departments: &'static [Department] = departments.leak();
    let academies: &'static [Academie] = academies
        .into_iter()
        .map(|(code, name, region, holiday_zone)| Academie {
            code,
            name,
            region,
            holiday_zone,
            departments: run(departments, |department| department.academie == code),
        })
        .collect::<Vec<_>>()
        .leak();
    let regions: &'static [Region] = rows
        .iter()
        .enumerate()
        .map(|(rank, row)| {
            let code = RegionCode(row.code, rank);
            Region {
                code,
                name: row.name,
                zone: row.zone.parse().unwrap_or(Tz::Europe__Paris),
                academies: run(academies, |academie| academie.region == code),
            }
        })
        .collect::<Vec<_>>()
        .leak();
    Reference { regions, academies, departments }
});

/// The run of rows that belong together: they are neighbours by construction.
fn run<T>(rows: &'static [T], belongs: impl Fn(&T) -> bool) -> &'static [T] {
    let start = rows.iter().position(&belongs).unwrap_or(0);
    let length = rows[start..].iter().take_while(|row| belongs(row)).count();
    &rows[start..start + length]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn eighteen_thirty_and_one_hundred_and_one() {
        assert_eq!((regions().len(), academies().len(), departments().len()), (18, 30, 101));
        assert!(regions().iter().map(|region| region.code.0).is_sorted());
        let unique = |codes: Vec<&'static str>| codes.iter().collect::<BTreeSet<_>>().len();
        assert_eq!(unique(regions().iter().map(|region| region.code.0).collect()), 18);
        assert_eq!(unique(academies().iter().map(|academie| academie.code.0).collect()), 30);
        assert_eq!(unique(departments().iter().map(|department| department.code).collect()), 101);
        assert_eq!(unique(departments().iter().map(|department| department.uai_prefix).collect()), 101);
    }

    #[test]
    fn every_level_holds_the_next_exactly_once() {
        assert_eq!(regions().iter().map(|region| region.academies.len()).sum::<usize>(), 30);
        assert_eq!(academies().iter().map(|academie| academie.departments.len()).sum::<usize>(), 101);
        for region in regions() {
            assert!(std::ptr::eq(region.code.region(), region));
            assert!(region.academies.iter().all(|academie| academie.region == region.code));
        }
        for academie in academies() {
            assert!(std::ptr::eq(academie.code.academie(), academie));
            assert!(academie.departments.iter().all(|department| department.academie == academie.code));
        }
    }

    #[test]
    fn only_overseas_leaves_the_zone_of_paris() {
        let away: Vec<_> = regions().iter().filter(|region| region.zone != Tz::Europe__Paris).collect();
        assert_eq!(away.iter().map(|region| region.code.0).collect::<Vec<_>>(), ["01", "02", "03", "04", "06"]);
        let zoned = academies().iter().filter(|academie| academie.holiday_zone.is_some()).count();
        assert_eq!(zoned, 24);
    }

    #[test]
    fn lookups() {
        assert_eq!(department("2A").unwrap().academie.as_str(), "27");
        assert_eq!(department_of_uai_prefix("720").unwrap().name, "Haute-Corse");
        assert_eq!(department_of_uai_prefix("975").map(|department| department.code), None);
        assert_eq!(academie("24").unwrap().name, "Créteil");
        for (postcode, zone) in [
            ("75011", Some("Europe/Paris")),
            ("20200", Some("Europe/Paris")),
            ("97110", Some("America/Guadeloupe")),
            ("97200", Some("America/Martinique")),
            ("97300", Some("America/Cayenne")),
            ("97400", Some("Indian/Reunion")),
            ("97600", Some("Indian/Mayotte")),
            ("97500", Some("America/Miquelon")),
            ("98600", Some("Pacific/Wallis")),
            ("98714", Some("Pacific/Tahiti")),
            ("98800", Some("Pacific/Noumea")),
            ("98000", None),
            ("00100", None),
            ("", None),
        ] {
            assert_eq!(zone_of_postcode(postcode).map(Tz::name), zone, "{postcode}");
        }
        assert_eq!(region("93").unwrap().academies.len(), 2);
    }
}
