//! Levels of schooling, as the rolls of a school name them (R31).

use super::{Audience, vocabulary};

vocabulary! {
    /// Level of the pupils whom an action meets. Those below 6e are named so that R31 can refuse them by name.
    SchoolLevel, "school_level", "Niveau des élèves", "Level of the pupils";
    Maternelle = "maternelle": "École maternelle", "Nursery school";
    Cp = "cp": "CP", "CP (year 2)";
    Ce1 = "ce1": "CE1", "CE1 (year 3)";
    Ce2 = "ce2": "CE2", "CE2 (year 4)";
    Cm1 = "cm1": "CM1", "CM1 (year 5)";
    Cm2 = "cm2": "CM2", "CM2 (year 6)";
    Sixieme = "6e": "Sixième", "6e (year 7)";
    Cinquieme = "5e": "Cinquième", "5e (year 8)";
    Quatrieme = "4e": "Quatrième", "4e (year 9)";
    Troisieme = "3e": "Troisième", "3e (year 10)";
    TroisiemePrepaMetiers = "3e_prepa_metiers": "Troisième prépa-métiers", "3e preparing for trades";
    Segpa = "segpa": "SEGPA", "SEGPA (adapted general and vocational teaching)";
    SecondeGt = "2de_gt": "Seconde générale et technologique", "General and technological seconde";
    SecondePro = "2de_pro": "Seconde professionnelle", "Vocational seconde";
    PremiereGenerale = "1re_generale": "Première générale", "General première";
    PremiereTechno = "1re_techno": "Première technologique", "Technological première";
    PremierePro = "1re_pro": "Première professionnelle", "Vocational première";
    TerminaleGenerale = "tle_generale": "Terminale générale", "General terminale";
    TerminaleTechno = "tle_techno": "Terminale technologique", "Technological terminale";
    TerminalePro = "tle_pro": "Terminale professionnelle", "Vocational terminale";
    Cap1 = "cap_1": "CAP, première année", "CAP, first year";
    Cap2 = "cap_2": "CAP, deuxième année", "CAP, second year";
    Bts = "bts": "BTS", "BTS (higher technician's certificate)";
    Cpge = "cpge": "CPGE", "Preparatory classes (CPGE)";
    Apprenti = "apprenti": "Apprentis", "Apprentices";
    FormationContinue = "formation_continue": "Stagiaires de la formation continue", "Adults in continuing training";
    Enseignants = "enseignants": "Enseignants", "Teachers";
}

impl SchoolLevel {
    /// Below 6e, where no article of a convention reaches (R31).
    pub const fn is_primary(self) -> bool {
        matches!(self, Self::Maternelle | Self::Cp | Self::Ce1 | Self::Ce2 | Self::Cm1 | Self::Cm2)
    }

    /// True if an audience that an article names covers this level.
    pub const fn is_of(self, audience: Audience) -> bool {
        match audience {
            Audience::Sixieme => matches!(self, Self::Sixieme),
            Audience::Cinquieme => matches!(self, Self::Cinquieme),
            Audience::Quatrieme => matches!(self, Self::Quatrieme),
            Audience::Troisieme => matches!(self, Self::Troisieme | Self::TroisiemePrepaMetiers),
            Audience::SecondeGt => matches!(self, Self::SecondeGt),
            Audience::SecondePro => matches!(self, Self::SecondePro),
            Audience::PremiereGenerale => matches!(self, Self::PremiereGenerale),
            Audience::PremiereTechno => matches!(self, Self::PremiereTechno),
            Audience::PremierePro => matches!(self, Self::PremierePro),
            Audience::TerminaleGenerale => matches!(self, Self::TerminaleGenerale),
            Audience::TerminaleTechno => matches!(self, Self::TerminaleTechno),
            Audience::TerminalePro => matches!(self, Self::TerminalePro),
            Audience::Cap => matches!(self, Self::Cap1 | Self::Cap2),
            Audience::Bts => matches!(self, Self::Bts),
            Audience::Cpge => matches!(self, Self::Cpge),
            Audience::Apprenti => matches!(self, Self::Apprenti),
            Audience::FormationContinue => matches!(self, Self::FormationContinue),
            Audience::Enseignants => matches!(self, Self::Enseignants),
            Audience::College => matches!(
                self,
                Self::Sixieme
                    | Self::Cinquieme
                    | Self::Quatrieme
                    | Self::Troisieme
                    | Self::TroisiemePrepaMetiers
                    | Self::Segpa
            ),
            Audience::LyceeGeneralTechno => matches!(
                self,
                Self::SecondeGt
                    | Self::PremiereGenerale
                    | Self::PremiereTechno
                    | Self::TerminaleGenerale
                    | Self::TerminaleTechno
            ),
            Audience::LyceePro => {
                matches!(self, Self::SecondePro | Self::PremierePro | Self::TerminalePro | Self::Cap1 | Self::Cap2)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_audience_covers_some_level_and_no_level_below_6e() {
        for audience in Audience::ALL {
            let covered: Vec<_> = SchoolLevel::ALL.iter().filter(|level| level.is_of(*audience)).collect();
            assert!(!covered.is_empty(), "{audience}");
            assert!(covered.iter().all(|level| !level.is_primary()), "{audience}: {covered:?}");
        }
    }

    #[test]
    fn every_level_from_6e_on_is_of_some_audience() {
        for level in SchoolLevel::ALL.iter().filter(|level| !level.is_primary()) {
            assert!(Audience::ALL.iter().any(|audience| level.is_of(*audience)), "{level}");
        }
        assert!(SchoolLevel::TroisiemePrepaMetiers.is_of(Audience::Troisieme));
        assert!(!SchoolLevel::Bts.is_of(Audience::LyceePro));
    }
}
