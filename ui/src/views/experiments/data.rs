//! What the experiments screen shows, computed from what the studio told. Pure.

use crate::words;
use atelier_types::experiment::{ExperimentSpec, ExperimentSummary, Plan, PromptChoice};
use atelier_types::provider::Params;
use std::fmt::Write as _;

/// One factor of the sum in the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    pub count: String,
    pub noun: &'static str,
    pub detail: String,
}

/// The matrix as a sum: what is multiplied, what comes out, what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixSum {
    pub factors: Vec<Factor>,
    pub num_cells: String,
    pub cells_noun: &'static str,
    pub cost: String,
    pub time: String,
    pub hosts: String,
}

fn noun(count: u32, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

pub fn matrix_sum(spec: &ExperimentSpec, plan: &Plan) -> MatrixSum {
    let mut factors = vec![
        Factor {
            count: words::count(plan.num_prompts.into()),
            noun: noun(plan.num_prompts, "prompt", "prompts"),
            detail: versions(plan),
        },
        Factor {
            count: words::count(plan.num_models.into()),
            noun: noun(plan.num_models, "model", "models"),
            detail: places(plan),
        },
    ];
    if plan.num_params > 1 {
        factors.push(Factor {
            count: words::count(plan.num_params.into()),
            noun: "parameter sets",
            detail: params_detail(&spec.params),
        });
    }
    let sampled = if plan.num_rows < plan.num_dataset_rows { ", the first" } else { ", all" };
    factors.push(Factor {
        count: words::count(plan.num_rows.into()),
        noun: noun(plan.num_rows, "row", "rows"),
        detail: format!("of {}{sampled}", words::count(plan.num_dataset_rows.into())),
    });
    factors.push(Factor {
        count: words::count(plan.num_repeats.into()),
        noun: noun(plan.num_repeats, "repeat", "repeats"),
        detail: if plan.num_repeats == 1 { "one answer".to_owned() } else { "answers a row".to_owned() },
    });
    MatrixSum {
        factors,
        num_cells: words::count(plan.num_cells.into()),
        cells_noun: noun(plan.num_cells, "cell", "cells"),
        cost: match (plan.cost_usd, plan.num_models == plan.num_local_models) {
            (Some(cost), _) if cost > 0.0 => words::usd(cost),
            (_, true) => "none".to_owned(),
            (Some(_), _) => "none".to_owned(),
            (None, _) => "not known".to_owned(),
        },
        time: plan.time_millis.map_or_else(|| "not measured".to_owned(), |time| words::about(time as f64)),
        hosts: if plan.hosts.is_empty() { "all on this machine".to_owned() } else { plan.hosts.join(", ") },
    }
}

/// Where the models run. An endpoint may be on this machine as well, so that only the hosts say what leaves it.
fn places(plan: &Plan) -> String {
    if plan.hosts.is_empty() {
        return "all on this machine".to_owned();
    }
    let num_others = plan.num_models.saturating_sub(plan.num_local_models);
    format!("{} local, {} by endpoint", plan.num_local_models, num_others)
}

fn versions(plan: &Plan) -> String {
    let mut titles: Vec<&str> = Vec::new();
    for variant in &plan.variants {
        if !titles.contains(&variant.version_title.as_str()) {
            titles.push(&variant.version_title);
        }
    }
    titles.join(", ")
}

fn params_detail(params: &[Params]) -> String {
    let temperatures: Vec<String> =
        params.iter().filter_map(|params| params.temperature).map(|value| value.to_string()).collect();
    if temperatures.is_empty() { "crossed".to_owned() } else { format!("temperature {}", temperatures.join(", ")) }
}

/// Why an experiment cannot be run as it is, one sentence each, the first to be mended first.
pub fn obstacles(spec: &ExperimentSpec) -> Vec<&'static str> {
    let mut obstacles = Vec::new();
    if spec.prompts.is_empty() {
        obstacles.push("Choose at least one prompt.");
    }
    if spec.models.is_empty() {
        obstacles.push("Choose at least one model.");
    }
    if spec.dataset.as_str().is_empty() {
        obstacles.push("Choose a dataset.");
    }
    if spec.repeats == 0 {
        obstacles.push("Ask at least once: repeats are 0.");
    }
    obstacles
}

/// How a prompt's version is called in a choice.
pub fn version_title(choice: &PromptChoice) -> String {
    match choice.at.as_deref() {
        None | Some("working") => "as it is now".to_owned(),
        Some("committed") => "newest version".to_owned(),
        Some(hash) if hash.len() == 64 => hash.chars().take(8).collect(),
        Some(at) => at.to_owned(),
    }
}

/// Second line of an experiment in the list.
pub fn summary_line(summary: &ExperimentSummary) -> String {
    let mut line = String::new();
    if !summary.description.is_empty() {
        line.push_str(&summary.description);
        line.push_str(if summary.description.ends_with(['.', '?', '!', '…']) { " " } else { ". " });
    }
    // Writing to a text cannot fail.
    let _ = write!(line, "{}", words::counted(summary.num_cells.into(), "cell", "cells"));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(num_params: u32, num_local_models: u32) -> Plan {
        Plan {
            num_prompts: 2,
            num_models: 3,
            num_local_models,
            num_params,
            num_rows: 120,
            num_dataset_rows: 1204,
            num_repeats: 3,
            num_cells: 2160,
            variants: Vec::new(),
            cost_usd: None,
            time_millis: None,
            num_prompt_tokens: 0,
            hosts: Vec::new(),
        }
    }

    #[test]
    fn the_sum_leaves_out_what_is_not_crossed() {
        let nouns = |num_params| {
            let sum = matrix_sum(&ExperimentSpec::default(), &plan(num_params, 1));
            sum.factors.iter().map(|factor| format!("{} {}", factor.count, factor.noun)).collect::<Vec<_>>().join(" × ")
        };
        assert_eq!(nouns(1), "2 prompts × 3 models × 120 rows × 3 repeats");
        assert_eq!(nouns(2), "2 prompts × 3 models × 2 parameter sets × 120 rows × 3 repeats");
    }

    #[test]
    fn local_models_cost_nothing_and_unknown_prices_are_said() {
        assert_eq!(matrix_sum(&ExperimentSpec::default(), &plan(1, 3)).cost, "none");
        assert_eq!(matrix_sum(&ExperimentSpec::default(), &plan(1, 1)).cost, "not known");
    }

    #[test]
    fn an_endpoint_on_this_machine_is_not_called_another_one() {
        let detail = |hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
            matrix_sum(&ExperimentSpec::default(), &Plan { hosts, ..plan(1, 1) }).factors.remove(1).detail
        };
        assert_eq!(detail(&[]), "all on this machine");
        assert_eq!(detail(&["api.openai.com"]), "1 local, 2 by endpoint");
    }

    #[test]
    fn one_cell_is_said_as_one() {
        let sum = matrix_sum(&ExperimentSpec::default(), &Plan { num_cells: 1, ..plan(1, 1) });
        assert_eq!((sum.num_cells.as_str(), sum.cells_noun), ("1", "cell"));
    }

    #[test]
    fn an_empty_experiment_says_what_is_missing() {
        assert_eq!(obstacles(&ExperimentSpec::default()).len(), 4);
    }
}
