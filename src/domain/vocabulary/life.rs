//! The life of a convention: what happens, what is owed, and what it shows.

use super::vocabulary;

vocabulary! {
    /// Kind of a fact in the life of a convention (fait). Facts of one day are taken in this order.
    FactKind, "fact_kind", "Nature d'un fait", "Kind of a fact";
    NegotiationOpened = "negotiation_opened": "Ouverture des négociations", "Negotiation opened"
        => "Les parties négocient le texte.", "The parties negotiate the text.";
    Abandoned = "abandoned": "Abandon", "Abandonment"
        => "Une partie renonce avant l'entrée en vigueur.", "A party gives up before the convention is in force.";
    ExpiryInformation = "expiry_information": "Information sur l'échéance", "Information before the end"
        => "La partie qui en a la charge informe l'autre de l'échéance (R04).",
           "The party that owes it informs the other of the end (R04).";
    RenewalTalks = "renewal_talks": "Discussions sur le renouvellement", "Talks on renewal"
        => "Les parties discutent des conditions d'un renouvellement (R05).",
           "The parties discuss the conditions of a renewal (R05).";
    TerminationSent = "termination_sent": "Dénonciation envoyée", "Notice of termination sent"
        => "Une partie notifie par écrit qu'elle met fin à la convention (R07).",
           "A party gives written notice that it ends the convention (R07).";
    TerminationReceived = "termination_received": "Dénonciation reçue", "Notice of termination received"
        => "Une autre partie reçoit la notification : le délai court (R07).",
           "Another party receives the notice: the delay runs (R07).";
    TerminationWithdrawn = "termination_withdrawn": "Retrait de la dénonciation", "Notice of termination withdrawn"
        => "Par son auteur et, pour accord, par chaque autre partie : sans effet tant que toutes ne l'ont pas dit (R07).",
           "By its author and, as consent, by each other party: without effect until all have said so (R07).";
    TerminationAgreed = "termination_agreed": "Résiliation d'un commun accord", "Termination by agreement"
        => "Par chaque partie, pour le même dernier jour en vigueur (R07).",
           "By each party, for the same last day in force (R07).";
    UnauthorisedUse = "unauthorised_use": "Utilisation non autorisée", "Unauthorised use"
        => "Une partie utilise un logo ou un support d'une autre sans autorisation (R08).",
           "A party uses a logo or material of another without authorisation (R08).";
    FormalNoticeSent = "formal_notice_sent": "Mise en demeure envoyée", "Formal notice sent"
        => "Le propriétaire met la partie fautive en demeure (R08).", "The owner gives formal notice (R08).";
    FormalNoticeReceived = "formal_notice_received": "Mise en demeure reçue", "Formal notice received"
        => "La partie fautive reçoit la mise en demeure (R08).", "The party at fault receives the notice (R08).";
    UseRemedied = "use_remedied": "Régularisation", "Use remedied"
        => "La partie fautive a cessé ou régularisé l'utilisation (R08).",
           "The party at fault has ended or regularised the use (R08).";
    LapseContested = "lapse_contested": "Caducité contestée", "Lapse contested"
        => "Une partie conteste la caducité invoquée (R08).", "A party contests the lapse that is claimed (R08).";
    LapseAcknowledged = "lapse_acknowledged": "Caducité reconnue", "Lapse acknowledged"
        => "Une partie reconnaît la caducité : elle prend effet quand toutes l'ont reconnue (R08).",
           "A party acknowledges the lapse: it takes effect once all have (R08).";
    LapseDecided = "lapse_decided": "Décision de caducité", "Lapse decided"
        => "Une décision constate la caducité ; elle est jointe en pièce, et produit effet même contestée (R08).",
           "A decision states the lapse; it is attached as a file, and has effect even when contested (R08).";
    DisputeRaised = "dispute_raised": "Litige", "Dispute raised"
        => "Une partie soulève un litige (R09).", "A party raises a dispute (R09).";
    ConciliationOpened = "conciliation_opened": "Conciliation engagée", "Conciliation opened"
        => "Les parties cherchent un règlement amiable (R09).", "The parties seek an amicable settlement (R09).";
    ConciliationSettled = "conciliation_settled": "Conciliation aboutie", "Conciliation settled"
        => "Par chaque partie : le litige est réglé quand toutes l'ont dit (R09).",
           "By each party: the dispute is settled once all have said so (R09).";
    ConciliationFailed = "conciliation_failed": "Conciliation échouée", "Conciliation failed"
        => "Le règlement amiable a échoué (R09).", "The amicable settlement failed (R09).";
    LitigationOpened = "litigation_opened": "Contentieux", "Litigation opened"
        => "Une partie saisit le juge (R09).", "A party goes to court (R09).";
    MeetingHeld = "meeting_held": "Réunion du comité", "Meeting held"
        => "Le comité de pilotage s'est réuni (R11).", "The steering committee met (R11).";
    MinutesValidated = "minutes_validated": "Compte rendu validé", "Minutes validated"
        => "Par chaque partie : le compte rendu d'une réunion est validé quand toutes l'ont dit (R17).",
           "By each party: the minutes of a meeting are validated once all have said so (R17).";
    DutyEvidenced = "duty_evidenced": "Engagement attesté", "Commitment evidenced"
        => "Ce qu'une partie a fait au titre d'un engagement sans date (R23).",
           "What a party did under a commitment without a date (R23).";
}

impl FactKind {
    /// The kinds that a fact of this kind refers to; none when it refers to nothing.
    pub const fn refers_to(self) -> &'static [Self] {
        match self {
            Self::TerminationReceived | Self::TerminationWithdrawn => &[Self::TerminationSent],
            Self::FormalNoticeSent => &[Self::UnauthorisedUse],
            Self::FormalNoticeReceived
            | Self::UseRemedied
            | Self::LapseContested
            | Self::LapseAcknowledged
            | Self::LapseDecided => &[Self::FormalNoticeSent],
            Self::ConciliationOpened
            | Self::ConciliationSettled
            | Self::ConciliationFailed
            | Self::LitigationOpened => &[Self::DisputeRaised],
            Self::MinutesValidated => &[Self::MeetingHeld],
            _ => &[],
        }
    }

    /// True of the consents that a joint act is made of: each party gives its own.
    pub const fn is_consent(self) -> bool {
        matches!(
            self,
            Self::TerminationAgreed
                | Self::TerminationWithdrawn
                | Self::LapseAcknowledged
                | Self::ConciliationSettled
                | Self::MinutesValidated
        )
    }

    /// The rule that it is recorded under.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NegotiationOpened | Self::Abandoned => "R01",
            Self::ExpiryInformation => "R04",
            Self::RenewalTalks => "R05",
            Self::TerminationSent
            | Self::TerminationReceived
            | Self::TerminationWithdrawn
            | Self::TerminationAgreed => "R07",
            Self::UnauthorisedUse
            | Self::FormalNoticeSent
            | Self::FormalNoticeReceived
            | Self::UseRemedied
            | Self::LapseContested
            | Self::LapseAcknowledged
            | Self::LapseDecided => "R08",
            Self::DisputeRaised
            | Self::ConciliationOpened
            | Self::ConciliationSettled
            | Self::ConciliationFailed
            | Self::LitigationOpened => "R09",
            Self::MeetingHeld => "R11",
            Self::MinutesValidated => "R17",
            Self::DutyEvidenced => "R23",
        }
    }
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
    Recurring = "recurring": "Récurrente", "Recurring"
        => "Une par année de la convention.", "One a year of the convention.";
    OnEvent = "on_event": "Sur événement", "On an event";
    Continuous = "continuous": "Continue", "Continuous"
        => "Un engagement sans date, attesté ou non pour chaque année de la convention.",
           "A commitment without a date, evidenced or not in each year of the convention.";
    Right = "right": "Faculté", "Right"
        => "Ce qu'une partie peut faire, sans le devoir.", "What a party may do and does not owe.";
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
    Evidenced = "evidenced": "Attestée", "Evidenced";
    NoEvidence = "no_evidence": "Non attestée", "No evidence";
    Open = "open": "Ouverte", "Open"
        => "Une faculté, tant que la convention est en vigueur.", "A right, while the convention is in force.";
}

vocabulary! {
    /// What waits for an organisation.
    TodoKind, "todo_kind", "Nature de ce qui attend", "Kind of what waits";
    Obligation = "obligation": "Obligation à remplir", "Duty to be met";
    Signature = "signature": "Convention à signer", "Convention to be signed";
    AmendmentSignature = "amendment_signature": "Avenant à signer", "Amendment to be signed";
    FactAnswer = "fact_answer": "Fait à reconnaître ou contester", "Fact to be acknowledged or contested";
    ClauseConfirmation = "clause_confirmation": "Clauses à confirmer", "Clauses to be confirmed";
    ActionRequest = "action_request": "Action demandée, à prévoir ou décliner", "Action requested, to be planned or declined";
    ActionProposal = "action_proposal": "Action proposée, à prévoir ou décliner", "Action proposed, to be planned or declined";
    ActionConfirmation = "action_confirmation": "Action prévue, à confirmer", "Action planned, to be confirmed";
    ActionAttendance = "action_attendance": "Présences à déclarer", "Attendance to be declared";
    ActionResults = "action_results": "Résultats à déclarer", "Results to be declared";
}

vocabulary! {
    /// How urgent it is.
    Urgency, "urgency", "Urgence", "Urgency";
    Overdue = "overdue": "En retard", "Overdue";
    Due = "due": "À faire", "Due";
    Waiting = "waiting": "En attente", "Waiting"
        => "Sans date : attend depuis que l'autre a agi.", "Without a date: waits since another has acted.";
}

vocabulary! {
    /// What a convention shows on a date.
    ConventionFlag, "convention_flag", "Signalement d'une convention", "Flag of a convention";
    TerminationNotified = "termination_notified": "Dénonciation notifiée", "Termination notified";
    FormalNotice = "formal_notice": "Mise en demeure", "Formal notice";
    LapseClaimed = "lapse_claimed": "Caducité invoquée", "Lapse claimed";
    DisputeOpen = "dispute_open": "Litige en cours", "Dispute open";
    ExpiryNotified = "expiry_notified": "Échéance notifiée", "Expiry notified";
    RenewalTalks = "renewal_talks": "Renouvellement en discussion", "Renewal in discussion";
    ExceedsParent = "exceeds_parent": "Dépasse la convention mère", "Outlives its parent"
        => "La convention nationale prendra fin avant elle.", "The national convention will end before it.";
    ParentEnded = "parent_ended": "Convention mère terminée", "Parent ended"
        => "La convention nationale a pris fin.", "The national convention has ended.";
}

vocabulary! {
    /// State of an amendment (avenant) on a date.
    AmendmentStatus, "amendment_status", "Statut d'un avenant à une date", "Status of an amendment on a date";
    Draft = "draft": "Projet", "Draft";
    PartiallySigned = "partially_signed": "En cours de signature", "Partially signed";
    Signed = "signed": "Signé", "Signed"
        => "Signé par toutes les parties, il ne produit pas encore effet.", "Signed by every party, not in effect yet.";
    InForce = "in_force": "En vigueur", "In force";
    WithoutObject = "without_object": "Sans objet", "Without object"
        => "La convention a pris fin avant son entrée en vigueur.", "The convention ended before it came into force.";
}

vocabulary! {
    /// What an edit of an amendment does to the text.
    EditKind, "edit_kind", "Nature d'une modification", "Kind of an edit";
    ReplaceArticle = "replace_article": "Remplacement d'un article", "Article replaced";
    ReplaceWords = "replace_words": "Remplacement de mots", "Words replaced";
    InsertAlinea = "insert_alinea": "Ajout d'un alinéa", "Paragraph inserted";
    AddArticle = "add_article": "Ajout d'un article", "Article added";
    RepealArticle = "repeal_article": "Abrogation d'un article", "Article repealed";
}

vocabulary! {
    /// Where an edit of an amendment applies.
    EditTarget, "edit_target", "Objet d'une modification", "Target of an edit";
    Article = "article": "Article", "Article";
    Preamble = "preamble": "Préambule", "Preamble";
}
