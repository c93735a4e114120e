//! `hallucination`: the share of the output's claims that the context does not back.
//!
//! - Definition: claims and verdicts as in `faithfulness`. Score = (contradicted + not mentioned) / claims, which is
//!   1 − faithfulness for the same answers; with `only_contradicted = true`, contradicted / claims, which is at most that.
//! - Range: 0 to 1; lower is better.
//! - Reads and settings: as `faithfulness`, and `only_contradicted` (default false), for contexts that are not meant to hold
//!   everything that may be said.
//! - Source: the complement of RAGAS's faithfulness. DeepEval's metric of this name is another one: it counts the passages
//!   that an output contradicts, not the claims; `only_contradicted` is nearest to it.
//! - Unscored: as `faithfulness`.

use super::claims::{self, CONTRADICTED, SUPPORTED};
use super::dialogue::{Dialogue, Pause};
use super::faithfulness::Grounding;
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;

pub(super) struct Hallucination {
    grounding: Grounding,
    only_contradicted: bool,
}

impl Hallucination {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { grounding: Grounding::new(options)?, only_contradicted: options.flag("only_contradicted", false)? })
    }
}

impl Method for Hallucination {
    fn prompts(&self) -> &'static [&'static str] {
        claims::PROMPTS
    }

    fn columns(&self) -> Vec<&str> {
        self.grounding.columns()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let verdicts = self.grounding.judged(context, dialogue)?;
        Ok(claims::share(&verdicts, |claim| match self.only_contradicted {
            true => claim.verdict == CONTRADICTED,
            false => claim.verdict != SUPPORTED,
        }))
    }
}
