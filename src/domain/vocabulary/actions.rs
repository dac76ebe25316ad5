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
