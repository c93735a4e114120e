//! Planning from a pilot: what a comparison with so many rows can find, and how many rows it takes.

use super::{alone, differences, paired_rows, unit_of};
use crate::metrics::statistics::{
    FlipRates, McNemar, Sides, checks_equivalence_power, default_margin, mcnemar_detectable, mcnemar_power, rows_for,
    standard_deviation, t_detectable, t_equivalence_power, t_power,
};
use atelier_types::score::Unit;
use atelier_types::statistics::{Coefficient, MidPPower, PairRecord, PowerReport, PowerSettings};

const NO_DIFFERENCE: &str = "no difference other than 0 is asked for";
const NO_MARGIN: &str = "no margin above 0 is given";
const TOO_MANY_ROWS: &str = "more than two million rows are needed";
const TOO_FEW_ROWS: &str = "so few rows find no difference with this power";

/// What `num_rows` rows find, and how many rows find the difference or show equivalence, if rows vary like the pilot's.
///
/// Rows with one check a side are planned with the exact McNemar test, unconditional on the number of flips; half a row is
/// added to each of the four cells of the pilot, so that no flip in few rows does not plan for none. All other scores are
/// planned with the paired t test and the standard deviation of the pilot's row differences, taken as known. Tests have two
/// sides. Equivalence is what a verdict calls "no difference of practical size": the interval at the confidence within the
/// margin; for other scores than checks without the widening for rows that seldom move.
pub fn power_report(records: &[PairRecord], settings: PowerSettings) -> PowerReport {
    let rows = paired_rows(records);
    let unit = settings.unit.unwrap_or_else(|| unit_of(&rows));
    let margin = settings.margin.unwrap_or_else(|| default_margin(unit));
    let differences = differences(&rows);
    let num_rows = settings.num_rows.unwrap_or(differences.len() as u32);
    let difference = settings.difference.or((margin > 0.0).then_some(margin));
    let is_check = |values: &[f64]| matches!(values, [] | [0.0 | 1.0]);
    let is_one_check = unit == Unit::Share && rows.iter().all(|(one, other)| is_check(one) && is_check(other));
    let deviation = standard_deviation(&differences);
    let plan = Plan {
        num_rows: u64::from(num_rows),
        difference: difference.map(f64::abs).filter(|size| *size > 0.0 && size.is_finite()),
        margin,
        power: settings.power,
        level: 1.0 - settings.confidence,
        spread: if is_one_check { checks(&differences) } else { measurements(&differences, deviation) },
    };
    PowerReport {
        unit,
        num_pilot_rows: differences.len() as u32,
        num_rows,
        difference,
        margin,
        power: settings.power,
        confidence: settings.confidence,
        deviation,
        flips: match plan.spread {
            Ok(Spread::Flips(flips)) => Some(flips),
            _ => None,
        },
        detectable: plan.detectable(McNemar::Exact),
        achieved: plan.achieved(McNemar::Exact),
        rows_needed: plan.rows_needed(McNemar::Exact),
        rows_for_equivalence: plan.rows_for_equivalence(),
        mid_p: is_one_check.then(|| MidPPower {
            detectable: plan.detectable(McNemar::MidP),
            achieved: plan.achieved(McNemar::MidP),
            rows_needed: plan.rows_needed(McNemar::MidP),
        }),
        method: if is_one_check { "Exact McNemar test" } else { "Paired t test" }.to_owned(),
    }
}

/// What the pilot says about how rows vary.
#[derive(Clone, Copy)]
enum Spread {
    /// One check a row and side: the share of rows that flip.
    Flips(f64),
    /// The standard deviation of row differences.
    Deviation(f64),
}

fn checks(differences: &[f64]) -> Result<Spread, &'static str> {
    let num_flips = differences.iter().filter(|difference| **difference != 0.0).count();
    match differences.len() {
        0 => Err("no row of the pilot has a score on both sides"),
        num_rows => Ok(Spread::Flips((num_flips as f64 + 1.0) / (num_rows as f64 + 2.0))),
    }
}

fn measurements(differences: &[f64], deviation: Option<f64>) -> Result<Spread, &'static str> {
    match deviation {
        _ if differences.is_empty() => Err("no row of the pilot has a score on both sides"),
        None => Err("one row says nothing about how much rows vary"),
        Some(deviation) if deviation > 0.0 && deviation.is_finite() => Ok(Spread::Deviation(deviation)),
        Some(_) => Err("all rows of the pilot differ alike, so nothing is known about how much rows vary"),
    }
}

struct Plan {
    num_rows: u64,
    /// Its size; both tests have two sides.
    difference: Option<f64>,
    margin: f64,
    power: f64,
    level: f64,
    spread: Result<Spread, &'static str>,
}

impl Plan {
    /// The spread, unless a setting is impossible.
    fn spread(&self) -> Result<Spread, &'static str> {
        let is_chance = |value: f64| value > 0.0 && value < 1.0;
        match self.spread {
            _ if !is_chance(self.power) => Err("the power is not between 0 and 1"),
            _ if !is_chance(self.level) => Err("the confidence is not between 0 and 1"),
            spread => spread,
        }
    }

    /// The spread and the difference that should be found.
    fn target(&self) -> Result<(Spread, f64), &'static str> {
        let (spread, difference) = (self.spread()?, self.difference.ok_or(NO_DIFFERENCE)?);
        match spread {
            Spread::Flips(_) if difference > 1.0 => Err("a share cannot differ by more than 1"),
            spread => Ok((spread, difference)),
        }
    }

    fn power_at(&self, (spread, difference): (Spread, f64), num_rows: u64, test: McNemar) -> Option<f64> {
        match spread {
            Spread::Flips(flips) => {
                mcnemar_power(FlipRates::with_difference(difference, flips), num_rows, self.level, test)
            }
            Spread::Deviation(deviation) => t_power(difference / deviation, num_rows, self.level, Sides::Two),
        }
    }

    fn detectable(&self, test: McNemar) -> Coefficient {
        let found = |spread: Spread| match spread {
            Spread::Flips(flips) => mcnemar_detectable(flips, self.num_rows, self.power, self.level, test),
            Spread::Deviation(deviation) => {
                Some(deviation * t_detectable(self.num_rows, self.power, self.level, Sides::Two)?)
            }
        };
        said(self.spread().map(found), TOO_FEW_ROWS)
    }

    fn achieved(&self, test: McNemar) -> Coefficient {
        let found = |target: (Spread, f64)| self.power_at(target, self.num_rows, test);
        said(self.target().map(found), "a t test needs two rows")
    }

    fn rows_needed(&self, test: McNemar) -> Coefficient {
        let found = |target: (Spread, f64)| rows_for(self.power, |num_rows| self.power_at(target, num_rows, test));
        said(self.target().map(|target| found(target).map(|rows| rows as f64)), TOO_MANY_ROWS)
    }

    fn rows_for_equivalence(&self) -> Coefficient {
        let confidence = 1.0 - self.level;
        let found = |spread: Spread| {
            rows_for(self.power, |num_rows| match spread {
                Spread::Flips(flips) => checks_equivalence_power(flips, self.margin, num_rows, confidence),
                Spread::Deviation(deviation) => t_equivalence_power(0.0, self.margin / deviation, num_rows, confidence),
            })
        };
        let spread = self.spread().and_then(|spread| (self.margin > 0.0).then_some(spread).ok_or(NO_MARGIN));
        said(spread.map(|spread| found(spread).map(|rows| rows as f64)), TOO_MANY_ROWS)
    }
}

fn said(found: Result<Option<f64>, &str>, reason: &str) -> Coefficient {
    match found {
        Ok(value) => alone(value, reason),
        Err(reason) => alone(None, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(row: usize, a: f64, b: f64) -> PairRecord {
        PairRecord { id: row.to_string(), a: Some(a), b: Some(b) }
    }

    #[test]
    fn measurements_are_planned_with_the_t_test() {
        let pilot: Vec<PairRecord> = (0..20).map(|row| record(row, 50.0, 50.0 + (row % 5) as f64)).collect();
        let settings = PowerSettings { difference: Some(-1.0), margin: Some(0.5), ..PowerSettings::default() };
        let report = power_report(&pilot, settings);
        assert_eq!((report.unit, report.num_rows, report.method.as_str()), (Unit::Number, 20, "Paired t test"));
        let needed = report.rows_needed.value.unwrap();
        let effect = 1.0 / report.deviation.unwrap();
        assert!(t_power(effect, needed as u64, 0.05, Sides::Two).unwrap() >= 0.8);
        assert!(t_power(effect, needed as u64 - 1, 0.05, Sides::Two).unwrap() < 0.8);
        assert!(report.achieved.value.unwrap() > 0.8 && report.detectable.value.unwrap() < 1.0, "{report:?}");
        assert!(report.rows_for_equivalence.value.unwrap() > needed, "{report:?}");
        assert_eq!((report.flips, report.mid_p), (None, None));
    }

    #[test]
    fn checks_are_planned_with_mcnemars_test() {
        let pilot: Vec<PairRecord> = (0..98).map(|row| record(row, 1.0, if row < 9 { 0.0 } else { 1.0 })).collect();
        let settings = PowerSettings { difference: Some(0.1), num_rows: Some(200), ..PowerSettings::default() };
        let report = power_report(&pilot, settings);
        assert_eq!((report.unit, report.flips, report.num_rows), (Unit::Share, Some(0.1), 200));
        let mid_p = report.mid_p.unwrap();
        assert!(mid_p.achieved.value > report.achieved.value);
        assert!(mid_p.rows_needed.value < report.rows_needed.value);
        assert!(report.detectable.value.unwrap() < 0.1, "{:?}", report.detectable);
        assert!(report.rows_for_equivalence.value.unwrap() > 5000.0, "{:?}", report.rows_for_equivalence);
    }

    #[test]
    fn what_cannot_be_said_has_a_reason() {
        let reason = |report: PowerReport| report.rows_needed.reason.unwrap();
        let settings = PowerSettings { difference: Some(1.0), ..PowerSettings::default() };
        assert_eq!(reason(power_report(&[], settings)), "no row of the pilot has a score on both sides");
        let one = [record(0, 1.0, 7.0)];
        assert_eq!(reason(power_report(&one, settings)), "one row says nothing about how much rows vary");
        let alike = [record(0, 1.0, 7.0), record(1, 2.0, 8.0)];
        assert!(reason(power_report(&alike, settings)).starts_with("all rows of the pilot differ alike"));
        let varied = [record(0, 1.0, 7.0), record(1, 2.0, 9.0)];
        assert_eq!(reason(power_report(&varied, PowerSettings::default())), NO_DIFFERENCE);
        let impossible = PowerSettings { power: 1.0, ..settings };
        assert_eq!(reason(power_report(&varied, impossible)), "the power is not between 0 and 1");
        let few = power_report(&[record(0, 0.0, 1.0)], PowerSettings { num_rows: Some(4), ..settings });
        assert_eq!(few.detectable.reason.as_deref(), Some(TOO_FEW_ROWS));
        assert_eq!(power_report(&varied, settings).rows_for_equivalence.reason.as_deref(), Some(NO_MARGIN));
    }
}
