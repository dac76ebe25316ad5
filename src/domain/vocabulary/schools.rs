//! What a school is: its kind and its sector.

use super::vocabulary;

vocabulary! {
    /// Kind of a school (type d'établissement), from the nature that the ministry's directory gives.
    SchoolKind, "school_kind", "Type d'établissement", "Kind of a school";
    College = "college": "Collège", "Collège (lower secondary)";
    LyceeGt = "lycee_gt": "Lycée général, technologique, ou les deux", "General or technological lycée, or both";
    LyceePro = "lycee_pro": "Lycée professionnel", "Vocational lycée"
        => "Ou section d'enseignement professionnel d'un lycée.", "Or the vocational section of a lycée.";
    LyceePolyvalent = "lycee_polyvalent": "Lycée polyvalent", "Polyvalent lycée"
        => "Au moins deux des voies générale, technologique et professionnelle.",
           "At least two of the general, technological and vocational tracks.";
    LyceeAgricole = "lycee_agricole": "Lycée agricole", "Agricultural lycée";
    Erea = "erea": "Établissement régional d'enseignement adapté", "Regional school for adapted education (EREA)";
    Segpa = "segpa": "Section d'enseignement général et professionnel adapté", "Section for adapted education (SEGPA)";
    Cfa = "cfa": "Centre de formation d'apprentis", "Apprentice training centre";
    Ecole = "ecole": "École maternelle, élémentaire ou primaire", "Nursery, elementary or primary school";
    Orientation = "orientation": "Centre d'information et d'orientation", "Careers information centre (CIO)";
    Other = "other": "Autre", "Other";
    Unknown = "unknown": "Inconnu", "Unknown"
        => "Aucun annuaire lu n'a encore nommé ce numéro.", "No directory that was read has named this number yet.";
}

vocabulary! {
    /// Sector of a school (secteur).
    SchoolSector, "school_sector", "Secteur d'un établissement", "Sector of a school";
    Public = "public": "Public", "Public";
    Private = "private": "Privé", "Private";
}

vocabulary! {
    /// What a school found by its name has in common with what was asked (concordance).
    SchoolMatch, "school_match", "Ce qui concorde dans une recherche d'établissement", "What agrees in a search for a school";
    Name = "name": "Nom", "Name";
    PartOfName = "part_of_name": "Une partie du nom", "Part of the name";
    Kind = "kind": "Type d'établissement", "Kind of school";
    Commune = "commune": "Commune", "Commune";
    Departement = "departement": "Département", "Département";
    Academie = "academie": "Académie", "Académie";
}
