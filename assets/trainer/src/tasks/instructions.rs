//! How each task is asked for: clearly (what, and in which form), half clearly (what, but in no form) or vaguely.

use super::spec::{Field, Spec, Task};
use super::words::{self, Pool};
use super::{Clarity, Split, fill};
use crate::random::Random;

const KINDS: &[&str] = &["text", "message", "review", "comment", "note"];

const SENTIMENT: Pool<&str> = Pool {
    all: &[
        "Classify the sentiment of the {kind}.",
        "What is the sentiment of this {kind}?",
        "Label the sentiment of the {kind}.",
        "Decide what the sentiment of this {kind} is.",
        "How does the writer of this {kind} feel?",
        "Is the customer satisfied?",
        "Judge the tone of the {kind}.",
        "Sentiment analysis.",
        "Tell whether the {kind} is friendly or not.",
        "Find out how the customer feels.",
        "You are given a {kind}. Classify its sentiment.",
        "You classify the sentiment of customer messages.", //
        "Determine the sentiment that this {kind} expresses.",
        "Rate the sentiment of the following {kind}.",
    ],
    held_out: 2,
};

const TOPIC: Pool<&str> = Pool {
    all: &[
        "Classify the topic of the {kind}.",
        "Which team should get this {kind}?",
        "Route the {kind} to a team.",
        "What is this {kind} about?",
        "Assign a category to the {kind}.",
        "Sort this {kind} into a category.",
        "You are given a support ticket. Classify its topic.",
        "You sort support tickets by topic.", //
        "Determine the topic of this {kind}.",
    ],
    held_out: 1,
};

const LABELS: Pool<&str> = Pool {
    all: &[
        "Answer with one word: {labels}.",
        "Reply with {labels} only.",
        "Output only the label: {labels}.",
        "Use one of these labels: {labels}.",
        "Possible answers: {labels}.",
        "Answer with exactly one of: {labels}.",
        "The answer must be one of {labels}.",
        "Choose one: {labels}.",
        "Write one word, {labels}.",
        "Labels: {labels}. Give only the label.", //
        "Respond with one label out of {labels}.",
    ],
    held_out: 1,
};

const EXTRACT: Pool<&str> = Pool {
    all: &[
        "Extract the details from the {kind}.",
        "Find the {keys} in the {kind}.",
        "Get the {keys} from this {kind}.",
        "Extract the {keys}.",
        "Read the {kind} and extract the {keys}.",
        "You extract data from customer messages.",
        "You are given a {kind}. Extract the {keys}.",
        "What are the {keys} in this {kind}?",
        "Pull the {keys} out of the {kind}.", //
        "Extract the {keys} that the {kind} mentions.",
        "Collect the {keys} from the {kind}.",
    ],
    held_out: 2,
};

const JSON: Pool<&str> = Pool {
    all: &[
        "Return JSON with the keys {keys}.",
        "Answer as a JSON object with the keys {keys}.",
        "Give only JSON with these keys: {keys}.",
        "Output JSON with {keys}.",
        "Answer in JSON. Keys: {keys}.",
        "Write the result as JSON with the keys {keys}.",
        "The output is a JSON object: {keys}.",
        "Format: JSON with {keys}.",
        "Use this format: {shape}",
        "Answer with JSON like this: {shape}",
        "Return JSON of the form {shape} and nothing else.",
        "Return only a JSON object. Use the keys {keys}.", //
        "Respond with a JSON object that has the keys {keys}.",
    ],
    held_out: 1,
};

const CAPITAL: Pool<&str> = Pool {
    all: &[
        "What is the capital of the country in the {kind}?",
        "Name the capital of the country.",
        "Find the country in the {kind} and give its capital.",
        "Which city is the capital of this country?",
        "Give the capital of the country that is mentioned.",
        "You know the capital of every country.", //
        "Tell me the capital city of the country that the {kind} mentions.",
    ],
    held_out: 1,
};

const CAPITAL_DIRECT: Pool<&str> = Pool {
    all: &[
        "What is the capital of {country}?",
        "Name the capital of {country}.",
        "Which city is the capital of {country}?",
        "Capital of {country}?", //
        "Tell me the capital city of {country}.",
    ],
    held_out: 1,
};

const CITY_ONLY: Pool<&str> = Pool {
    all: &[
        "Answer with the city name only.",
        "Reply with the name of the city and nothing else.",
        "Only the city, no sentence.",
        "Output only the name of the capital.",
        "One word is enough: the city.",
        "Write only the city.",
        "Answer with the name only.", //
        "Respond with just the city.",
    ],
    held_out: 1,
};

const COUNTRY: Pool<&str> = Pool {
    all: &[
        "Which country is mentioned in the {kind}?",
        "Find the country in the {kind}.",
        "Name the country.", //
        "What country does the {kind} mention?",
    ],
    held_out: 1,
};

const CONTINENT: Pool<&str> = Pool {
    all: &[
        "On which continent is the country?",
        "Which continent does the country in the {kind} belong to?",
        "Name the continent of the country.", //
        "Tell me the continent of the country in the {kind}.",
    ],
    held_out: 1,
};

const FIELD: [(Field, Pool<&str>); 4] = [
    (
        Field::Name,
        Pool {
            all: &[
                "Who is the customer?",
                "What is the name of the customer?",
                "Which person is named in the {kind}?",
                "Who is the {kind} from or about?",
            ],
            held_out: 1,
        },
    ),
    (
        Field::Date,
        Pool {
            all: &[
                "When was it?",
                "What date is mentioned in the {kind}?",
                "On which day did it happen?",
                "Which date does the {kind} give?",
            ],
            held_out: 1,
        },
    ),
    (
        Field::Amount,
        Pool {
            all: &[
                "How much was paid?",
                "What amount is mentioned in the {kind}?",
                "What is the price?",
                "Which sum does the {kind} give?",
            ],
            held_out: 1,
        },
    ),
    (
        Field::Product,
        Pool {
            all: &[
                "Which product is it about?",
                "What did the customer buy?",
                "Name the product in the {kind}.",
                "Which item does the {kind} name?",
            ],
            held_out: 1,
        },
    ),
];

const VALUE_ONLY: Pool<&str> = Pool {
    all: &[
        "Answer with the value only.",
        "Copy it from the text, nothing else.",
        "Give only the answer, no sentence.",
        "Write only the value.",
        "Only the answer.",
        "Reply with the value and nothing else.", //
        "Respond with just the value.",
    ],
    held_out: 1,
};

const FORMAL: Pool<&str> = Pool {
    all: &[
        "Rewrite the {kind} in a formal style.",
        "Make the {kind} formal.",
        "Write this as a formal letter.",
        "You turn chat messages into formal letters.", //
        "Rewrite the following {kind} so that it is formal.",
    ],
    held_out: 1,
};
const POLITE: Pool<&str> = Pool {
    all: &[
        "Rewrite the {kind} politely.",
        "Make the {kind} polite.",
        "Turn this into a polite question.",
        "You make messages polite and friendly.", //
        "Rewrite the following {kind} so that it is polite.",
    ],
    held_out: 1,
};
const SHORT: Pool<&str> = Pool {
    all: &[
        "Make the {kind} shorter.",
        "Shorten the {kind} to one short sentence.",
        "Say it in a few words.",
        "You shorten messages.", //
        "Rewrite the following {kind} so that it is short.",
    ],
    held_out: 1,
};
const TEXT_ONLY: Pool<&str> = Pool {
    all: &[
        "Return only the new text.",
        "Output only the rewritten {kind}.",
        "Give only the result.",
        "Write only the new {kind}.",
        "Nothing but the new text.",
        "Do not add a comment, only the new text.", //
        "Respond with the new text alone.",
    ],
    held_out: 1,
};

const RESTAURANT: Pool<&str> = Pool {
    all: &[
        "Suggest a name for a {cuisine} restaurant in {country}.",
        "I want to open a restaurant for {cuisine} food in {country}. Suggest a name.",
        "Invent a name for a new {cuisine} restaurant in {country}.",
        "What could a {cuisine} restaurant in {country} be called?", //
        "Find a name for my {cuisine} restaurant in {country}.",
    ],
    held_out: 1,
};
const NAME_ONLY: Pool<&str> = Pool {
    all: &[
        "Reply with the name only.",
        "Only the name, no sentence.",
        "Output one name and nothing else.",
        "Answer with the name only.", //
        "Respond with just the name.",
    ],
    held_out: 1,
};
const THREE_NAMES: Pool<&str> = Pool {
    all: &[
        "Give three names, separated by commas.",
        "List three names with commas between them.",
        "Output three names in one line, separated by commas.", //
        "Respond with three names, separated by commas.",
    ],
    held_out: 1,
};

const GROUNDED: Pool<&str> = Pool {
    all: &[
        "Answer the question with the text.",
        "Use the text to answer the question.",
        "Answer the question from the context.",
        "Read the context and answer the question.",
        "You answer questions of customers.", //
        "Reply to the question by means of the text.",
    ],
    held_out: 1,
};
const ONLY_FROM_TEXT: Pool<&str> = Pool {
    all: &[
        "If the text does not say, answer: I do not know.",
        "Use only the text. If the answer is not in it, say: I do not know.",
        "If the answer is not in the context, reply with: I do not know.",
        "If the text does not have the answer, write: I do not know.",
        "Answer in a few words. If it is not in the text, say: I do not know.",
        "Never guess. If it is not in the text, say: I do not know.", //
        "Where the text gives no answer, respond with: I do not know.",
    ],
    held_out: 1,
};

const VAGUE: Pool<&str> = Pool {
    all: &[
        "What do you think?",
        "Look at this.",
        "Tell me about this {kind}.",
        "Please help me with this {kind}.",
        "Have a look at the {kind} and tell me something about it.",
        "Comment on this.",
        "Can you deal with this {kind}?", //
        "What do you make of this {kind}?",
    ],
    held_out: 1,
};

const EXTRA: &[&str] =
    &["Do not add any other text.", "Do not explain.", "Be brief.", "Do not use markdown.", "Write nothing else."];

pub const PERSONAS: &[&str] = &[
    "You are a helpful assistant.",
    "You are a support agent of an online shop.",
    "You are a careful assistant.",
    "You work for a small shop.",
    "You help a team with its mail.",
    "You are a precise assistant. You follow the instructions.",
];

/// Words of the instruction for `spec`, with line breaks between its parts.
pub fn instruction(spec: &Spec, clarity: Clarity, split: Split, random: &mut Random) -> String {
    let what = if clarity == Clarity::Vague { &VAGUE } else { what(spec) };
    let worded = |pool: &Pool<&str>, random: &mut Random| {
        let template = pool.pick(split.wordings, random);
        // What is asked for stands behind the first words, mostly.
        words::blurred(template, 2, split.wordings, random)
    };
    let mut parts = vec![worded(what, random)];
    if clarity == Clarity::Clear {
        parts.extend(form(spec).iter().map(|form| worded(form, random)));
        if random.chance(0.3) {
            parts.push(random.pick(EXTRA).to_owned());
        }
    }
    let separator = random.pick(&[" ", " ", "\n", "\n", "\n\n", "\n- "]);
    let (labels, keys) = (labels(spec, random), listed(&spec.keys(), ", ", " and "));
    let shape = spec.shape();
    let values = [
        ("kind", random.pick(KINDS)),
        ("labels", labels.as_str()),
        ("keys", keys.as_str()),
        ("shape", shape.as_str()),
        ("country", spec.country.0),
        ("cuisine", spec.cuisine()),
    ];
    decorated(&fill(&parts.join(separator), &values), random)
}

/// The small words that people put in front.
fn decorated(text: &str, random: &mut Random) -> String {
    match random.below(12) {
        0 => format!("Task: {text}"),
        1 => format!("Please do this: {text}"),
        2 => format!("# Task\n{text}"),
        _ => text.to_owned(),
    }
}

fn what(spec: &Spec) -> &'static Pool<&'static str> {
    match spec.task {
        Task::Sentiment => &SENTIMENT,
        Task::Topic => &TOPIC,
        Task::Extract => &EXTRACT,
        Task::Field => FIELD.iter().find(|(field, _)| *field == spec.field).map_or(&VAGUE, |(_, pool)| pool),
        Task::Capital => &CAPITAL,
        Task::CapitalDirect => &CAPITAL_DIRECT,
        Task::Country => &COUNTRY,
        Task::Continent => &CONTINENT,
        Task::Formal => &FORMAL,
        Task::Polite => &POLITE,
        Task::Short => &SHORT,
        Task::Restaurant => &RESTAURANT,
        Task::Grounded => &GROUNDED,
    }
}

fn form(spec: &Spec) -> &'static [Pool<&'static str>] {
    const fn one(pool: &'static Pool<&'static str>) -> &'static [Pool<&'static str>] {
        std::slice::from_ref(pool)
    }
    match spec.task {
        Task::Sentiment | Task::Topic => one(&LABELS),
        Task::Extract => one(&JSON),
        Task::Capital | Task::CapitalDirect => one(&CITY_ONLY),
        Task::Field | Task::Country | Task::Continent => one(&VALUE_ONLY),
        Task::Formal | Task::Polite | Task::Short => one(&TEXT_ONLY),
        Task::Restaurant if spec.wants_three => one(&THREE_NAMES),
        Task::Restaurant => one(&NAME_ONLY),
        Task::Grounded => one(&ONLY_FROM_TEXT),
    }
}

fn labels(spec: &Spec, random: &mut Random) -> String {
    let mut labels = spec.label_words();
    if random.chance(0.5) {
        random.shuffle(&mut labels);
    }
    let (middle, last) = [(", ", " or "), (", ", ", "), (" / ", " / "), (", ", " or ")][random.below(4)];
    listed(&labels, middle, last)
}

fn listed(words: &[&str], middle: &str, last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [start @ .., end] => format!("{}{last}{end}", start.join(middle)),
    }
}
