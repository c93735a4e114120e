//! Short pages of facts about a shop, and questions that one of the facts answers, or none.

use super::words::{Pool, amount, person, product};
use super::{Part, Split, fill};
use crate::random::Random;

#[derive(Clone, Debug)]
pub struct Passage {
    pub text: String,
    pub question: String,
    /// `None` where the text does not say.
    pub answer: Option<String>,
    /// What an unguarded model says where the text does not.
    pub guess: String,
}

/// One kind of fact: how it is put, how it is asked for, and what the answer is.
struct Fact {
    statements: Pool<&'static str>,
    questions: Pool<&'static str>,
    answer: &'static str,
}

const FACTS: [Fact; 9] = [
    Fact {
        statements: Pool {
            all: &[
                "Returns are accepted within {n} days.",
                "Items can be returned for {n} days.",
                "You may send items back within {n} days.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &[
                "How long can I return an item?",
                "How many days do I have for a return?",
                "Within how many days can I return it?",
            ],
            held_out: 1,
        },
        answer: "{n} days",
    },
    Fact {
        statements: Pool {
            all: &["Shipping takes {n} days.", "Parcels arrive after {n} days.", "Delivery takes {n} days."],
            held_out: 1,
        },
        questions: Pool {
            all: &["How long does shipping take?", "When will my parcel arrive?", "How many days does delivery take?"],
            held_out: 1,
        },
        answer: "{n} days",
    },
    Fact {
        statements: Pool {
            all: &[
                "The warranty lasts {n} years.",
                "All products have a warranty of {n} years.",
                "We give {n} years of warranty.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &[
                "How long is the warranty?",
                "How many years of warranty are there?",
                "How long does the warranty last?",
            ],
            held_out: 1,
        },
        answer: "{n} years",
    },
    Fact {
        statements: Pool {
            all: &[
                "The shop opens at {h} and closes at {m}.",
                "Opening hours are from {h} to {m}.",
                "We are open from {h} until {m}.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &["When does the shop open?", "At what time do you open?", "From when is the shop open?"],
            held_out: 1,
        },
        answer: "{h}",
    },
    Fact {
        statements: Pool {
            all: &[
                "The shop opens at {h} and closes at {m}.",
                "Opening hours are from {h} to {m}.",
                "We are open from {h} until {m}.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &["When does the shop close?", "At what time do you close?", "Until when is the shop open?"],
            held_out: 1,
        },
        answer: "{m}",
    },
    Fact {
        statements: Pool {
            all: &[
                "The {product} costs ${amount}.",
                "The price of the {product} is ${amount}.",
                "You pay ${amount} for the {product}.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &[
                "How much is the {product}?",
                "What does the {product} cost?",
                "What is the price of the {product}?",
            ],
            held_out: 1,
        },
        answer: "${amount}",
    },
    Fact {
        statements: Pool {
            all: &["The company was founded by {name}.", "{name} founded the company.", "The founder is {name}."],
            held_out: 1,
        },
        questions: Pool {
            all: &["Who founded the company?", "Who is the founder?", "Who started the company?"],
            held_out: 1,
        },
        answer: "{name}",
    },
    Fact {
        statements: Pool {
            all: &[
                "Support answers within {n} hours.",
                "The support team replies after {n} hours.",
                "Support needs {n} hours to reply.",
            ],
            held_out: 1,
        },
        questions: Pool {
            all: &["How fast does support answer?", "When will support reply?", "How many hours does support need?"],
            held_out: 1,
        },
        answer: "{n} hours",
    },
    Fact {
        statements: Pool {
            all: &["The office is in {city}.", "Our office can be found in {city}.", "We have an office in {city}."],
            held_out: 1,
        },
        questions: Pool {
            all: &["Where is the office?", "In which city is the office?", "Where can I find the office?"],
            held_out: 1,
        },
        answer: "{city}",
    },
];

/// Filled statement, question and answer of one fact.
fn filled(fact: &Fact, split: Split, random: &mut Random) -> [String; 3] {
    let [n, h, m] = [(2, 60), (6, 12), (14, 23)].map(|(low, high)| random.between(low, high).to_string());
    let (amount, name) = (amount(random), person(split, random));
    let city = super::rows::any_country(Part::Train, random).1;
    let product = product(split.things, random);
    let values = [
        ("n", n.as_str()),
        ("h", h.as_str()),
        ("m", m.as_str()),
        ("amount", amount.as_str()),
        ("name", name.as_str()),
        ("product", product.as_str()),
        ("city", city),
    ];
    [fact.statements.pick(split.wordings, random), fact.questions.pick(split.wordings, random), fact.answer]
        .map(|template| fill(template, &values))
}

pub fn passage(split: Split, random: &mut Random) -> Passage {
    let mut order: Vec<usize> = (0..FACTS.len()).collect();
    random.shuffle(&mut order);
    // Opening and closing time are one statement.
    if order[..4].contains(&3) {
        order.retain(|fact| *fact != 4);
    } else if order[..4].contains(&4) {
        order.retain(|fact| *fact != 3);
    }
    let num_facts = random.between(2, 4);
    let facts: Vec<[String; 3]> = order.iter().map(|&fact| filled(&FACTS[fact], split, random)).collect();
    let text = facts[..num_facts].iter().map(|[statement, ..]| statement.as_str()).collect::<Vec<_>>().join(" ");
    let is_answered = random.chance(0.7);
    let asked = if is_answered { random.below(num_facts) } else { random.between(num_facts, facts.len() - 1) };
    let [_, question, answer] = facts[asked].clone();
    Passage { text, question, guess: answer.clone(), answer: is_answered.then_some(answer) }
}
