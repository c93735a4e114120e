//! One type for each kind of thing that has a name or an id, so that a run's id never goes where a row's belongs.

use serde::{Deserialize, Serialize};

macro_rules! string_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

string_ids! {
    /// Random id of a workspace, written once into its `atelier.toml`.
    WorkspaceId;
    /// Path of a prompt below `prompts/`, with `/` and without `.prompty`: `billing/invoice-extract`.
    /// A fragment is named with its folder and ending: `fragments/json-only.md`.
    PromptName;
    /// SHA-256 in hex of a resolved bundle: the prompt and every fragment that it includes.
    VersionHash;
    /// Id of a git commit in hex.
    CommitId;
    /// Name that points at a version of one prompt: `production`, `staging`.
    LabelName;
    /// Key under `[models]` in `atelier.toml`.
    ModelName;
    /// Key under `[endpoints]` in `atelier.toml`.
    EndpointName;
    /// File stem below `datasets/`.
    DatasetName;
    /// `id` of a row in a dataset.
    RowId;
    /// File stem below `experiments/`.
    ExperimentName;
    /// Id of one run of an experiment: its start in UTC and a random suffix, so that ids sort by time.
    RunId;
    /// Key of one prompt × model × parameters combination inside a run; stable across resumes.
    VariantId;
    /// Folder name below `reviews/`.
    ReviewSetName;
    /// Random id of an item of a review set. It reveals nothing about what is reviewed.
    ReviewItemId;
    /// Random id of one rating event.
    RatingId;
    /// What a reviewer is called in file names: lower-case letters, digits and dashes.
    ReviewerName;
    /// File stem below `rubrics/`.
    RubricName;
    /// Name of a scorer as it stands in an experiment file: `exact_match`, `json_schema`.
    ScorerName;
    /// Id of a playground round.
    PlaygroundId;
}

/// Row number of a cell in the local database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CellId(pub i64);
