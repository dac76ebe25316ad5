//! Files: what is taken in and what is refused, who sees it, how it leaves, what becomes of it.

mod life;
mod perimeter;
mod sending;

use std::io::{Cursor, Write as _};

use crate::support::{Actor, Response};

/// The smallest PDF that says so.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// Sends a file.
pub fn send(actor: &Actor, query: &str, media_type: &str, bytes: impl Into<Vec<u8>>) -> Response {
    actor.ask("POST", &format!("/v1/files?{query}")).body(media_type, bytes).send()
}

/// A PDF attached to something.
pub fn attach(actor: &Actor, to: &str) -> Response {
    send(actor, &format!("name=annexe.pdf&purpose=other&attached_to={to}"), "application/pdf", PDF)
}

pub fn content(actor: &Actor, id: &str) -> Response {
    actor.get(&format!("/v1/files/{id}/content"))
}

/// An archive of these entries.
pub fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
