//! Access tokens, all through HTTP: what is refused, what is accepted, revocation, rotation, the token endpoint.

mod clients;
mod endpoint;
pub mod forge;
mod lifetime;
mod limits;
mod refused;
