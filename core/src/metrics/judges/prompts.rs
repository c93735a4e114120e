//! The prompts that judges come with: complete prompt files, to be written into a workspace and edited there as any other.

macro_rules! prompts {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("judges/", $name), include_str!(concat!("../../../../assets/judges/", $name, ".prompty")))),*]
    };
}

static PROMPTS: &[(&str, &str)] = prompts![
    "claim-verdicts",
    "claims",
    "pairwise",
    "passage-usefulness",
    "repair",
    "rubric",
    "statement-relevance",
    "statements",
    "task-completion",
];

/// The whole file of a prompt, by the name that a question gives: `judges/rubric`.
pub fn builtin_prompt(name: &str) -> Option<&'static str> {
    PROMPTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Names of all of them, in order.
pub fn builtin_prompts() -> impl Iterator<Item = &'static str> {
    PROMPTS.iter().map(|(name, _)| *name)
}
