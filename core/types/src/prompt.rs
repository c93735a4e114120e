//! Prompts: what a file holds, what it renders to, and where each rendered byte came from.

use crate::JsonMap;
use crate::error::Diagnostic;
use crate::ids::{CommitId, LabelName, ModelName, PromptName, VersionHash};
use crate::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who speaks in a chat message. `tool:` is not a role marker in Prompty v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
    Developer,
}

impl Role {
    /// As it stands in prompt files.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Developer => "developer",
        }
    }
}

/// One message as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

/// Kind of an input, after Prompty v2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    #[default]
    String,
    Integer,
    Float,
    Boolean,
    Array,
    Object,
    /// A list of messages that is spliced into the conversation.
    Thread,
}

/// A declared input of a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputSpec {
    pub name: String,
    pub kind: InputKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    pub required: bool,
    /// Allowed values; the interface offers them as a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Value>,
}

/// Where a span of rendered text came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Origin {
    /// Written in the prompt file itself.
    Template,
    /// Written in a fragment that the prompt includes.
    Fragment { name: PromptName },
    /// Brought along by an input (or made by an expression).
    Value,
}

/// Half-open byte range of a message's content and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub origin: Origin,
}

/// One rendered message with the origin of its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenderedMessage {
    pub role: Role,
    pub content: String,
    /// In order, covering `content` without gaps.
    pub spans: Vec<Span>,
    pub num_tokens: u32,
}

/// Result of rendering. With errors among the diagnostics, `messages` holds what the last good part gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    pub messages: Vec<RenderedMessage>,
    pub diagnostics: Vec<Diagnostic>,
    pub num_tokens: u32,
    /// Tokens of each input's value, by input name.
    pub num_tokens_by_input: std::collections::BTreeMap<String, u32>,
    /// Which tokenizer counted, in words: `o200k_base`, `tokenizer of atelier-demo`.
    pub counted_by: String,
}

/// Which state of a prompt is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at", content = "value")]
pub enum VersionRef {
    /// The file as it is on disk.
    #[default]
    Working,
    /// The newest committed version.
    Committed,
    Hash(VersionHash),
    Label(LabelName),
    /// Number in the prompt's own history, counted from 1: v12.
    Number(u32),
}

/// A committed version of one prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Counted from 1 along the prompt's history.
    pub number: u32,
    pub hash: VersionHash,
    /// Where it was first seen; a hint, since squash and rebase change it.
    pub commit: CommitId,
    pub author: String,
    pub committed_at: MillisSinceEpoch,
    /// First line of the commit message.
    pub summary: String,
    pub labels: Vec<LabelName>,
}

/// Whether a source file is a prompt or a piece that prompts include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Prompt,
    Fragment,
}

/// One line of the list of prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromptSummary {
    pub name: PromptName,
    pub kind: SourceKind,
    pub description: String,
    /// Newest committed version, if any.
    pub number: Option<u32>,
    pub labels: Vec<(LabelName, u32)>,
    /// The file on disk differs from the newest commit.
    pub is_uncommitted: bool,
    /// A draft that was typed and not saved is kept.
    pub has_draft: bool,
    /// Prompts that include it; 0 for prompts.
    pub num_uses: u32,
    /// Why it cannot be used, where it cannot.
    pub problem: Option<Diagnostic>,
}

/// A prompt file read at one state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromptSource {
    pub name: PromptName,
    pub kind: SourceKind,
    /// The whole file, byte for byte (always UTF-8).
    pub text: String,
    pub version: VersionHash,
    /// SHA-256 in hex of `text` alone; handed back on saving so that a change from outside is noticed.
    pub content_hash: String,
    /// Its number where this state is a committed version.
    pub number: Option<u32>,
    pub is_uncommitted: bool,
    /// Lines that differ from the newest commit.
    pub num_changed_lines: u32,
    pub description: String,
    pub inputs: Vec<InputSpec>,
    pub model: PromptModel,
    pub fragments: Vec<PromptName>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Model defaults in a prompt's front matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptModel {
    pub id: Option<ModelName>,
    pub options: crate::provider::Params,
    /// JSON Schema of the output, where the file declares one.
    pub output_schema: Option<Value>,
}

/// Inputs by name, ready to render.
pub type Inputs = JsonMap;

/// What was typed and not saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub name: PromptName,
    pub text: String,
    /// [`PromptSource::content_hash`] of the file that the draft was based on; empty for a file that did not exist.
    pub base_content_hash: String,
    pub kept_at: MillisSinceEpoch,
    pub num_changed_lines: u32,
}
