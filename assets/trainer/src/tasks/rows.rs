//! The texts that tasks are about. Any task can be asked of a text that has what it needs, so that only the instruction
//! tells what to answer.

use super::words::{COUNTRIES, Pool, amount, blurred, capitalised, date, first_name, person, product, thing};
use super::{Part, Split, fill};
use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentiment {
    Positive,
    Negative,
    Neutral,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Billing,
    Shipping,
    Account,
    Technical,
}

pub const TOPICS: [(Topic, &str); 4] = [
    (Topic::Billing, "billing"),
    (Topic::Shipping, "shipping"),
    (Topic::Account, "account"),
    (Topic::Technical, "technical"),
];

/// What a customer wrote, or what was written down about one.
#[derive(Clone, Debug)]
pub struct Note {
    pub text: String,
    pub name: String,
    pub date: String,
    pub amount: String,
    pub product: String,
    pub sentiment: Sentiment,
    pub topic: Option<Topic>,
}

const ABOUT_PURCHASE: Pool<&str> = Pool {
    all: &[
        "I bought a {product} for {amount} on {date}.",
        "On {date} I paid {amount} for a {product}.",
        "I ordered the {product} on {date} and paid {amount}.",
        "My order of {date} was a {product} for {amount}.",
        "I got the {product} on {date}. It cost {amount}.",
        "The {product} was {amount} and arrived on {date}.",
        "I spent {amount} on a {product} on {date}.", //
        "The bill for my {product} says {amount}, dated {date}.",
        "A {product} for {amount}, ordered on {date}.",
    ],
    held_out: 2,
};

const RECORD: Pool<&str> = Pool {
    all: &[
        "{name} bought a {product} for {amount} on {date}.",
        "On {date}, {name} paid {amount} for a {product}.",
        "Invoice for {name}: {product}, {amount}, due {date}.",
        "Customer: {name}. Date: {date}. Total: {amount}. Item: {product}.",
        "{name} sent back the {product} on {date} and got {amount}.",
        "Receipt of {date}: {name}, one {product}, {amount}.",
        "We received {amount} from {name} on {date} for the {product}.",
        "{name} owes {amount} for the {product} since {date}.", //
        "The {product} was sold to {name} on {date} at a price of {amount}.",
        "Payment of {amount} by {name} for a {product} was booked on {date}.",
    ],
    held_out: 2,
};

const WHO: Pool<&str> = Pool {
    all: &[
        "My name is {name}.",
        "This is {name}.",
        "{name} here.",
        "I am {name}.",
        "Regards, {name}",
        "Hello, I am {name}.", //
        "Hi, {name} writing.",
    ],
    held_out: 1,
};

const GOOD_WORDS: Pool<&str> = Pool {
    all: &[
        "great",
        "excellent",
        "wonderful",
        "perfect",
        "fantastic",
        "lovely",
        "amazing",
        "superb",
        "brilliant",
        "good",
        "beautiful",
        "outstanding",
        "impressive",
        "comfortable",
        "reliable",
        "pleasant",
    ],
    held_out: 0,
};
const BAD_WORDS: Pool<&str> = Pool {
    all: &[
        "terrible",
        "awful",
        "bad",
        "poor",
        "horrible",
        "disappointing",
        "useless",
        "dreadful",
        "weak",
        "annoying",
        "ugly",
        "faulty",
        "unreliable",
        "uncomfortable",
        "rubbish",
        "cheap",
    ],
    held_out: 0,
};
const PLAIN_WORDS: Pool<&str> = Pool {
    all: &[
        "okay",
        "average",
        "fine",
        "normal",
        "ordinary",
        "acceptable",
        "standard",
        "usual",
        "so-so",
        "plain",
        "adequate",
        "simple",
        "regular",
    ],
    held_out: 0,
};

const JUDGED: Pool<&str> = Pool {
    all: &[
        "The {aspect} is {word}.",
        "The {product} is {word}.",
        "It is {word}.",
        "I find the {aspect} {word}.",
        "The {aspect} was {word}.",
        "What a {word} {product}!",
        "Really {word}.",
        "I think it is {word}.",
        "This {product} is {word}, and so is the {aspect}.", //
        "To me the {aspect} seems {word}.",
        "All in all a {word} {product}.",
    ],
    held_out: 2,
};

const ASPECTS: &[&str] =
    &["quality", "service", "colour", "size", "battery", "design", "price", "sound", "delivery", "manual"];

const GOOD_SENTENCES: Pool<&str> = Pool {
    all: &[
        "I love it.",
        "I love this {product}.",
        "I am very happy with the {product}.",
        "It works very well.",
        "I would buy it again.",
        "Best {product} I ever had.",
        "Thank you, I am so pleased.",
        "I recommend it to everyone.",
        "My family loves the {product}.",
        "I enjoy the {product} every day.",
        "Five stars.",
        "I am delighted.",
        "It is exactly what I needed.",
        "It made my day.", //
        "I am so happy that I bought this {product}.",
        "Everyone should buy it, I love the {product}.",
    ],
    held_out: 2,
};
const BAD_SENTENCES: Pool<&str> = Pool {
    all: &[
        "I hate it.",
        "I hate this {product}.",
        "I am very unhappy with the {product}.",
        "It does not work at all.",
        "I would never buy it again.",
        "Worst {product} I ever had.",
        "I am angry and want my money back.",
        "Do not buy it.",
        "The {product} broke after one day.",
        "What a waste of money.",
        "One star.",
        "I am disappointed.",
        "It stopped working.",
        "I want to send it back.", //
        "I am so unhappy that I bought this {product}.",
        "It broke at once, never again.",
    ],
    held_out: 2,
};
const PLAIN_SENTENCES: Pool<&str> = Pool {
    all: &[
        "It does what it should.",
        "It came in a box.",
        "I use the {product} at work.",
        "Nothing special.",
        "Not good and not bad.",
        "It is as described.",
        "I have no strong opinion about the {product}.",
        "It came with a manual.",
        "Three stars.",
        "It has a cable and a plug.", //
        "It is neither good nor bad.",
        "The {product} is in the kitchen.",
    ],
    held_out: 2,
};

const TOPIC_SENTENCES: [(Topic, Pool<&str>); 4] = [
    (
        Topic::Billing,
        Pool {
            all: &[
                "I was charged twice.",
                "Please send me the invoice.",
                "The invoice is wrong.",
                "I want a refund.",
                "Why is the bill so high?",
                "My card was charged again.",
                "There is an error on my bill.", //
                "You charged my card two times.",
                "I never got an invoice or a refund.",
            ],
            held_out: 2,
        },
    ),
    (
        Topic::Shipping,
        Pool {
            all: &[
                "Where is my package?",
                "The parcel has not arrived.",
                "The delivery is late.",
                "When will it be shipped?",
                "It was sent to the wrong address.",
                "The box was damaged on the way.",
                "I am still waiting for the parcel.", //
                "My package is late, where is it?",
                "The parcel went to the wrong address.",
            ],
            held_out: 2,
        },
    ),
    (
        Topic::Account,
        Pool {
            all: &[
                "I cannot log in.",
                "I forgot my password.",
                "Please close my account.",
                "How do I change my email address?",
                "My account is locked.",
                "I want to reset my password.",
                "The login page does not know me.", //
                "I cannot log in, my password is not accepted.",
                "Please change the email of my account.",
            ],
            held_out: 2,
        },
    ),
    (
        Topic::Technical,
        Pool {
            all: &[
                "The {product} does not turn on.",
                "The screen stays black.",
                "It makes a strange noise.",
                "The app crashes.",
                "The {product} gets too hot.",
                "How do I install the update?",
                "The button is stuck.", //
                "The {product} makes a noise and gets hot.",
                "The screen is black since the update.",
            ],
            held_out: 2,
        },
    ),
];

fn worded(templates: &Pool<&str>, split: Split, random: &mut Random) -> String {
    let template = templates.pick(split.wordings, random);
    blurred(template, usize::MAX, split.wordings, random)
}

fn opinion(sentiment: Sentiment, product: &str, split: Split, random: &mut Random) -> String {
    let (words, other, sentences) = match sentiment {
        Sentiment::Positive => (&GOOD_WORDS, &BAD_WORDS, &GOOD_SENTENCES),
        Sentiment::Negative => (&BAD_WORDS, &GOOD_WORDS, &BAD_SENTENCES),
        Sentiment::Neutral => (&PLAIN_WORDS, &PLAIN_WORDS, &PLAIN_SENTENCES),
    };
    let mut word = (*words.pick(Part::Train, random)).to_owned();
    if sentiment == Sentiment::Negative && random.chance(0.15) {
        word = format!("not {}", other.pick(Part::Train, random));
    }
    let template =
        if random.chance(0.6) { JUDGED.pick(split.wordings, random) } else { sentences.pick(split.wordings, random) };
    let template = if word.starts_with("not ") { "The {product} is {word}." } else { template };
    fill(template, &[("aspect", random.pick(ASPECTS)), ("word", &word), ("product", product)])
}

fn any_sentiment(random: &mut Random) -> Sentiment {
    [Sentiment::Positive, Sentiment::Negative, Sentiment::Neutral][random.below(3)]
}

/// What a note must have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    pub purchase: bool,
    pub topic: bool,
}

pub fn note(needs: Needs, split: Split, random: &mut Random) -> Note {
    let product = product(split.things, random);
    let (name, date) = (person(split, random), date(random));
    let amount = amount(random);
    let mut sentiment = any_sentiment(random);
    let shown_amount =
        fill(random.pick(&["${amount}", "${amount}", "{amount} euros", "{amount} EUR"]), &[("amount", &amount)]);
    let values = [
        ("name", name.as_str()),
        ("date", date.as_str()),
        ("amount", shown_amount.as_str()),
        ("product", product.as_str()),
    ];
    let mut parts = Vec::new();
    let purchase = needs.purchase || random.chance(0.3);
    if purchase && random.chance(0.5) {
        parts.push(fill(&worded(&RECORD, split, random), &values));
    } else if purchase {
        parts.push(fill(&worded(&ABOUT_PURCHASE, split, random), &values));
        let who = fill(&worded(&WHO, split, random), &values);
        let at = if who.starts_with("Regards") { parts.len() } else { 0 };
        parts.insert(at, who);
    }
    let topic = (needs.topic || random.chance(0.1)).then(|| {
        let (topic, sentences) = &TOPIC_SENTENCES[random.below(4)];
        parts.insert(parts.len().min(random.below(3)), fill(sentences.pick(split.wordings, random), &values));
        *topic
    });
    let has_opinion = parts.is_empty() || random.chance(if needs.purchase || needs.topic { 0.35 } else { 0.85 });
    if has_opinion {
        let num_sentences = if random.chance(0.3) { 2 } else { 1 };
        for _ in 0..num_sentences {
            parts.insert(random.below(parts.len() + 1), opinion(sentiment, &product, split, random));
        }
    } else {
        sentiment = Sentiment::Neutral;
    }
    // A complaint without an opinion is not a sentiment that people agree on.
    let topic = topic.filter(|_| needs.topic || has_opinion);
    Note { text: parts.join(" "), name, date, amount, product, sentiment, topic }
}

/// A sentence about a country.
#[derive(Clone, Debug)]
pub struct Trip {
    pub text: String,
    pub country: &'static str,
    pub capital: &'static str,
    pub continent: &'static str,
}

impl Trip {
    /// The same sentence about another country.
    #[must_use]
    pub fn about(self, country: &'static (&'static str, &'static str, &'static str)) -> Self {
        let &(name, capital, continent) = country;
        Self { text: self.text.replace(self.country, name), country: name, capital, continent }
    }
}

const TRIPS: Pool<&str> = Pool {
    all: &[
        "{country}",
        "{country}",
        "I am flying to {country} in {month}.",
        "{name} lives in {country}.",
        "We want to visit {country} next year.",
        "My parents come from {country}.",
        "The parcel was sent to {country}.",
        "{name} moved to {country} in {month}.", //
        "In {month} {name} will travel through {country}.",
        "Our new office is in {country}.",
    ],
    held_out: 2,
};

pub fn trip(country: &'static (&'static str, &'static str, &'static str), split: Split, random: &mut Random) -> Trip {
    let &(country, capital, continent) = country;
    let name = first_name(split, random);
    let month = random.pick(super::words::MONTHS);
    let text = fill(&worded(&TRIPS, split, random), &[("country", country), ("name", &name), ("month", month)]);
    Trip { text, country, capital, continent }
}

pub fn any_country(part: Part, random: &mut Random) -> &'static (&'static str, &'static str, &'static str) {
    COUNTRIES.pick(part, random)
}

/// A request to a colleague, hastily or long-windedly put.
#[derive(Clone, Debug)]
pub struct Request {
    pub text: String,
    pub first_name: String,
    /// `send the report by Friday`
    pub deed: String,
}

const VERBS: &[&str] = &["send", "check", "sign", "print", "update", "review", "return", "share", "prepare", "cancel"];
const OBJECTS: Pool<&str> = Pool {
    all: &[
        "report", "invoice", "slides", "contract", "photos", "file", "list", "numbers", "letter", "plan", "order",
        "form", "ticket", "draft", "budget", "schedule", "keys", "offer", //
        "summary", "agenda", "minutes", "quote",
    ],
    held_out: 4,
};
const DEADLINES: &[&str] = &[
    "today",
    "tomorrow",
    "by Friday",
    "by Monday",
    "this week",
    "before noon",
    "tonight",
    "by Tuesday",
    "before the meeting",
    "next week",
    "by Thursday",
    "right now",
];
const CASUAL: Pool<&str> = Pool {
    all: &[
        "hey {first}, can u {deed}? thx",
        "yo {first} {deed} pls",
        "{first}!! i need u to {deed}",
        "hi {first}, dont forget to {deed} ok?",
        "{first}, pls {deed} asap",
        "hey {first} could u quickly {deed}, its urgent",
        "{first} u must {deed}!!!",
        "Hello {first}, I was just wondering whether you might be able to {deed}, if that is possible at all.",
        "{first}, I am writing to you because I would like you to {deed}, since we really need it.", //
        "ok {first} so just {deed}, cool?",
        "hello {first}, u still have to {deed}, dont u?",
    ],
    held_out: 2,
};

pub fn request(split: Split, random: &mut Random) -> Request {
    let first_name = first_name(split, random);
    let verb = random.pick(VERBS);
    let deed = format!("{verb} the {} {}", thing(&OBJECTS, split.things, random), random.pick(DEADLINES));
    let text = fill(&worded(&CASUAL, split, random), &[("first", &first_name), ("deed", &deed)]);
    Request { text: capital_at_random(&text, random), first_name, deed }
}

fn capital_at_random(text: &str, random: &mut Random) -> String {
    if random.chance(0.2) { capitalised(text) } else { text.to_owned() }
}
