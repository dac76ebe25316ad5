//! Access tokens, all through HTTP: what is refused, what is accepted, revocation, rotation, the token endpoint.

mod endpoint;
mod forge;
mod lifetime;
mod refused;
