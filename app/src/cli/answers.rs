//! How answers and errors are printed.

use atelier_types::error::{ApiError, ErrorKind};
use serde::Serialize;
use std::io::Write as _;

/// Writes text to standard output. A reader that went away (`atelier … | head`) is no error.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _reader_gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

pub(super) fn print_line(text: &str) {
    print(&format!("{text}\n"));
}

/// One JSON document, indented.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), ApiError> {
    print_line(&serde_json::to_string_pretty(value).map_err(no_json)?);
    Ok(())
}

/// One JSON document on one line.
pub(super) fn print_json_line(value: &impl Serialize) -> Result<(), ApiError> {
    print_line(&serde_json::to_string(value).map_err(no_json)?);
    Ok(())
}

fn no_json(err: serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Internal, "cli.bad_answer", "The answer cannot be written as JSON").with_cause(err)
}

/// A table with columns as wide as their widest cell. Columns whose head starts with `>` are right-aligned.
pub(super) fn print_table(heads: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        eprintln!("Nothing here yet.");
        return;
    }
    let names: Vec<String> = heads.iter().map(|head| head.trim_start_matches('>').to_owned()).collect();
    let width = |column: usize| {
        let cells = std::iter::once(&names).chain(rows).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let mut text = String::new();
    for row in std::iter::once(&names).chain(rows) {
        let mut line = String::new();
        for ((cell, width), head) in row.iter().zip(&widths).zip(heads) {
            let padding = " ".repeat(width - cell.chars().count());
            let (before, after) =
                if head.starts_with('>') { (padding, String::new()) } else { (String::new(), padding) };
            line.push_str(&format!("{before}{cell}{after}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    print(&text);
}

/// The failure on standard error: for people in lines, with `--json` as one JSON document.
pub(super) fn print_error(err: &ApiError, is_json: bool) {
    if is_json {
        match serde_json::to_string(err) {
            Ok(text) => eprintln!("{text}"),
            Err(_) => eprintln!("{err}"),
        }
        return;
    }
    eprintln!("error[{}]: {}", err.code, err.message);
    for cause in &err.causes {
        eprintln!("  because: {cause}");
    }
    if let Some(location) = &err.location {
        let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
        eprintln!("  at: {}{}{}", location.file, number(location.line), number(location.column));
    }
    if let Some(action) = &err.action {
        eprintln!("  help: {action}");
    }
}

/// `91.2 %`, or the number itself for other units.
pub(super) fn share(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}
