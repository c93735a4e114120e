//! One scorer of an experiment: one that needs nothing but the output and the row, one that compares vectors, one that a
//! user wrote, or a judge that asks a model.

use crate::metrics::custom::CustomScorer;
use crate::metrics::judges::Judge;
use crate::metrics::scorers::Scorer;
use crate::metrics::semantic::Semantic;
use atelier_types::experiment::ScorerInfo;
use atelier_types::ids::ModelName;
use atelier_types::score::ScorerSpec;
use std::slice;

pub(super) enum Gauge {
    Scorer(Scorer),
    Semantic(Semantic),
    Custom(CustomScorer),
    Judge(Judge),
}

impl Gauge {
    /// The error is a sentence about the settings.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let name = spec.scorer.as_str();
        if Judge::names().any(|known| known == name) {
            return Judge::new(spec).map(Self::Judge);
        }
        if Semantic::names().any(|known| known == name) {
            return Semantic::new(spec).map(Self::Semantic);
        }
        if CustomScorer::names().any(|known| known == name) {
            return CustomScorer::new(spec).map(Self::Custom);
        }
        if Scorer::names().any(|known| known == name) {
            return Scorer::new(spec).map(Self::Scorer);
        }
        Err(format!("There is no scorer `{name}`; there are {}", scorer_names().collect::<Vec<_>>().join(", ")))
    }

    pub fn info(&self) -> &ScorerInfo {
        match self {
            Self::Scorer(scorer) => scorer.info(),
            Self::Semantic(scorer) => scorer.info(),
            Self::Custom(scorer) => scorer.info(),
            Self::Judge(judge) => judge.info(),
        }
    }

    /// Dataset columns that must be there.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Scorer(scorer) => scorer.expected_column().into_iter().collect(),
            Self::Semantic(scorer) => vec![scorer.expected_column()],
            Self::Custom(scorer) => scorer.expected_column().into_iter().collect(),
            Self::Judge(judge) => judge.columns(),
        }
    }

    /// Whether the outputs it scores should come with log-probabilities.
    pub fn reads_logprobs(&self) -> bool {
        matches!(self, Self::Scorer(scorer) if scorer.reads_logprobs())
    }

    /// The models that it asks.
    pub fn models(&self) -> &[ModelName] {
        match self {
            Self::Scorer(_) | Self::Custom(_) => &[],
            Self::Semantic(scorer) => slice::from_ref(scorer.model()),
            Self::Judge(judge) => judge.models(),
        }
    }

    pub fn judge(&self) -> Option<&Judge> {
        match self {
            Self::Judge(judge) => Some(judge),
            _ => None,
        }
    }
}

/// All scorers by their names in experiment files.
pub fn scorer_names() -> impl Iterator<Item = &'static str> {
    Scorer::names().chain(Semantic::names()).chain(CustomScorer::names()).chain(Judge::names())
}

/// The scorers of an experiment whose settings are right.
pub(super) fn gauges(scorers: &[ScorerSpec]) -> impl Iterator<Item = Gauge> {
    scorers.iter().filter_map(|spec| Gauge::new(spec).ok())
}

/// The judges among them.
pub(super) fn judges(scorers: &[ScorerSpec]) -> impl Iterator<Item = Judge> {
    gauges(scorers).filter_map(|gauge| match gauge {
        Gauge::Judge(judge) => Some(judge),
        _ => None,
    })
}
