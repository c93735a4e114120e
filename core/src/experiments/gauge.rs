//! One scorer of an experiment: one that needs nothing but the output and the row, or a judge that asks a model.

use crate::metrics::judges::Judge;
use crate::metrics::scorers::Scorer;
use atelier_types::experiment::ScorerInfo;
use atelier_types::score::ScorerSpec;

pub(super) enum Gauge {
    Scorer(Scorer),
    Judge(Judge),
}

impl Gauge {
    /// The error is a sentence about the settings.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let name = spec.scorer.as_str();
        if Judge::names().any(|known| known == name) {
            return Judge::new(spec).map(Self::Judge);
        }
        if Scorer::names().any(|known| known == name) {
            return Scorer::new(spec).map(Self::Scorer);
        }
        let names: Vec<&str> = Scorer::names().chain(Judge::names()).collect();
        Err(format!("There is no scorer `{name}`; there are {}", names.join(", ")))
    }

    pub fn info(&self) -> &ScorerInfo {
        match self {
            Self::Scorer(scorer) => scorer.info(),
            Self::Judge(judge) => judge.info(),
        }
    }

    /// Dataset columns that must be there.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Scorer(scorer) => scorer.expected_column().into_iter().collect(),
            Self::Judge(judge) => judge.columns(),
        }
    }

    pub fn judge(&self) -> Option<&Judge> {
        match self {
            Self::Scorer(_) => None,
            Self::Judge(judge) => Some(judge),
        }
    }
}

/// The judges of an experiment whose settings are right.
pub(super) fn judges(scorers: &[ScorerSpec]) -> impl Iterator<Item = Judge> {
    scorers.iter().filter_map(|spec| match Gauge::new(spec) {
        Ok(Gauge::Judge(judge)) => Some(judge),
        _ => None,
    })
}
