//! An address spelled out beside one with an id: `/v1/actions/bulk` is no action.

use crate::support::contract::document;

/// The addresses of the document that another with an `{id}` would take too, each with its methods.
fn spelled_out() -> Vec<(String, Vec<String>)> {
    let paths = document()["paths"].as_object().unwrap();
    let steps = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let takes = |template: &String, path: &String| {
        let (template, path) = (steps(template), steps(path));
        template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t == p || t.starts_with('{'))
    };
    let plain = paths.iter().filter(|(path, _)| !path.contains('{'));
    let twins = plain.filter(|(path, _)| paths.keys().any(|other| other != *path && takes(other, path)));
    twins.map(|(path, item)| (path.clone(), item.as_object().unwrap().keys().cloned().collect())).collect()
}

both!(an_address_spelled_out_is_no_id, |world| {
    let operator = world.operator();
    let all = spelled_out();
    assert!(all.len() >= 4 && all.iter().any(|(path, _)| path == "/v1/actions/bulk"), "{all:?}");
    for (path, methods) in &all {
        for method in ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT"] {
            let known = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
            if methods.contains(&known) {
                continue;
            }
            let answer = operator.ask(method, path).header("If-Match", "\"1\"").send();
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            let allow = answer.header("allow").unwrap_or_default().to_lowercase();
            let mut listed: Vec<_> = allow.split(", ").filter(|m| !["head", "options"].contains(m)).collect();
            let mut wanted: Vec<_> = methods.iter().map(String::as_str).collect();
            listed.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(listed, wanted, "{method} {path}");
        }
        let options = operator.ask("OPTIONS", path).send().expect(204);
        assert!(options.header("allow").is_some());
    }
    // Who is unknown is told so first.
    world.anonymous().ask("PATCH", "/v1/actions/bulk").send().problem("unauthenticated");
});
