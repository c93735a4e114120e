//! `atelier review …`

use super::Outcome;
use super::answers::{print_line, print_table, share};
use super::context::{Context, read_text};
use atelier_types::api::{
    Nothing, ReviewCreateRequest, ReviewImportRequest, ReviewSetRequest, ReviewsClose, ReviewsCreate, ReviewsImport,
    ReviewsList, ReviewsResults,
};
use atelier_types::review::{ReviewMode, ReviewResults, ReviewSetSummary};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a blind review set from a run
    New {
        name: String,
        /// A run's id, or `latest`
        #[arg(long)]
        run: String,
        #[arg(long)]
        rubric: String,
        /// Better of two, or scales from 1 to 5
        #[arg(long, value_enum, default_value = "pair")]
        mode: Mode,
        #[arg(long, default_value = "")]
        title: String,
        /// Two for pairs, any number for rubrics
        #[arg(long = "variant")]
        variants: Vec<String>,
        #[arg(long)]
        max_items: Option<u32>,
        /// Draws the same items and sides again
        #[arg(long)]
        seed: Option<u64>,
    },
    /// All sets, or the results of one
    Status { set: Option<String> },
    /// Take in ratings from a file: one JSON object a line
    Import { set: String, file: PathBuf },
    /// Publish which output was whose; no ratings are taken after it
    Close { set: String },
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Mode {
    Pair,
    Rubric,
}

pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::New { name, run, rubric, mode, title, variants, max_items, seed } => {
            let request = ReviewCreateRequest {
                name: name.into(),
                title,
                run: context.run_id(&run).await?,
                rubric: rubric.into(),
                mode: match mode {
                    Mode::Pair => ReviewMode::Pair,
                    Mode::Rubric => ReviewMode::Rubric,
                },
                variants: variants.into_iter().map(Into::into).collect(),
                max_items,
                rows: Vec::new(),
                seed,
            };
            let summary = context.call::<ReviewsCreate>(request).await?;
            context.answer(&summary, |summary| {
                print_line(&format!("Created `{}` with {} items", summary.name, summary.num_items));
            })
        }
        Command::Status { set: None } => {
            let sets = context.call::<ReviewsList>(Nothing {}).await?;
            context.answer(&sets, |sets| {
                let rows: Vec<Vec<String>> = sets.iter().map(set_row).collect();
                print_table(&["set", "mode", ">rated", ">items", ">ratings", "state"], &rows);
            })
        }
        Command::Status { set: Some(set) } => {
            let results = context.call::<ReviewsResults>(ReviewSetRequest { set: set.into() }).await?;
            context.answer(&results, print_results)
        }
        Command::Import { set, file } => {
            let request = ReviewImportRequest { set: set.into(), content: read_text(&file)? };
            let imported = context.call::<ReviewsImport>(request).await?;
            context.answer(&imported, |imported| {
                print_line(&format!("{} new ratings, {} known before", imported.num_new, imported.num_known));
            })
        }
        Command::Close { set } => {
            let answer = context.call::<ReviewsClose>(ReviewSetRequest { set: set.into() }).await?;
            context.answer(&answer, |_| ())
        }
    }
}

fn set_row(set: &ReviewSetSummary) -> Vec<String> {
    vec![
        set.name.to_string(),
        format!("{:?}", set.mode).to_lowercase(),
        set.num_rated.to_string(),
        set.num_items.to_string(),
        set.num_ratings.to_string(),
        if set.is_closed { "closed" } else { "open" }.to_owned(),
    ]
}

fn print_results(results: &ReviewResults) {
    let summary = &results.summary;
    print_line(&format!("{}: {} of {} items rated", summary.name, summary.num_rated, summary.num_items));
    if results.source.is_none() {
        print_line("This machine does not know which output is whose until the set is closed.");
    }
    for win in &results.wins {
        let interval = win.interval.map(|one| format!(" ({} to {})", share(one.low), share(one.high)));
        print_line(&format!(
            "{} against {}: {}{}, {} won, {} lost, {} ties",
            win.title,
            win.against_title,
            share(win.rate),
            interval.unwrap_or_default(),
            win.num_wins,
            win.num_losses,
            win.num_ties
        ));
    }
    for mean in &results.rubric_means {
        let interval = mean.estimate.interval.map(|one| format!(" ({:.2} to {:.2})", one.low, one.high));
        print_line(&format!(
            "{} of {}: {:.2}{}",
            mean.criterion,
            mean.title,
            mean.estimate.mean,
            interval.unwrap_or_default()
        ));
    }
}
