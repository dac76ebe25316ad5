//! The kind of a school, from what the directory says of it.

use crate::domain::folded::fold;
use crate::domain::vocabulary::SchoolKind;

/// Natures (code nature) of the ministry's nomenclature, and what they are.
const NATURES: &[(&str, SchoolKind)] = &[
    ("300", SchoolKind::LyceeGt),
    ("301", SchoolKind::LyceeGt),
    ("302", SchoolKind::LyceeGt),
    ("306", SchoolKind::LyceePolyvalent),
    ("307", SchoolKind::LyceeAgricole),
    ("310", SchoolKind::LyceeGt),
    ("340", SchoolKind::College),
    ("350", SchoolKind::College),
    ("352", SchoolKind::College),
    ("390", SchoolKind::Segpa),
];

/// The tracks (voies) that a school has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tracks {
    pub general: bool,
    pub technological: bool,
    pub vocational: bool,
}

/// What a line says of the kind of its school.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'l> {
    /// Code of the nature, `306`.
    pub nature: &'l str,
    /// The nature in words, `LYCEE POLYVALENT`.
    pub label: &'l str,
    /// Type, `Lycée`.
    pub school_type: &'l str,
    pub tracks: Tracks,
    pub agricultural: bool,
}

/// The kind: by the code where it is known, else by the words, else by the tracks.
pub fn kind(said: &Said<'_>) -> SchoolKind {
    if let Some((_, kind)) = NATURES.iter().find(|(code, _)| *code == said.nature) {
        return *kind;
    }
    let (label, school_type) = (fold(said.label), fold(said.school_type));
    by_words(&label).or_else(|| by_words(&school_type)).map_or(SchoolKind::Other, |kind| match kind {
        SchoolKind::LyceeGt if !label.contains("general") && !label.contains("technologique") => by_tracks(said),
        kind => kind,
    })
}

/// The order matters: `SECTION ENSEIGNT PROFESSIONNEL`, `LYCEE PROFESSIONNEL`, then any other lycée.
fn by_words(folded: &str) -> Option<SchoolKind> {
    let has = |word: &str| folded.contains(word);
    let is = |word: &str| folded.split(' ').any(|w| w == word);
    if is("segpa") || has("general et professionnel adapte") {
        Some(SchoolKind::Segpa)
    } else if is("erea") || has("enseignement adapte") {
        Some(SchoolKind::Erea)
    } else if is("cfa") || has("formation d apprentis") {
        Some(SchoolKind::Cfa)
    } else if is("cio") || has("information et orientation") || has("information et d orientation") {
        Some(SchoolKind::Orientation)
    } else if has("agricole") {
        Some(SchoolKind::LyceeAgricole)
    } else if has("lycee polyvalent") {
        Some(SchoolKind::LyceePolyvalent)
    } else if has("lycee professionnel") || (is("section") && has("professionnel")) {
        Some(SchoolKind::LyceePro)
    } else if is("lycee") {
        Some(SchoolKind::LyceeGt)
    } else if is("college") {
        Some(SchoolKind::College)
    } else if is("ecole") {
        Some(SchoolKind::Ecole)
    } else {
        None
    }
}

/// A lycée of which only the tracks are known.
fn by_tracks(said: &Said<'_>) -> SchoolKind {
    match (said.agricultural, said.tracks.general || said.tracks.technological, said.tracks.vocational) {
        (true, ..) => SchoolKind::LyceeAgricole,
        (_, true, true) => SchoolKind::LyceePolyvalent,
        (_, false, true) => SchoolKind::LyceePro,
        _ => SchoolKind::LyceeGt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_code_then_words_then_tracks() {
        let said = |nature, label, school_type| Said { nature, label, school_type, ..Said::default() };
        for (said, wanted) in [
            (said("340", "", ""), SchoolKind::College),
            (said("306", "LYCEE POLYVALENT", "Lycée"), SchoolKind::LyceePolyvalent),
            (said("320", "LYCEE PROFESSIONNEL", "Lycée"), SchoolKind::LyceePro),
            (said("334", "SECTION D ENSEIGNEMENT PROFESSIONNEL", "Lycée"), SchoolKind::LyceePro),
            (said("370", "ETABLISSEMENT REGIONAL D'ENSEIGNEMENT ADAPTE", "EREA"), SchoolKind::Erea),
            (said("", "", "EREA"), SchoolKind::Erea),
            (said("390", "", "Collège"), SchoolKind::Segpa),
            (said("", "SECTION D'ENSEIGNEMENT GENERAL ET PROFESSIONNEL ADAPTE", ""), SchoolKind::Segpa),
            (said("151", "ECOLE DE NIVEAU ELEMENTAIRE", "Ecole"), SchoolKind::Ecole),
            (said("", "", "École"), SchoolKind::Ecole),
            (said("523", "", "Information et orientation"), SchoolKind::Orientation),
            (said("", "CENTRE DE FORMATION D'APPRENTIS", ""), SchoolKind::Cfa),
            (said("", "", "Service Administratif"), SchoolKind::Other),
            (said("", "", ""), SchoolKind::Other),
            (said("", "", "Lycée"), SchoolKind::LyceeGt),
        ] {
            assert_eq!(kind(&said), wanted, "{said:?}");
        }
        let lycee = said("", "", "Lycée");
        let vocational = Said { tracks: Tracks { vocational: true, ..Tracks::default() }, ..lycee };
        assert_eq!(kind(&vocational), SchoolKind::LyceePro);
        let both = Tracks { technological: true, ..vocational.tracks };
        assert_eq!(kind(&Said { tracks: both, ..vocational }), SchoolKind::LyceePolyvalent);
        assert_eq!(kind(&Said { agricultural: true, ..vocational }), SchoolKind::LyceeAgricole);
    }
}
