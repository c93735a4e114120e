use super::*;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn sides(value: &Value) -> Sides {
    if value == "larger" { Sides::One } else { Sides::Two }
}

#[test]
fn rows_for_t_tests_equal_statsmodels() {
    compare_all("t_rows", 120, |case| {
        let power_at = |rows| t_power(number(&case[0]), rows, number(&case[2]), sides(&case[3]));
        vec![rows_for(number(&case[1]), power_at).map(|rows| rows as f64)]
    });
}

/// Where raters agree perfectly, pingouin's interval is certain; here, as in the golden file, it is undefined.
#[test]
fn intraclass_correlations_equal_pingouin() {
    compare_all("intraclass", 200, |case| {
        let items: Vec<Vec<f64>> = case[0].as_array().unwrap().iter().map(floats).collect();
        let (one, mean) = (IntraclassUnit::One, IntraclassUnit::MeanOfAll);
        let forms = [IntraclassForm::OneWay, IntraclassForm::Agreement, IntraclassForm::Consistency];
        let all = [one, mean].into_iter().flat_map(|unit| forms.map(|form| intraclass(&items, form, unit, CONFIDENCE)));
        all.flat_map(|found| {
            [vec![found.map(|found| found.value)], ends(found.and_then(|found| found.interval))].concat()
        })
        .collect()
    });
}

#[test]
fn prediction_powered_means_equal_ppi_py() {
    compare_all("prediction_powered", 150, |case| {
        let (humans, judges) = (floats(&case[0]), floats(&case[1]));
        let labelled: Vec<JudgedRow> =
            humans.into_iter().zip(judges).map(|(human, judge)| JudgedRow { human, judge }).collect();
        let method = PredictionPoweredMethod::Asymptotic;
        let found =
            prediction_powered(&labelled, &floats(&case[2]), case[3].as_f64(), method, number(&case[4])).unwrap();
        [vec![Some(found.value)], ends(Some(found.interval))].concat()
    });
}

#[test]
fn adjusted_p_values_for_any_dependence_equal_statsmodels() {
    compare_all("adjusted_any", 100, |case| benjamini_yekutieli(&floats(&case[0])).into_iter().map(Some).collect());
}

#[test]
fn power_of_equivalence_equals_scipys_integral() {
    compare_all("t_equivalence", 100, |case| {
        vec![t_equivalence_power(number(&case[0]), number(&case[1]), whole(&case[2]), number(&case[3]))]
    });
}
