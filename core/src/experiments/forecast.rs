//! What a run would do, cost and take, from prices and from the calls that are stored. Blocks.

use super::gauge;
use super::materials::Materials;
use super::plan::{self, Forecast, PreparedPrompt};
use super::runs::Runs;
use super::{Result, RunOptions};
use crate::providers::chat_body;
use crate::store::outputs::{self, SpeedSample};
use crate::workspace::Dataset;
use atelier_types::experiment::{ExperimentSpec, Plan, Variant};
use atelier_types::ids::ModelName;
use atelier_types::prompt::Message;
use atelier_types::provider::{ChatRequest, Params};
use std::collections::{BTreeSet, HashMap};

/// Rows that are rendered to learn how long prompts are.
const NUM_SAMPLE_ROWS: usize = 16;
/// Stored calls of a model that are looked at.
const NUM_SAMPLE_CALLS: u32 = 50;

impl Runs {
    /// The plan of an experiment whose materials have no problems; parts that have are left out of it.
    pub fn plan(&self, spec: &ExperimentSpec, materials: &Materials) -> Result<Plan> {
        let prompts: Vec<&PreparedPrompt> = materials.prompts.iter().filter_map(|one| one.as_ref().ok()).collect();
        let variants = plan::variants(spec, prompts.iter().copied());
        let dataset = materials.dataset.as_ref().ok();
        let num_dataset_rows = dataset.map_or(0, |dataset| dataset.rows.len() as u32);
        let num_rows = plan::num_rows(spec, num_dataset_rows);
        let num_calls = num_rows.saturating_mul(spec.repeats);
        let mut forecasts = self.forecasts(&variants, &prompts, spec, dataset.map(|dataset| &**dataset))?;
        forecasts.extend(self.judge_forecasts(spec, materials, &forecasts)?);
        let concurrency = RunOptions::default().concurrency;
        let (cost_usd, time_millis) = plan::forecast(&forecasts, num_calls, concurrency);
        let models: BTreeSet<&ModelName> = spec.models.iter().collect();
        let num_prompt_tokens: f64 =
            forecasts.iter().map(|(_, one)| one.num_prompt_tokens * f64::from(num_calls)).sum();
        Ok(Plan {
            num_prompts: prompts.len() as u32,
            num_models: models.len() as u32,
            num_local_models: models.iter().filter(|model| self.parts.models.is_local(model)).count() as u32,
            num_params: spec.params.len().max(1) as u32,
            num_rows,
            num_dataset_rows,
            num_repeats: spec.repeats,
            num_cells: num_calls.saturating_mul(variants.len() as u32),
            cost_usd,
            time_millis,
            num_prompt_tokens: num_prompt_tokens as u64,
            hosts: self.hosts(spec, &models),
            variants,
        })
    }

    fn hosts(&self, spec: &ExperimentSpec, models: &BTreeSet<&ModelName>) -> Vec<String> {
        let host = |model: &ModelName| self.parts.models.host(model);
        let mut hosts: BTreeSet<String> = models.iter().filter_map(|model| host(model)).collect();
        hosts.extend(
            gauge::gauges(&spec.scorers).flat_map(|gauge| gauge.models().iter().filter_map(host).collect::<Vec<_>>()),
        );
        hosts.into_iter().collect()
    }

    /// Each question of each judge as one more call for every call of a variant; repairs are rare and left out.
    fn judge_forecasts(
        &self,
        spec: &ExperimentSpec,
        materials: &Materials,
        variants: &[(ModelName, Forecast)],
    ) -> Result<Vec<(ModelName, Forecast)>> {
        let mut forecasts = Vec::new();
        for judge in gauge::judges(&spec.scorers) {
            for model in judge.models() {
                let samples = self.samples(model)?;
                for prompt in judge.own_prompts() {
                    let asked =
                        materials.judge_prompts.iter().flatten().find(|known| known.bundle.name.as_str() == *prompt);
                    let num_tokens = asked.map_or(0.0, |asked| f64::from(chat_body::num_tokens_of(&asked.bundle.text)));
                    let max_tokens = asked.and_then(|asked| asked.prompt.model().options.max_tokens);
                    let forecast = |(_, variant): &(ModelName, Forecast)| {
                        let judged = variant.num_prompt_tokens + variant.num_completion_tokens.unwrap_or(0.0);
                        (model.clone(), self.forecast(model, num_tokens + judged, &samples, max_tokens))
                    };
                    (0..judge.num_repeats()).for_each(|_| forecasts.extend(variants.iter().map(forecast)));
                }
            }
        }
        Ok(forecasts)
    }

    fn samples(&self, model: &ModelName) -> Result<Vec<SpeedSample>> {
        Ok(self.parts.store.read(|connection| outputs::speed_samples(connection, model, NUM_SAMPLE_CALLS))?)
    }

    fn forecast(
        &self,
        model: &ModelName,
        num_prompt_tokens: f64,
        samples: &[SpeedSample],
        max_tokens: Option<u32>,
    ) -> Forecast {
        Forecast {
            num_prompt_tokens,
            num_completion_tokens: mean(samples, |call| f64::from(call.num_completion_tokens))
                .or(max_tokens.map(f64::from)),
            latency_millis: mean(samples, |call| call.latency_millis),
            price: self.parts.models.price(model),
            is_local: self.parts.models.is_local(model),
            max_concurrency: self.parts.models.max_concurrency(model),
        }
    }

    fn forecasts(
        &self,
        variants: &[Variant],
        prompts: &[&PreparedPrompt],
        spec: &ExperimentSpec,
        dataset: Option<&Dataset>,
    ) -> Result<Vec<(ModelName, Forecast)>> {
        let mut samples: HashMap<&ModelName, Vec<SpeedSample>> = HashMap::new();
        for model in &spec.models {
            samples.insert(model, self.samples(model)?);
        }
        let num_tokens: Vec<f64> = prompts.iter().map(|prompt| num_prompt_tokens(prompt, spec, dataset)).collect();
        let forecast = |variant: &Variant| {
            let prompt = prompts.iter().position(|prompt| plan::is_of(&prompt.bundle, variant));
            let known = samples.get(&variant.model).map_or(&[][..], Vec::as_slice);
            let num_prompt_tokens = prompt.and_then(|at| num_tokens.get(at)).copied().unwrap_or(0.0);
            let forecast = self.forecast(&variant.model, num_prompt_tokens, known, variant.params.max_tokens);
            (variant.model.clone(), forecast)
        };
        Ok(variants.iter().map(forecast).collect())
    }
}

/// Mean over some rows, spread over the dataset.
fn num_prompt_tokens(prepared: &PreparedPrompt, spec: &ExperimentSpec, dataset: Option<&Dataset>) -> f64 {
    let Some(dataset) = dataset else { return 0.0 };
    let num_rows = plan::num_rows(spec, dataset.rows.len() as u32) as usize;
    let step = num_rows.div_ceil(NUM_SAMPLE_ROWS).max(1);
    let counts: Vec<f64> = dataset.rows[..num_rows]
        .iter()
        .step_by(step)
        .filter_map(|row| {
            let mut inputs = spec.inputs.clone();
            inputs.extend(row.values.clone());
            Some(estimate(prepared.prompt.render(&inputs).ok()?))
        })
        .collect();
    crate::metrics::statistics::mean(&counts).unwrap_or(0.0)
}

/// Without an answer, so that only the prompt is counted.
fn estimate(messages: Vec<Message>) -> f64 {
    let params = Params { max_tokens: Some(0), ..Params::default() };
    f64::from(chat_body::estimate_tokens(&ChatRequest { model: String::new(), messages, params }))
}

fn mean(samples: &[SpeedSample], value: impl Fn(&SpeedSample) -> f64) -> Option<f64> {
    crate::metrics::statistics::mean(&samples.iter().map(value).collect::<Vec<_>>())
}
