//! What a convention is: levels, sides, states, units of its durations, and the readings of its dates.

use super::vocabulary;

vocabulary! {
    /// Level of a convention (niveau). Below `national` it is a territorial convention (convention de déclinaison).
    ConventionLevel, "convention_level", "Niveau d'une convention", "Level of a convention";
    National = "national": "Nationale", "National";
    Regional = "regional": "Région académique", "Région académique"
        => "Convention de déclinaison d'une région académique.", "Territorial convention of a région académique.";
    Academic = "academic": "Académie", "Académie"
        => "Convention de déclinaison d'une académie.", "Territorial convention of an académie.";
}

vocabulary! {
    /// Side of a party (rules.md, principle 4): "ministry" and "association" in a rule mean the side.
    Side, "side", "Côté d'une partie à la convention", "Side of a party to the convention";
    State = "state": "État", "State";
    Association = "association": "Association", "Association";
    Other = "other": "Autre partie", "Other party";
}

vocabulary! {
    /// State of a convention on a date (statut): a function of facts and date, never a stored word.
    ConventionStatus, "convention_status", "Statut d'une convention à une date", "Status of a convention on a date";
    Draft = "draft": "Projet", "Draft";
    Negotiation = "negotiation": "En négociation", "In negotiation";
    PartiallySigned = "partially_signed": "En cours de signature", "Partially signed"
        => "Une partie au moins a signé ; la convention ne produit pas encore effet.",
           "At least one party has signed; the convention has no effect yet.";
    InForce = "in_force": "En vigueur", "In force";
    Expired = "expired": "Expirée", "Expired"
        => "Arrivée à son terme.", "Come to its end.";
    Terminated = "terminated": "Résiliée", "Terminated"
        => "Dénoncée par une partie, ou résiliée d'un commun accord.",
           "Ended by one party's notice, or by mutual agreement.";
    Lapsed = "lapsed": "Caduque", "Lapsed"
        => "Mise en demeure restée sans effet.", "After a formal notice left without remedy.";
    Abandoned = "abandoned": "Abandonnée", "Abandoned"
        => "Jamais entrée en vigueur.", "Never came into force.";
}

impl ConventionStatus {
    /// True of the states that nothing leaves: once a date shows one, every later date does.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Expired | Self::Terminated | Self::Lapsed | Self::Abandoned)
    }

    /// True before the convention has any effect: its text may still change.
    pub const fn is_before_force(self) -> bool {
        matches!(self, Self::Draft | Self::Negotiation | Self::PartiallySigned)
    }
}

vocabulary! {
    /// Unit of a period that a clause states.
    Unit, "unit", "Unité d'une durée", "Unit of a period";
    Day = "day": "Jour", "Day"
        => "Jours civils ; le jour de l'acte ne compte pas.", "Civil days; the day of the act does not count.";
    Week = "week": "Semaine", "Week";
    Month = "month": "Mois", "Month";
    Year = "year": "An", "Year";
    SchoolYear = "school_year": "Année scolaire", "School year"
        => "Du 1er septembre au 31 août.", "From 1 September to 31 August.";
    Season = "season": "Saison", "Season"
        => "Sans bornes légales : la clause nomme sa fin.", "Without legal bounds: the clause names its end.";
}

vocabulary! {
    /// Reading of the last day of a duration (rules.md "Dates").
    LastDayRule, "last_day_rule", "Dernier jour d'une durée en mois ou en années", "Last day of a duration in months or years";
    Anniversary = "anniversary": "Jour anniversaire", "Anniversary"
        => "Le jour de même quantième ou, à défaut, le dernier jour du mois.",
           "The day of the same number or, if the month has none, its last day.";
    Eve = "eve": "Veille de l'anniversaire", "Eve of the anniversary"
        => "Le jour précédent, sauf quand l'anniversaire a reculé au dernier jour du mois.",
           "The day before, except when the anniversary was moved back to the month's last day.";
}

impl Default for LastDayRule {
    /// `anniversary`: the visible default of `GET /v1/reference/interpretations`.
    fn default() -> Self {
        Self::Anniversary
    }
}

vocabulary! {
    /// What opens the delay of a formal notice (mise en demeure; R08).
    NoticeStart, "notice_start", "Point de départ du délai d'une mise en demeure", "What opens the delay of a formal notice";
    Received = "received": "Réception", "Reception"
        => "Le délai court de la réception.", "The delay runs from reception.";
    Sent = "sent": "Envoi", "Sending"
        => "Le délai court de l'envoi.", "The delay runs from sending.";
}

impl Default for NoticeStart {
    /// `received`.
    fn default() -> Self {
        Self::Received
    }
}

vocabulary! {
    /// What an unremedied formal notice does (caducité; R08).
    LapseEffect, "lapse_effect", "Effet d'une mise en demeure restée sans suite", "Effect of a formal notice left without remedy";
    Claimed = "claimed": "Caducité invoquée", "Lapse claimed"
        => "La caducité est signalée ; elle prend effet une fois reconnue par chaque partie, ou par une décision jointe.",
           "The lapse is flagged; it takes effect once every party acknowledges it, or with a decision attached.";
    Automatic = "automatic": "Caducité de plein droit", "Automatic lapse"
        => "La convention est caduque le lendemain du délai.", "The convention lapses the day after the delay.";
}

impl Default for LapseEffect {
    /// `claimed`.
    fn default() -> Self {
        Self::Claimed
    }
}
