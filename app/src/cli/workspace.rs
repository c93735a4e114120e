//! Workspaces and datasets: `init`, `doctor`, `search`, `dataset`, `import`.

use super::Outcome;
use super::answers::{print_json_line, print_line, print_table};
use super::context::{Context, bad_argument, read_text};
use crate::statuses;
use atelier_core::api;
use atelier_types::api::{
    DatasetImportRequest, DatasetPageRequest, DatasetRequest, DatasetsDelete, DatasetsImport, DatasetsList,
    DatasetsShow, Nothing, SearchRequest, SettingsMachine, WorkspaceCreate, WorkspaceCreateRequest, WorkspaceDemo,
    WorkspaceDemoRequest, WorkspaceSearch,
};
use atelier_types::workspace::CheckState;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct InitOptions {
    folder: PathBuf,
    /// Make a copy of the demo workspace with a small history
    #[arg(long)]
    demo: bool,
    /// Name of the workspace; default: the folder's
    #[arg(long, conflicts_with = "demo")]
    name: Option<String>,
}

pub(super) async fn init(context: &Context, options: InitOptions) -> Outcome {
    let folder = std::path::absolute(&options.folder).unwrap_or(options.folder);
    let path = folder.display().to_string();
    let info = if options.demo {
        api::call::<WorkspaceDemo>(&context.studio, WorkspaceDemoRequest { path: Some(path) }).await?
    } else {
        let of_folder = || folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = options.name.or_else(of_folder).unwrap_or_else(|| "prompts".to_owned());
        api::call::<WorkspaceCreate>(&context.studio, WorkspaceCreateRequest { path, name }).await?
    };
    context.answer(&info, |info| {
        print_line(&format!("Created the workspace `{}` in {}", info.name, info.path));
    })
}

pub(super) async fn doctor(context: &Context) -> Outcome {
    let checks = api::call::<SettingsMachine>(&context.studio, Nothing {}).await?;
    context.answer(&checks, |checks| {
        for check in checks {
            let mark = match check.state {
                CheckState::Good => "good   ",
                CheckState::Note => "note   ",
                CheckState::Problem => "problem",
            };
            print_line(&format!("{mark}  {}: {}", check.title, check.detail));
        }
    })?;
    let is_healthy = checks.iter().all(|check| check.state != CheckState::Problem);
    Ok(if is_healthy { statuses::DONE } else { statuses::CHECK_FAILED })
}

#[derive(clap::Args)]
pub(super) struct SearchOptions {
    text: String,
    #[arg(long)]
    limit: Option<u32>,
}

pub(super) async fn search(context: &Context, options: SearchOptions) -> Outcome {
    let hits = context.call::<WorkspaceSearch>(SearchRequest { query: options.text, limit: options.limit }).await?;
    context.answer(&hits, |hits| {
        let line = |line: Option<u32>| line.map(|line| line.to_string()).unwrap_or_default();
        let rows: Vec<Vec<String>> =
            hits.iter().map(|hit| vec![hit.name.clone(), line(hit.line), hit.excerpt.clone()]).collect();
        print_table(&["where", ">line", "text"], &rows);
    })
}

#[derive(clap::Subcommand)]
pub(super) enum DatasetCommand {
    /// All datasets
    List,
    /// Rows as JSON lines
    Show {
        name: String,
        #[arg(long, default_value_t = 0)]
        offset: u32,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Delete a dataset file
    Delete { name: String },
}

pub(super) async fn dataset(context: &Context, command: DatasetCommand) -> Outcome {
    match command {
        DatasetCommand::List => {
            let datasets = context.call::<DatasetsList>(Nothing {}).await?;
            context.answer(&datasets, |datasets| {
                let row = |dataset: &atelier_types::dataset::DatasetSummary| {
                    vec![dataset.name.to_string(), dataset.num_rows.to_string(), dataset.columns.join(", ")]
                };
                let rows: Vec<Vec<String>> = datasets.iter().map(row).collect();
                print_table(&["dataset", ">rows", "columns"], &rows);
            })
        }
        DatasetCommand::Show { name, offset, limit } => {
            let page = context.call::<DatasetsShow>(DatasetPageRequest { name: name.into(), offset, limit }).await?;
            if !context.is_json {
                page.rows.iter().try_for_each(print_json_line)?;
                return Ok(statuses::DONE);
            }
            context.answer(&page, |_| ())
        }
        DatasetCommand::Delete { name } => {
            let answer = context.call::<DatasetsDelete>(DatasetRequest { name: name.into() }).await?;
            context.answer(&answer, |_| ())
        }
    }
}

#[derive(clap::Args)]
pub(super) struct ImportOptions {
    /// A `.jsonl` or `.csv` file
    file: PathBuf,
    /// Name of the dataset; default: the file's
    #[arg(long)]
    name: Option<String>,
}

pub(super) async fn import(context: &Context, options: ImportOptions) -> Outcome {
    let file_name = options.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let stem = options.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let (Some(file_name), Some(stem)) = (file_name, stem) else {
        return Err(bad_argument(format!("{} names no file", options.file.display())));
    };
    let content = read_text(&options.file)?;
    let name = options.name.unwrap_or(stem).into();
    let summary = context.call::<DatasetsImport>(DatasetImportRequest { name, file_name, content }).await?;
    context.answer(&summary, |summary| {
        print_line(&format!("Imported {} rows as `{}`", summary.num_rows, summary.name));
    })
}
