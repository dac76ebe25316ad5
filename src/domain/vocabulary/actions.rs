//! What is done with pupils: kinds of actions, audiences, education priority.

use super::vocabulary;

vocabulary! {
    /// National kinds of actions (R30). An axis's catalogue uses the text's own words and, where one fits, one of these.
    ActionKind, "action_kind", "Nature d'une action", "Kind of an action";
    Workshop = "workshop": "Atelier", "Workshop";
    CompanyPresentation = "company_presentation": "Présentation de l'entreprise et des métiers", "Presentation of companies and trades";
    Talk = "talk": "Intervention en classe ou conférence", "Talk in class or conference";
    Forum = "forum": "Forum des métiers", "Careers fair";
    CompanyVisit = "company_visit": "Visite d'entreprise", "Company visit";
    ObservationSupport = "observation_support": "Accompagnement du stage d'observation", "Support during the observation placement";
    HostOutreach = "host_outreach": "Mobilisation d'entreprises d'accueil", "Outreach to host companies"
        => "Communication auprès des entreprises pour qu'elles accueillent des élèves.",
           "Asking companies to host pupils.";
    InternshipSearchWorkshop = "internship_search_workshop": "Atelier de recherche de stage ou de PFMP", "Placement search workshop"
        => "CV, lettre de motivation, réseaux sociaux ; période de formation en milieu professionnel.",
           "CV, letter, social networks; for placements in companies (PFMP).";
    InterviewSimulation = "interview_simulation": "Simulation d'entretien", "Mock interview";
    Mentoring = "mentoring": "Mentorat", "Mentoring";
    Tutoring = "tutoring": "Tutorat", "Tutoring";
    Coaching = "coaching": "Coaching", "Coaching";
    EntrepreneurshipWorkshop = "entrepreneurship_workshop": "Atelier de créativité et d'entrepreneuriat", "Creativity and entrepreneurship workshop";
    EntrepreneurTestimony = "entrepreneur_testimony": "Rencontre ou témoignage d'entrepreneur", "Entrepreneur's testimony";
    ProjectMethodWorkshop = "project_method_workshop": "Atelier de conduite de projet", "Project method workshop";
    BusinessCreationSimulation = "business_creation_simulation": "Simulation de création d'entreprise", "Business creation simulation";
    RemobilisationWorkshop = "remobilisation_workshop": "Atelier de remobilisation", "Remobilisation workshop";
    KeySkillsTraining = "key_skills_training": "Formation aux compétences clés", "Key skills training";
    RecruiterMeeting = "recruiter_meeting": "Rencontre avec des recruteurs", "Meeting with recruiters";
    JobEntryModule = "job_entry_module": "Module d'aide à l'insertion professionnelle", "Job-entry module"
        => "Élèves de terminale professionnelle ; ses heures se comptent par classe.",
           "Pupils of the last vocational year; its hours are counted for one class.";
    TeachingResource = "teaching_resource": "Ressource pédagogique", "Teaching resource";
    Other = "other": "Autre", "Other"
        => "Avec un texte qui dit laquelle.", "With a text that says which.";
}

vocabulary! {
    /// Audience of an action or resource (public). R31 says which an article admits.
    Audience, "audience", "Public d'une action", "Audience of an action";
    Sixieme = "6e": "Sixième", "6e (year 7)";
    Cinquieme = "5e": "Cinquième", "5e (year 8)";
    Quatrieme = "4e": "Quatrième", "4e (year 9)";
    Troisieme = "3e": "Troisième", "3e (year 10)";
    SecondeGt = "2de_gt": "Seconde générale et technologique", "General and technological seconde";
    SecondePro = "2de_pro": "Seconde professionnelle", "Vocational seconde";
    PremiereGenerale = "1re_generale": "Première générale", "General première";
    PremiereTechno = "1re_techno": "Première technologique", "Technological première";
    PremierePro = "1re_pro": "Première professionnelle", "Vocational première";
    TerminaleGenerale = "tle_generale": "Terminale générale", "General terminale";
    TerminaleTechno = "tle_techno": "Terminale technologique", "Technological terminale";
    TerminalePro = "tle_pro": "Terminale professionnelle", "Vocational terminale";
    Cap = "cap": "CAP", "CAP (vocational certificate)";
    Bts = "bts": "BTS", "BTS (higher technician's certificate)";
    Cpge = "cpge": "Classes préparatoires aux grandes écoles", "Preparatory classes (CPGE)";
    Apprenti = "apprenti": "Apprentis", "Apprentices";
    FormationContinue = "formation_continue": "Stagiaires de la formation continue", "Adults in continuing training";
    Enseignants = "enseignants": "Enseignants", "Teachers";
    College = "college": "Collégiens, tous niveaux", "Collège pupils, all levels";
    LyceeGeneralTechno = "lycee_general_techno": "Lycéens des voies générale et technologique", "General and technological lycée pupils";
    LyceePro = "lycee_pro": "Lycéens de la voie professionnelle", "Vocational lycée pupils";
}

vocabulary! {
    /// Education priority of a school (éducation prioritaire).
    EducationPriority, "education_priority", "Éducation prioritaire", "Education priority";
    Rep = "rep": "REP", "REP"
        => "Réseau d'éducation prioritaire.", "Priority education network.";
    RepPlus = "rep_plus": "REP+", "REP+"
        => "Réseau d'éducation prioritaire renforcé.", "Reinforced priority education network.";
    None = "none": "Hors éducation prioritaire", "Outside education priority";
}

vocabulary! {
    /// Where an action stands in its life. Acts alone move it.
    ActionStatus, "action_status", "État d'une action", "State of an action";
    Requested = "requested": "Demandée", "Requested"
        => "Par un établissement ou une académie.", "By a school or an académie.";
    Proposed = "proposed": "Proposée", "Proposed";
    Planned = "planned": "Prévue", "Planned"
        => "Une date au moins est posée.", "One date at least is set.";
    Confirmed = "confirmed": "Confirmée", "Confirmed"
        => "Par l'établissement, ou pour lui.", "By the school, or for it.";
    Held = "held": "Réalisée", "Held";
    Reported = "reported": "Bilan déclaré", "Reported"
        => "Réalisée, et ses résultats sont déclarés.", "Held, and its results are declared.";
    Declined = "declined": "Déclinée", "Declined";
    Cancelled = "cancelled": "Annulée", "Cancelled";
}

impl ActionStatus {
    /// Nothing of it changes any more.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Declined | Self::Cancelled)
    }

    /// It took place.
    pub const fn took_place(self) -> bool {
        matches!(self, Self::Held | Self::Reported)
    }

    /// From `confirmed` on, inclusion and accessibility are stated (R32, R33).
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Confirmed | Self::Held | Self::Reported)
    }
}

vocabulary! {
    /// How an action came into the system (R30).
    ActionOrigin, "action_origin", "Provenance d'une action", "Origin of an action";
    Live = "live": "Saisie au fil de l'eau", "Entered as it goes";
    Paper = "paper": "Reprise d'un document", "Taken from a paper";
    Legacy = "legacy": "Reprise d'un système antérieur", "Brought in from earlier records"
        => "Ce qui n'y est pas connu est null et nommé dans not_recorded, jamais 0.",
           "What is not known is null and named in not_recorded, never 0.";
}

vocabulary! {
    /// What can be done to an action.
    ActionAct, "action_act", "Acte sur une action", "Act on an action";
    Edit = "edit": "Modifier", "Change";
    Plan = "plan": "Prévoir", "Plan";
    Confirm = "confirm": "Confirmer", "Confirm";
    Hold = "hold": "Déclarer réalisée", "Declare held";
    Attend = "attendance": "Déclarer les présences de son établissement", "Declare the attendance of one's school";
    Report = "report": "Déclarer les résultats", "Declare the results";
    Decline = "decline": "Décliner", "Decline";
    Cancel = "cancel": "Annuler", "Cancel";
    Merge = "merge": "Fusionner un doublon", "Merge a twin";
    Delete = "delete": "Supprimer", "Delete";
}

vocabulary! {
    /// National programmes that an action may be part of (dispositifs).
    Programme, "programme", "Dispositif national", "National programme";
    CareersPathway = "careers_pathway": "Parcours Avenir et découverte des métiers", "Careers pathway"
        => "De la 5e à la 3e, et au lycée.", "From 5e to 3e, and at the lycée.";
    JobEntryModule = "job_entry_module": "Module d'aide à l'insertion professionnelle", "Job-entry module"
        => "Terminale professionnelle ; ses heures se comptent par classe (R31).",
           "Last vocational year; its hours are counted for one class (R31).";
    Observation3e = "observation_3e": "Séquence d'observation en 3e", "Observation placement in 3e"
        => "Cinq jours au plus (code de l'éducation, D. 332-14).", "Five days at most (code de l'éducation, D. 332-14).";
    Observation2de = "observation_2de": "Séquence d'observation en 2de générale et technologique", "Observation placement in seconde"
        => "Deux semaines en juin.", "Two weeks in June.";
    Pfmp = "pfmp": "Période de formation en milieu professionnel (PFMP)", "Placement in a company (PFMP)";
    AmbitionEmploi = "ambition_emploi": "Ambition emploi", "Ambition emploi"
        => "Après le diplôme professionnel, sans emploi ni poursuite d'études.",
           "After a vocational diploma, without job or further studies.";
    Ora = "ora": "Objectif reprise et accompagnement (ORA)", "Return and support (ORA)"
        => "Parcours contre le décrochage.", "Path against dropping out.";
    TousDroitsOuverts = "tous_droits_ouverts": "Tous droits ouverts", "All doors open"
        => "Prévention du décrochage au lycée professionnel.", "Keeps pupils of vocational lycées from dropping out.";
    Cordees = "cordees": "Cordées de la réussite", "Cordées de la réussite";
    MiniEntreprise = "mini_entreprise": "Mini-entreprise", "Pupils' company";
    Other = "other": "Autre", "Other";
}

vocabulary! {
    /// How an action is held (modalité).
    Modality, "modality", "Modalité", "How it is held";
    OnSite = "on_site": "En présence", "On site";
    Remote = "remote": "À distance", "Remote";
    Hybrid = "hybrid": "Mixte", "Hybrid";
    DigitalResource = "digital_resource": "Ressource numérique", "Digital resource"
        => "Publiée avec une déclaration d'accessibilité seulement (R33).",
           "Published with a statement of accessibility only (R33).";
}

vocabulary! {
    /// What a measure of inclusion acts upon (R32).
    InclusionGround, "inclusion_ground", "Motif d'une mesure d'inclusion", "Ground of a measure of inclusion";
    Sex = "sex": "Égalité entre les filles et les garçons", "Equality of girls and boys";
    SocialOrigin = "social_origin": "Origine sociale ou territoriale", "Social or territorial origin";
    Disability = "disability": "Handicap", "Disability";
}

vocabulary! {
    /// Track of study (voie).
    Track, "track", "Voie de formation", "Track of study";
    General = "general": "Générale", "General";
    Technological = "technological": "Technologique", "Technological";
    Vocational = "vocational": "Professionnelle", "Vocational";
    Adapted = "adapted": "Adaptée", "Adapted";
}

vocabulary! {
    /// Under which status pupils are trained (statut).
    PupilStatus, "pupil_status", "Statut des élèves", "Status of the pupils";
    Pupil = "pupil": "Sous statut scolaire", "As pupils";
    Apprentice = "apprentice": "En apprentissage", "As apprentices";
    Trainee = "trainee": "Stagiaire de la formation continue", "As adults in training";
    DroppedOut = "dropped_out": "Sorti sans diplôme", "Left without a diploma";
}

vocabulary! {
    /// Platform that an offer comes from (R37).
    OfferSource, "offer_source", "Plateforme d'une offre", "Platform of an offer";
    UnJeuneUneSolution = "1jeune1solution": "1jeune1solution", "1jeune1solution";
    UnEleveUnStage = "1eleve1stage": "1élève1stage", "1élève1stage";
    Association = "association": "Offre de l'association", "Offer of the association";
}
