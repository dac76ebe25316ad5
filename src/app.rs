//! The state of the service, and the ONE list of its areas: routes and OpenAPI both come from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::actions;
use crate::auth::issuers::Issuers;
use crate::auth::keys::{Keyring, MasterKey};
use crate::auth::oauth::TokenLimits;
use crate::auth::tokens::TokenCache;
use crate::clock::{Clock, ClockWatch, Ids};
use crate::config::Config;
use crate::db::Database;
use crate::domain::Id;
use crate::error::{Halt, Patience};
use crate::http::call::Request;
use crate::http::limiter::Limiter;
use crate::http::metrics::Metrics;
use crate::http::queue::ExportQueue;
use crate::http::room::Room;
use crate::http::unit::Unit;
use crate::openapi::Document;
use crate::outbound::Outbound;

/// Everything a handler may need; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<State>);

impl std::ops::Deref for App {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

/// The state behind [`App`].
pub struct State {
    pub config: Config,
    pub db: Database,
    pub clock: Clock,
    /// Whether the clock is to be believed, for what is done by its date.
    pub clock_watch: ClockWatch,
    pub ids: Ids,
    pub keys: Keyring,
    pub tokens: TokenCache,
    pub issuers: Issuers,
    pub metrics: Metrics,
    pub limiter: Limiter,
    pub token_limits: TokenLimits,
    pub exports: ExportQueue,
    /// The memory that bodies in flight share.
    pub room: Arc<Room>,
    pub document: Document,
    /// What is known of conventions, for those who make actions.
    pub shelf: actions::Shelf,
    /// How far the change feed has come, as this replica knows; watched by long polls.
    pub feed: tokio::sync::watch::Sender<i64>,
    draining: AtomicBool,
}

impl App {
    /// Opens the doors and reads (or makes) the signing keys. The schema must be there already.
    pub async fn start(config: Config, master: MasterKey, clock: Clock, ids: Ids) -> Result<Self, String> {
        let db = Database::open(config.target.clone(), config.replica.clone(), config.doors)?;
        let issuers = Issuers::new(config.issuers.clone(), &Outbound::new(&config.outbound)?);
        let keys = Keyring::new(master);
        keys.start(&db, clock.now()).await.map_err(|halt| match halt {
            crate::error::Halt::Broken(why) => why,
            other => format!("the signing keys cannot be read: {other:?}"),
        })?;
        Ok(Self(Arc::new(State {
            limiter: Limiter::per_second(config.rate_per_second, config.rate_burst),
            token_limits: TokenLimits::new(&config),
            config,
            db,
            clock_watch: ClockWatch::new(&clock),
            clock,
            ids,
            keys,
            issuers,
            tokens: TokenCache::default(),
            metrics: Metrics::new(),
            exports: ExportQueue::default(),
            room: Arc::default(),
            document: Document::build(),
            shelf: actions::Shelf::default(),
            feed: tokio::sync::watch::Sender::new(0),
            draining: AtomicBool::new(false),
        })))
    }

    /// Runs one unit of work as the operator of this instance, for the command line: the same path as a request.
    pub async fn act<T, F>(&self, dry_run: bool, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<T, Halt> + Send + 'static,
    {
        self.act_for(None, dry_run, work).await
    }

    /// The same, for an organisation: what is made is its own.
    pub async fn act_for<T, F>(&self, organisation: Option<Id>, dry_run: bool, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<T, Halt> + Send + 'static,
    {
        let request = Arc::new(Request::by_operator_for(self, organisation));
        let ids = self.ids.clone();
        self.db.write(!dry_run, move |c| work(&mut Unit::new(c, request, ids, dry_run))).await
    }

    /// Runs a unit as [`Self::act_for`] does, and again as a whole when another unit crossed it or the database failed. `work` is told when
    /// it is the last time.
    pub async fn act_again<T, F>(&self, organisation: Option<Id>, dry_run: bool, work: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: Fn(&mut Unit<'_>, bool) -> Result<T, Halt> + Send + Sync + 'static,
    {
        let (work, mut patience) = (Arc::new(work), Patience::default());
        loop {
            let (work, last) = (work.clone(), patience.is_last());
            match self.act_for(organisation, dry_run, move |unit| work(unit, last)).await {
                Err(halt) if patience.allows(&halt) => {}
                done => return done,
            }
        }
    }

    /// From now on `/health/ready` answers 503: the balancer sends no more requests here.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// True once the service is stopping.
    pub fn draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

impl actix_web::FromRequest for App {
    type Error = crate::http::answer::Refused;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let app = request.app_data::<Self>().cloned();
        std::future::ready(app.ok_or_else(|| crate::error::Problem::plain("internal").into()))
    }
}

/// The areas of the service. A route exists only if it is documented: each area adds its handlers here and nowhere else.
pub fn areas(routes: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    crate::conventions::routes(routes);
    crate::actions::routes(routes);
    crate::obligations::routes(routes);
    crate::calendars::routes(routes);
    crate::organisations::routes(routes);
    crate::schools::routes(routes);
    crate::companies::routes(routes);
    crate::files::routes(routes);
    crate::changes::http::routes(routes);
    crate::audit::http::routes(routes);
    crate::reference::routes(routes);
    crate::account::routes(routes);
    crate::auth::clients::routes(routes);
    crate::auth::grants::routes(routes);
    crate::auth::oauth::routes(routes);
    crate::jobs::http::routes(routes);
    crate::http::health::routes(routes);
    crate::http::problems::routes(routes);
}
