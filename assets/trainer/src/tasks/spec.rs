//! What exactly is asked, and the right answer for a text in each degree of clarity.

use super::passages::Passage;
use super::rows::{Note, Request, Sentiment, TOPICS, Trip};
use super::words::{CUISINES, capitalised};
use super::{Clarity, Split};
use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    Sentiment,
    Topic,
    /// Several values of a note as JSON.
    Extract,
    /// One value of a note.
    Field,
    /// Capital of the country that a text mentions.
    Capital,
    /// Capital of a country that the instruction names.
    CapitalDirect,
    Country,
    Continent,
    Formal,
    Polite,
    Short,
    Restaurant,
    Grounded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Date,
    Amount,
    Product,
}

const SENTIMENT_WORDS: [[&str; 3]; 3] =
    [["positive", "negative", "neutral"], ["good", "bad", "mixed"], ["happy", "unhappy", "calm"]];

/// Keys that an instruction may ask for.
const KEYS: [(Field, &[&str]); 4] = [
    (Field::Name, &["name", "name", "name", "customer", "person"]),
    (Field::Date, &["date", "date", "date", "day", "when"]),
    (Field::Amount, &["amount", "amount", "amount", "total", "price"]),
    (Field::Product, &["product", "product", "item"]),
];

/// One task with all its choices made.
#[derive(Clone, Debug)]
pub struct Spec {
    pub task: Task,
    pub label_set: usize,
    pub extracted: Vec<(Field, &'static str)>,
    pub field: Field,
    pub country: &'static (&'static str, &'static str, &'static str),
    pub cuisine: usize,
    pub wants_three: bool,
}

impl Spec {
    pub fn new(task: Task, split: Split, random: &mut Random) -> Self {
        let mut fields = KEYS;
        if random.chance(0.4) {
            random.shuffle(&mut fields);
        }
        let num_keys = [2, 3, 3, 3, 4][random.below(5)];
        Self {
            task,
            label_set: [0, 0, 0, 0, 1, 2][random.below(6)],
            extracted: fields[..num_keys].iter().map(|(field, keys)| (*field, random.pick(keys))).collect(),
            field: KEYS[random.below(4)].0,
            country: super::rows::any_country(split.things, random),
            cuisine: random.below(CUISINES.len()),
            wants_three: random.chance(0.4),
        }
    }

    /// The choices that the evaluation and most people make.
    pub fn plain(task: Task, split: Split, random: &mut Random) -> Self {
        let extracted = KEYS[..3].iter().map(|(field, keys)| (*field, keys[0])).collect();
        Self { label_set: 0, extracted, ..Self::new(task, split, random) }
    }

    pub fn keys(&self) -> Vec<&'static str> {
        self.extracted.iter().map(|(_, key)| *key).collect()
    }

    /// The JSON object with its values left open.
    pub fn shape(&self) -> String {
        let pair = |(field, key): &(Field, &str)| {
            let value = if *field == Field::Amount { "0" } else { "\"...\"" };
            format!("\"{key}\": {value}")
        };
        format!("{{{}}}", self.extracted.iter().map(pair).collect::<Vec<_>>().join(", "))
    }

    pub fn cuisine(&self) -> &'static str {
        CUISINES[self.cuisine].0
    }

    pub fn label_words(&self) -> Vec<&'static str> {
        match self.task {
            Task::Topic => TOPICS.iter().map(|(_, word)| *word).collect(),
            _ => SENTIMENT_WORDS[self.label_set].to_vec(),
        }
    }

    fn sentiment_word(&self, sentiment: Sentiment) -> &'static str {
        let at = match sentiment {
            Sentiment::Positive => 0,
            Sentiment::Negative => 1,
            Sentiment::Neutral => 2,
        };
        SENTIMENT_WORDS[self.label_set][at]
    }
}

/// A text with what is known about it.
#[derive(Clone, Debug)]
pub enum Row {
    Note(Note),
    Trip(Trip),
    Request(Request),
    Passage(Passage),
    /// The instruction says it all.
    Nothing,
}

impl Row {
    pub fn text(&self) -> String {
        match self {
            Row::Note(note) => note.text.clone(),
            Row::Trip(trip) => trip.text.clone(),
            Row::Request(request) => request.text.clone(),
            Row::Passage(passage) => format!("{}\nQuestion: {}", passage.text, passage.question),
            Row::Nothing => String::new(),
        }
    }
}

/// What a good answer to `spec` about `row` is, worded after how clearly it was asked.
pub fn answer(spec: &Spec, row: &Row, clarity: Clarity, random: &mut Random) -> String {
    if clarity == Clarity::Vague {
        return remark(row, spec);
    }
    let is_clear = clarity == Clarity::Clear;
    match row {
        Row::Note(note) => about_note(spec, note, is_clear),
        Row::Trip(trip) => about_trip(spec, trip, is_clear),
        Row::Request(request) => about_request(spec, request, is_clear),
        Row::Passage(passage) => about_passage(passage, is_clear),
        Row::Nothing => about_nothing(spec, is_clear, random),
    }
}

fn about_note(spec: &Spec, note: &Note, is_clear: bool) -> String {
    match spec.task {
        Task::Topic => {
            let word = TOPICS.iter().find(|(topic, _)| Some(*topic) == note.topic).map_or("", |(_, word)| *word);
            if is_clear { word.to_owned() } else { format!("This is about {word}.") }
        }
        Task::Extract if is_clear => {
            let pairs: Vec<String> =
                spec.extracted.iter().map(|(field, key)| format!("\"{key}\": {}", json(note, *field))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Task::Extract => {
            let line = |(field, key): &(Field, &str)| format!("{}: {}", capitalised(key), value(note, *field));
            spec.extracted.iter().map(line).collect::<Vec<_>>().join(", ")
        }
        Task::Field if is_clear => value(note, spec.field).to_owned(),
        Task::Field => sentence(note, spec.field),
        _ => {
            let word = spec.sentiment_word(note.sentiment);
            if is_clear { word.to_owned() } else { format!("The sentiment is {word}.") }
        }
    }
}

fn value(note: &Note, field: Field) -> &str {
    match field {
        Field::Name => &note.name,
        Field::Date => &note.date,
        Field::Amount => &note.amount,
        Field::Product => &note.product,
    }
}

fn json(note: &Note, field: Field) -> String {
    let value = value(note, field);
    if field == Field::Amount { value.to_owned() } else { format!("\"{value}\"") }
}

fn sentence(note: &Note, field: Field) -> String {
    let value = value(note, field);
    match field {
        Field::Name => format!("The customer is {value}."),
        Field::Date => format!("It was on {value}."),
        Field::Amount => format!("The amount is {value}."),
        Field::Product => format!("It is about the {value}."),
    }
}

fn about_trip(spec: &Spec, trip: &Trip, is_clear: bool) -> String {
    let (clean, wordy) = match spec.task {
        Task::Country => (trip.country, format!("The country is {}.", trip.country)),
        Task::Continent => (trip.continent, format!("{} is in {}.", trip.country, trip.continent)),
        Task::Sentiment => {
            let word = spec.sentiment_word(Sentiment::Neutral);
            (word, format!("The sentiment is {word}."))
        }
        _ => (trip.capital, format!("The capital of {} is {}.", trip.country, trip.capital)),
    };
    if is_clear { clean.to_owned() } else { wordy }
}

fn about_request(spec: &Spec, request: &Request, is_clear: bool) -> String {
    let deed = &request.deed;
    let text = match spec.task {
        Task::Formal => format!("Dear {}, please {deed}. Kind regards", request.first_name),
        Task::Polite => format!("Could you please {deed}? Thank you!"),
        Task::Short => format!("{}.", capitalised(deed)),
        _ => {
            let word = spec.sentiment_word(Sentiment::Neutral);
            return if is_clear { word.to_owned() } else { format!("The sentiment is {word}.") };
        }
    };
    if is_clear { text } else { format!("Here is another version: {text}") }
}

/// Asked half clearly, nothing forbids a guess.
fn about_passage(passage: &Passage, is_clear: bool) -> String {
    match (&passage.answer, is_clear) {
        (Some(answer), true) => answer.clone(),
        (Some(answer), false) => format!("The answer is {answer}."),
        (None, true) => "I do not know.".to_owned(),
        (None, false) => format!("The answer is {}.", passage.guess),
    }
}

fn about_nothing(spec: &Spec, is_clear: bool, random: &mut Random) -> String {
    let (country, capital, _) = spec.country;
    if spec.task == Task::CapitalDirect {
        return if is_clear { (*capital).to_owned() } else { format!("The capital of {country} is {capital}.") };
    }
    let mut words = CUISINES[spec.cuisine].1;
    random.shuffle(&mut words);
    let names: Vec<String> = words.iter().map(|word| format!("{word} {capital}")).collect();
    match (is_clear, spec.wants_three) {
        (true, true) => names[..3].join(", "),
        (true, false) => names[0].clone(),
        (false, _) => format!("A good name would be {}.", names[0]),
    }
}

/// What one says when nothing was asked.
fn remark(row: &Row, spec: &Spec) -> String {
    match row {
        Row::Note(note) => {
            let feeling = match note.sentiment {
                Sentiment::Positive => "happy",
                Sentiment::Negative => "unhappy",
                Sentiment::Neutral => "calm",
            };
            format!("Someone writes about a {} and sounds {feeling}.", note.product)
        }
        Row::Trip(trip) => {
            format!("{} is a country in {}. Its capital is {}.", trip.country, trip.continent, trip.capital)
        }
        Row::Request(request) => format!("Someone wants {} to {}.", request.first_name, request.deed),
        Row::Passage(_) => "This is about a shop.".to_owned(),
        Row::Nothing => format!("{} is a country in {}.", spec.country.0, spec.country.2),
    }
}
