//! The HTTP server: layers, limits, a graceful stop.

use std::net::TcpListener;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Actix, HttpRequest, HttpServer, web};
use utoipa_actix_web::AppExt as _;

use crate::app::{self, App};
use crate::error::Problem;
use crate::http::answer::{Answer, Refused};
use crate::http::frame::{frame, guard};

/// Builds the server on sockets that are already bound.
pub fn build(app: App, listeners: Vec<TcpListener>) -> std::io::Result<Server> {
    let (workers, grace, headers) = (app.config.workers, app.config.grace, app.config.header_timeout);
    crate::changes::follow(app.clone());
    let mut server = HttpServer::new(move || {
        let document = app.document.clone();
        let closed = document.clone();
        Actix::new()
            .app_data(app.clone())
            .configure(move |routes| closed.close_spelled_out(routes, unmatched))
            .wrap(from_fn(guard))
            .wrap(Compress::default())
            .wrap(cors(&app.config.cors_origins))
            .wrap(from_fn(frame))
            .into_utoipa_app()
            .configure(app::areas)
            .into_app()
            .configure(move |routes| document.pages(routes))
            .default_service(web::to(unmatched))
    })
    .workers(workers)
    .disable_signals()
    .shutdown_timeout(grace)
    .client_request_timeout(Duration::from_secs(headers))
    .keep_alive(Duration::from_secs(75));
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Runs until the service is told to stop; SIGTERM first turns `/health/ready` to 503, then lets requests finish.
pub async fn run(app: App, listeners: Vec<TcpListener>) -> std::io::Result<()> {
    let server = build(app.clone(), listeners)?;
    crate::jobs::follow_keys(app.clone());
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        if told_to_stop().await {
            app.drain();
            log::info!("SIGTERM: ready answers 503, requests in flight finish");
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        handle.stop(true).await;
    });
    server.await
}

/// Waits for a signal; true for SIGTERM, false for an interrupt from the keyboard.
#[cfg(unix)]
async fn told_to_stop() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut term), Ok(mut int)) => tokio::select! {
            _ = term.recv() => true,
            _ = int.recv() => false,
        },
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> bool {
    let _ = tokio::signal::ctrl_c().await;
    false
}

fn cors(origins: &[String]) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "accept",
            "accept-language",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "x-request-id",
        ])
        .expose_headers([
            "etag",
            "link",
            "location",
            "retry-after",
            "x-request-id",
            "idempotency-replayed",
            "content-language",
            "x-dry-run",
            "content-disposition",
            "repr-digest",
        ])
        .max_age(600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

/// What no route took: 405 with `Allow` when the address exists, 404 otherwise.
async fn unmatched(request: HttpRequest, app: App) -> Result<Answer, Refused> {
    match app.document.methods_of(request.path()) {
        Some(allow) if request.method() == actix_web::http::Method::OPTIONS => Ok(Answer::none().with("Allow", allow)),
        Some(allow) => Err(Problem::plain("method_not_allowed").header("Allow", allow).into()),
        None => Err(Problem::plain("unknown_route").into()),
    }
}
