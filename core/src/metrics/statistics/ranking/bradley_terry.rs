//! Bradley and Terry's model of contests, with ties after Davidson.

use super::Contest;
use super::matrix::{inverse, product};
use crate::metrics::statistics::distributions::normal_two_sided;
use atelier_types::statistics::Interval;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const MAX_STEPS: usize = 200;
/// A fit is done when no score is further from its expectation, as a share of the contests.
const TOLERANCE: f64 = 1e-11;

/// Why no strengths can be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RankingFault {
    #[error("there is no contest between two players")]
    NoContest,
    #[error("there are only ties, so nobody is stronger")]
    OnlyTies,
    /// The players of one group, as numbers.
    #[error("some players never won or tied against the others, so how much weaker they are has no limit")]
    NeverScored(Vec<usize>),
    #[error("the fit did not settle")]
    Unsettled,
}

/// Strengths that make the contests most likely.
#[derive(Clone, Debug, PartialEq)]
pub struct BradleyTerry {
    /// Natural logarithms; their mean is 0. One player is stronger than another by odds of e^difference, ties apart.
    pub strengths: Vec<f64>,
    /// ν: how common ties are; 0 where there were none. Equals tie with chance ν / (2 + ν).
    pub tie: f64,
    covariance: Vec<Vec<f64>>,
}

impl BradleyTerry {
    /// Wald's interval for a player's strength against the mean of all.
    pub fn interval(&self, player: usize, confidence: f64) -> Option<Interval> {
        let variance = *self.covariance.get(player)?.get(player)?;
        around(*self.strengths.get(player)?, variance, confidence)
    }

    /// Wald's interval for how much stronger one player is than another. Where it leaves out 0, they differ.
    pub fn difference(&self, one: usize, other: usize, confidence: f64) -> Option<Interval> {
        let entry = |row: usize, column: usize| Some(*self.covariance.get(row)?.get(column)?);
        let variance = entry(one, one)? + entry(other, other)? - 2.0 * entry(one, other)?;
        around(self.strengths.get(one)? - self.strengths.get(other)?, variance, confidence)
    }

    /// Chances that the first wins, that it ends in a tie, and that the second wins.
    pub fn chances(&self, first: usize, second: usize) -> Option<[f64; 3]> {
        let half = (self.strengths.get(first)? - self.strengths.get(second)?) / 2.0;
        Some(Chances::of(half, self.tie)).map(|chances| [chances.first, chances.tie, chances.second])
    }
}

fn around(centre: f64, variance: f64, confidence: f64) -> Option<Interval> {
    let half_width = normal_two_sided(confidence)? * variance.max(0.0).sqrt();
    Some(Interval { low: centre - half_width, high: centre + half_width, confidence })
}

/// Fits strengths λ and ν by maximum likelihood: chances of win, loss and tie are in the proportions e^λᵢ, e^λⱼ and
/// ν e^((λᵢ + λⱼ)/2). Newton's method on λ and log ν, in which the likelihood is concave; intervals come from the inverse
/// of the information.
///
/// Source: Bradley and Terry, Biometrika 39 (1952); Davidson, Journal of the American Statistical Association 65 (1970);
/// Ford, American Mathematical Monthly 64 (1957) for when the maximum exists: each group of players must have won or tied
/// against the rest. Contests are taken as independent; contests against oneself are left out.
pub fn bradley_terry(contests: &[Contest], num_players: usize) -> Result<BradleyTerry, RankingFault> {
    let pairs = tally(contests, num_players);
    check(&pairs, num_players)?;
    let num_contests: f64 = pairs.iter().map(Pair::num_contests).sum();
    let has_ties = pairs.iter().any(|pair| pair.ties > 0.0);
    let mut at = Point { strengths: vec![0.0; num_players], log_tie: has_ties.then_some(0.0) };
    let mut height = at.log_likelihood(&pairs);
    for _ in 0..MAX_STEPS {
        let (gradient, information) = at.derivatives(&pairs);
        let covariance = inverse(&information).ok_or(RankingFault::Unsettled)?;
        if gradient.iter().all(|score| score.abs() <= TOLERANCE * num_contests) {
            return Ok(at.fitted(covariance));
        }
        let step = product(&covariance, &gradient);
        // Half steps until the likelihood does not fall, rounding aside.
        let slack = 1e-12 * height.abs();
        let halved = (0..60).map(|halvings| at.moved(&step, 0.5_f64.powi(halvings)));
        let (next, next_height) = halved
            .map(|point| (point.log_likelihood(&pairs), point))
            .find(|(found, _)| *found >= height - slack)
            .map(|(found, point)| (point, found))
            .ok_or(RankingFault::Unsettled)?;
        (at, height) = (next, next_height);
    }
    Err(RankingFault::Unsettled)
}

/// All contests of two players.
struct Pair {
    first: usize,
    second: usize,
    wins: f64,
    losses: f64,
    ties: f64,
}

impl Pair {
    fn num_contests(&self) -> f64 {
        self.wins + self.losses + self.ties
    }
}

fn tally(contests: &[Contest], num_players: usize) -> Vec<Pair> {
    let mut counts: BTreeMap<(usize, usize), [f64; 3]> = BTreeMap::new();
    for Contest { first, second, outcome } in contests {
        let (key, outcome) =
            if first < second { ((*first, *second), *outcome) } else { ((*second, *first), outcome.reverse()) };
        if key.0 != key.1 && key.1 < num_players {
            let place = match outcome {
                Ordering::Greater => 0,
                Ordering::Less => 1,
                Ordering::Equal => 2,
            };
            counts.entry(key).or_default()[place] += 1.0;
        }
    }
    let pairs = counts.into_iter();
    pairs.map(|((first, second), [wins, losses, ties])| Pair { first, second, wins, losses, ties }).collect()
}

/// The maximum exists where everybody reaches everybody over wins and ties.
fn check(pairs: &[Pair], num_players: usize) -> Result<(), RankingFault> {
    if pairs.is_empty() {
        return Err(RankingFault::NoContest);
    }
    if pairs.iter().all(|pair| pair.wins + pair.losses == 0.0) {
        return Err(RankingFault::OnlyTies);
    }
    let mut scored_against = vec![Vec::new(); num_players];
    let mut conceded_to = vec![Vec::new(); num_players];
    for pair in pairs {
        let scores = [(pair.first, pair.second, pair.wins), (pair.second, pair.first, pair.losses)];
        for (from, to, _) in scores.into_iter().filter(|(_, _, wins)| wins + pair.ties > 0.0) {
            scored_against[from].push(to);
            conceded_to[to].push(from);
        }
    }
    let reached = reached_from_first(&scored_against);
    if reached.contains(&false) {
        return Err(RankingFault::NeverScored(places(&reached, true)));
    }
    let reaching = reached_from_first(&conceded_to);
    if reaching.contains(&false) {
        return Err(RankingFault::NeverScored(places(&reaching, false)));
    }
    Ok(())
}

fn reached_from_first(edges: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut waiting = vec![0];
    while let Some(at) = waiting.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            waiting.extend(&edges[at]);
        }
    }
    reached
}

fn places(flags: &[bool], wanted: bool) -> Vec<usize> {
    (0..flags.len()).filter(|place| flags[*place] == wanted).collect()
}

/// Where the fit stands.
#[derive(Clone)]
struct Point {
    strengths: Vec<f64>,
    /// log ν; `None` without ties.
    log_tie: Option<f64>,
}

impl Point {
    fn tie(&self) -> f64 {
        self.log_tie.map_or(0.0, f64::exp)
    }

    fn half_difference(&self, pair: &Pair) -> f64 {
        (self.strengths[pair.first] - self.strengths[pair.second]) / 2.0
    }

    fn log_likelihood(&self, pairs: &[Pair]) -> f64 {
        let term = |pair: &Pair| {
            let chances = Chances::of(self.half_difference(pair), self.tie());
            let part = |count: f64, chance: f64| if count > 0.0 { count * chance.ln() } else { 0.0 };
            part(pair.wins, chances.first) + part(pair.losses, chances.second) + part(pair.ties, chances.tie)
        };
        pairs.iter().map(term).sum()
    }

    /// Scores, and the information with 1 added to each entry between strengths: that pins their sum to 0 and changes
    /// nothing else.
    fn derivatives(&self, pairs: &[Pair]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let num_players = self.strengths.len();
        let size = num_players + usize::from(self.log_tie.is_some());
        let mut gradient = vec![0.0; size];
        let mut information = vec![vec![0.0; size]; size];
        information.iter_mut().take(num_players).for_each(|row| row[..num_players].fill(1.0));
        for pair in pairs {
            let chances = Chances::of(self.half_difference(pair), self.tie());
            let (number, lead) = (pair.num_contests(), chances.first - chances.second);
            let score = (pair.wins - pair.losses - number * lead) / 2.0;
            let curvature = number * (chances.first + chances.second - lead * lead) / 4.0;
            for (player, other, sign) in [(pair.first, pair.second, 1.0), (pair.second, pair.first, -1.0)] {
                gradient[player] += sign * score;
                information[player][player] += curvature;
                information[player][other] -= curvature;
                if self.log_tie.is_some() {
                    let mixed = -sign * number * lead * chances.tie / 2.0;
                    information[player][num_players] += mixed;
                    information[num_players][player] += mixed;
                }
            }
            if self.log_tie.is_some() {
                gradient[num_players] += pair.ties - number * chances.tie;
                information[num_players][num_players] += number * chances.tie * (1.0 - chances.tie);
            }
        }
        (gradient, information)
    }

    fn moved(&self, step: &[f64], share: f64) -> Self {
        let strengths = self.strengths.iter().zip(step).map(|(strength, change)| strength + share * change).collect();
        let change = step.get(self.strengths.len()).copied().unwrap_or(0.0);
        Self { strengths, log_tie: self.log_tie.map(|log_tie| log_tie + share * change) }
    }

    fn fitted(self, mut covariance: Vec<Vec<f64>>) -> BradleyTerry {
        let num_players = self.strengths.len();
        let pinned = 1.0 / (num_players * num_players) as f64;
        covariance.truncate(num_players);
        for row in &mut covariance {
            row.truncate(num_players);
            row.iter_mut().for_each(|entry| *entry -= pinned);
        }
        let tie = self.tie();
        let centre = self.strengths.iter().sum::<f64>() / num_players as f64;
        let strengths = self.strengths.into_iter().map(|strength| strength - centre).collect();
        BradleyTerry { strengths, tie, covariance }
    }
}

struct Chances {
    first: f64,
    tie: f64,
    second: f64,
}

impl Chances {
    /// From half the difference of strengths, which is taken out of both exponents so that none overflows.
    fn of(half: f64, tie: f64) -> Self {
        let (up, down, level) = ((half - half.abs()).exp(), (-half - half.abs()).exp(), tie * (-half.abs()).exp());
        let all = up + down + level;
        Self { first: up / all, tie: level / all, second: down / all }
    }
}

#[cfg(test)]
mod tests;
