//! What counts: of all that a reviewer said about an item, the newest answer that was not taken back.

use super::{Result, ReviewError, SetFiles};
use atelier_types::ids::{ReviewItemId, ReviewerName};
use atelier_types::review::{Answer, Rating, ReviewMode};
use std::collections::BTreeMap;

/// The counting rating by reviewer and item. `ratings` come oldest first; events that were merged twice count once.
pub fn counting(ratings: Vec<Rating>) -> BTreeMap<ReviewerName, BTreeMap<ReviewItemId, Rating>> {
    let mut seen = std::collections::HashSet::new();
    let mut stacks: BTreeMap<ReviewerName, BTreeMap<ReviewItemId, Vec<Rating>>> = BTreeMap::new();
    for rating in ratings {
        if !seen.insert(rating.id.clone()) {
            continue;
        }
        let items = stacks.entry(rating.reviewer.clone()).or_default();
        let stack = items.entry(rating.item.clone()).or_default();
        match rating.answer {
            Answer::Undo => drop(stack.pop()),
            Answer::Pair { .. } | Answer::Rubric { .. } | Answer::Skip => stack.push(rating),
        }
    }
    let newest = |items: BTreeMap<ReviewItemId, Vec<Rating>>| {
        items.into_iter().filter_map(|(item, mut stack)| Some((item, stack.pop()?))).collect()
    };
    stacks.into_iter().map(|(reviewer, items)| (reviewer, newest(items))).collect()
}

/// Refuses an answer that does not fit the set's question.
pub fn check(set: &SetFiles, item: &ReviewItemId, answer: &Answer) -> Result<()> {
    if !set.has_item(item) {
        return Err(ReviewError::NoItem { item: item.to_string() });
    }
    let bad = |reason: String| Err(ReviewError::BadAnswer { reason });
    match (answer, set.header.mode) {
        (Answer::Skip | Answer::Undo, _) | (Answer::Pair { .. }, ReviewMode::Pair) => Ok(()),
        (Answer::Rubric { values }, ReviewMode::Rubric) => {
            let criteria = &set.header.rubric.criteria;
            if let Some(missing) = criteria.iter().find(|criterion| !values.contains_key(&criterion.key)) {
                return bad(format!("`{}` has no value", missing.key));
            }
            if let Some(unknown) = values.keys().find(|key| criteria.iter().all(|one| one.key != **key)) {
                return bad(format!("the rubric has no criterion `{unknown}`"));
            }
            match values.iter().find(|(_, value)| !(1..=5).contains(*value)) {
                Some((key, value)) => bad(format!("`{key}` is {value}, and scales go from 1 to 5")),
                None => Ok(()),
            }
        }
        (Answer::Pair { .. }, ReviewMode::Rubric) => {
            bad("the set asks for values, not for the better of two".to_owned())
        }
        (Answer::Rubric { .. }, ReviewMode::Pair) => {
            bad("the set asks for the better of two, not for values".to_owned())
        }
    }
}
