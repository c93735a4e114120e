//! From an experiment to its cells. Pure: the same experiment over the same prompts gives the same variants with the
//! same ids in the same order, on every machine and after every resume.

use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::experiment::{ExperimentSpec, Variant};
use atelier_types::ids::{ModelName, VariantId};
use atelier_types::model::Price;
use atelier_types::provider::Params;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

const ID_DIGITS: usize = 12;

/// A prompt at one version, ready to be rendered.
pub struct PreparedPrompt {
    pub bundle: Bundle,
    pub prompt: Prompt,
    /// `v12`, or `draft 8c1f2a`.
    pub version_title: String,
    pub is_committed: bool,
}

/// How many rows of a dataset a run takes.
pub fn num_rows(spec: &ExperimentSpec, num_dataset_rows: u32) -> u32 {
    spec.max_rows.map_or(num_dataset_rows, |max_rows| max_rows.min(num_dataset_rows))
}

/// Cells of a run, from the counts of the experiment alone.
pub fn num_cells(spec: &ExperimentSpec, num_dataset_rows: u32) -> u32 {
    let counts = [spec.prompts.len(), spec.models.len(), spec.params.len().max(1)];
    let num_variants = counts.iter().fold(1_u32, |product, count| product.saturating_mul(*count as u32));
    num_variants.saturating_mul(num_rows(spec, num_dataset_rows)).saturating_mul(spec.repeats)
}

/// Prompts × models × parameters, in the order of the experiment. What is the same twice is there once: a label and a
/// number may name one version.
pub fn variants<'a>(spec: &ExperimentSpec, prompts: impl IntoIterator<Item = &'a PreparedPrompt>) -> Vec<Variant> {
    let no_params = [Params::default()];
    let params = if spec.params.is_empty() { &no_params[..] } else { &spec.params[..] };
    let mut seen = BTreeSet::new();
    let mut variants = Vec::new();
    for prompt in prompts {
        for model in &spec.models {
            for params in params {
                let variant = variant(prompt, model, params, spec.params.len() > 1);
                if seen.insert(variant.id.clone()) {
                    variants.push(variant);
                }
            }
        }
    }
    variants
}

fn variant(prompt: &PreparedPrompt, model: &ModelName, params: &Params, has_siblings: bool) -> Variant {
    Variant {
        id: variant_id(&prompt.bundle, model, params),
        prompt: prompt.bundle.name.clone(),
        version: prompt.bundle.version.clone(),
        version_title: prompt.version_title.clone(),
        is_committed: prompt.is_committed,
        model: model.clone(),
        params: params.clone(),
        params_title: if has_siblings { params_title(params) } else { String::new() },
    }
}

/// Whether a variant is of this text.
pub(super) fn is_of(bundle: &Bundle, variant: &Variant) -> bool {
    bundle.name == variant.prompt && bundle.version == variant.version
}

/// The first digits of a hash over everything that makes a variant what it is.
fn variant_id(bundle: &Bundle, model: &ModelName, params: &Params) -> VariantId {
    let parts = serde_json::json!([bundle.name, bundle.version, model, params]);
    let digest = Sha256::digest(parts.to_string().as_bytes());
    let mut id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    id.truncate(ID_DIGITS);
    VariantId(id)
}

/// `temperature 0.2, max tokens 40`; `as they are` for an empty set.
fn params_title(params: &Params) -> String {
    let Ok(Value::Object(set)) = serde_json::to_value(params) else { return String::new() };
    let part = |(name, value): (&String, &Value)| match (name.as_str(), value) {
        ("json_schema", _) => "JSON schema".to_owned(),
        (name, value) => format!("{} {value}", name.replace('_', " ")),
    };
    let title = set.iter().map(part).collect::<Vec<_>>().join(", ");
    if title.is_empty() { "as they are".to_owned() } else { title }
}

/// What is known about the calls of one variant before they are made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Forecast {
    pub num_prompt_tokens: f64,
    /// From earlier calls of the model, or the most that the parameters allow.
    pub num_completion_tokens: Option<f64>,
    pub latency_millis: Option<f64>,
    pub price: Option<Price>,
    pub is_local: bool,
    pub max_concurrency: usize,
}

/// Cost and time of `num_calls` calls of each variant; `None` where one variant's are not known.
pub fn forecast(variants: &[(ModelName, Forecast)], num_calls: u32, concurrency: u32) -> (Option<f64>, Option<u64>) {
    let num_calls = f64::from(num_calls);
    let cost_usd = variants.iter().map(|(_, one)| Some(cost_of_call(one)? * num_calls)).sum();
    let busy_millis = |one: &Forecast| {
        let at_once = one.max_concurrency.min(concurrency as usize).max(1) as f64;
        Some(one.latency_millis? * num_calls / at_once)
    };
    let (local, remote): (Vec<_>, Vec<_>) = variants.iter().partition(|(_, one)| one.is_local);
    // Local models take turns. Remote ones run side by side, as far as the run's own limit lets them.
    let local_millis: Option<f64> = local.iter().map(|(_, one)| busy_millis(one)).sum();
    let total_millis: Option<f64> =
        remote.iter().map(|(_, one)| Some(one.latency_millis? * num_calls / f64::from(concurrency.max(1)))).sum();
    let models: BTreeSet<&ModelName> = remote.iter().map(|(model, _)| model).collect();
    let longest_millis = models.into_iter().map(|model| {
        remote.iter().filter(|(other, _)| other == model).map(|(_, one)| busy_millis(one)).sum::<Option<f64>>()
    });
    let millis = local_millis.and_then(|local| {
        let longest = longest_millis.collect::<Option<Vec<f64>>>()?.into_iter().fold(0.0, f64::max);
        Some(local.max(longest).max(total_millis?) as u64)
    });
    (cost_usd, millis)
}

fn cost_of_call(one: &Forecast) -> Option<f64> {
    const TOKENS_PER_MTOK: f64 = 1e6;
    let price = one.price?;
    if price.input_usd_per_mtok == 0.0 && price.output_usd_per_mtok == 0.0 {
        return Some(0.0);
    }
    let output = one.num_completion_tokens? * price.output_usd_per_mtok;
    Some((one.num_prompt_tokens * price.input_usd_per_mtok + output) / TOKENS_PER_MTOK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::experiment::PromptChoice;
    use proptest::prelude::*;

    fn prepared(name: &str, text: &str) -> PreparedPrompt {
        let bundle = Bundle::resolve(name.into(), format!("---\nname: {name}\n---\nuser:\n{text}\n"), &|_| None);
        let prompt = bundle.parse().unwrap_or_else(|problems| panic!("{problems:?}"));
        PreparedPrompt { bundle, prompt, version_title: "v1".to_owned(), is_committed: true }
    }

    fn spec(models: &[String], temperatures: &[u8]) -> ExperimentSpec {
        ExperimentSpec {
            dataset: "rows".into(),
            repeats: 2,
            models: models.iter().map(|name| name.as_str().into()).collect(),
            prompts: vec![PromptChoice { prompt: "a".into(), at: None }],
            params: temperatures
                .iter()
                .map(|tenth| Params { temperature: Some(f64::from(*tenth) / 10.0), ..Params::default() })
                .collect(),
            ..ExperimentSpec::default()
        }
    }

    proptest! {
        #[test]
        fn variants_are_unique_ordered_and_keep_their_ids(
            models in proptest::collection::vec("[a-e]", 1..5),
            temperatures in proptest::collection::vec(0_u8..4, 0..4),
        ) {
            let prompts = [prepared("a", "one"), prepared("b", "two")];
            let all = variants(&spec(&models, &temperatures), &prompts);
            prop_assert_eq!(&all, &variants(&spec(&models, &temperatures), &prompts));
            let ids: BTreeSet<_> = all.iter().map(|variant| &variant.id).collect();
            prop_assert_eq!(ids.len(), all.len());
            prop_assert!(all.iter().all(|variant| variant.id.as_str().len() == ID_DIGITS));
            // What else is in the experiment changes no id.
            let mut longer = models.clone();
            longer.insert(0, "new".to_owned());
            let more: BTreeSet<_> =
                variants(&spec(&longer, &temperatures), &prompts).into_iter().map(|variant| variant.id).collect();
            prop_assert!(all.iter().all(|variant| more.contains(&variant.id)));
            // Prompts first, then models, then parameters.
            let names: Vec<_> = all.iter().map(|variant| variant.prompt.as_str()).collect();
            prop_assert!(names.is_sorted());
        }
    }

    #[test]
    fn version_model_and_parameters_each_make_another_id() {
        let base = prepared("a", "one");
        let id =
            |prompt: &PreparedPrompt, model: &str, params: &Params| variant_id(&prompt.bundle, &model.into(), params);
        let none = Params::default();
        let ids = [
            id(&base, "m", &none),
            id(&prepared("a", "other"), "m", &none),
            id(&prepared("b", "one"), "m", &none),
            id(&base, "n", &none),
            id(&base, "m", &Params { seed: Some(1), ..none.clone() }),
        ];
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn parameters_are_named_only_where_they_differ() {
        let prompts = [prepared("a", "one")];
        let titles = |temperatures: &[u8]| -> Vec<String> {
            let all = variants(&spec(&["m".to_owned()], temperatures), &prompts);
            all.into_iter().map(|variant| variant.params_title).collect()
        };
        assert_eq!(titles(&[2]), [""]);
        assert_eq!(titles(&[2, 5]), ["temperature 0.2", "temperature 0.5"]);
    }

    fn known(latency_millis: f64, is_local: bool) -> Forecast {
        Forecast {
            num_prompt_tokens: 1000.0,
            num_completion_tokens: Some(100.0),
            latency_millis: Some(latency_millis),
            price: Some(Price { input_usd_per_mtok: 1.0, output_usd_per_mtok: 10.0 }),
            is_local,
            max_concurrency: if is_local { 1 } else { usize::MAX },
        }
    }

    #[test]
    fn cost_adds_up_and_time_follows_the_slowest_lane() {
        let variants = [("far".into(), known(80.0, false)), ("here".into(), known(50.0, true))];
        let (cost_usd, millis) = forecast(&variants, 100, 8);
        assert!((cost_usd.unwrap() - 0.4).abs() < 1e-9);
        assert_eq!(millis, Some(5000));
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let unpriced = Forecast { price: None, ..known(80.0, false) };
        let unmeasured = Forecast { latency_millis: None, ..known(80.0, false) };
        let variants = [("a".into(), unpriced), ("b".into(), unmeasured)];
        assert_eq!(forecast(&variants, 100, 8), (None, None));
    }
}
