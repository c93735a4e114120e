//! `atelier export`

use super::Outcome;
use super::answers::print_line;
use super::context::{Context, bad_argument};
use atelier_core::api::Result;
use atelier_types::api::{
    ExportRequest, ExportSource, ExportsFreeze, ExportsWrite, FreezeRequest, Nothing, ReviewsList,
};
use atelier_types::export::ExportFormat;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Options {
    /// A run's id, `latest`, or the name of a review set
    source: String,
    #[arg(long, value_parser = format_names(), required_unless_present = "freeze")]
    format: Option<String>,
    #[arg(long, value_name = "FILE", required_unless_present = "freeze")]
    out: Option<PathBuf>,
    /// Only outputs that a person rated
    #[arg(long)]
    rated_only: bool,
    /// Only these variants
    #[arg(long = "variant")]
    variants: Vec<String>,
    /// Freeze it as an eval set of this name in the workspace instead
    #[arg(long, value_name = "NAME", conflicts_with_all = ["format", "out", "variants"])]
    freeze: Option<String>,
}

fn format_names() -> clap::builder::PossibleValuesParser {
    ExportFormat::ALL.map(ExportFormat::name).into()
}

pub(super) async fn run(context: &Context, options: Options) -> Outcome {
    let source = source(context, &options.source).await?;
    let exported = match options.freeze {
        Some(name) => {
            let request = FreezeRequest { name, source, rated_only: options.rated_only };
            context.call::<ExportsFreeze>(request).await?
        }
        None => {
            let format = ExportFormat::ALL.into_iter().find(|format| Some(format.name()) == options.format.as_deref());
            let out = options.out.map(|out| std::path::absolute(&out).unwrap_or(out));
            let request = ExportRequest {
                source,
                format: format.ok_or_else(|| bad_argument("There is no such format"))?,
                rated_only: options.rated_only,
                variants: options.variants.into_iter().map(Into::into).collect(),
                path: out.unwrap_or_default().display().to_string(),
            };
            context.call::<ExportsWrite>(request).await?
        }
    };
    context.answer(&exported, |exported| {
        print_line(&format!("Wrote {} records to {}", exported.num_records, exported.path));
    })
}

async fn source(context: &Context, text: &str) -> Result<ExportSource> {
    let sets = context.call::<ReviewsList>(Nothing {}).await?;
    if sets.iter().any(|set| set.name.as_str() == text) {
        return Ok(ExportSource::Review(text.into()));
    }
    context.run_id(text).await.map(ExportSource::Run)
}
