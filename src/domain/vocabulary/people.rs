//! Who acts: roles of callers, kinds of organisations, accreditations, networks.

use super::vocabulary;

vocabulary! {
    /// Role of a caller (rôle): what it sees and writes is the policy's affair.
    Role, "role", "Rôle d'un appelant", "Role of a caller";
    Operator = "operator": "Exploitant", "Operator"
        => "Exploite cette instance ; n'agit jamais pour une partie.", "Runs this instance; never acts for a party.";
    Ministry = "ministry": "Ministère", "Ministry"
        => "Voit tout ; écrit comme partie du côté de l'État.", "Sees all; writes as a party of the State's side.";
    Association = "association": "Association", "Association"
        => "Voit les conventions dont elle est partie et ce qui en dépend.", "Sees the conventions it is a party to and what hangs under them.";
    Academie = "academie": "Académie ou région académique", "Académie or région académique"
        => "Agit sur son territoire, services compris.", "Acts on its territory, with its services.";
    School = "school": "Établissement scolaire", "School"
        => "Voit les actions de ses UAI.", "Sees the actions of its UAIs.";
    Volunteer = "volunteer": "Bénévole", "Volunteer"
        => "Voit ses propres affectations.", "Sees their own assignments.";
    Observer = "observer": "Observateur", "Observer"
        => "Voit les rapports publiés et les agrégats protégés.", "Sees published reports and protected aggregates.";
}

vocabulary! {
    /// Kind of an organisation (nature d'un organisme).
    OrganisationKind, "organisation_kind", "Nature d'un organisme", "Kind of an organisation";
    Ministry = "ministry": "Ministère", "Ministry";
    AcademicRegion = "academic_region": "Région académique", "Région académique";
    Academie = "academie": "Académie", "Académie";
    Association = "association": "Association", "Association";
    Company = "company": "Entreprise", "Company";
    School = "school": "Établissement scolaire", "School";
    PublicBody = "public_body": "Organisme public", "Public body";
    Other = "other": "Autre", "Other";
}

vocabulary! {
    /// Level of an association's accreditation (agrément).
    AccreditationLevel, "accreditation_level",
        "Niveau de l'agrément d'une association éducative complémentaire de l'enseignement public",
        "Level of the accreditation of an association that complements state education";
    National = "national": "Agrément national", "National accreditation";
    Academic = "academic": "Agrément académique", "Accreditation by an académie";
}

vocabulary! {
    /// Networks that may be called upon (réseaux; article 2 of the reference convention).
    Network, "network", "Réseau mobilisable", "Network that may be called upon";
    Drafpic = "drafpic": "DRAFPIC", "DRAFPIC"
        => "Délégué de région académique à la formation professionnelle initiale et continue.",
           "Delegate of the région académique for initial and continuing vocational training.";
    Dafpic = "dafpic": "DAFPIC", "DAFPIC"
        => "Délégué académique à la formation professionnelle initiale et continue.",
           "Delegate of the académie for initial and continuing vocational training.";
    Cmee = "cmee": "Chargé de mission école-entreprise", "School-business officer";
    Ipe = "ipe": "Ingénieurs pour l'école (IPE)", "Engineers for schools (IPE)";
    Clee = "clee": "Comité local école-entreprise (CLEE)", "Local school-business committee (CLEE)";
    Cmq = "cmq": "Campus des métiers et des qualifications (CMQ)", "Campus of trades and qualifications (CMQ)"
        => "Représenté par son directeur opérationnel.", "Represented by its operational director.";
    Bde = "bde": "Bureau des entreprises (BDE)", "Business desk of a school (BDE)"
        => "Présent dans chaque lycée professionnel public et dans les lycées polyvalents à section professionnelle.",
           "Found in every public vocational lycée and in general lycées with a vocational section.";
    Draio = "draio": "DRAIO", "DRAIO"
        => "Délégué de région académique à l'information et à l'orientation.",
           "Delegate of the région académique for information and guidance.";
    Ddfpt = "ddfpt": "DDFPT", "DDFPT"
        => "Directeur délégué aux formations professionnelles et technologiques.",
           "Deputy head for vocational and technological courses.";
    Greta = "greta": "GRETA", "GRETA"
        => "Groupement d'établissements pour la formation continue des adultes.",
           "Group of schools for the continuing training of adults.";
    Other = "other": "Autre réseau", "Other network";
}
