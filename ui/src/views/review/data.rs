//! Where a reviewer stands in a set: which item is next, what is answered, what can be taken back. Pure.

use atelier_types::ids::ReviewItemId;
use atelier_types::review::{Answer, Rating, ReviewItem, ReviewSession, ReviewSetSummary};
use std::collections::BTreeMap;

/// Answers of one reviewer, as the studio confirmed them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    pub answers: BTreeMap<ReviewItemId, Rating>,
    /// Items in the order in which they were answered here, the last one last.
    pub given: Vec<ReviewItemId>,
}

impl Standing {
    pub fn of(session: &ReviewSession) -> Self {
        let mut given: Vec<(_, ReviewItemId)> =
            session.answers.values().map(|rating| (rating.at, rating.item.clone())).collect();
        given.sort();
        Self { answers: session.answers.clone(), given: given.into_iter().map(|(_, item)| item).collect() }
    }

    /// Takes in a rating that is on disk.
    pub fn take(&mut self, rating: Rating) {
        self.given.retain(|item| *item != rating.item);
        if rating.answer == Answer::Undo {
            self.answers.remove(&rating.item);
        } else {
            self.given.push(rating.item.clone());
            self.answers.insert(rating.item.clone(), rating);
        }
    }

    pub fn is_answered(&self, item: &ReviewItemId) -> bool {
        self.answers.contains_key(item)
    }

    /// The first item without an answer at or after `from`, then from the start.
    pub fn next(&self, items: &[ReviewItem], from: usize) -> Option<usize> {
        let is_open = |index: &usize| items.get(*index).is_some_and(|item| !self.is_answered(&item.id));
        (from..items.len()).find(is_open).or_else(|| (0..from.min(items.len())).find(is_open))
    }

    pub fn num_answered(&self, items: &[ReviewItem]) -> usize {
        items.iter().filter(|item| self.is_answered(&item.id)).count()
    }
}

/// `about 41 min left`, where a pace is known.
pub fn time_left_words(millis_per_item: Option<u64>, num_left: usize) -> Option<String> {
    let minutes = millis_per_item? * num_left as u64 / 60_000;
    Some(match minutes {
        0 => "less than a minute left".to_owned(),
        minutes => format!("about {minutes} min left"),
    })
}

/// Whether a text is prose or something to be read letter by letter.
pub fn is_code(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with(['{', '[', '<']) || start.starts_with("```")
}

/// `38 of 120 rated`
pub fn progress_words(summary: &ReviewSetSummary) -> String {
    format!("{} of {} rated", summary.num_rated, summary.num_items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::review::PairChoice;
    use atelier_types::time::MillisSinceEpoch;

    fn items(num: usize) -> Vec<ReviewItem> {
        let item = |index: usize| ReviewItem { id: index.to_string().into(), context: Vec::new(), texts: Vec::new() };
        (0..num).map(item).collect()
    }

    fn rating(item: &str, answer: Answer) -> Rating {
        Rating {
            id: "r".into(),
            item: item.into(),
            reviewer: "ada".into(),
            at: MillisSinceEpoch(0),
            answer,
            comment: String::new(),
            duration_millis: None,
        }
    }

    #[test]
    fn skipped_items_are_passed_over_and_an_undo_opens_its_item_again() {
        let mut standing = Standing::default();
        standing.take(rating("0", Answer::Skip));
        standing.take(rating("1", Answer::Pair { choice: PairChoice::Left }));
        assert_eq!(standing.next(&items(3), 0), Some(2));
        standing.take(rating("1", Answer::Undo));
        assert_eq!((standing.next(&items(3), 2), standing.num_answered(&items(3))), (Some(2), 1));
        standing.take(rating("2", Answer::Skip));
        assert_eq!(standing.next(&items(3), 3), Some(1));
    }

    #[test]
    fn a_set_is_done_when_nothing_is_open() {
        let mut standing = Standing::default();
        standing.take(rating("0", Answer::Skip));
        assert_eq!(standing.next(&items(1), 0), None);
    }

    #[test]
    fn time_is_said_in_minutes_and_only_where_a_pace_is_known() {
        assert_eq!(time_left_words(Some(30_000), 82).as_deref(), Some("about 41 min left"));
        assert_eq!(time_left_words(Some(1_000), 2).as_deref(), Some("less than a minute left"));
        assert_eq!(time_left_words(None, 5), None);
    }
}
