//! `passerelle openapi`: the document that the service serves, without a service.

use std::path::PathBuf;

use clap::Args;

use super::out::{self, Stop};
use crate::openapi::Document;

/// Print the OpenAPI document, or compare it with a file
#[derive(Debug, Args)]
pub struct Openapi {
    /// Print nothing: end with 1 when this file is not the document, byte for byte
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Openapi {
    pub fn run(self) -> Result<(), Stop> {
        let document = Document::build();
        let Some(file) = self.check else { return out::data(document.text()) };
        let held = std::fs::read_to_string(&file).map_err(|e| Stop::because(format!("{}: {e}", file.display())))?;
        if held == document.text() {
            return Ok(());
        }
        let line = held.lines().zip(document.text().lines()).take_while(|(held, ours)| held == ours).count() + 1;
        let wanted = document.text().lines().nth(line - 1).unwrap_or("(end of the document)").trim();
        Err(Stop::because(format!(
            "{} differs from line {line} on, where the document has: {wanted}\n  to renew it: passerelle openapi > {}",
            file.display(),
            file.display()
        )))
    }
}
