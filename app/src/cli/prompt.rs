//! `atelier prompt …`

use super::Outcome;
use super::answers::{print, print_line, print_table};
use super::context::{Context, bad_argument, read_text, version_ref};
use crate::statuses;
use atelier_types::api::{
    CommitRequest, HistoryDiff, HistoryList, HistoryRemoveLabel, HistoryRestore, HistorySetLabel, LabelRemoveRequest,
    LabelRequest, Nothing, PromptAtRequest, PromptCreateRequest, PromptRequest, PromptSaveRequest, PromptsCommit,
    PromptsCreate, PromptsDelete, PromptsDuplicate, PromptsFlatten, PromptsList, PromptsRename, PromptsRender,
    PromptsSave, PromptsShow, RenameRequest, RenderRequest, RowRef, VersionDiffRequest,
};
use atelier_types::diff::{Change, DiffSection};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind, Severity};
use atelier_types::prompt::{Inputs, Rendered};
use serde_json::Value;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// All prompts and fragments
    List,
    /// A prompt's file
    Show {
        name: String,
        /// `v12`, a version hash, a label, `committed`; default: the file as it is
        #[arg(long)]
        at: Option<String>,
        /// Resolve the fragments, for other Prompty tools
        #[arg(long)]
        flatten: bool,
    },
    /// The messages that a prompt makes of its inputs
    Render {
        name: String,
        #[arg(long)]
        at: Option<String>,
        #[command(flatten)]
        values: Values,
    },
    /// Create a prompt
    Create {
        name: String,
        /// Its text; `-` reads standard input
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Write a prompt's file from a file, and commit with `--message`
    Save {
        name: String,
        /// The new text; `-` reads standard input. Without it only the commit is made.
        #[arg(long)]
        file: Option<PathBuf>,
        #[arg(long, short)]
        message: Option<String>,
    },
    /// Rename or move a prompt
    Rename { from: String, to: String },
    /// Copy a prompt
    Duplicate { from: String, to: String },
    /// Delete a prompt's file; its history stays
    Delete { name: String },
    /// The committed versions of a prompt
    History { name: String },
    /// The difference of two versions
    Diff {
        name: String,
        /// default: the newest committed version
        from: Option<String>,
        /// default: the file as it is
        to: Option<String>,
        /// Compare the rendered messages
        #[arg(long)]
        rendered: bool,
        #[command(flatten)]
        values: Values,
    },
    /// Write an older version back to the file
    Restore { name: String, version: String },
    /// Point a label at a version, or remove it
    Label {
        name: String,
        label: String,
        /// default: the newest committed version
        version: Option<String>,
        #[arg(long, conflicts_with = "version")]
        remove: bool,
    },
}

/// Where a prompt's inputs come from.
#[derive(clap::Args)]
pub(super) struct Values {
    /// `name=text`, or `name:=JSON` for other kinds; may be given several times
    #[arg(long = "input", value_name = "NAME=VALUE")]
    inputs: Vec<String>,
    /// A JSON object with inputs; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    inputs_file: Option<PathBuf>,
    /// A row of a dataset by its place, counted from 0: `invoices:17`
    #[arg(long, value_name = "DATASET:INDEX")]
    row: Option<String>,
}

impl Values {
    fn read(&self) -> Result<(Inputs, Option<RowRef>), ApiError> {
        let mut inputs = match &self.inputs_file {
            Some(file) => serde_json::from_str(&read_text(file)?)
                .map_err(|err| bad_argument(format!("{} is no JSON object", file.display())).with_cause(err))?,
            None => Inputs::new(),
        };
        for input in &self.inputs {
            let (name, value) = parse_input(input)?;
            inputs.insert(name, value);
        }
        Ok((inputs, self.row.as_deref().map(parse_row).transpose()?))
    }
}

fn parse_input(text: &str) -> Result<(String, Value), ApiError> {
    let (name, value) = text.split_once('=').ok_or_else(|| bad_argument(format!("`{text}` is not NAME=VALUE")))?;
    match name.strip_suffix(':') {
        Some(name) => {
            let value = serde_json::from_str(value)
                .map_err(|err| bad_argument(format!("The value of `{name}` is no JSON")).with_cause(err))?;
            Ok((name.to_owned(), value))
        }
        None => Ok((name.to_owned(), Value::String(value.to_owned()))),
    }
}

fn parse_row(text: &str) -> Result<RowRef, ApiError> {
    let row = text.rsplit_once(':').and_then(|(dataset, index)| Some((dataset, index.parse().ok()?)));
    let (dataset, index) = row.ok_or_else(|| bad_argument(format!("`{text}` is not DATASET:INDEX")))?;
    Ok(RowRef { dataset: dataset.into(), index })
}

pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::List => list(context).await,
        Command::Show { name, at, flatten } => show(context, name, at, flatten).await,
        Command::Render { name, at, values } => render(context, name, at, &values).await,
        Command::Create { name, file } => {
            let text = file.as_deref().map(read_text).transpose()?;
            let source = context.call::<PromptsCreate>(PromptCreateRequest { name: name.into(), text }).await?;
            context.answer(&source, |source| print_line(&format!("Created `{}`", source.name)))
        }
        Command::Save { name, file, message } => save(context, name, file, message).await,
        Command::Rename { from, to } => {
            let request = RenameRequest { from: from.into(), to: to.into() };
            let source = context.call::<PromptsRename>(request).await?;
            context.answer(&source, |source| print_line(&format!("Renamed to `{}`", source.name)))
        }
        Command::Duplicate { from, to } => {
            let request = RenameRequest { from: from.into(), to: to.into() };
            let source = context.call::<PromptsDuplicate>(request).await?;
            context.answer(&source, |source| print_line(&format!("Copied to `{}`", source.name)))
        }
        Command::Delete { name } => {
            let answer = context.call::<PromptsDelete>(PromptRequest { name: name.into() }).await?;
            context.answer(&answer, |_| ())
        }
        Command::History { name } => history(context, name).await,
        Command::Diff { name, from, to, rendered, values } => {
            let (inputs, row) = values.read()?;
            let from = version_ref(from.or_else(|| Some("committed".to_owned())));
            let request = VersionDiffRequest { name: name.into(), from, to: version_ref(to), rendered, inputs, row };
            let sections = context.call::<HistoryDiff>(request).await?;
            context.answer(&sections, |sections| sections.iter().for_each(print_section))
        }
        Command::Restore { name, version } => {
            let request = PromptAtRequest { name: name.into(), version: version_ref(Some(version)) };
            let source = context.call::<HistoryRestore>(request).await?;
            context
                .answer(&source, |source| print_line(&format!("Restored `{}`; it is not committed yet", source.name)))
        }
        Command::Label { name, label, version, remove } => self::label(context, name, label, version, remove).await,
    }
}

async fn label(context: &Context, name: String, label: String, version: Option<String>, is_removed: bool) -> Outcome {
    let answer = if is_removed {
        let request = LabelRemoveRequest { name: name.into(), label: label.into() };
        context.call::<HistoryRemoveLabel>(request).await?
    } else {
        let version = version_ref(version.or_else(|| Some("committed".to_owned())));
        context.call::<HistorySetLabel>(LabelRequest { name: name.into(), label: label.into(), version }).await?
    };
    context.answer(&answer, |_| ())
}

async fn list(context: &Context) -> Outcome {
    let prompts = context.call::<PromptsList>(Nothing {}).await?;
    context.answer(&prompts, |prompts| {
        let rows: Vec<Vec<String>> = prompts
            .iter()
            .map(|prompt| {
                let number = prompt.number.map(|number| format!("v{number}")).unwrap_or_default();
                let labels: Vec<String> =
                    prompt.labels.iter().map(|(label, number)| format!("{label} v{number}")).collect();
                let state = if prompt.is_uncommitted { "not committed" } else { "" };
                vec![prompt.name.to_string(), number, labels.join(", "), state.to_owned(), prompt.description.clone()]
            })
            .collect();
        print_table(&["prompt", ">version", "labels", "state", "description"], &rows);
    })
}

async fn show(context: &Context, name: String, at: Option<String>, flatten: bool) -> Outcome {
    let request = PromptAtRequest { name: name.into(), version: version_ref(at) };
    if flatten {
        let answer = context.call::<PromptsFlatten>(request).await?;
        return context.answer(&answer, |answer| print(&answer.text));
    }
    let source = context.call::<PromptsShow>(request).await?;
    context.answer(&source, |source| print(&source.text))
}

async fn render(context: &Context, name: String, at: Option<String>, values: &Values) -> Outcome {
    let (inputs, row) = values.read()?;
    let request = RenderRequest { name: name.into(), version: version_ref(at), text: None, inputs, row, model: None };
    let rendered = context.call::<PromptsRender>(request).await?;
    context.answer(&rendered, print_rendered)?;
    match rendered.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        Some(diagnostic) => Err(error_of(diagnostic)),
        None => Ok(statuses::DONE),
    }
}

fn print_rendered(rendered: &Rendered) {
    for message in &rendered.messages {
        let role = format!("{:?}", message.role).to_lowercase();
        print_line(&format!("── {role}, {} tokens\n{}\n", message.num_tokens, message.content));
    }
    eprintln!("{} tokens, counted by {}", rendered.num_tokens, rendered.counted_by);
}

fn error_of(diagnostic: &Diagnostic) -> ApiError {
    let err =
        ApiError::new(ErrorKind::Invalid, &diagnostic.code, diagnostic.message.clone()).at(diagnostic.location.clone());
    match &diagnostic.action {
        Some(action) => err.with_action(action.clone()),
        None => err,
    }
}

async fn save(context: &Context, name: String, file: Option<PathBuf>, message: Option<String>) -> Outcome {
    if file.is_none() && message.is_none() {
        return Err(bad_argument("There is nothing to save: give `--file`, `--message`, or both"));
    }
    if let Some(file) = &file {
        let request = PromptSaveRequest { name: name.clone().into(), text: read_text(file)?, base_content_hash: None };
        let source = context.call::<PromptsSave>(request).await?;
        if message.is_none() {
            return context.answer(&source, |source| print_line(&format!("Saved `{}`", source.name)));
        }
    }
    let request = CommitRequest { names: vec![name.into()], message: message.unwrap_or_default() };
    let committed = context.call::<PromptsCommit>(request).await?;
    context.answer(&committed, |committed| {
        print_line(&format!("Committed {} files as {}", committed.num_files, committed.commit));
    })
}

async fn history(context: &Context, name: String) -> Outcome {
    let versions = context.call::<HistoryList>(PromptRequest { name: name.into() }).await?;
    context.answer(&versions, |versions| {
        let rows: Vec<Vec<String>> = versions
            .iter()
            .rev()
            .map(|version| {
                let labels: Vec<&str> = version.labels.iter().map(|label| label.as_str()).collect();
                let when = jiff::Timestamp::from_millisecond(version.committed_at.0).unwrap_or_default();
                vec![
                    format!("v{}", version.number),
                    version.hash.as_str().chars().take(12).collect(),
                    when.strftime("%Y-%m-%d %H:%M").to_string(),
                    version.author.clone(),
                    labels.join(", "),
                    version.summary.clone(),
                ]
            })
            .collect();
        print_table(&[">version", "hash", "when", "author", "labels", "summary"], &rows);
    })
}

/// Deleted words as `[-…-]`, inserted words as `{+…+}`, as `git diff --word-diff` writes them.
fn print_section(section: &DiffSection) {
    let mut text = format!("── {}\n", section.title);
    for piece in &section.diff.unified {
        match piece.change {
            Change::Equal => text.push_str(&piece.text),
            Change::Deleted => text.push_str(&format!("[-{}-]", piece.text)),
            Change::Inserted => text.push_str(&format!("{{+{}+}}", piece.text)),
        }
    }
    print_line(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_text_unless_json_is_asked_for() {
        assert_eq!(parse_input("a=1=2").unwrap(), ("a".to_owned(), Value::String("1=2".to_owned())));
        assert_eq!(parse_input("a:=[1]").unwrap(), ("a".to_owned(), serde_json::json!([1])));
        assert_eq!(parse_input("a").unwrap_err().code, "cli.bad_argument");
        assert!(parse_input("a:=x").is_err());
    }

    #[test]
    fn row_is_a_dataset_and_a_place() {
        assert_eq!(parse_row("invoices:17").unwrap(), RowRef { dataset: "invoices".into(), index: 17 });
        assert!(parse_row("invoices").is_err());
    }
}
