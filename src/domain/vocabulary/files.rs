//! What a file is kept for.

use super::vocabulary;

vocabulary! {
    /// Purpose of a file (objet d'une pièce).
    FilePurpose, "file_purpose", "Objet d'une pièce", "Purpose of a file";
    Original = "original": "Texte d'origine", "Original text"
        => "Le document que les parties ont rédigé.", "The document that the parties drew up.";
    SignedScan = "signed_scan": "Numérisation signée", "Signed scan"
        => "Le texte signé, numérisé.", "The signed text, scanned.";
    Proof = "proof": "Preuve", "Proof"
        => "Ce qui prouve un fait : signature, notification, réception.", "What proves a fact: signature, notice, receipt.";
    Minutes = "minutes": "Compte rendu", "Minutes";
    Other = "other": "Autre pièce", "Other file";
}
