//! The bytes of a file on their way out: a download that no browser runs or shows in the service's name.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::try_unfold;

use super::FileRow;
use super::blobs;
use super::rules::Kind;
use crate::app::App;
use crate::db::{Connection, Database};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Content};
use crate::http::call::Request;
use crate::http::negotiate;

/// 406 when the client wants another type than the file's.
pub fn acceptable(request: &Request, file: &FileRow) -> Result<(), Problem> {
    let kind = Kind::of(&file.media_type).unwrap_or(Kind::Text);
    negotiate::choose(request.accept.as_deref(), &[(kind.media_type(), ())])
}

/// Answers the bytes of a file. A small one is read at once; the others follow piece by piece, and no thread of the
/// database waits for a client that reads slowly.
pub fn answer(c: &mut Connection, app: &App, request: &Request, file: &FileRow) -> Result<Answer, Halt> {
    let Some(sha256) = file.blob.clone() else { return Err(Problem::plain("file_erased").into()) };
    let mut answer = Answer::none()
        .with("Content-Type", content_type(&file.media_type))
        .with("Content-Disposition", disposition(&file.name))
        .with("ETag", format!("\"{sha256}\""))
        .with("Repr-Digest", format!("sha-256=:{}:", STANDARD.encode(unhex(&sha256))))
        // The digest is of these very bytes: they are not compressed on the way.
        .with("Content-Encoding", "identity")
        .with("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
    answer.status = StatusCode::OK;
    answer = answer.unless_known(request.if_none_match.as_deref());
    if answer.status == StatusCode::NOT_MODIFIED {
        return Ok(answer);
    }
    answer.body = if blobs::pieces(file.size) <= 1 {
        Content::Whole(blobs::piece(c, &sha256, 0)?.into())
    } else {
        Content::Sized(file.size.unsigned_abs(), Box::pin(pieces(app.db.clone(), sha256, blobs::pieces(file.size))))
    };
    Ok(answer)
}

fn pieces(db: Database, sha256: String, all: i64) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    try_unfold(0, move |number| {
        let (db, sha256) = (db.clone(), sha256.clone());
        async move {
            if number == all {
                return Ok(None);
            }
            let mut tries = 0;
            loop {
                let sha256 = sha256.clone();
                let halt = match db.read(move |c| blobs::piece(c, &sha256, number)).await {
                    Ok(bytes) => return Ok(Some((Bytes::from(bytes), number + 1))),
                    Err(halt) => halt,
                };
                // A busy moment is waited for: what was sent cannot be sent again.
                if matches!(halt, Halt::Problem(_)) && tries < 50 {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                } else {
                    log::error!("a download broke off: {halt:?}");
                    // The connection is cut, so that a client cannot take a part for the whole.
                    return Err(std::io::Error::other("the download broke off"));
                }
            }
        }
    })
}

/// Texts are UTF-8: checked when they came.
fn content_type(media_type: &str) -> String {
    if media_type.starts_with("text/") { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() }
}

/// RFC 6266: an ASCII name for old readers, and the name itself.
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    let plain = plain.replace(['"', '\\', '%'], "_");
    let exact: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    (0..text.len()).step_by(2).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_twice() {
        assert_eq!(
            disposition("Convention signée \"v2\".pdf"),
            "attachment; filename=\"Convention sign_e _v2_.pdf\"; filename*=UTF-8''Convention%20sign%C3%A9e%20%22v2%22.pdf"
        );
    }

    #[test]
    fn a_digest_is_of_the_bytes_that_the_hexadecimal_names() {
        assert_eq!(unhex("00ff10"), [0, 255, 16]);
    }
}
