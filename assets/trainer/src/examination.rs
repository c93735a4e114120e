//! Examines a model on rows and wordings that training never showed.
//!
//! Each row is asked three times: with a clear instruction, with a vague one, and with the clear instruction of another
//! task. An answer counts when it equals the clear answer to the row's own task.

use crate::random::Random;
use crate::tasks::spec::{Spec, Task, answer};
use crate::tasks::{Clarity, Conversation, Split, conversation, row};

/// Tasks that are examined, with their names in reports.
pub const EXAMINED: [(Task, &str); 7] = [
    (Task::Sentiment, "sentiment"),
    (Task::Extract, "extraction"),
    (Task::Capital, "capitals"),
    (Task::Topic, "topics"),
    (Task::Field, "single values"),
    (Task::Grounded, "grounded answers"),
    (Task::Polite, "polite rewriting"),
];

/// How the row of a question is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Clearly,
    Vaguely,
    /// With a clear instruction for another task.
    AnotherTask,
}

/// One row of an examination.
pub struct Question {
    pub prompts: [Conversation; 3],
    pub expected: String,
}

impl Question {
    pub fn prompt(&self, asking: Asking) -> &Conversation {
        &self.prompts[asking as usize]
    }
}

/// `count` questions about rows that training never showed, in wordings that it never showed.
pub fn questions(task: Task, count: usize, seed: u64) -> Vec<Question> {
    let mut random = Random::stream(seed, 0xE4A3 + task as u64);
    (0..count).map(|_| question(task, &mut random)).collect()
}

fn question(task: Task, random: &mut Random) -> Question {
    let split = Split::HELD_OUT;
    let spec = Spec::plain(task, split, random);
    let asked = row(&spec, split, random);
    let others: Vec<Task> = EXAMINED[..4].iter().map(|(other, _)| *other).filter(|other| *other != task).collect();
    let other = Spec::plain(others[random.below(others.len())], split, random);
    let mut ask = |spec: &Spec, clarity| {
        let mut messages = conversation(spec, &asked, clarity, 0, split, random);
        messages.pop();
        messages
    };
    let prompts = [ask(&spec, Clarity::Clear), ask(&spec, Clarity::Vague), ask(&other, Clarity::Clear)];
    Question { expected: answer(&spec, &asked, Clarity::Clear, random), prompts }
}

/// Share of `passed` with its 95 % interval (Wilson).
pub fn share(passed: &[bool]) -> (f64, f64, f64) {
    let count = passed.len().max(1) as f64;
    let mean = passed.iter().filter(|passed| **passed).count() as f64 / count;
    let z = 1.959_964;
    let middle = (mean + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let half = z / (1.0 + z * z / count) * (mean * (1.0 - mean) / count + z * z / (4.0 * count * count)).sqrt();
    (mean, (middle - half).max(0.0), (middle + half).min(1.0))
}

/// Two-sided p-value of the exact sign test on rows where one passed and the other did not.
pub fn sign_test(one: &[bool], other: &[bool]) -> f64 {
    let wins = one.iter().zip(other).filter(|(one, other)| **one && !**other).count();
    let losses = one.iter().zip(other).filter(|(one, other)| !**one && **other).count();
    let (total, least) = (wins + losses, wins.min(losses));
    let mut log_term = -(total as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    for at in 0..=least {
        tail += log_term.exp();
        log_term += ((total - at) as f64).ln() - ((at + 1) as f64).ln();
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::words::{COUNTRIES, LAST_NAMES};
    use crate::tasks::{Lesson, Part, training_conversation};

    #[test]
    fn an_interval_holds_its_share_and_stays_between_0_and_1() {
        let (mean, low, high) = share(&[true, true, true, false]);
        assert_eq!(mean, 0.75);
        assert!((low - 0.3006).abs() < 1e-3 && (high - 0.9544).abs() < 1e-3, "{low} {high}");
        let (high, low) = (share(&[true; 3]).2, share(&[false; 3]).1);
        assert!((1.0 - 1e-12..=1.0).contains(&high) && (0.0..1e-12).contains(&low), "{low} {high}");
    }

    #[test]
    fn the_sign_test_gives_the_binomial_tail() {
        let (wins, losses) = ([true; 8], [false; 8]);
        assert!((sign_test(&wins, &losses) - 2.0 / 256.0).abs() < 1e-12);
        assert_eq!(sign_test(&wins, &wins), 1.0);
    }

    #[test]
    fn held_out_names_and_sentences_about_held_out_countries_are_never_trained() {
        let mut random = Random::new(11);
        let lesson = Lesson { echo_share: 0.05, list_share: 0.05, is_open: true, asks_all_countries: true };
        for _ in 0..4000 {
            let conversation = training_conversation(lesson, &mut random);
            let all: String = conversation.iter().map(|message| message.text.as_str()).collect();
            assert!(!LAST_NAMES.of(Part::HeldOut).iter().any(|name| all.contains(name)), "{all}");
            let last = &conversation[conversation.len() - 1].text;
            let answered = COUNTRIES.of(Part::HeldOut).iter().find(|(_, capital, _)| capital == last);
            // A direct question names the country after `of` or at its end; a sentence never does.
            let is_direct =
                |country: &str| [format!(" of {country}"), format!(" {country}?")].iter().any(|end| all.contains(end));
            assert!(answered.is_none_or(|(country, ..)| is_direct(country)), "{all}");
        }
    }
}
