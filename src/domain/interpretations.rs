//! Legal readings that a text leaves open: each is a parameter with a visible default.
//!
//! Passerelle does not say the law. Where a clause allows two readings, the convention carries its
//! choice, bound at its signature; `GET /v1/reference/interpretations` serves this list.

use serde::Serialize;
use utoipa::ToSchema;

use super::bilingual::Bilingual;
use super::vocabulary::{Entry, LapseEffect, LastDayRule, NoticeStart};

/// One parameter: its readings, the one that applies by default, and why both exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Interpretation {
    /// Name of the parameter, lower `snake_case`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// The question it answers.
    pub question: Bilingual,
    /// Why the question is open, and what the choice changes.
    pub explanation: Bilingual,
    /// The rules it acts on.
    #[schema(value_type = Vec<String>)]
    pub rules: &'static [&'static str],
    /// Code of the default reading.
    #[schema(value_type = String)]
    pub default: &'static str,
    /// The readings.
    #[schema(value_type = Vec<Entry>)]
    pub values: &'static [Entry],
    /// Texts and decisions reasoned from, by analogy.
    #[schema(value_type = Vec<String>)]
    pub sources: &'static [&'static str],
}

/// The readings of one convention, as copied to it and bound at its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, serde::Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Readings {
    /// How the last day of a duration is read.
    pub last_day_rule: LastDayRule,
    /// What opens the delay of a formal notice.
    pub notice_start: NoticeStart,
    /// What a notice left without remedy does.
    pub lapse_effect: LapseEffect,
}

/// All parameters.
pub fn interpretations() -> &'static [Interpretation] {
    const ALL: &[Interpretation] = &[
        Interpretation {
            name: LastDayRule::NAME,
            question: Bilingual::fixed(
                "Quel est le dernier jour d'une durée stipulée en semaines, en mois ou en années ?",
                "Which is the last day of a duration stated in weeks, months or years?",
            ),
            explanation: Bilingual::fixed(
                "Signée le 27 juin 2024 pour cinq ans, une convention expire le 27 juin 2029 au soir (quantième) ou le 26 \
                 (veille). L'échéance d'information retient la lecture choisie ; les rappels partent de la plus proche des deux. \
                 Un délai de préavis se compte toujours par quantième.",
                "Signed on 27 June 2024 for five years, a convention ends at the close of 27 June 2029 (same number) or of the 26th \
                 (eve). The deadline for information follows the chosen reading; reminders follow the earlier of the two. \
                 A notice is always counted to the day of the same number.",
            ),
            rules: &["R02", "R03", "R04"],
            default: LastDayRule::Anniversary.code(),
            values: LastDayRule::ENTRIES,
            sources: &[
                "Code de procédure civile, article 641, alinéa 2",
                "Cour de cassation, chambre sociale, 15 mars 2006",
            ],
        },
        Interpretation {
            name: NoticeStart::NAME,
            question: Bilingual::fixed(
                "Qu'est-ce qui ouvre le délai de régularisation après une mise en demeure ?",
                "What opens the cure period after a formal notice?",
            ),
            explanation: Bilingual::fixed(
                "Le texte compte souvent « à compter de la notification », sans dire s'il s'agit de l'envoi ou de la réception. \
                 Le jour qui ouvre le délai ne compte pas ; le délai expire à la fin de son dernier jour, même chômé.",
                "Texts often count « from notification », without saying whether that is sending or reception. \
                 The day that opens the delay does not count; it ends at the close of its last day, even a holiday.",
            ),
            rules: &["R08"],
            default: NoticeStart::Received.code(),
            values: NoticeStart::ENTRIES,
            sources: &[
                "Code de procédure civile, article 641, alinéa 1",
                "Cour de cassation, 3e chambre civile, 8 mars 2018, n° 17-11.312",
            ],
        },
        Interpretation {
            name: LapseEffect::NAME,
            question: Bilingual::fixed(
                "Une mise en demeure restée sans suite rend-elle la convention caduque d'elle-même ?",
                "Does a formal notice left without remedy end the convention by itself?",
            ),
            explanation: Bilingual::fixed(
                "Par défaut la caducité est seulement invoquée : elle vaut, à la date calculée, une fois reconnue par chaque \
                 partie ou constatée par une décision jointe. De plein droit, elle vaut dès le lendemain du délai. Une \
                 régularisation faite à temps et enregistrée plus tard l'efface.",
                "By default the lapse is only claimed: it holds, from the computed day, once every party acknowledges it or a \
                 decision is attached. Automatic, it holds from the day after the delay. A timely remedy recorded later undoes it.",
            ),
            rules: &["R08"],
            default: LapseEffect::Claimed.code(),
            values: LapseEffect::ENTRIES,
            sources: &["Clause de caducité de la convention (article 10 de la convention de référence)"],
        },
    ];
    ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_served_are_the_defaults_applied() {
        let readings = serde_json::to_value(Readings::default()).unwrap();
        assert_eq!(readings.as_object().unwrap().len(), interpretations().len());
        for interpretation in interpretations() {
            assert_eq!(readings[interpretation.name], interpretation.default);
            assert!(interpretation.values.iter().any(|value| value.code == interpretation.default));
            assert!(!interpretation.sources.is_empty());
        }
        assert_eq!(serde_json::from_str::<Readings>("{}").unwrap(), Readings::default());
        assert!(serde_json::from_str::<Readings>("{\"last_day\":\"eve\"}").is_err());
    }
}
