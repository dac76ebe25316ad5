//! The migrations: up, down and up again, the same on both databases, and whose schema is served.

mod constraints;
mod dump;
mod lifecycle;
mod served;
