//! A ZIP written as it is sent, each entry hashed on its way.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::auth::secret::hex;
use crate::http::call::Request;
use crate::http::feeder::{Feeder, Outlet};
use crate::sheets::workbook;

/// Why an archive was not written to its end.
#[derive(Debug)]
pub struct Gone(pub String);

impl From<io::Error> for Gone {
    fn from(e: io::Error) -> Self {
        Self(e.to_string())
    }
}

impl From<zip::result::ZipError> for Gone {
    fn from(e: zip::result::ZipError) -> Self {
        Self(e.to_string())
    }
}

/// The archive, and the sums of what it holds so far.
pub struct Archive {
    zip: ZipWriter<StreamWriter<Outlet>>,
    options: SimpleFileOptions,
    sums: String,
    open: Option<(String, Sha256)>,
}

impl Archive {
    /// An archive of now.
    pub fn new(feeder: Feeder, request: &Request) -> Self {
        let options = SimpleFileOptions::default().last_modified_time(workbook::paris_time(request.now));
        Self { zip: ZipWriter::new_stream(Outlet::new(feeder)), options, sums: String::new(), open: None }
    }

    /// Starts an entry; what is compressed already is only stored.
    pub fn start(&mut self, name: &str, compressed: bool) -> Result<(), Gone> {
        let method = if compressed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        self.zip.start_file(name, self.options.compression_method(method))?;
        self.open = Some((name.to_owned(), Sha256::new()));
        Ok(())
    }

    /// More of the entry that was started.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.zip.write_all(bytes)?;
        if let Some((_, hash)) = &mut self.open {
            hash.update(bytes);
        }
        Ok(())
    }

    /// The entry is whole: its sum is kept.
    pub fn end(&mut self) {
        if let Some((name, hash)) = self.open.take() {
            // Writing to a text cannot fail.
            let _ = writeln!(self.sums, "{}  {name}", hex(&hash.finalize()));
        }
    }

    /// A text, whole.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Gone> {
        self.start(name, false)?;
        self.write(text.as_bytes())?;
        self.end();
        Ok(())
    }

    /// A value, for people as well.
    pub fn json(&mut self, name: &str, value: &Value) -> Result<(), Gone> {
        let mut text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        text.push('\n');
        self.text(name, &text)
    }

    /// The sums, and the end of the archive.
    pub fn finish(mut self) -> Result<(), Gone> {
        let sums = std::mem::take(&mut self.sums);
        self.text("SHA256SUMS", &sums)?;
        Ok(self.zip.finish()?.into_inner().finish()?)
    }
}
