//! Edits, applied and refused.

mod divergence;

use super::edits::{Edit, Reason, apply};
use super::text::{Text, TextArticle};
use crate::domain::Id;
use crate::domain::vocabulary::{EditKind, EditTarget};

fn id(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

fn article(n: u8, part: Option<&str>, number: &str, body: &str) -> TextArticle {
    TextArticle {
        id: id(n),
        part: part.map(str::to_owned),
        number: number.to_owned(),
        heading: Some(format!("Titre {number}")),
        body: body.to_owned(),
        repealed: false,
        amended_by: None,
    }
}

fn text() -> Text {
    Text {
        preamble: Some("Vu l’accord.\n\nConsidérant la charte.".into()),
        preamble_amended_by: None,
        articles: vec![
            article(1, Some("I"), "1", "Objet."),
            article(2, Some("I"), "2", "Les réseaux sont :\n\n- le premier ;\n- le deuxième.\n\nIls agissent."),
            article(3, Some("II"), "1", "Autre objet."),
            article(4, Some("II"), "11", "Durée de cinq\u{a0}ans.\n\nPuis cinq ans, et cinq ans."),
        ],
    }
}

fn edit(kind: EditKind, article: &str) -> Edit {
    Edit {
        id: id(90),
        kind,
        target: EditTarget::Article,
        part: None,
        article: Some(article.to_owned()),
        after: None,
        alinea: None,
        old: None,
        new: None,
    }
}

fn words(article: &str, old: &str, new: &str, alinea: Option<i32>) -> Edit {
    Edit { old: Some(old.into()), new: Some(new.into()), alinea, ..edit(EditKind::ReplaceWords, article) }
}

fn with(kind: EditKind, article: &str, new: &str) -> Edit {
    Edit { new: Some(new.into()), ..edit(kind, article) }
}

fn applied(edit: &Edit) -> Text {
    let applied = apply(&text(), 7, std::slice::from_ref(edit));
    assert_eq!(applied.refused, [], "{edit:?}");
    applied.text
}

fn refused(edit: &Edit) -> Reason {
    let applied = apply(&text(), 7, std::slice::from_ref(edit));
    assert_eq!(applied.text, text(), "a refused edit changes nothing");
    assert_eq!(applied.refused[0].0, edit.id);
    applied.refused[0].1
}

#[test]
fn words_are_replaced_in_their_alinea_and_nowhere_else() {
    let first = applied(&words("11", "cinq ans", "six ans", Some(1)));
    assert_eq!(first.articles[3].body, "Durée de six ans.\n\nPuis cinq ans, et cinq ans.");
    assert_eq!(first.articles[3].amended_by, Some(7));
    assert_eq!(first.articles[..3], text().articles[..3], "the others are untouched");
    let last = applied(&words("11", "cinq ans", "six ans", Some(-1)));
    assert_eq!(last.articles[3].body, "Durée de cinq\u{a0}ans.\n\nPuis six ans, et six ans.");
    let all = apply(&text(), 7, &[words("11", "cinq ans", "six ans", None)]);
    assert_eq!(all.text.articles[3].body, "Durée de six ans.\n\nPuis six ans, et six ans.");
    assert_eq!(all.repeated, [(id(90), 3)]);
    assert_eq!(refused(&words("11", "sept ans", "six ans", None)), Reason::WordsAbsent);
    assert_eq!(refused(&words("11", "Puis", "Ou", Some(1))), Reason::WordsAbsent);
    assert_eq!(refused(&words("11", "cinq ans", "six ans", Some(3))), Reason::UnknownAlinea);
    assert_eq!(refused(&words("11", "cinq ans", "six ans", Some(-3))), Reason::UnknownAlinea);
}

#[test]
fn words_taken_out_leave_a_sentence() {
    assert_eq!(
        applied(&words("11", ", et cinq ans", "", None)).articles[3].body,
        "Durée de cinq\u{a0}ans.\n\nPuis cinq ans."
    );
    assert_eq!(applied(&words("11", "de cinq ans", "", Some(1))).articles[3].body.lines().next(), Some("Durée."));
}

#[test]
fn an_alinea_goes_after_another_and_an_item_joins_the_list() {
    let body = |edit: &Edit| applied(edit).articles[1].body.clone();
    let item = with(EditKind::InsertAlinea, "2", "- le troisième.");
    assert_eq!(body(&item), "Les réseaux sont :\n\n- le premier ;\n- le deuxième.\n- le troisième.\n\nIls agissent.");
    let paragraph = with(EditKind::InsertAlinea, "2", "Rien de plus.");
    assert!(body(&paragraph).ends_with("\n\nIls agissent.\n\nRien de plus."));
    let second = Edit { alinea: Some(2), ..item.clone() };
    assert_eq!(body(&second), "Les réseaux sont :\n\n- le premier ;\n- le troisième.\n- le deuxième.\n\nIls agissent.");
    let between = Edit { alinea: Some(2), ..paragraph };
    assert!(body(&between).contains("- le premier ;\n\nRien de plus.\n\n- le deuxième."));
    assert_eq!(refused(&Edit { alinea: Some(9), ..item.clone() }), Reason::UnknownAlinea);
    assert_eq!(refused(&Edit { new: Some(" ".into()), ..item }), Reason::NothingNew);
}

#[test]
fn an_article_is_replaced_with_its_heading() {
    let new = applied(&with(EditKind::ReplaceArticle, "11", "Article 11 – Durée\nSix ans."));
    let article = &new.articles[3];
    assert_eq!((article.id, article.heading.as_deref(), article.body.as_str()), (id(4), Some("Durée"), "Six ans."));
    let bare = applied(&with(EditKind::ReplaceArticle, "11", "Six ans."));
    assert_eq!((bare.articles[3].heading.as_deref(), bare.articles[3].body.as_str()), (Some("Titre 11"), "Six ans."));
    assert_eq!(refused(&with(EditKind::ReplaceArticle, "1", "Rien.")), Reason::AmbiguousArticle);
    let second = Edit { part: Some("ii".into()), ..with(EditKind::ReplaceArticle, "1er", "Un autre.") };
    assert_eq!(applied(&second).articles[2].body, "Un autre.");
    assert_eq!(refused(&with(EditKind::ReplaceArticle, "12", "Rien.")), Reason::UnknownArticle);
    assert_eq!(refused(&Edit { article: None, ..second }), Reason::NoArticleNamed);
}

#[test]
fn an_article_is_added_where_it_follows_and_repealed_in_its_place() {
    let mentorat = with(EditKind::AddArticle, "2 bis", "Article 2 bis - Mentorat\nTexte.");
    let new = applied(&mentorat);
    let added = &new.articles[2];
    assert_eq!((added.id, added.number.as_str(), added.part.as_deref()), (id(90), "2 bis", Some("I")));
    assert_eq!((added.heading.as_deref(), added.body.as_str()), (Some("Mentorat"), "Texte."));
    let far = applied(&with(EditKind::AddArticle, "40", "Texte."));
    assert_eq!(far.articles.last().map(|article| article.number.as_str()), Some("40"));
    let named = Edit { after: Some("2".into()), ..with(EditKind::AddArticle, "40", "Texte.") };
    assert_eq!(applied(&named).articles[2].number, "40");
    assert_eq!(refused(&Edit { after: Some("8".into()), ..named }), Reason::UnknownArticle);
    assert_eq!(refused(&with(EditKind::AddArticle, "11", "Texte.")), Reason::ArticleExists);
    let repeal = edit(EditKind::RepealArticle, "2");
    let gone = applied(&repeal);
    assert_eq!((gone.articles[1].number.as_str(), gone.articles[1].body.as_str()), ("2", ""));
    assert!(gone.articles[1].repealed);
    let twice =
        apply(&text(), 7, &[repeal.clone(), Edit { id: id(91), ..repeal }, words("2", "agissent", "font", None)]);
    assert_eq!(twice.refused, [(id(91), Reason::RepealedArticle), (id(90), Reason::RepealedArticle)]);
}

#[test]
fn the_preamble_is_edited_like_a_body() {
    let preamble = |edit: Edit| Edit { target: EditTarget::Preamble, article: None, ..edit };
    let changed = applied(&preamble(words("", "l'accord", "la convention", None)));
    assert_eq!(changed.preamble.as_deref(), Some("Vu la convention.\n\nConsidérant la charte."));
    assert_eq!(changed.preamble_amended_by, Some(7));
    assert_eq!(applied(&preamble(with(EditKind::ReplaceArticle, "", "Vu.\n"))).preamble.as_deref(), Some("Vu."));
    assert_eq!(applied(&preamble(edit(EditKind::RepealArticle, ""))).preamble, None);
    assert_eq!(refused(&preamble(with(EditKind::AddArticle, "", "Texte."))), Reason::NotOfPreamble);
    let none = Text { preamble: None, ..text() };
    let applied = apply(&none, 7, &[preamble(words("", "l'accord", "la convention", None))]);
    assert_eq!(applied.refused, [(id(90), Reason::NoPreamble)]);
}

#[test]
fn every_reason_has_a_code_and_words() {
    for reason in [
        Reason::NoArticleNamed,
        Reason::UnknownArticle,
        Reason::AmbiguousArticle,
        Reason::RepealedArticle,
        Reason::ArticleExists,
        Reason::NoPreamble,
        Reason::UnknownAlinea,
        Reason::WordsAbsent,
        Reason::NothingNew,
        Reason::NotOfPreamble,
    ] {
        assert!(!reason.code().is_empty() && reason.detail().fr.ends_with('.') && reason.detail().en.ends_with('.'));
    }
}
