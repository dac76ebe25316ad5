//! What is asked of companies, how, and what they answer (article 3, last items; article 6).

use super::vocabulary;

vocabulary! {
    /// How a company was contacted.
    ContactMeans, "contact_means", "Moyen d'un contact avec une entreprise", "Means of a contact with a company";
    Phone = "phone": "Téléphone", "Phone";
    Email = "email": "Courriel", "E-mail";
    Visit = "visit": "Visite", "Visit";
    Meeting = "meeting": "Réunion", "Meeting";
    Letter = "letter": "Courrier", "Letter";
    Event = "event": "Salon, forum, événement", "Fair, event";
    Other = "other": "Autre", "Other";
}

vocabulary! {
    /// What a company said.
    ContactOutcome, "contact_outcome", "Suite d'un contact avec une entreprise", "Outcome of a contact with a company";
    Pending = "pending": "En attente", "Pending";
    Positive = "positive": "Accord", "Positive"
        => "Seule une suite positive apporte des places.", "Only a positive outcome brings places.";
    Negative = "negative": "Refus", "Negative";
    NoAnswer = "no_answer": "Sans réponse", "No answer";
}

vocabulary! {
    /// What a company was asked for.
    ContactPurpose, "contact_purpose", "Objet d'un contact avec une entreprise", "Purpose of a contact with a company";
    Observation3e = "observation_3e": "Séquence d'observation de 3e", "Observation sequence in 3e (year 10)";
    Observation2de = "observation_2de": "Séquence d'observation de 2de", "Observation sequence in 2de (year 11)";
    Pfmp = "pfmp": "Période de formation en milieu professionnel (PFMP)", "Training period in a company (PFMP)";
    CompanyVisit = "company_visit": "Visite d'entreprise", "Company visit";
    RecruiterMeeting = "recruiter_meeting": "Rencontre avec des recruteurs", "Meeting with recruiters";
    Other = "other": "Autre", "Other";
}
