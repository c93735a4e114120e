//! Makes the text that the model learns from and is examined with: talks of an instruction, a text and an answer.
//!
//! Everything is drawn from a seeded generator. Wordings, names, things and some countries are held out of training, so
//! that an examination never repeats what was learned.

mod echo;
mod instructions;
mod passages;
pub mod rows;
pub mod spec;
pub mod words;

use crate::random::Random;
use rows::Needs;
use spec::{Row, Spec, Task, answer};

/// Which part of a list is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Train,
    /// What is trained, and now and then things and words that do not exist.
    Open,
    HeldOut,
}

/// Which wordings, and which people, things and places are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub wordings: Part,
    pub things: Part,
}

impl Split {
    pub const TRAIN: Self = Self { wordings: Part::Train, things: Part::Train };
    pub const OPEN: Self = Self { wordings: Part::Open, things: Part::Open };
    pub const HELD_OUT: Self = Self { wordings: Part::HeldOut, things: Part::HeldOut };
    pub const NEW_THINGS: Self = Self { wordings: Part::Train, things: Part::HeldOut };
}

/// How clearly something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clarity {
    Clear,
    Half,
    Vague,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: Role,
    pub text: String,
}

pub type Conversation = Vec<Message>;

/// `template` with each `{name}` replaced.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, left) = after.split_once('}').unwrap_or((after, ""));
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(value),
            None => text.extend(["{", name, "}"]),
        }
        rest = left;
    }
    text.push_str(rest);
    text
}

/// Tasks with how often each is trained.
const MIX: [(Task, usize); 13] = [
    (Task::Sentiment, 22),
    (Task::Topic, 9),
    (Task::Extract, 24),
    (Task::Field, 9),
    (Task::Capital, 8),
    (Task::CapitalDirect, 3),
    (Task::Country, 3),
    (Task::Continent, 2),
    (Task::Formal, 4),
    (Task::Polite, 4),
    (Task::Short, 4),
    (Task::Restaurant, 5),
    (Task::Grounded, 10),
];

fn any_task(random: &mut Random) -> Task {
    let mut at = random.below(MIX.iter().map(|(_, share)| share).sum());
    for (task, share) in MIX {
        if at < share {
            return task;
        }
        at -= share;
    }
    Task::Sentiment
}

/// A text that `spec` can be asked about.
pub fn row(spec: &Spec, split: Split, random: &mut Random) -> Row {
    match spec.task {
        // Any text has a sentiment.
        Task::Sentiment if random.chance(0.06) => Row::Trip(rows::trip(spec.country, split, random)),
        Task::Sentiment if random.chance(0.06) => Row::Request(rows::request(split, random)),
        Task::Sentiment => Row::Note(rows::note(Needs::default(), split, random)),
        Task::Topic => Row::Note(rows::note(Needs { topic: true, ..Needs::default() }, split, random)),
        Task::Extract | Task::Field => {
            Row::Note(rows::note(Needs { purchase: true, ..Needs::default() }, split, random))
        }
        Task::Capital | Task::Country | Task::Continent => Row::Trip(rows::trip(spec.country, split, random)),
        Task::Formal | Task::Polite | Task::Short => Row::Request(rows::request(split, random)),
        Task::Grounded => Row::Passage(passages::passage(split, random)),
        Task::CapitalDirect | Task::Restaurant => Row::Nothing,
    }
}

/// What is taught at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lesson {
    /// Share of conversations that only have something repeated.
    pub echo_share: f64,
    /// Share of conversations that want a list as JSON.
    pub list_share: f64,
    /// Texts and instructions have things and words that do not exist, too.
    pub is_open: bool,
    /// Questions for a capital may name the countries that are held out. Sentences about them are never asked about.
    pub asks_all_countries: bool,
}

/// A conversation to learn from.
pub fn training_conversation(lesson: Lesson, random: &mut Random) -> Conversation {
    if random.chance(lesson.echo_share) {
        return echo::echo(random);
    }
    if lesson.list_share > 0.0 && random.chance(lesson.list_share) {
        return echo::json_list(random);
    }
    if random.chance(0.03) {
        return follow_up(Split::TRAIN, random);
    }
    let clarity = match random.below(100) {
        0..66 => Clarity::Clear,
        66..88 => Clarity::Half,
        _ => Clarity::Vague,
    };
    let mut spec = Spec::new(any_task(random), Split::TRAIN, random);
    let may_be_held_out = match spec.task {
        // Of countries that are held out, sentences get wordy answers alone.
        Task::Capital => clarity != Clarity::Clear,
        Task::CapitalDirect => clarity != Clarity::Clear || lesson.asks_all_countries,
        _ => false,
    };
    let is_held_out = may_be_held_out && random.chance(0.5);
    if is_held_out {
        spec.country = rows::any_country(Part::HeldOut, random);
    }
    let split = if lesson.is_open { Split::OPEN } else { Split::TRAIN };
    let asked = row(&spec, split, random);
    let may_show = clarity != Clarity::Vague && !is_held_out && !matches!(asked, Row::Nothing);
    let num_examples = if may_show && random.chance(0.16) { random.between(1, max_examples(spec.task)) } else { 0 };
    conversation(&spec, &asked, clarity, num_examples, split, random)
}

/// Examples of short texts are cheap.
fn max_examples(task: Task) -> usize {
    match task {
        Task::Extract | Task::Field | Task::Grounded => 2,
        _ => 3,
    }
}

/// Puts instruction, examples and text together in one of the ways that people do.
pub fn conversation(
    spec: &Spec,
    asked: &Row,
    clarity: Clarity,
    num_examples: usize,
    split: Split,
    random: &mut Random,
) -> Conversation {
    // Examples show the form that a half clear instruction leaves open.
    let shown = if num_examples > 0 { Clarity::Clear } else { clarity };
    let instruction = instructions::instruction(spec, clarity, split, random);
    let shot = |random: &mut Random| {
        let example =
            row(&Spec { country: rows::any_country(Part::Train, random), ..spec.clone() }, Split::TRAIN, random);
        let answer = answer(spec, &example, Clarity::Clear, random);
        (example.text(), answer)
    };
    let examples: Vec<(String, String)> = (0..num_examples).map(|_| shot(random)).collect();
    let mut messages = arranged(&instruction, &examples, &asked.text(), random);
    messages.push(Message { role: Role::Assistant, text: answer(spec, asked, shown, random) });
    messages
}

fn message(role: Role, text: impl Into<String>) -> Message {
    Message { role, text: text.into() }
}

const TITLES: &[&str] = &["Text", "Text", "Message", "Review", "Input", "Note", "Customer", "Ticket", "Context"];

fn arranged(instruction: &str, examples: &[(String, String)], text: &str, random: &mut Random) -> Conversation {
    let mut messages = Vec::new();
    if random.chance(0.25) {
        messages.push(message(Role::System, random.pick(instructions::PERSONAS)));
    }
    if text.is_empty() {
        messages.push(message(Role::User, instruction));
        return messages;
    }
    let title = random.pick(TITLES);
    let is_in_turns = random.chance(0.4);
    if is_in_turns && (!examples.is_empty() || messages.is_empty()) {
        return in_turns(instruction, examples, text, random);
    }
    if !examples.is_empty() {
        let shots: Vec<String> =
            examples.iter().map(|(text, answer)| format!("{title}: {text}\nAnswer: {answer}")).collect();
        let body = format!("{instruction}\n\n{}\n\n{title}: {text}\nAnswer:", shots.join("\n\n"));
        messages.push(message(Role::User, body));
        return messages;
    }
    let body = match random.below(7) {
        0 => format!("{instruction}\n\n{title}: {text}"),
        1 => format!("{instruction}\n{title}: {text}\nAnswer:"),
        2 => format!("{text}\n\n{instruction}"),
        3 => format!("{title}:\n{text}\n\n{instruction}"),
        4 => format!("{instruction}\n\n{text}"),
        5 => format!("{instruction}\n\n\"{text}\""),
        _ => format!("{instruction} {title}: {text}"),
    };
    messages.push(message(Role::User, body));
    messages
}

/// The instruction as the system message, each example as a turn.
fn in_turns(instruction: &str, examples: &[(String, String)], text: &str, random: &mut Random) -> Conversation {
    let system = if random.chance(0.4) {
        format!("{}{}{instruction}", random.pick(instructions::PERSONAS), random.pick(&[" ", "\n", "\n\n"]))
    } else {
        instruction.to_owned()
    };
    let mut messages = vec![message(Role::System, system)];
    for (text, answer) in examples {
        messages.extend([message(Role::User, text.clone()), message(Role::Assistant, answer.clone())]);
    }
    messages.push(message(Role::User, text));
    messages
}

/// A support chat in which something said earlier is asked for.
pub fn follow_up(split: Split, random: &mut Random) -> Conversation {
    let note = rows::note(Needs { purchase: true, ..Needs::default() }, split, random);
    let (name, product) = (note.name.as_str(), note.product.as_str());
    let values = [("name", name), ("product", product), ("date", note.date.as_str()), ("amount", note.amount.as_str())];
    let opening = random.pick(&[
        "Hi, my name is {name}. I bought a {product} on {date} for ${amount}.",
        "Hello, this is {name}. On {date} I paid ${amount} for a {product}.",
        "{name} here. I ordered the {product} for ${amount} on {date}.",
    ]);
    let (question, answer) = [
        ("What is my name?", "Your name is {name}."),
        ("When did I buy it?", "You bought it on {date}."),
        ("How much did I pay?", "You paid ${amount}."),
        ("What did I buy?", "You bought a {product}."),
        ("Do you remember my name?", "Your name is {name}."),
        ("Which product do I have?", "You bought a {product}."),
        ("On which day was that?", "You bought it on {date}."),
        ("What did it cost me?", "You paid ${amount}."),
    ][random.below(8)];
    let mut messages = Vec::new();
    if random.chance(0.7) {
        messages.push(message(Role::System, random.pick(instructions::PERSONAS)));
    }
    messages.extend([
        message(Role::User, fill(opening, &values)),
        message(Role::Assistant, fill("Hello {name}, how can I help you?", &values)),
        message(Role::User, question),
        message(Role::Assistant, fill(answer, &values)),
    ]);
    messages
}
