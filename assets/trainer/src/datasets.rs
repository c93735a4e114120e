//! Writes the datasets of the demo workspace: held-out rows, which the demo model never saw while it was trained.

use anyhow::Context as _;
use atelier_demo_model::random::Random;
use atelier_demo_model::tasks::spec::{Field, Row, Spec, Task, answer};
use atelier_demo_model::tasks::words::{COUNTRIES, CUISINES};
use atelier_demo_model::tasks::{Clarity, Part, Split, follow_up, row};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Seed of everything that is drawn here.
const SEED: u64 = 2026;

pub fn write_all(folder: &Path) -> anyhow::Result<()> {
    let about = |task| drawn(task, 400);
    write(folder, "reviews", &balanced(notes(about(Task::Sentiment), "review"), 30))?;
    write(folder, "tickets", &balanced(notes(about(Task::Topic), "ticket"), 20))?;
    write(folder, "orders", &orders(about(Task::Extract), 60))?;
    write(folder, "policy-questions", &questions(about(Task::Grounded), 72))?;
    write(folder, "requests", &requests(about(Task::Polite), 48))?;
    write(folder, "chats", &chats(36))?;
    write_table(folder, "countries", "sentence,country,expected", &countries(60))?;
    write_table(folder, "restaurants", "cuisine,country,expected", &restaurants(40))
}

/// Held-out texts for a task, no two the same.
fn drawn(task: Task, count: usize) -> Vec<(Spec, Row)> {
    let mut random = Random::stream(SEED, task as u64);
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for index in 0..count {
        // Wordings that were trained keep the rows from all looking alike; what fills them is held out in either case.
        let spec = Spec::plain(task, Split::HELD_OUT, &mut random);
        let split = if index % 3 == 0 { Split::HELD_OUT } else { Split::NEW_THINGS };
        let asked = row(&spec, split, &mut random);
        if is_believable(&asked.text()) && seen.insert(asked.text()) {
            rows.push((spec, asked));
        }
    }
    rows
}

/// Neither a word or two alone nor a warranty of half a century.
fn is_believable(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_long = |two: &[&str]| two[1].starts_with("years") && two[0].parse::<u32>().is_ok_and(|years| years > 10);
    text.len() >= 24 && !words.windows(2).any(is_long)
}

fn clean(spec: &Spec, asked: &Row) -> String {
    answer(spec, asked, Clarity::Clear, &mut Random::new(0))
}

/// Notes with the column `title` and what is expected.
fn notes(rows: Vec<(Spec, Row)>, title: &str) -> Vec<Map<String, Value>> {
    let is_note = |row: &(Spec, Row)| matches!(row.1, Row::Note(_));
    let columns =
        |(spec, asked): (Spec, Row)| object(&[(title, asked.text().into()), ("expected", clean(&spec, &asked).into())]);
    rows.into_iter().filter(is_note).map(columns).collect()
}

/// The first `count` rows of each expected label, in the order in which they came.
fn balanced(rows: Vec<Map<String, Value>>, count: usize) -> Vec<Map<String, Value>> {
    let mut taken: Map<String, Value> = Map::new();
    let is_wanted = |row: &Map<String, Value>| {
        let label = row["expected"].as_str().unwrap_or_default();
        let so_far = taken.get(label).and_then(Value::as_u64).unwrap_or(0);
        taken.insert(label.to_owned(), (so_far + 1).into());
        so_far < count as u64
    };
    rows.into_iter().filter(is_wanted).collect()
}

fn orders(rows: Vec<(Spec, Row)>, count: usize) -> Vec<Map<String, Value>> {
    let columns = |(spec, asked): (Spec, Row)| {
        let single = |field| clean(&Spec { task: Task::Field, field, ..spec.clone() }, &asked);
        object(&[
            ("message", asked.text().into()),
            ("expected", clean(&spec, &asked).into()),
            ("name", single(Field::Name).into()),
            ("date", single(Field::Date).into()),
            ("amount", single(Field::Amount).into()),
        ])
    };
    rows.into_iter().map(columns).take(count).collect()
}

fn questions(rows: Vec<(Spec, Row)>, count: usize) -> Vec<Map<String, Value>> {
    let columns = |(spec, asked): (Spec, Row)| {
        let expected = clean(&spec, &asked);
        match asked {
            Row::Passage(passage) => Some(object(&[
                ("context", passage.text.into()),
                ("question", passage.question.into()),
                ("expected", expected.into()),
            ])),
            _ => None,
        }
    };
    rows.into_iter().filter_map(columns).take(count).collect()
}

fn requests(rows: Vec<(Spec, Row)>, count: usize) -> Vec<Map<String, Value>> {
    let columns = |(spec, asked): (Spec, Row)| {
        let told = |task| clean(&Spec { task, ..spec.clone() }, &asked);
        object(&[
            ("message", asked.text().into()),
            ("expected", told(Task::Polite).into()),
            ("formal", told(Task::Formal).into()),
            ("short", told(Task::Short).into()),
        ])
    };
    rows.into_iter().map(columns).take(count).collect()
}

fn chats(count: usize) -> Vec<Map<String, Value>> {
    let mut random = Random::stream(SEED, 100);
    let chat = |_| {
        let messages = follow_up(Split::NEW_THINGS, &mut random);
        let [opening, greeting, question, answer] = messages.last_chunk::<4>()?;
        Some(object(&[
            (
                "history",
                json!([
                    { "role": "user", "content": opening.text },
                    { "role": "assistant", "content": greeting.text },
                ]),
            ),
            ("question", question.text.as_str().into()),
            ("expected", answer.text.as_str().into()),
        ]))
    };
    (0..count).filter_map(chat).collect()
}

fn countries(count: usize) -> Vec<[String; 3]> {
    let mut random = Random::stream(SEED, 101);
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    while rows.len() < count {
        let split = if rows.len() % 4 == 0 { Split::HELD_OUT } else { Split::TRAIN };
        let spec = Spec::plain(Task::Capital, split, &mut random);
        let asked = row(&spec, Split::NEW_THINGS, &mut random);
        let asked = if let Row::Trip(trip) = asked { trip.about(spec.country) } else { continue };
        if seen.insert(asked.text.clone()) {
            rows.push([asked.text, asked.country.to_owned(), asked.capital.to_owned()]);
        }
    }
    rows
}

fn restaurants(count: usize) -> Vec<[String; 3]> {
    let mut random = Random::stream(SEED, 102);
    let mut pairs: Vec<[String; 3]> = Vec::new();
    for (cuisine, _) in CUISINES {
        let mut places: Vec<_> = COUNTRIES.of(Part::Train).iter().collect();
        random.shuffle(&mut places);
        pairs.extend(
            places[..count.div_ceil(CUISINES.len())]
                .iter()
                .map(|(country, capital, _)| [*cuisine, country, capital].map(str::to_owned)),
        );
    }
    random.shuffle(&mut pairs);
    pairs.truncate(count);
    pairs
}

fn object(columns: &[(&str, Value)]) -> Map<String, Value> {
    columns.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn row_id(dataset: &str, index: usize) -> String {
    let noun = dataset.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let noun = noun.unwrap_or_else(|| dataset.trim_end_matches('s').to_owned());
    format!("{noun}-{:03}", index + 1)
}

fn write(folder: &Path, dataset: &str, rows: &[Map<String, Value>]) -> anyhow::Result<()> {
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = object(&[("id", row_id(dataset, index).into())]);
        line.extend(row.clone());
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    write_file(&folder.join(format!("{dataset}.jsonl")), &text)
}

fn write_table(folder: &Path, dataset: &str, head: &str, rows: &[[String; 3]]) -> anyhow::Result<()> {
    let mut text = format!("id,{head}\n");
    for (index, columns) in rows.iter().enumerate() {
        text.push_str(&format!("{},{}\n", row_id(dataset, index), columns.join(",")));
    }
    write_file(&folder.join(format!("{dataset}.csv")), &text)
}

fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
