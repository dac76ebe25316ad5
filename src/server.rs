//! The HTTP server: layers, limits, a graceful stop.

use std::net::TcpListener;
use std::time::Duration;

use actix_cors::Cors;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request};
use actix_server::Server;
use actix_service::{IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Actix, HttpRequest, web};
use tokio::net::TcpStream;
use utoipa_actix_web::AppExt as _;

use crate::app::{self, App};
use crate::error::Problem;
use crate::http::answer::{Answer, Refused};
use crate::http::frame::{frame, guard};
use crate::http::socket::{Patience, Socket};

/// How long a connection may be silent between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Builds the server on sockets that are already bound.
pub fn build(app: &App, listeners: Vec<TcpListener>) -> std::io::Result<Server> {
    let (workers, grace) = (app.config.workers, app.config.grace);
    let headers = Duration::from_secs(app.config.header_timeout);
    crate::changes::follow(app.clone());
    let patience = Patience { head: headers, idle: KEEP_ALIVE, unread: headers * 3 };
    let mut server = Server::build().workers(workers).disable_signals().shutdown_timeout(grace);
    for listener in listeners {
        let (app, stopping) = (app.clone(), server.graceful_shutdown_signal());
        server = server.listen("http", listener, move || {
            let stopping = stopping.clone();
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(headers)
                .client_disconnect_timeout(headers)
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .on_connect_ext(|socket: &Socket, data| {
                    data.insert(socket.exchanges());
                })
                .finish(map_config(layers(app.clone()), |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| async move {
                let peer = stream.peer_addr().ok();
                Ok::<_, DispatchError>((Socket::new(stream, patience), Protocol::Http1, peer))
            })
            .and_then(http)
        })?;
    }
    Ok(server.run())
}

/// The routes and the layers around them.
fn layers(
    app: App,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = ServiceResponse<impl MessageBody>,
    Error = actix_web::Error,
    InitError = (),
> {
    let (document, cors) = (app.document.clone(), cors(&app.config.cors_origins));
    let closed = document.clone();
    Actix::new()
        .app_data(app)
        .configure(move |routes| closed.close_spelled_out(routes, unmatched))
        .wrap(from_fn(guard))
        .wrap(Compress::default())
        .wrap(cors)
        .wrap(from_fn(frame))
        .into_utoipa_app()
        .configure(app::areas)
        .into_app()
        .configure(move |routes| document.pages(routes))
        .default_service(web::to(unmatched))
        .into_factory()
}

/// Runs until the service is told to stop; SIGTERM first turns `/health/ready` to 503, then lets requests finish.
pub async fn run(app: App, listeners: Vec<TcpListener>) -> std::io::Result<()> {
    let server = build(&app, listeners)?;
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
