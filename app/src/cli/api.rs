//! `atelier api`: any verb with JSON, so that the command line covers all that the window can do.

use super::answers::{print_json, print_table};
use super::context::{Context, read_text};
use super::{Outcome, context};
use crate::statuses;
use atelier_core::api::dispatch;
use atelier_types::api::{AccessRole, VERBS};
use serde_json::Value;

#[derive(clap::Args)]
pub(super) struct Options {
    /// `noun.verb`; all verbs are listed without it
    verb: Option<String>,
    /// The request as JSON; `-` reads standard input
    #[arg(default_value = "{}")]
    request: String,
}

pub(super) async fn run(context: &Context, options: Options) -> Outcome {
    let Some(verb) = options.verb else {
        let rows: Vec<Vec<String>> = VERBS.iter().map(|verb| vec![verb.name.to_owned(), verb.doc.to_owned()]).collect();
        print_table(&["verb", "what it does"], &rows);
        return Ok(statuses::DONE);
    };
    let text = if options.request == "-" { read_text("-".as_ref())? } else { options.request };
    let request: Value =
        serde_json::from_str(&text).map_err(|err| context::bad_argument("The request is no JSON").with_cause(err))?;
    if !verb.starts_with("workspace.") && !verb.starts_with("settings.") {
        context.open_workspace().await?;
    }
    print_json(&dispatch(&context.studio, AccessRole::Owner, &verb, request).await?)?;
    Ok(statuses::DONE)
}
