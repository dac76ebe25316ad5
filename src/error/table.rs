//! The one table of error codes: code, status, title, when. Served under `/problems/{code}`, documented, and each code
//! is produced by a test. A code never changes once released.

/// One row. Titles and explanations are French, then English.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub code: &'static str,
    pub status: u16,
    pub title: (&'static str, &'static str),
    pub when: (&'static str, &'static str),
}

macro_rules! table {
    ($($code:ident $status:literal $fr:literal / $en:literal: $when_fr:literal / $when_en:literal;)+) => {
        /// Every problem of the service.
        pub const TABLE: &[Entry] = &[$(Entry {
            code: stringify!($code), status: $status, title: ($fr, $en), when: ($when_fr, $when_en),
        }),+];
    };
}

table! {
    // Who is asking
    unauthenticated 401 "Authentification requise" / "Authentication required":
        "L'appel ne porte pas de jeton d'accès : en-tête « Authorization: Bearer … »." / "The call carries no access token: header `Authorization: Bearer …`.";
    invalid_token 401 "Jeton refusé" / "Token refused":
        "Le jeton est expiré, mal formé, destiné à un autre service ou signé par une autre clé." / "The token is expired, malformed, meant for another service or signed by another key.";
    insufficient_scope 403 "Portée insuffisante" / "Insufficient scope":
        "Le jeton ne porte pas la portée (scope) que cette opération demande." / "The token lacks the scope that this operation asks for.";
    not_allowed 403 "Action non permise" / "Not allowed":
        "La ressource est visible mais cet acte revient à une autre partie ou à un autre rôle." / "The resource is visible but this act belongs to another party or role.";

    no_grant 403 "Aucune habilitation" / "No grant":
        "Le jeton est bon, mais rien n'est accordé ici à ce sujet de cet émetteur : l'exploitant l'habilite." / "The token is right, but nothing is granted here to this subject of this issuer: the operator grants it.";

    // What is asked for
    unknown_route 404 "Adresse inconnue" / "Unknown address":
        "Aucune opération n'existe à cette adresse : voir /openapi.json." / "No operation exists at this address: see /openapi.json.";
    not_found 404 "Introuvable" / "Not found":
        "Aucune ressource de cet identifiant n'existe dans votre périmètre." / "No resource of that identifier exists within your perimeter.";
    method_not_allowed 405 "Méthode non permise" / "Method not allowed":
        "L'adresse existe mais pas cette méthode : voir l'en-tête Allow." / "The address exists but not with this method: see the Allow header.";
    not_acceptable 406 "Format indisponible" / "Not acceptable":
        "Aucun des formats demandés (Accept ou format=) n'est servi ici." / "None of the formats asked for (Accept or format=) is served here.";
    request_timeout 408 "Requête trop lente" / "Request timeout":
        "La requête n'est pas arrivée entière dans le délai." / "The request did not arrive whole in time.";
    payload_too_large 413 "Corps trop grand" / "Payload too large":
        "Le corps dépasse la limite de l'opération : 1 Mio pour du JSON, 5 Mio pour un texte importé, 20 Mio pour une pièce." / "The body exceeds the operation's limit: 1 MiB of JSON, 5 MiB of imported text, 20 MiB for a file.";
    unsupported_media_type 415 "Type de contenu refusé" / "Unsupported media type":
        "Le corps n'est pas d'un type que l'opération accepte, ou il est compressé." / "The body is not of a type that the operation accepts, or it is compressed.";
    unsupported_file 422 "Fichier refusé" / "File refused":
        "Les octets ne sont pas d'un type conservé : PDF, PNG, JPEG, DOCX, ODT, Markdown ou texte, qui n'exécutent et ne vont chercher rien : ni macro, ni script, ni modèle distant." / "The bytes are of no type that is kept: PDF, PNG, JPEG, DOCX, ODT, Markdown or text, that run and fetch nothing: no macro, script or remote template.";
    file_erased 410 "Octets effacés" / "Bytes erased":
        "Les octets de cette pièce ont été effacés par décision de l'exploitant ; son empreinte reste." / "The bytes of this file were erased on a decision of the operator; its hash stays.";
    calendar_revoked 410 "Calendrier retiré" / "Calendar revoked":
        "Ce calendrier, ou le client ou l'habilitation qui le tient, a été retiré : cette adresse ne donnera plus rien." / "This calendar, or the client or grant that holds it, was revoked: this address gives nothing any more.";
    revoked 409 "Retiré" / "Revoked":
        "Ce client ou cette habilitation a été retiré et ne change plus : en faire un autre." / "This client or grant was revoked and changes no more: make another.";
    file_kept 409 "Pièce conservée" / "File kept":
        "La convention a été signée : ses pièces y restent, avec ce qui a été signé." / "The convention was signed: its files stay with it, and with what was signed.";
    bad_request 400 "Requête invalide" / "Bad request":
        "La requête n'est pas conforme au protocole HTTP." / "The request does not conform to HTTP.";
    invalid_parameters 400 "Paramètres invalides" / "Invalid parameters":
        "Un paramètre ou un en-tête est inconnu, répété, mal formé ou hors bornes : voir errors." / "A parameter or header is unknown, repeated, malformed or out of range: see errors.";
    malformed_body 400 "Corps illisible" / "Malformed body":
        "Le corps n'est pas du JSON (UTF-8, 64 niveaux au plus)." / "The body is not JSON (UTF-8, 64 levels at most).";
    invalid_body 422 "Contenu invalide" / "Invalid content":
        "Un ou plusieurs membres du corps sont inconnus, absents ou mal formés : voir errors." / "One or more members of the body are unknown, missing or ill-formed: see errors.";
    resync 410 "Curseur périmé" / "Cursor out of date":
        "Ce curseur du flux des changements n'est plus suivi : relire les listes, puis reprendre à resume_after." / "This cursor of the change feed is no longer followed: read the lists again, then go on from resume_after.";

    // Writing at the same time as others
    precondition_required 428 "Version requise" / "Precondition required":
        "Cette écriture demande l'en-tête If-Match avec l'ETag lu." / "This write asks for the If-Match header with the ETag that was read.";
    version_mismatch 412 "Version dépassée" / "Version mismatch":
        "La ressource a changé depuis la lecture : relire, puis recommencer." / "The resource has changed since it was read: read again, then retry.";
    idempotency_key_reused 422 "Clé d'idempotence déjà utilisée" / "Idempotency key reused":
        "La même Idempotency-Key a servi pour une autre requête." / "The same Idempotency-Key was used for another request.";
    idempotency_in_progress 409 "Requête jumelle en cours" / "Twin request in progress":
        "Une requête de même Idempotency-Key est encore en cours." / "A request with the same Idempotency-Key is still under way.";
    duplicate 409 "Doublon" / "Duplicate":
        "Une autre ressource porte déjà cette valeur, qui doit être unique." / "Another resource already has this value, which must be unique.";
    in_use 409 "Ressource utilisée" / "In use":
        "La ressource est citée ailleurs et ne peut être supprimée." / "The resource is referred to elsewhere and cannot be deleted.";

    // What the rules of a convention refuse
    already_answered 409 "Déjà répondu" / "Already answered":
        "La partie a déjà reconnu ou contesté ce fait : un avis qui change est un autre fait." / "The party has acknowledged or contested this fact already: a mind that changes is another fact.";
    already_signed 409 "Partie déjà signataire" / "Party has signed already":
        "Une partie ne signe qu'une fois (R01)." / "A party signs once (R01).";
    same_signatory 409 "Même signataire pour deux parties" / "Same signatory for two parties":
        "Une personne ne signe pas pour deux parties (R01)." / "One person does not sign for two parties (R01).";
    unknown_party 422 "Partie inconnue" / "Unknown party":
        "Le signataire n'agit pour aucune partie de la convention (R01)." / "The signatory acts for no party of the convention (R01).";
    future_date 422 "Date à venir" / "Future date":
        "Un fait ne peut être daté après aujourd'hui (R01)." / "A fact cannot be dated after today (R01).";
    received_before_sent 422 "Reçu avant d'être envoyé" / "Received before sent":
        "Une notification ne se reçoit pas avant d'être envoyée (R07, R08)." / "A notice is not received before it is sent (R07, R08).";
    before_its_cause 422 "Avant sa cause" / "Before its cause":
        "Le fait serait antérieur à celui dont il découle." / "The fact would come before the one it follows from.";
    too_early 422 "Trop tôt" / "Too early":
        "La fin nommée ne laisse pas courir tout le préavis, ou est déjà passée (R07)." / "The end named does not leave the whole notice, or is past already (R07).";
    content_changed 409 "Texte modifié" / "Text changed":
        "Le texte signé n'est plus celui de la convention : relire content_hash (R01)." / "The signed text is no longer the convention's: read content_hash again (R01).";
    terms_not_set 409 "Clauses à préciser" / "Terms not set":
        "La durée ou un préavis n'est ni fixé et confirmé, ni déclaré absent (R01)." / "The duration or a notice is neither set and confirmed nor declared absent (R01).";
    too_few_parties 409 "Parties manquantes" / "Too few parties":
        "Une convention a au moins deux parties (R01)." / "A convention has at least two parties (R01).";
    computed_end 422 "Fin calculée" / "Computed end":
        "La fin d'une convention se calcule, elle ne s'écrit pas (R02)." / "The end of a convention is computed, never written (R02).";
    outside_period 422 "Hors de la période en vigueur" / "Outside the period in force":
        "Le jour n'est pas de ceux où la convention est en vigueur (R34)." / "The day is none of those on which the convention is in force (R34).";
    after_end 422 "Après la fin" / "After the end":
        "L'acte est daté après la fin de la convention (R03)." / "The act is dated after the convention's end (R03).";
    amendment_required 409 "Avenant nécessaire" / "Amendment required":
        "Un texte entré en vigueur ne se modifie plus que par avenant (R06)." / "A text that came into force changes by amendment only (R06).";
    ended 409 "Convention terminée" / "Convention ended":
        "La convention est arrivée à sa fin : son texte ne change plus." / "The convention has come to its end: its text changes no more.";
    amendment_text 422 "Texte d'avenant" / "Text of an amendment":
        "Ce texte modifie une autre convention : il s'importe sous elle, par POST /v1/conventions/{id}/amendments/import ou, en ligne de commande, --amends. dry_run=true en donne la lecture." / "This text changes another convention: it is imported under that one, by POST /v1/conventions/{id}/amendments/import or, on the command line, --amends. dry_run=true tells what it says.";
    not_an_amendment 422 "Texte sans modification" / "No amendment":
        "Ce texte ne modifie aucune convention : un avenant nomme les articles qu'il change." / "This text amends no convention: an avenant names the articles that it changes.";
    original_not_signed 409 "Convention non signée" / "Original not signed":
        "Un avenant suppose une convention signée par toutes ses parties (R06)." / "An amendment supposes a convention signed by every party (R06).";
    amendment_in_force 409 "Avenant en vigueur" / "Amendment in force":
        "Un avenant en vigueur ne se modifie ni ne se supprime (R06)." / "An amendment in force is neither changed nor deleted (R06).";
    before_original 422 "Avant la convention" / "Before the original":
        "Un avenant ne se signe pas avant la dernière signature de la convention (R06)." / "An amendment is not signed before the last signature of its convention (R06).";
    out_of_order 409 "Ordre des avenants" / "Out of order":
        "Les avenants se signent dans l'ordre de leurs numéros (R06)." / "Amendments are signed in the order of their numbers (R06).";
    edit_not_applicable 409 "Modification inapplicable" / "Edit not applicable":
        "Une modification de l'avenant ne s'applique pas au texte : computed.edits les nomme (R06)." / "An edit of the amendment does not apply to the text: computed.edits names them (R06).";
    clauses_not_confirmed 409 "Clauses à confirmer" / "Clauses not confirmed":
        "Un changement de clause qui découle de l'avenant n'est pas confirmé (R06)." / "A change of a clause that follows from the amendment is not confirmed (R06).";
    other_association 422 "Autre association" / "Other association":
        "Une déclinaison ou un renouvellement se signe avec l'association de la convention déclinée ou renouvelée." / "A territorial convention, or a renewal, is signed with the association of the convention that it applies or renews.";
    axis_unlinked 409 "Axe sans rattachement" / "Axis not linked":
        "Un axe de la déclinaison ne nomme pas l'axe national qu'il décline, ni la raison pour laquelle il n'en décline aucun (T05)." / "An axis of the territorial convention names neither the national axis that it applies nor the reason why it applies none (T05).";
    already_renewed 409 "Déjà renouvelée" / "Already renewed":
        "Une autre convention en vigueur renouvelle déjà celle-ci (R03)." / "Another convention in force already renews this one (R03).";
    text_too_long 422 "Texte trop long" / "Text too long":
        "Le texte donne plus de 2 000 articles, clauses ou objectifs : ce n'est pas une convention." / "The text gives more than 2,000 articles, clauses or objectives: it is no convention.";
    parent_not_national 422 "Convention mère non nationale" / "Parent not national":
        "Seule une convention nationale se décline dans les territoires." / "Only a national convention is declined in territories.";
    parent_not_in_force 409 "Convention mère hors vigueur" / "Parent not in force":
        "La convention mère n'est pas en vigueur le jour de la signature." / "The parent convention is not in force on the day of signature.";
    territory_taken 409 "Territoire déjà couvert" / "Territory taken":
        "Une déclinaison est déjà en vigueur pour cette convention et ce territoire." / "A territorial convention is already in force for this parent and territory.";
    territory_outside_parent 422 "Territoire hors de la convention mère" / "Territory outside the parent":
        "Le territoire doit être compris dans celui de la convention mère, sans l'égaler." / "The territory must lie within the parent's, and be smaller.";

    // What the rules of an action refuse
    foreign_axis 422 "Axe étranger" / "Foreign axis":
        "L'axe n'est pas de la convention la plus locale en vigueur à la date de l'action (R30)." / "The axis is not of the most local convention in force on the action's date (R30).";
    foreign_item 422 "Élément étranger" / "Foreign item":
        "L'élément n'est pas du catalogue de l'axe (R30)." / "The item is not of the axis's catalogue (R30).";
    below_secondary 422 "En dessous de la 6e" / "Below secondary school":
        "Aucun article d'une convention ne va en dessous de la 6e (R31)." / "No article of a convention reaches below 6e (R31).";
    too_many_hours 422 "Trop d'heures" / "Too many hours":
        "Une classe recevrait plus d'heures du module que la clause n'en prévoit (R31)." / "A class would receive more hours of the module than the clause has (R31).";
    inclusion_missing 422 "Inclusion à préciser" / "Inclusion missing":
        "À partir de la confirmation, une mesure d'inclusion ou la raison de n'en prendre aucune (R32)." / "From the confirmation on, a measure of inclusion or the reason for none (R32).";
    accessibility_missing 422 "Accessibilité à préciser" / "Accessibility missing":
        "À partir de la confirmation, l'accessibilité de l'action est précisée (R33)." / "From the confirmation on, the accessibility of the action is stated (R33).";
    session_missing 422 "Date manquante" / "Date missing":
        "Une action prévue, confirmée ou réalisée a une date au moins (R34)." / "An action that is planned, confirmed or held has one date at least (R34).";
    personal_data 422 "Donnée personnelle" / "Personal data":
        "Un texte contient un numéro d'élève ou de sécurité sociale, une adresse privée ou un téléphone (R36)." / "A text holds a pupil's or social security number, a private address or a telephone (R36).";
    pupil_application 422 "Candidature d'élève" / "Pupil's application":
        "Seule une offre se rattache à une action, jamais la candidature d'un élève (R37)." / "Only an offer is linked to an action, never a pupil's application (R37).";
    wrong_state 409 "État inadapté" / "Wrong state":
        "Cet acte ne se fait pas dans l'état où l'action se trouve : computed.accepted dit lesquels." / "This act is not done in the state that the action is in: computed.accepted says in which.";
    bulk_refused 422 "Lot refusé" / "Bulk refused":
        "Une ligne au moins est refusée, et rien n'est écrit : lines les nomme. mode=partial écrit ce qui peut l'être." / "One line at least is refused, and nothing is written: lines names them. mode=partial writes what can be.";
    not_twins 422 "Pas des doublons" / "Not twins":
        "Deux actions fusionnent quand elles sont de même convention, nature, établissement et jours." / "Two actions are merged when they are of one convention, kind, school and days.";
    merged 410 "Fusionnée" / "Merged":
        "Cette action a été fusionnée dans une autre : merged_into dit laquelle." / "This action was merged into another one: merged_into says which.";

    // The service itself
    headers_too_large 431 "En-têtes trop grands" / "Headers too large":
        "Les en-têtes dépassent 16 Kio." / "The headers exceed 16 KiB.";
    rate_limited 429 "Trop d'appels" / "Too many calls":
        "Le client dépasse son débit, ou sa part des exports en cours : attendre Retry-After secondes." / "The client exceeds its rate, or its share of the exports under way: wait Retry-After seconds.";
    internal 500 "Erreur interne" / "Internal error":
        "Le service est en faute ; l'incident est journalisé sous request_id." / "The service is at fault; the incident is logged under request_id.";
    busy 503 "Service chargé" / "Service busy":
        "Trop de travail est en attente : réessayer après Retry-After." / "Too much work is waiting: retry after Retry-After.";
    issuer_unreachable 503 "Émetteur injoignable" / "Issuer unreachable":
        "Les clés de l'émetteur de ce jeton n'ont pas encore pu être lues : réessayer après Retry-After." / "The keys of this token's issuer could not be read yet: retry after Retry-After.";
    no_signing_key 503 "Clé de signature en attente" / "Signing key not yet in use":
        "Aucune clé du service ne signe encore : réessayer après Retry-After." / "No key of the service signs yet: retry after Retry-After.";
    unavailable 503 "Service indisponible" / "Service unavailable":
        "La base de données ne répond pas, ne peut pas écrire, ou le service s'arrête : rien n'a été fait. Réessayer après Retry-After." / "The database does not answer or cannot write, or the service is stopping: nothing was done. Retry after Retry-After.";
    outcome_unknown 503 "Issue inconnue" / "Outcome unknown":
        "La base de données s'est tue pendant cette écriture : elle a pu être faite ou non. La renvoyer telle quelle, avec la même Idempotency-Key, dit ce qu'il en est ; sans clé, relire d'abord." / "The database fell silent during this write: it may have been done or not. Send it again as it is, with the same Idempotency-Key, which tells what became of it; without a key, read first.";
}

/// The row of a code. Codes are literals of this program: an unknown one is a fault of ours, answered as such.
pub fn find(code: &str) -> &'static Entry {
    TABLE.iter().find(|e| e.code == code).unwrap_or_else(|| {
        log::error!("problem code {code:?} is not in the table");
        &Entry { code: "internal", status: 500, title: ("Erreur interne", "Internal error"), when: ("", "") }
    })
}
