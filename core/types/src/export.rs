//! Formats in which results leave the studio.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    Jsonl,
    Csv,
    /// Samples for OpenAI's evals framework.
    OpenaiEvals,
    /// A promptfoo configuration with tests.
    Promptfoo,
    /// Preference pairs for TRL's DPO trainer.
    TrlDpo,
}

impl ExportFormat {
    pub const ALL: [Self; 5] = [Self::Jsonl, Self::Csv, Self::OpenaiEvals, Self::Promptfoo, Self::TrlDpo];

    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::OpenaiEvals => "openai-evals",
            Self::Promptfoo => "promptfoo",
            Self::TrlDpo => "trl-dpo",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Jsonl => "JSON lines",
            Self::Csv => "CSV",
            Self::OpenaiEvals => "OpenAI evals",
            Self::Promptfoo => "promptfoo",
            Self::TrlDpo => "TRL preference pairs",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Jsonl | Self::OpenaiEvals | Self::TrlDpo => "jsonl",
            Self::Csv => "csv",
            Self::Promptfoo => "yaml",
        }
    }
}
