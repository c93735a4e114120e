//! Playground rounds as their events build them up. Deltas may arrive before the round's id is answered.

use atelier_types::ids::{ModelName, PlaygroundId};
use atelier_types::output::Output;
use std::collections::BTreeMap;

/// Rounds that are kept; the oldest go first.
const MAX_ROUNDS: usize = 32;

/// One model's side of a round.
#[derive(Clone, Debug, Default)]
pub struct Pane {
    pub text: String,
    /// Egui's time when the first text came.
    pub first_text_secs: Option<f64>,
    pub output: Option<Output>,
}

#[derive(Clone, Debug, Default)]
pub struct Round {
    pub panes: BTreeMap<ModelName, Pane>,
}

#[derive(Clone, Debug, Default)]
pub struct Rounds {
    rounds: Vec<(PlaygroundId, Round)>,
}

impl Rounds {
    pub fn get(&self, id: &PlaygroundId) -> Option<&Round> {
        self.rounds.iter().find(|(known, _)| known == id).map(|(_, round)| round)
    }

    pub fn append(&mut self, id: PlaygroundId, model: ModelName, text: &str, now_secs: f64) {
        let pane = self.pane(id, model);
        pane.first_text_secs.get_or_insert(now_secs);
        pane.text.push_str(text);
    }

    pub fn finish(&mut self, id: PlaygroundId, model: ModelName, output: Output) {
        let pane = self.pane(id, model);
        pane.text.clone_from(&output.text);
        pane.output = Some(output);
    }

    fn pane(&mut self, id: PlaygroundId, model: ModelName) -> &mut Pane {
        let at = match self.rounds.iter().position(|(known, _)| *known == id) {
            Some(at) => at,
            None => {
                if self.rounds.len() == MAX_ROUNDS {
                    self.rounds.remove(0);
                }
                self.rounds.push((id, Round::default()));
                self.rounds.len() - 1
            }
        };
        self.rounds[at].1.panes.entry(model).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deltas_of_two_models_do_not_mix() {
        let mut rounds = Rounds::default();
        let id = PlaygroundId::new("p1");
        rounds.append(id.clone(), "a".into(), "Hel", 1.0);
        rounds.append(id.clone(), "b".into(), "Hi", 1.5);
        rounds.append(id.clone(), "a".into(), "lo", 2.0);
        let panes = &rounds.get(&id).unwrap().panes;
        assert_eq!(panes[&ModelName::new("a")].text, "Hello");
        assert_eq!(panes[&ModelName::new("a")].first_text_secs, Some(1.0));
        assert_eq!(panes[&ModelName::new("b")].text, "Hi");
    }

    #[test]
    fn the_oldest_round_goes_first() {
        let mut rounds = Rounds::default();
        for number in 0..=MAX_ROUNDS {
            rounds.append(PlaygroundId::new(number.to_string()), "a".into(), "x", 0.0);
        }
        assert!(rounds.get(&PlaygroundId::new("0")).is_none());
        assert!(rounds.get(&PlaygroundId::new("1")).is_some());
    }
}
