//! Numbers, sizes and times as people read them. Pure; used by every screen so that they all read alike.

use atelier_types::time::MillisSinceEpoch;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `1,482`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 prompts`, `1 prompt`
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `5.1 GB`, `48 MB`, in powers of 1,000.
pub fn bytes(number: u64) -> String {
    let number = number as f64;
    match number {
        n if n >= 1e9 => format!("{:.1} GB", n / 1e9),
        n if n >= 1e6 => format!("{:.0} MB", n / 1e6),
        n if n >= 1e3 => format!("{:.0} kB", n / 1e3),
        n => format!("{n:.0} bytes"),
    }
}

/// `0.42 s`, `84 ms`, `3 min 5 s`
pub fn duration(millis: f64) -> String {
    match millis {
        m if m < 100.0 => format!("{m:.0} ms"),
        m if m < 10_000.0 => format!("{:.2} s", m / 1e3),
        m if m < 60_000.0 => format!("{:.1} s", m / 1e3),
        m if m < 3_600_000.0 => format!("{} min {} s", (m / 6e4) as u64, ((m % 6e4) / 1e3) as u64),
        m => format!("{} h {} min", (m / 3.6e6) as u64, ((m % 3.6e6) / 6e4) as u64),
    }
}

/// An expectation, no finer than it is sure: `16 min`, `2 h 10 min`, `45 s`.
pub fn about(millis: f64) -> String {
    match millis {
        m if m < 1e3 => "1 s".to_owned(),
        m if m < 60_000.0 => format!("{:.0} s", m / 1e3),
        m if m < 3_600_000.0 => format!("{:.0} min", m / 6e4),
        m => format!("{} h {} min", (m / 3.6e6) as u64, ((m % 3.6e6) / 6e4) as u64),
    }
}

/// `$0.00052`, `$0.24`, `$12.40`
pub fn usd(amount: f64) -> String {
    let num_decimals = match amount.abs() {
        a if a == 0.0 || a >= 0.1 => 2,
        a if a >= 0.001 => 4,
        _ => 5,
    };
    format!("${amount:.num_decimals$}")
}

/// A price that may not be known. Local models cost nothing.
pub fn usd_or_unknown(amount: Option<f64>) -> String {
    amount.map_or_else(|| "not known".to_owned(), usd)
}

/// `just now`, `12 min ago`, `3 h ago`, `yesterday`, `18 Nov`, `18 Nov 2024`
pub fn ago(then: MillisSinceEpoch, now: MillisSinceEpoch) -> String {
    let past = (now.0 - then.0).max(0);
    match past {
        p if p < MINUTE => "just now".to_owned(),
        p if p < HOUR => format!("{} min ago", p / MINUTE),
        p if p < DAY => format!("{} h ago", p / HOUR),
        p if p < 2 * DAY => "yesterday".to_owned(),
        _ => date(then, now),
    }
}

/// `18 Nov` in this year, `18 Nov 2024` in others. UTC.
pub fn date(then: MillisSinceEpoch, now: MillisSinceEpoch) -> String {
    let (year, month, day) = civil(then.0.div_euclid(DAY));
    let (this_year, ..) = civil(now.0.div_euclid(DAY));
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1];
    if year == this_year { format!("{day} {month}") } else { format!("{day} {month} {year}") }
}

/// `14:02:47`, UTC.
pub fn time_of_day(then: MillisSinceEpoch) -> String {
    let seconds = then.0.div_euclid(1000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month from 1 and day of a number of days since 1970, in the Gregorian calendar.
///
/// Years start in March here, so that the leap day is the last of its year and months have a regular pattern.
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, usize::try_from(month).unwrap_or(1).clamp(1, 12), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1_482), "1,482");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(counted(2_160, "row", "rows"), "2,160 rows");
    }

    #[test]
    fn sizes_times_and_prices_keep_the_figures_that_matter() {
        assert_eq!(bytes(5_100_000_000), "5.1 GB");
        assert_eq!(bytes(48_200_000), "48 MB");
        assert_eq!(duration(84.2), "84 ms");
        assert_eq!(duration(420.0), "0.42 s");
        assert_eq!(duration(185_000.0), "3 min 5 s");
        assert_eq!([about(45_400.0), about(958_000.0), about(7_800_000.0)], ["45 s", "16 min", "2 h 10 min"]);
        assert_eq!(usd(0.00052), "$0.00052");
        assert_eq!(usd(0.24), "$0.24");
        assert_eq!(usd(0.0), "$0.00");
    }

    #[test]
    fn days_become_dates_across_leap_years_and_epochs() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_781), (2026, 11, 24));
    }

    #[test]
    fn ages_get_coarser() {
        let now = MillisSinceEpoch(1_795_502_000_000);
        let before = |millis: i64| ago(MillisSinceEpoch(now.0 - millis), now);
        assert_eq!(before(5_000), "just now");
        assert_eq!(before(12 * MINUTE), "12 min ago");
        assert_eq!(before(3 * HOUR), "3 h ago");
        assert_eq!(before(30 * HOUR), "yesterday");
        assert_eq!(before(6 * DAY), "18 Nov");
        assert_eq!(before(400 * DAY), "20 Oct 2025");
    }
}
