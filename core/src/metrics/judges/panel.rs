//! Several voices that judge the same output, each a model, or a model that is asked once more: answers are dealt out to
//! them, and their scores are averaged.

use super::{Answer, Judged, Question, Round, Step, short};
use crate::metrics::scorers::options::Options;
use crate::metrics::statistics::mean;
use atelier_types::ids::ModelName;
use atelier_types::score::Score;
use serde_json::{Value, json};

/// Times that a model can be asked to judge one output.
const MAX_REPEATS: usize = 20;

/// Who judges: a model, and which of its repeats.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Voice {
    pub model: ModelName,
    pub repeat: u32,
}

/// One voice's share of each round.
type Rounds<'a> = Vec<Vec<&'a Answer>>;

/// The setting `model` or `models`.
pub(super) fn models(options: &mut Options<'_>) -> Result<Vec<ModelName>, String> {
    let models = match (options.text("model")?, options.value("models")) {
        (Some(model), None) => vec![ModelName::from(model)],
        (None, Some(Value::Array(names))) => names.iter().map(model_name).collect::<Result<_, _>>()?,
        (None, Some(other)) => return Err(format!("`models` must be a list of model names, not {other}")),
        (None, None) => return Err("A judge needs `model`, the name of the model that judges".to_owned()),
        (Some(_), Some(_)) => return Err("Give either `model` or `models`, not both".to_owned()),
    };
    if models.is_empty() || models.iter().any(|model| model.as_str().is_empty()) {
        return Err("`models` must name at least one model, and no name may be empty".to_owned());
    }
    match models.iter().enumerate().find(|(place, model)| models.iter().take(*place).any(|other| other == *model)) {
        Some((_, model)) => Err(format!("`models` names `{model}` twice")),
        None => Ok(models),
    }
}

/// The setting `repeats`: how often each model judges.
pub(super) fn voices(models: &[ModelName], options: &mut Options<'_>) -> Result<Vec<Voice>, String> {
    let num_repeats = options.whole("repeats", 1, 1..=MAX_REPEATS)? as u32;
    let of_repeat = |repeat| models.iter().map(move |model| Voice { model: model.clone(), repeat });
    Ok((0..num_repeats).flat_map(of_repeat).collect())
}

fn model_name(name: &Value) -> Result<ModelName, String> {
    name.as_str().map(ModelName::from).ok_or_else(|| format!("`models` must be a list of model names, not of {name}"))
}

/// The score of each repeat, from the detail of a judgement by one model; nothing where it judged once, or others did too.
pub fn repeats_of(detail: &Value) -> Vec<f64> {
    let voices = detail.get("judges").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_one_model = voices.windows(2).all(|pair| pair[0].get("model") == pair[1].get("model"));
    if voices.len() < 2 || !is_one_model {
        return Vec::new();
    }
    voices.iter().filter_map(|voice| voice.get("score").and_then(Value::as_f64)).collect()
}

/// Steps every voice with its own answers and puts together what they ask or say.
pub(super) fn next(voices: &[Voice], so_far: &[Round], step: impl Fn(&ModelName, &[Vec<&Answer>]) -> Step) -> Step {
    let mut dealt: Vec<Rounds<'_>> = vec![Rounds::new(); voices.len()];
    for (place, round) in so_far.iter().enumerate() {
        let mut rest = round.answers.as_slice();
        for (voice, rounds) in voices.iter().zip(&mut dealt) {
            let Step::Ask(questions) = step(&voice.model, rounds) else { continue };
            let Some((own, others)) = rest.split_at_checked(questions.len()) else {
                return Step::Done(Judged::unscored(format!("Round {} lacks an answer", place + 1)));
            };
            rounds.push(own.iter().collect());
            rest = others;
        }
        if !rest.is_empty() {
            return Step::Done(Judged::unscored(format!("Round {} has an answer that nobody asked for", place + 1)));
        }
    }
    let steps = voices.iter().zip(&dealt).map(|(voice, rounds)| step(&voice.model, rounds));
    together(voices, steps.collect())
}

/// A judge without a score decides that there is none, whatever the others would still be asked.
fn together(voices: &[Voice], steps: Vec<Step>) -> Step {
    let mut questions = Vec::new();
    let mut judged = Vec::new();
    for (voice, step) in voices.iter().zip(steps) {
        let Voice { model, repeat } = voice;
        match step {
            Step::Ask(more) => questions.extend(more.into_iter().map(|one| Question { repeat: *repeat, ..one })),
            Step::Done(Judged { score: Score::Unscored { unscored }, .. }) => {
                let reason = if voices.len() == 1 { unscored } else { format!("`{model}`: {unscored}") };
                return Step::Done(Judged::unscored(reason));
            }
            Step::Done(Judged { score: Score::Number(number), explanation, detail }) => {
                judged.push(Single { voice, number, explanation, detail });
            }
        }
    }
    if questions.is_empty() { Step::Done(averaged(judged)) } else { Step::Ask(questions) }
}

struct Single<'a> {
    voice: &'a Voice,
    number: f64,
    explanation: Option<String>,
    detail: Value,
}

fn averaged(judged: Vec<Single<'_>>) -> Judged {
    let numbers: Vec<f64> = judged.iter().map(|single| single.number).collect();
    let Some(number) = mean(&numbers).filter(|number| number.is_finite()) else {
        return Judged::unscored("The score is no finite number");
    };
    let explanation = match judged.as_slice() {
        [single] => single.explanation.clone(),
        several => Some(disagreement(several)),
    };
    let detail = judged.into_iter().map(|single| {
        json!({
            "model": single.voice.model,
            "repeat": single.voice.repeat,
            "score": single.number,
            "explanation": single.explanation,
            "detail": single.detail,
        })
    });
    Judged { score: Score::Number(number), explanation, detail: json!({ "judges": detail.collect::<Vec<_>>() }) }
}

fn disagreement(judged: &[Single<'_>]) -> String {
    let (low, high) = judged.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), single| {
        (low.min(single.number), high.max(single.number))
    });
    let each = judged.iter().map(|single| {
        let why = single.explanation.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
        format!("`{}` {}{why}", single.voice.model, short(single.number))
    });
    let each = each.collect::<Vec<_>>().join(", ");
    match high - low {
        0.0 => format!("{} judgements agree: {each}", judged.len()),
        apart => format!("{} judgements, up to {} apart: {each}", judged.len(), short(apart)),
    }
}
