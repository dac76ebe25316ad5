//! Every code of the table is produced, and every problem has the form of the contract.

mod form;
mod producers;
