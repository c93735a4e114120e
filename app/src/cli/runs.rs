//! `atelier runs …`

use super::Outcome;
use super::answers::{print_line, print_table, share};
use super::context::{Context, bad_argument};
use atelier_core::api::Result;
use atelier_types::api::{
    CompareRequest, ExperimentRequest, ExperimentsList, ExperimentsPlan, ExperimentsShow, Nothing, PlanRequest,
    RunRequest, RunShowRequest, RunsClasses, RunsCompare, RunsDelete, RunsList, RunsListRequest, RunsShow,
};
use atelier_types::experiment::{ClassesReport, Comparison, Plan, RunDetail, RunSummary, Variant, VariantSummary};
use atelier_types::ids::{RunId, VariantId};
use atelier_types::score::Unit;
use atelier_types::statistics::Estimate;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// All experiments with their last run
    Experiments,
    /// What a run would do, cost and take, before anything is sent
    Plan { experiment: String },
    /// Runs, newest first
    List {
        #[arg(long)]
        experiment: Option<String>,
    },
    /// Means and intervals of a run (`latest` for the newest)
    Show { run: String },
    /// Two variants: each is `RUN` or `RUN:VARIANT`, a variant by its id or its number counted from 1
    Compare {
        baseline: String,
        candidate: String,
        /// Order rows by this measure
        #[arg(long)]
        measure: Option<String>,
        /// Smallest difference that matters, in the measure's unit (0.01 is one point)
        #[arg(long)]
        margin: Option<f64>,
    },
    /// Which labels were answered for which, where rows expect one of few
    Classes { run: String },
    /// Delete a run and its outputs from this machine
    Delete { run: String },
}

pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Experiments => experiments(context).await,
        Command::Plan { experiment } => plan(context, experiment).await,
        Command::List { experiment } => {
            let experiment = experiment.map(Into::into);
            let runs = context.call::<RunsList>(RunsListRequest { experiment }).await?;
            context.answer(&runs, |runs| {
                let rows: Vec<Vec<String>> = runs.iter().map(run_row).collect();
                print_table(&["run", "experiment", "status", ">done", ">of", ">failed"], &rows);
            })
        }
        Command::Show { run } => {
            let run = context.run_id(&run).await?;
            let detail = context.call::<RunsShow>(RunShowRequest { run, baseline: None }).await?;
            context.answer(&detail, print_detail)
        }
        Command::Compare { baseline, candidate, measure, margin } => {
            let (baseline_run, baseline) = variant(context, &baseline, 1).await?;
            let (candidate_run, candidate) = variant(context, &candidate, 2).await?;
            let measure = measure.map(Into::into);
            let request = CompareRequest { baseline_run, baseline, candidate_run, candidate, measure, margin };
            let comparison = context.call::<RunsCompare>(request).await?;
            context.answer(&comparison, print_comparison)
        }
        Command::Classes { run } => {
            let run = context.run_id(&run).await?;
            let report = context.call::<RunsClasses>(RunRequest { run }).await?;
            context.answer(&report, |report| print_classes(report.as_ref()))
        }
        Command::Delete { run } => {
            let run = context.run_id(&run).await?;
            let answer = context.call::<RunsDelete>(RunRequest { run }).await?;
            context.answer(&answer, |_| ())
        }
    }
}

async fn experiments(context: &Context) -> Outcome {
    let experiments = context.call::<ExperimentsList>(Nothing {}).await?;
    context.answer(&experiments, |experiments| {
        let rows: Vec<Vec<String>> = experiments
            .iter()
            .map(|experiment| {
                let problem = experiment.problem.as_ref().map(|problem| problem.message.clone());
                vec![
                    experiment.name.to_string(),
                    experiment.dataset.to_string(),
                    experiment.num_cells.to_string(),
                    experiment.num_runs.to_string(),
                    problem.unwrap_or_else(|| experiment.description.clone()),
                ]
            })
            .collect();
        print_table(&["experiment", "dataset", ">cells", ">runs", "description"], &rows);
    })
}

fn print_classes(report: Option<&ClassesReport>) {
    let Some(report) = report else { return print_line("No scorer of this run compares with few labels.") };
    for classes in &report.variants {
        let title = variant_title(&classes.variant);
        print_line(&format!("{title}: accuracy {}, rows expect, columns answer", share(classes.accuracy)));
        let mut heads = vec!["expected".to_owned()];
        heads.extend(report.labels.iter().map(|label| format!(">{label}")));
        heads.extend([">other", ">precision", ">recall", ">F1"].map(str::to_owned));
        let rows = report.labels.iter().zip(&classes.counts).zip(&classes.scores).map(|((label, counts), scores)| {
            let known = |score: Option<f64>| score.map_or_else(|| "none".to_owned(), share);
            let counts = counts.iter().map(u32::to_string);
            let scores = [scores.precision, scores.recall, scores.f1].map(known);
            std::iter::once(label.clone()).chain(counts).chain(scores).collect()
        });
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        print_table(&heads, &rows.collect::<Vec<Vec<String>>>());
    }
}

async fn plan(context: &Context, experiment: String) -> Outcome {
    let spec = context.call::<ExperimentsShow>(ExperimentRequest { name: experiment.into() }).await?;
    let plan = context.call::<ExperimentsPlan>(PlanRequest { spec }).await?;
    context.answer(&plan, print_plan)
}

fn print_plan(plan: &Plan) {
    print_line(&format!(
        "{} prompts × {} models × {} parameter sets × {} rows × {} repeats = {} cells",
        plan.num_prompts, plan.num_models, plan.num_params, plan.num_rows, plan.num_repeats, plan.num_cells
    ));
    let cost = plan.cost_usd.map(|cost| format!("${cost:.4}")).unwrap_or_else(|| "not known".to_owned());
    let time = plan.time_millis.map(|time| format!("{} s", time / 1000)).unwrap_or_else(|| "not measured".to_owned());
    print_line(&format!("Expected cost: {cost}. Expected time: {time}."));
    let hosts = if plan.hosts.is_empty() { "none".to_owned() } else { plan.hosts.join(", ") };
    print_line(&format!("Hosts that would be contacted: {hosts}."));
}

/// `RUN`, `RUN:VARIANT-ID` or `RUN:NUMBER`. Without a variant: the run's only one, or the `place`th, so that
/// `runs compare latest latest` sets the first against the second.
async fn variant(context: &Context, text: &str, place: usize) -> Result<(RunId, VariantId)> {
    let (run, wanted) = match text.split_once(':') {
        Some((run, wanted)) => (run, Some(wanted)),
        None => (text, None),
    };
    let run = context.run_id(run).await?;
    let detail = context.call::<RunsShow>(RunShowRequest { run: run.clone(), baseline: None }).await?;
    let ids: Vec<VariantId> = detail.variants.iter().map(|one| one.variant.id.clone()).collect();
    let found = match wanted {
        Some(wanted) => {
            let by_number = wanted.parse::<usize>().ok().and_then(|number| ids.get(number.checked_sub(1)?));
            ids.iter().find(|id| id.as_str() == wanted).or(by_number)
        }
        None => ids.get(place - 1).or(ids.first()),
    };
    let known = || ids.iter().map(VariantId::as_str).collect::<Vec<_>>().join(", ");
    let id = found.cloned().ok_or_else(|| bad_argument(format!("`{text}` is no variant; the run has {}", known())))?;
    Ok((run, id))
}

fn run_row(run: &RunSummary) -> Vec<String> {
    vec![
        run.id.to_string(),
        run.experiment.to_string(),
        format!("{:?}", run.status).to_lowercase(),
        run.progress.finished().to_string(),
        run.progress.total.to_string(),
        run.progress.failed.to_string(),
    ]
}

/// The head of a results grid as a table.
pub(super) fn print_detail(detail: &RunDetail) {
    let summary = &detail.summary;
    let status = format!("{:?}", summary.status).to_lowercase();
    print_line(&format!("{} {}: {status}, {} rows", summary.experiment, summary.id, detail.num_rows));
    let mut heads = vec![">#", "prompt", "version", "model", ">done", ">failed"];
    heads.extend(detail.scorers.iter().map(|scorer| scorer.name.as_str()));
    let rows: Vec<Vec<String>> =
        detail.variants.iter().enumerate().map(|(index, variant)| variant_row(index, variant, detail)).collect();
    print_table(&heads, &rows);
    for variant in &detail.variants {
        if let Some(verdict) = variant.verdicts.first() {
            print_line(&format!("{}: {}", variant_title(&variant.variant), verdict.headline));
            print_line(&format!("  {}", verdict.sentence));
        }
    }
}

/// `support/sentiment v4 on demo, temperature 0.2`
pub(super) fn variant_title(variant: &Variant) -> String {
    let params = if variant.params_title.is_empty() { String::new() } else { format!(", {}", variant.params_title) };
    format!("{} {} on {}{params}", variant.prompt, variant.version_title, variant.model)
}

fn variant_row(index: usize, summary: &VariantSummary, detail: &RunDetail) -> Vec<String> {
    let variant = &summary.variant;
    let mut row = vec![
        (index + 1).to_string(),
        variant.prompt.to_string(),
        variant.version_title.clone(),
        [variant.model.as_str(), variant.params_title.as_str()].join(" ").trim().to_owned(),
        summary.num_done.to_string(),
        summary.num_failed.to_string(),
    ];
    let units = detail.scorers.iter().map(|scorer| scorer.unit);
    row.extend(summary.estimates.iter().zip(units).map(|(estimate, unit)| estimate_text(estimate, unit)));
    row
}

fn estimate_text(estimate: &Estimate, unit: Unit) -> String {
    let number = |value: f64| if unit == Unit::Share { share(value) } else { format!("{value:.3}") };
    match estimate.interval {
        Some(interval) => {
            format!(
                "{} ({} to {}, n {})",
                number(estimate.mean),
                number(interval.low),
                number(interval.high),
                estimate.num_rows
            )
        }
        None if estimate.num_rows == 0 => "unscored".to_owned(),
        None => format!("{} (n {})", number(estimate.mean), estimate.num_rows),
    }
}

fn print_comparison(comparison: &Comparison) {
    let (candidate, baseline) = (variant_title(&comparison.candidate), variant_title(&comparison.baseline));
    print_line(&format!("{candidate}\n  against {baseline}"));
    for measure in &comparison.measures {
        print_line(&format!("{}: {}", measure.name, measure.verdict.headline));
        print_line(&format!("  {} {}", measure.verdict.sentence, measure.verdict.method));
    }
}
