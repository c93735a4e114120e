//! Contests: players in order of their strength.

use super::Names;
use crate::metrics::statistics::{BradleyTerry, CONFIDENCE, Contest, EloSettings, RankingFault, bradley_terry, elo};
use atelier_types::statistics::{Coefficient, ContestRecord, PlayerReport, RankingReport, Winner};
use std::cmp::Ordering;

/// Strengths by Bradley and Terry with Davidson's ties, and Elo's ratings in the order of the records. Players stand in
/// order of strength; where strengths are undefined, in order of Elo, and each says why. Contests against oneself do not
/// count.
pub fn ranking_report(records: &[ContestRecord]) -> RankingReport {
    let mut names = Names::default();
    let numbered = records.iter().map(|record| Contest {
        first: names.number(&record.a),
        second: names.number(&record.b),
        outcome: match record.winner {
            Winner::A => Ordering::Greater,
            Winner::B => Ordering::Less,
            Winner::Tie => Ordering::Equal,
        },
    });
    let contests: Vec<Contest> = numbered.filter(|contest| contest.first != contest.second).collect();
    let names = names.names;
    let fit = bradley_terry(&contests, names.len());
    let ratings = elo(&contests, names.len(), EloSettings::default());
    let counts = counts(&contests, names.len());
    let players = names.iter().enumerate().map(|(player, name)| PlayerReport {
        name: (*name).to_owned(),
        strength: strength(&fit, player, &names),
        elo: ratings[player],
        num_wins: counts[player][0],
        num_losses: counts[player][1],
        num_ties: counts[player][2],
    });
    let mut players: Vec<PlayerReport> = players.collect();
    players.sort_by(|one, other| {
        let key = |player: &PlayerReport| player.strength.value.unwrap_or(player.elo);
        key(other).total_cmp(&key(one))
    });
    RankingReport {
        num_contests: contests.len() as u32,
        num_ties: contests.iter().filter(|contest| contest.outcome == Ordering::Equal).count() as u32,
        tie: fit.ok().map(|fit| fit.tie),
        players,
    }
}

/// Wins, losses and ties of each player.
fn counts(contests: &[Contest], num_players: usize) -> Vec<[u32; 3]> {
    let mut counts = vec![[0; 3]; num_players];
    for Contest { first, second, outcome } in contests {
        let (of_first, of_second) = match outcome {
            Ordering::Greater => (0, 1),
            Ordering::Less => (1, 0),
            Ordering::Equal => (2, 2),
        };
        counts[*first][of_first] += 1;
        counts[*second][of_second] += 1;
    }
    counts
}

fn strength(fit: &Result<BradleyTerry, RankingFault>, player: usize, names: &[&str]) -> Coefficient {
    match fit {
        Ok(fit) => Coefficient {
            value: fit.strengths.get(player).copied(),
            interval: fit.interval(player, CONFIDENCE),
            reason: None,
        },
        Err(fault) => Coefficient { reason: Some(reason(fault, names)), ..Coefficient::default() },
    }
}

fn reason(fault: &RankingFault, names: &[&str]) -> String {
    match fault {
        RankingFault::NeverScored(players) => {
            let group: Vec<&str> = players.iter().filter_map(|player| names.get(*player).copied()).collect();
            format!("{fault}: {}", group.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contest(a: &str, b: &str, winner: Winner) -> ContestRecord {
        ContestRecord { a: a.to_owned(), b: b.to_owned(), winner }
    }

    #[test]
    fn players_stand_in_order_of_strength() {
        let records = [
            contest("low", "high", Winner::B),
            contest("low", "high", Winner::B),
            contest("low", "high", Winner::A),
            contest("high", "low", Winner::Tie),
            contest("low", "low", Winner::A),
        ];
        let report = ranking_report(&records);
        assert_eq!((report.num_contests, report.num_ties), (4, 1));
        let [high, low] = report.players.as_slice() else { panic!("{report:?}") };
        assert_eq!((high.name.as_str(), high.num_wins, high.num_losses, high.num_ties), ("high", 2, 1, 1));
        assert!(high.strength.value > low.strength.value && high.strength.interval.is_some());
    }

    #[test]
    fn undefined_strengths_say_why() {
        let report = ranking_report(&[contest("x", "y", Winner::A)]);
        assert_eq!((report.players[0].name.as_str(), report.tie), ("x", None));
        let reason = report.players[0].strength.reason.as_deref().unwrap();
        assert!(reason.ends_with("has no limit: y"), "{reason}");
        assert!(ranking_report(&[]).players.is_empty());
    }
}
