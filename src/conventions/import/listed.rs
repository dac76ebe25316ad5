//! What one article lists, and for whom: what an amendment makes of an article is read as an import reads it.

use super::fold::fold;
use super::{audiences, axes, lines, lists, passages};

/// What an article says of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Kinds of action that it lists, as written.
    pub catalogue: Vec<String>,
    /// Audience codes that it names.
    pub audiences: Vec<&'static str>,
    /// Networks that may be called upon: the code of a known one, and the words.
    pub networks: Vec<(Option<&'static str>, String)>,
    /// It holds in every action.
    pub transversal: bool,
}

/// Reads an article: its heading, and its body as Markdown.
pub fn listed(heading: Option<&str>, body: &str) -> Listed {
    let heading = heading.map(fold).unwrap_or_default();
    let passage = passages::passage(&lines::read(body), None, None, None, None, heading);
    let networks = lists::networks(std::slice::from_ref(&passage));
    Listed {
        catalogue: lists::catalogue(&passage).into_iter().map(|item| item.text).collect(),
        audiences: audiences::read(&passage),
        networks: networks.into_iter().map(|network| (network.code, network.text)).collect(),
        transversal: axes::is_transversal(&passage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_read_as_an_import_reads_it() {
        let text = "Pour les élèves de la classe de troisième, plusieurs actions pourront être proposées :\n\n\
                    - des visites d'entreprises ;\n- des forums.\n\nLes réseaux suivants pourront être mobilisés :\n\n\
                    - les DRAFPIC ;\n- le club des anciens.";
        let read = listed(Some("Découverte pour les apprentis"), text);
        assert_eq!(read.catalogue, ["des visites d'entreprises", "des forums"]);
        assert_eq!(read.audiences, ["3e", "apprenti"]);
        let networks = [(Some("drafpic"), "les DRAFPIC".to_owned()), (None, "le club des anciens".to_owned())];
        assert_eq!(read.networks, networks);
        assert!(!read.transversal);
        assert!(listed(None, "La mixité est recherchée dans chaque action.").transversal);
        assert_eq!(listed(None, ""), Listed::default());
    }
}
