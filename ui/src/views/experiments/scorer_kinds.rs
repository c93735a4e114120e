//! The scorers that the set-up offers: what each is about, and the settings that stand under it.

/// A scorer that can be chosen, with the settings that stand under it.
pub(super) struct Kind {
    pub name: &'static str,
    pub words: &'static str,
    pub group: Group,
    /// Key, name and hint of each text setting.
    pub settings: &'static [Setting],
    pub flags: &'static [Flag],
    /// The prompts that it asks a model with; empty for a scorer that asks none.
    pub prompts: &'static [&'static str],
}

type Setting = (&'static str, &'static str, &'static str);
/// Key, words, default.
type Flag = (&'static str, &'static str, bool);

/// What a scorer needs beside the output and its row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Nothing,
    Vectors,
    Own,
    Judge,
}

impl Group {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Vectors, Self::Own, Self::Judge];

    pub fn title(self) -> &'static str {
        match self {
            Self::Nothing => "Without a model",
            Self::Vectors => "Compare vectors",
            Self::Own => "Your own",
            Self::Judge => "Ask a model",
        }
    }

    pub fn asks_model(self) -> bool {
        matches!(self, Self::Vectors | Self::Judge)
    }
}

/// A scorer whose settings are switches only.
const fn plain(name: &'static str, words: &'static str, flags: &'static [Flag]) -> Kind {
    Kind { name, words, group: Group::Nothing, settings: &[], flags, prompts: &[] }
}

/// A judge: a scorer that asks a model.
const fn judge(
    name: &'static str,
    words: &'static str,
    settings: &'static [Setting],
    flags: &'static [Flag],
    prompts: &'static [&'static str],
) -> Kind {
    Kind { name, words, group: Group::Judge, settings, flags, prompts }
}

const QUESTION_COLUMN: &[Setting] = &[("question_column", "Column with the question", "question")];
const CONTEXT_COLUMN: &[Setting] = &[("context_column", "Column with the context", "context")];
const CLAIMS: &[&str] = &["judges/claims", "judges/claim-verdicts"];

/// A scorer with text settings.
const fn with(name: &'static str, words: &'static str, settings: &'static [Setting], flags: &'static [Flag]) -> Kind {
    Kind { name, words, group: Group::Nothing, settings, flags, prompts: &[] }
}

/// A scorer that compares vectors or that the user wrote.
const fn of_group(
    group: Group,
    name: &'static str,
    words: &'static str,
    settings: &'static [Setting],
    flags: &'static [Flag],
) -> Kind {
    Kind { name, words, group, settings, flags, prompts: &[] }
}

const FENCE: &[Flag] = &[("allow_fence", "Allow a Markdown fence", false)];

const IGNORE_CASE: &[Flag] = &[("ignore_case", "Ignore case", false)];
const STEMS: &[Flag] = &[("use_stemmer", "Compare stems", false)];
const LOWER: &[Flag] = &[("lowercase", "Ignore case", false)];
const FEWER: &[Flag] = &[("lower_is_better", "Fewer is better", false)];

pub(super) static KINDS: &[Kind] = &[
    with(
        "exact_match",
        "The output is what was expected",
        &[],
        &[
            ("ignore_case", "Ignore case", false),
            ("ignore_punctuation", "Ignore punctuation", false),
            ("trim", "Ignore space at the ends", true),
        ],
    ),
    with(
        "contains",
        "The output has certain texts in it",
        &[("values", "Texts", "one, two (else the expected column)")],
        &[("ignore_case", "Ignore case", false), ("any", "One of them is enough", false)],
    ),
    with(
        "regex",
        "A regular expression matches",
        &[("pattern", "Pattern", "(else the expected column)")],
        &[("ignore_case", "Ignore case", false), ("full", "Must match the whole output", false)],
    ),
    with(
        "json_schema",
        "The output is JSON of a schema",
        &[("schema", "Schema", "{ … } (else the prompt's own)")],
        FENCE,
    ),
    with(
        "numeric",
        "The output is the number that was expected",
        &[("abs_tolerance", "Tolerance", "0 (exactly the number)")],
        &[("extract", "Take the last number of the output", false)],
    ),
    plain(
        "json_match",
        "Share of a JSON value's fields that are right",
        &[
            ("ignore_extra", "Allow more fields", false),
            ("ignore_order", "Ignore the order of lists", false),
            ("allow_fence", "Allow a Markdown fence", false),
            ("alternatives", "A list holds alternatives", false),
        ],
    ),
    plain("set_match", "Items in common, in any order", IGNORE_CASE),
    plain("list_match", "Items in the same places", IGNORE_CASE),
    plain("levenshtein", "Characters to change; lower is better", IGNORE_CASE),
    plain("levenshtein_ratio", "Likeness by characters, 0 to 100", IGNORE_CASE),
    plain("jaro_winkler", "Likeness of names, 0 to 1", IGNORE_CASE),
    plain("token_sort_ratio", "Likeness with the words sorted, 0 to 100", IGNORE_CASE),
    plain("token_set_ratio", "Likeness of the sets of words, 0 to 100", IGNORE_CASE),
    plain("token_f1", "Words in common with a short answer", &[]),
    with(
        "bleu",
        "n-grams in common with translations, 0 to 100",
        &[("tokenize", "Tokenizer", "13a, intl, zh, char or none")],
        LOWER,
    ),
    plain("chrf", "Character n-grams in common, 0 to 100", LOWER),
    plain("chrf++", "Character and word n-grams in common, 0 to 100", LOWER),
    plain(
        "ter",
        "Words to edit, in percent of the reference; lower is better",
        &[("case_sensitive", "Mind case", false), ("no_punct", "Ignore punctuation", false)],
    ),
    plain("rouge1", "Words in common with a summary", STEMS),
    plain("rouge2", "Pairs of words in common with a summary", STEMS),
    plain("rougeL", "Longest common subsequence of words", STEMS),
    plain("rougeLsum", "Longest common subsequences, line by line", STEMS),
    plain("meteor", "Words and stems in common, in order", &[]),
    plain("word_count", "Words of the output", FEWER),
    plain("sentence_count", "Sentences of the output", FEWER),
    plain(
        "character_count",
        "Characters of the output",
        &[("lower_is_better", "Fewer is better", false), ("ignore_spaces", "Ignore spaces", false)],
    ),
    plain("flesch_reading_ease", "How easy English is to read, up to about 120", &[]),
    plain("flesch_kincaid_grade", "School years that English takes to read; lower is better", &[]),
    plain(
        "nonletter_share",
        "Share of characters that are no letters",
        &[("lower_is_better", "Lower is better", true)],
    ),
    with("repetition", "Share of word sequences that stood before", &[("n", "Words", "4")], IGNORE_CASE),
    with("language", "The output is in a language", &[("language", "Language", "en (else the expected column)")], &[]),
    plain("json", "The output is JSON", FENCE),
    plain("xml", "The output is well-formed XML", FENCE),
    with("sql", "The output parses as SQL", &[("dialect", "Dialect", "generic, postgresql, sqlite …")], FENCE),
    with(
        "syntax",
        "The output is code that parses",
        &[("language", "Language", "python, javascript, rust …")],
        &[("fences", "Only code fences", false)],
    ),
    with("code_fences", "Code fences are closed", &[("language", "Language of one of them", "(any)")], &[]),
    with(
        "required_fields",
        "JSON that has certain fields",
        &[("fields", "Fields", "name, address.city (else the expected column)")],
        FENCE,
    ),
    with(
        "allowed_words",
        "Only words of a list",
        &[("words", "Words", "yes, no (else the expected column)")],
        IGNORE_CASE,
    ),
    with(
        "forbidden_words",
        "No word of a list",
        &[("words", "Words", "sorry (else the expected column)")],
        IGNORE_CASE,
    ),
    plain("perplexity", "How sure the model was of its own words; lower is surer", &[]),
    plain("url_in_context", "Every address stands in the context column", &[]),
    with("citations", "Every [1] is a passage of the context column", &[("min", "At least", "0")], &[]),
    of_group(Group::Vectors, "cosine", "Likeness of meaning, −1 to 1", &[], &[]),
    of_group(
        Group::Vectors,
        "bert_score",
        "Likeness of meaning, token by token, from a local encoder",
        &[("layer", "Layer", "(the last)"), ("baseline", "Rescale by what unrelated texts score", "(not rescaled)")],
        &[("idf", "Rare tokens count for more", false)],
    ),
    of_group(
        Group::Own,
        "script",
        "A script of the workspace, in a sandbox",
        &[("file", "File", "scorers/brevity.rhai")],
        &[("lower_is_better", "Lower is better", false)],
    ),
    of_group(
        Group::Own,
        "command",
        "A program of this machine, such as the tests of generated code",
        &[("runner", "Runner", "tests (see [runners] in settings.toml)")],
        &[("lower_is_better", "Lower is better", false)],
    ),
    judge(
        "judge",
        "A model rates the output, 1 to 5",
        &[
            ("question", "What the model is asked", "Is the answer polite and to the point?"),
            ("repeats", "Times it judges", "1"),
        ],
        &[("reference", "Compare with what is expected", false)],
        &["judges/rubric"],
    ),
    judge(
        "pairwise",
        "A model compares it with the first variant's output, in both orders",
        &[("question", "What the model is asked", "Which answer is clearer?"), ("repeats", "Times it judges", "1")],
        &[("reference", "Compare with what is expected", false)],
        &["judges/pairwise"],
    ),
    judge("faithfulness", "Share of its claims that the context supports", CONTEXT_COLUMN, &[], CLAIMS),
    judge(
        "hallucination",
        "Share of its claims that the context does not back; lower is better",
        CONTEXT_COLUMN,
        &[("only_contradicted", "Count only what the context contradicts", false)],
        CLAIMS,
    ),
    judge(
        "answer_relevancy",
        "Share of its statements that belong to an answer",
        QUESTION_COLUMN,
        &[],
        &["judges/statements", "judges/statement-relevance"],
    ),
    judge(
        "context_precision",
        "Whether useful passages stand first in the context",
        CONTEXT_COLUMN,
        &[],
        &["judges/passage-usefulness"],
    ),
    judge("context_recall", "Share of the expected answer that the context supports", CONTEXT_COLUMN, &[], CLAIMS),
    judge(
        "task_completion",
        "How far the output does what was asked, 0 to 1",
        &[("task", "Task", "(else the messages say it)")],
        &[],
        &["judges/task-completion"],
    ),
];
