//! The life of a convention: what happens, what is owed, and what it shows.

use super::vocabulary;

vocabulary! {
    /// Kind of a fact in the life of a convention (fait).
    FactKind, "fact_kind", "Nature d'un fait", "Kind of a fact";
    ExpiryInformation = "expiry_information": "Information sur l'échéance", "Information before the end"
        => "La partie qui en a la charge informe l'autre de l'échéance (R04).",
           "The party that owes it informs the other of the end (R04).";
    RenewalTalks = "renewal_talks": "Discussions sur le renouvellement", "Talks on renewal"
        => "Les parties discutent des conditions d'un renouvellement (R05).",
           "The parties discuss the conditions of a renewal (R05).";
}

vocabulary! {
    /// What the party says of a fact that another recorded for it.
    FactAnswer, "fact_answer", "Réponse à un fait", "Answer to a fact";
    Acknowledged = "acknowledged": "Reconnu", "Acknowledged";
    Contested = "contested": "Contesté", "Contested"
        => "Un fait contesté ne compte pas.", "A contested fact does not count.";
}

vocabulary! {
    /// Nature of a duty (obligation).
    DutyNature, "duty_nature", "Nature d'une obligation", "Nature of a duty";
    Dated = "dated": "Datée", "Dated";
    OnEvent = "on_event": "Sur événement", "On an event";
}

vocabulary! {
    /// Where a duty stands on a date.
    DutyStatus, "duty_status", "État d'une obligation à une date", "Where a duty stands on a date";
    NotYet = "not_yet": "Pas encore due", "Not yet due";
    Due = "due": "Due", "Due";
    Met = "met": "Remplie", "Met";
    MetLate = "met_late": "Remplie en retard", "Met late";
    Overdue = "overdue": "En retard", "Overdue";
    Void = "void": "Sans objet", "Void";
}

vocabulary! {
    /// What a convention in force shows on a date.
    ConventionFlag, "convention_flag", "Signalement d'une convention en vigueur", "Flag of a convention in force";
    ExpiryNotified = "expiry_notified": "Échéance notifiée", "Expiry notified";
    RenewalTalks = "renewal_talks": "Renouvellement en discussion", "Renewal in discussion";
}
