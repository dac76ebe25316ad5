//! The OpenAPI document: generated from the handlers, then completed by class of operation.
//!
//! A handler documents what is its own: summary, parameters, body, success. What every operation of a class has in
//! common (problems, paging, `If-Match`, `Idempotency-Key`, headers) is added here, once; tests compare it with what
//! the service does.

mod complete;
mod requests;

use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::web;
use serde_json::Value;
use utoipa_actix_web::AppExt as _;

use crate::http::answer::{Answer, Refused};
use crate::http::etag;

/// The document and what is derived from it.
#[derive(Clone)]
pub struct Document {
    inner: Arc<Inner>,
}

struct Inner {
    text: String,
    tag: String,
    /// Each path of the document, with the methods it knows.
    routes: Vec<(ResourceDef, String)>,
}

impl Document {
    /// Collects the document from the one list of areas.
    pub fn build() -> Self {
        let value = generate();
        let text = to_text(&value);
        let mut routes = Vec::new();
        for (path, item) in value["paths"].as_object().into_iter().flatten() {
            let mut methods: Vec<String> =
                item.as_object().into_iter().flatten().map(|(method, _)| method.to_ascii_uppercase()).collect();
            if methods.iter().any(|m| m == "GET") {
                methods.push("HEAD".into());
            }
            methods.push("OPTIONS".into());
            methods.sort();
            routes.push((ResourceDef::new(path.as_str()), methods.join(", ")));
        }
        let tag = etag::of(1, text.as_bytes());
        Self { inner: Arc::new(Inner { text, tag, routes }) }
    }

    /// The document as committed in `openapi/openapi.json`.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The methods of an address, or none when it does not exist.
    pub fn methods_of(&self, path: &str) -> Option<String> {
        // An address spelled out is no id of another.
        let exact = |(route, _): &&(ResourceDef, String)| route.pattern() == Some(path);
        let routes = &self.inner.routes;
        let found = routes.iter().find(exact).or_else(|| routes.iter().find(|(route, _)| route.is_match(path)));
        found.map(|(_, methods)| methods.clone())
    }

    /// Takes the methods that an address spelled out does not know, before a route with an `{id}` takes the last step for one.
    pub fn close_spelled_out<F, A>(&self, routes: &mut web::ServiceConfig, unmatched: F)
    where
        F: actix_web::Handler<A> + Copy,
        A: actix_web::FromRequest + 'static,
        F::Output: actix_web::Responder + 'static,
    {
        let all = &self.inner.routes;
        let is_spelled_out = |route: &ResourceDef| route.pattern().is_some_and(|pattern| !pattern.contains('{'));
        for (route, methods) in all.iter().filter(|(route, _)| is_spelled_out(route)) {
            let Some(path) = route.pattern() else { continue };
            let twins = all.iter().filter(|(other, _)| other.is_match(path)).count();
            if twins > 1 {
                let methods = methods.clone();
                let is_unknown = move |context: &actix_web::guard::GuardContext<'_>| {
                    methods.split(", ").all(|method| method == "OPTIONS" || method != context.head().method.as_str())
                };
                routes.service(web::resource(path).guard(actix_web::guard::fn_guard(is_unknown)).to(unmatched));
            }
        }
    }

    /// `/openapi.json`, and Swagger UI at `/docs` without any outside address.
    pub fn pages(&self, routes: &mut web::ServiceConfig) {
        let document = self.clone();
        let serve = move |request: actix_web::HttpRequest| {
            let document = document.clone();
            async move {
                let held = request.headers().get("if-none-match").and_then(|v| v.to_str().ok());
                let text = document.inner.text.clone();
                Ok::<_, Refused>(
                    Answer::bytes(actix_web::http::StatusCode::OK, "application/json", text)
                        .with("ETag", document.inner.tag.clone())
                        .unless_known(held),
                )
            }
        };
        #[allow(clippy::disallowed_methods)] // the document does not document itself
        routes.route("/openapi.json", web::get().to(serve)).service(web::redirect("/docs", "/docs/")).service(
            utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(
                utoipa_swagger_ui::Config::new(["/openapi.json"])
                    .display_request_duration(true)
                    .doc_expansion("none")
                    .filter(true)
                    .try_it_out_enabled(true)
                    .persist_authorization(false),
            ),
        );
    }
}

/// Generates the document.
pub fn generate() -> Value {
    let (_, collected) = actix_web::App::new().into_utoipa_app().configure(crate::app::areas).split_for_parts();
    let mut value = serde_json::to_value(collected).unwrap_or_default();
    complete::complete(&mut value);
    value
}

/// Two spaces, a final line feed: as committed.
pub fn to_text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
