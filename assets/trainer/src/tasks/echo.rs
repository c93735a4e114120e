//! Lists of random things to be said again, as they are or as JSON. Copying is what most tasks are made of, and it is
//! learned from these first.

use super::words::{CUISINES, FIRST_NAMES, MONTHS, PRODUCTS, amount, date, made_up, person};
use super::{Conversation, Part, Role, Split, message};
use crate::random::Random;

const INSTRUCTIONS: &[&str] =
    &["Repeat the text.", "Copy this.", "Say it again.", "Write the same once more.", "Echo:"];

pub fn echo(random: &mut Random) -> Conversation {
    let num_things = random.between(3, 14);
    let separator = random.pick(&[" ", " ", ", ", "\n"]);
    let text = (0..num_things).map(|_| thing(random)).collect::<Vec<_>>().join(separator);
    let instruction = random.pick(INSTRUCTIONS);
    vec![message(Role::User, format!("{instruction}\n{text}")), message(Role::Assistant, text)]
}

const AS_JSON: &[&str] = &["Write the list as JSON.", "Return the list in JSON.", "Turn this into a JSON list."];

/// A word looks different to the model after a space and after a quotation mark: this teaches that it is the same.
pub fn json_list(random: &mut Random) -> Conversation {
    let separator = random.pick(&[", ", "; ", " and ", " - "]);
    let things: Vec<String> = (0..random.between(3, 8))
        .map(|_| if random.chance(0.6) { person(Split::TRAIN, random) } else { thing(random) })
        .collect();
    let quoted: Vec<String> = things.iter().map(|thing| format!("\"{thing}\"")).collect();
    let instruction = random.pick(AS_JSON);
    let asked = format!("{instruction}\nList: {}", things.join(separator));
    vec![message(Role::User, asked), message(Role::Assistant, format!("[{}]", quoted.join(", ")))]
}

fn thing(random: &mut Random) -> String {
    match random.below(10) {
        0..4 => made_up(random),
        4 => amount(random),
        5 => date(random),
        6 => (*PRODUCTS.pick(Part::Train, random)).to_owned(),
        7 => (*FIRST_NAMES.pick(Part::Train, random)).to_owned(),
        8 => random.pick(MONTHS).to_owned(),
        _ => CUISINES[random.below(CUISINES.len())].1[random.below(4)].to_owned(),
    }
}
