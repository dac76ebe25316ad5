//! The HTTP contract, resource by resource: order of checks, versions, lists, exports, forms of a request.

mod bodies;
mod browser;
mod conditional;
pub mod exports;
mod lists;
mod order;
mod parameters;
mod slow_readers;
mod spelled_out;
mod texts;
mod writes;
