//! What a failure's kind means to a shell and to HTTP. The one place where that is decided.

use atelier_types::error::ErrorKind;

pub const DONE: u8 = 0;
pub const FAILED: u8 = 1;
/// The command itself was wrong.
pub const USAGE: u8 = 2;
/// A check or threshold was not met.
pub const CHECK_FAILED: u8 = 3;
pub const INTERRUPTED: u8 = 130;

pub fn exit_status(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::CheckFailed => CHECK_FAILED,
        ErrorKind::Cancelled => INTERRUPTED,
        ErrorKind::Invalid
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Forbidden
        | ErrorKind::Unavailable
        | ErrorKind::Internal => FAILED,
    }
}

pub fn http_status(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::Invalid => 400,
        ErrorKind::Forbidden => 403,
        ErrorKind::NotFound => 404,
        ErrorKind::Conflict => 409,
        ErrorKind::CheckFailed => 422,
        ErrorKind::Cancelled => 499,
        ErrorKind::Unavailable => 503,
        ErrorKind::Internal => 500,
    }
}
