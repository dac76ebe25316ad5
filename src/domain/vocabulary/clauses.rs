//! Kinds of clauses: what switches a rule on. No clause, no rule, no duty (rules.md, principle 1).

use super::vocabulary;

vocabulary! {
    /// Kind of a clause. The articles in the explanations are the reference convention's.
    ClauseKind, "clause_kind", "Nature d'une clause", "Kind of a clause";
    Duration = "duration": "Durée", "Duration"
        => "Durée de la convention, ou terme qu'elle nomme.", "How long the convention lasts, or the end it names.";
    Effective = "effective": "Prise d'effet", "Effective date"
        => "À la dernière signature, ou à la date nommée.", "On the last signature, or on the date named.";
    TacitRenewal = "tacit_renewal": "Tacite reconduction", "Tacit renewal"
        => "Permise ou exclue.", "Allowed or excluded.";
    RenewalInformation = "renewal_information": "Information avant l'échéance", "Information before the end"
        => "Préavis d'information avant l'expiration.", "How long before the end the other party is informed.";
    RenewalTalks = "renewal_talks": "Échanges sur le renouvellement", "Talks on renewal";
    Termination = "termination": "Résiliation", "Termination"
        => "Délai de préavis d'une dénonciation.", "Length of the notice that ends the convention.";
    Amendment = "amendment": "Avenant", "Amendment";
    Steering = "steering": "Pilotage", "Steering"
        => "Comité, et nombre minimal de réunions par an.", "Committee, and least number of meetings a year.";
    ExceptionalMeeting = "exceptional_meeting": "Réunion exceptionnelle", "Exceptional meeting";
    Agenda = "agenda": "Ordre du jour", "Agenda";
    Minutes = "minutes": "Compte rendu", "Minutes";
    RegionalInformation = "regional_information": "Information des acteurs régionaux", "Information of regional actors";
    Communication = "communication": "Communication conjointe", "Joint communication"
        => "Documents validés conjointement.", "Documents validated jointly.";
    PriorConsent = "prior_consent": "Accord préalable", "Prior consent"
        => "Accord des autres signataires avant toute communication externe.",
           "Consent of the other signatories before any external communication.";
    MaterialUse = "material_use": "Utilisation des logos et supports", "Use of logos and material";
    CurePeriod = "cure_period": "Délai de régularisation", "Cure period"
        => "Délai ouvert par une mise en demeure.", "Delay opened by a formal notice.";
    Relay = "relay": "Relais auprès des réseaux", "Relay to networks";
    Dispute = "dispute": "Litige et conciliation", "Dispute and conciliation";
    Inclusion = "inclusion": "Mixité et inclusion", "Inclusion";
    Accessibility = "accessibility": "Accessibilité", "Accessibility";
    ProgrammeHours = "programme_hours": "Volume horaire d'un module", "Hours of a programme"
        => "Par classe : 91 heures pour le module d'insertion professionnelle.",
           "For one class: 91 hours for the job-entry module.";
    Resources = "resources": "Ressources pédagogiques", "Teaching resources";
}
