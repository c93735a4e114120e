//! Lists of random things to be said again. Copying is what most tasks are made of, and it is learned from these first.

use super::words::{CUISINES, FIRST_NAMES, MONTHS, PRODUCTS, amount, date, made_up};
use super::{Conversation, Part, Role, message};
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
