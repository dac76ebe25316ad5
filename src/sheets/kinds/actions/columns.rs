//! The columns of a sheet of actions. What an export names by its path (`results.pupils`) is found by that path too; what
//! an action has several of stands in one cell, as [`crate::actions::cells`] writes it.

use super::super::{COMMENT, OWN_KEY};
use crate::sheets::kind::{Column, Form};

/// A column that a line may leave empty.
const fn column(
    field: &'static str,
    headers: &'static [&'static str],
    form: Form,
    about: (&'static str, &'static str),
) -> Column {
    Column { field, headers, form, required: false, about }
}

/// What is looked up, or joined in one cell, by the pointers of the body that it makes.
pub const PLACES: &[(&str, &[&str])] = &[
    ("/convention_id", &["convention"]),
    ("/axis_id", &["axis"]),
    ("/catalogue_item_id", &["catalogue"]),
    ("/host_company_id", &["host_company"]),
    ("/territory", &["territory"]),
    ("/schools/*/counts", &["counts"]),
    ("/schools/0/uai", &["uai", "school", "schools"]),
    ("/schools/0", &["school", "uai", "schools"]),
    ("/schools/*", &["schools"]),
    ("/schools", &["school", "uai", "schools"]),
    ("/sessions/0", &["sessions"]),
    ("/sessions/*", &["sessions"]),
    ("/sessions", &["/sessions/0/date", "sessions"]),
    ("/inclusion/measures", &["measures"]),
    ("/inclusion", &["measures", "/inclusion/none_because"]),
    ("/offers", &["offers"]),
];

pub const COLUMNS: &[Column] = &[
    column(
        "convention",
        &["Convention", "convention_id"],
        Form::Text,
        ("Référence, clé ou identifiant de la convention", "Reference, key or id of the convention"),
    ),
    Column {
        required: true,
        ..column(
            "axis",
            &["Axe", "Axe de coopération", "Article", "axis", "axis_label"],
            Form::Text,
            ("Libellé de l'axe, ou numéro de son article", "Label of the axis, or number of its article"),
        )
    },
    Column {
        required: true,
        ..column(
            "/kind",
            &["Nature", "Type d'action", "Type", "kind"],
            Form::Code("action_kind"),
            ("Nature de l'action", "Kind of the action"),
        )
    },
    column(
        "/kind_text",
        &["Autre nature", "kind_text"],
        Form::Text,
        ("Laquelle, quand la nature est « autre »", "Which, when the kind is other"),
    ),
    column(
        "/programme",
        &["Dispositif", "Programme", "programme"],
        Form::Code("programme"),
        ("Dispositif national", "National programme"),
    ),
    Column {
        required: true,
        ..column(
            "/title",
            &["Titre", "Intitulé", "Intitulé de l'action", "title"],
            Form::Text,
            ("Titre de l'action", "Title of the action"),
        )
    },
    column("/description", &["Description", "Descriptif"], Form::Text, ("En quelques phrases", "In a few sentences")),
    column(
        "uai",
        &["UAI", "Code UAI", "RNE", "N° UAI", "schools.0.uai"],
        Form::Text,
        ("Numéro de l'établissement", "Number of the school"),
    ),
    column(
        "school",
        &["Établissement", "École", "Collège ou lycée", "school"],
        Form::Text,
        ("Son nom, avec ou sans son UAI ; ou son UAI seul", "Its name, with or without its UAI; or its UAI alone"),
    ),
    column(
        "commune",
        &["Commune", "Ville", "Commune de l'établissement", "town"],
        Form::Text,
        ("Sa commune", "Its commune"),
    ),
    column(
        "/schools/0/class_label",
        &["Classe", "Division", "class"],
        Form::Text,
        ("Classe, jamais un élève", "Class, never a pupil"),
    ),
    column(
        "territory",
        &["Territoire", "Académie", "territory"],
        Form::Text,
        ("Académie, quand il n'y a pas d'établissement", "Académie, when there is no school"),
    ),
    column(
        "/organiser",
        &["Organisateur", "organiser"],
        Form::Text,
        ("Qui organise, quand ce n'est pas un établissement", "Who organises, when no school does"),
    ),
    column(
        "/sessions/0/date",
        &["Date", "Date de l'action", "Jour", "date"],
        Form::Date,
        ("Jour de l'action", "Day of the action"),
    ),
    column(
        "/sessions/0/start",
        &["Début", "Heure de début", "start"],
        Form::Time,
        ("Heure de début", "When it starts"),
    ),
    column("/sessions/0/end", &["Fin", "Heure de fin", "end"], Form::Time, ("Heure de fin", "When it ends")),
    column("/sessions/0/hours", &["Durée", "hours"], Form::Hours, ("Durée de la séance", "Length of the session")),
    column(
        "/modality",
        &["Modalité", "modality"],
        Form::Code("modality"),
        ("En présence, à distance…", "On site, remote…"),
    ),
    column("/themes", &["Thèmes", "Thème", "themes"], Form::List, ("Quelques mots chacun", "A few words each")),
    column("/sectors", &["Secteurs", "Secteur", "sectors"], Form::List, ("Secteurs d'activité", "Sectors of activity")),
    column(
        "/levels",
        &["Niveaux", "Niveau", "levels"],
        Form::Codes("school_level"),
        ("Niveaux des élèves", "Levels of the pupils"),
    ),
    column(
        "/results/pupils",
        &["Élèves", "Nombre d'élèves", "Effectif", "pupils"],
        Form::Integer,
        ("Élèves inscrits", "Pupils enrolled"),
    ),
    column("/results/girls", &["Filles", "Dont filles", "girls"], Form::Integer, ("Dont filles", "Of which girls")),
    column("/results/boys", &["Garçons", "Dont garçons", "boys"], Form::Integer, ("Dont garçons", "Of which boys")),
    column(
        "/results/with_disability",
        &["Handicap", "Élèves en situation de handicap", "with_disability"],
        Form::Hidden,
        ("Dont élèves en situation de handicap", "Of which pupils with a disability"),
    ),
    column(
        "/results/pupil_hours",
        &["Heures élèves", "pupil_hours"],
        Form::Hours,
        ("Heures reçues, tous élèves ensemble", "Hours received, all pupils together"),
    ),
    column(
        "/results/volunteer_hours",
        &["Heures bénévoles", "volunteer_hours"],
        Form::Hours,
        ("Heures données, tous bénévoles ensemble", "Hours given, all volunteers together"),
    ),
    column(
        "/results/speakers_women",
        &["Intervenantes", "Intervenants femmes", "speakers_women"],
        Form::Integer,
        ("Nombre d'intervenantes", "Speakers, women"),
    ),
    column(
        "/results/speakers_men",
        &["Intervenants", "Intervenants hommes", "speakers_men"],
        Form::Integer,
        ("Nombre d'intervenants", "Speakers, men"),
    ),
    column(
        "/status",
        &["Statut", "État", "status"],
        Form::Code("action_status"),
        ("Où en est l'action", "Where the action stands"),
    ),
    column(
        "reason",
        &["Raison du refus ou de l'annulation", "reason"],
        Form::Text,
        ("Donnée par un export : elle se dit avec l'acte", "As an export gives it: it is said with the act"),
    ),
    column(
        "catalogue",
        &["Élément du catalogue", "catalogue", "catalogue_label"],
        Form::Text,
        ("Dans les mots de l'article", "In the words of the article"),
    ),
    column(
        "/counted_under",
        &["Compté au titre de", "counted_under"],
        Form::Text,
        ("Autre convention dont les chiffres le comptent", "Another agreement whose figures count it"),
    ),
    column(
        "/origin",
        &["Provenance", "origin"],
        Form::Code("action_origin"),
        ("Ce qui a eu lieu est repris d'un document", "What took place is taken from a paper"),
    ),
    column(
        "schools",
        &["Établissements", "Établissements et classes", "schools"],
        Form::Text,
        (
            "Tous, s'il y en a plusieurs : UAI et classe, séparés par |",
            "All, if several: UAI and class, separated by |",
        ),
    ),
    column(
        "counts",
        &["Comptes par établissement", "schools.*.counts"],
        Form::Text,
        (
            "Ce qui a été compté dans chacun : 0950649P: élèves 24, filles 10 | …",
            "What was counted in each: 0950649P: pupils 24, girls 10 | …",
        ),
    ),
    column(
        "sessions",
        &["Séances", "sessions"],
        Form::Text,
        (
            "Toutes, s'il y en a plusieurs : 14/01/2027 14:00-16:00, séparées par |",
            "All, if several: 2027-01-14 14:00-16:00, separated by |",
        ),
    ),
    column(
        "/sessions/0/zone",
        &["Fuseau", "zone"],
        Form::Text,
        ("Fuseau IANA, s'il n'est pas celui du lieu", "IANA zone, if not that of the place"),
    ),
    column(
        "/wished",
        &["Date souhaitée", "Période souhaitée", "wished"],
        Form::Text,
        ("En quelques mots", "In a few words"),
    ),
    column(
        "/place/label",
        &["Lieu", "place"],
        Form::Text,
        ("Où, hors de l'établissement", "Where, outside the school"),
    ),
    column("/place/address", &["Adresse du lieu"], Form::Text, ("Rue et numéro", "Street and number")),
    column("/place/postcode", &["Code postal du lieu"], Form::Digits(5), ("Son code postal", "Its postcode")),
    column("/place/commune", &["Commune du lieu"], Form::Text, ("Sa commune", "Its commune")),
    column("/skills", &["Compétences", "skills"], Form::List, ("Compétences visées", "Skills aimed at")),
    column("/tracks", &["Voies", "tracks"], Form::Codes("track"), ("Voies de formation", "Tracks of study")),
    column(
        "/pupil_statuses",
        &["Statuts des élèves", "pupil_statuses"],
        Form::Codes("pupil_status"),
        ("Scolaires, apprentis…", "As pupils, as apprentices…"),
    ),
    column(
        "host_company",
        &["Entreprise d'accueil", "host_company"],
        Form::Text,
        ("Son nom, une fois l'entreprise importée", "Its name, once the company is imported"),
    ),
    column(
        "/school_contact/function",
        &["Contact dans l'établissement"],
        Form::Text,
        ("Une fonction, jamais une personne", "A function, never a person"),
    ),
    column(
        "/school_contact/email",
        &["Courriel du contact"],
        Form::Text,
        ("Adresse professionnelle", "Professional address"),
    ),
    column(
        "/responsible_adult",
        &["Adulte responsable", "responsible_adult"],
        Form::Text,
        ("Fonction de l'adulte responsable", "Function of the adult in charge"),
    ),
    column(
        "measures",
        &["Mesures d'inclusion", "inclusion.measures"],
        Form::Text,
        (
            "Motif et mesure, séparés par | : handicap : salle adaptée",
            "Ground and measure, separated by |: disability: …",
        ),
    ),
    column(
        "/inclusion/none_because",
        &["Pourquoi aucune mesure"],
        Form::Text,
        ("Quand aucune n'est pertinente", "When none is pertinent"),
    ),
    column("/accessibility", &["Accessibilité", "accessibility"], Form::Text, ("Ce qui est prévu", "What is done")),
    column(
        "/volunteers_needed",
        &["Bénévoles souhaités", "volunteers_needed"],
        Form::Integer,
        ("Combien il en faut", "How many are needed"),
    ),
    column(
        "offers",
        &["Offres", "offers"],
        Form::Text,
        ("Plateforme, référence et adresse, séparées par |", "Platform, reference and address, separated by |"),
    ),
    column("/pairs", &["Binômes", "pairs"], Form::Integer, ("Binômes d'un mentorat", "Pairs of a mentoring")),
    column(
        "/results/attendances",
        &["Présences", "attendances"],
        Form::Integer,
        ("Présences, sur toutes les séances", "Presences, over all sessions"),
    ),
    column(
        "/results/session_hours",
        &["Heures de séance"],
        Form::Hours,
        ("Heures de l'ensemble des séances", "Hours of all sessions"),
    ),
    column(
        "/results/volunteers",
        &["Bénévoles", "volunteers"],
        Form::Integer,
        ("Bénévoles venus", "Volunteers who came"),
    ),
    column(
        "/results/comment",
        &["Bilan", "Commentaire du bilan"],
        Form::Text,
        ("Bilan en quelques mots, sans aucune personne", "What came of it, in a few words, without any person"),
    ),
    COMMENT,
    OWN_KEY,
    column(
        "id",
        &["Identifiant Passerelle", "id"],
        Form::Text,
        ("Donné par un export : la ligne est cette action", "As an export gives it: the line is that action"),
    ),
];
