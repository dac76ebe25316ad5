pub mod import;
pub mod rules;
pub fn routes(_: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
