use super::*;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn sides(value: &Value) -> Sides {
    if value == "larger" { Sides::One } else { Sides::Two }
}

#[test]
fn power_of_t_tests_equals_statsmodels() {
    compare_all("t_power", 300, |case| {
        vec![t_power(number(&case[0]), whole(&case[1]), number(&case[2]), sides(&case[3]))]
    });
    compare_all("t_detectable", 120, |case| {
        vec![t_detectable(whole(&case[0]), number(&case[1]), number(&case[2]), sides(&case[3]))]
    });
    compare_all("t_rows", 120, |case| {
        let power_at = |rows| t_power(number(&case[0]), rows, number(&case[2]), sides(&case[3]));
        vec![rows_for(number(&case[1]), power_at).map(|rows| rows as f64)]
    });
}

#[test]
fn power_of_equivalence_equals_scipys_integral() {
    compare_all("t_equivalence", 100, |case| {
        vec![t_equivalence_power(number(&case[0]), number(&case[1]), whole(&case[2]), number(&case[3]))]
    });
}
