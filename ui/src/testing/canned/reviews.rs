//! Review sets: replies to guests, better of two; names for a restaurant, on scales.

use super::{DAY, NOW, before_now};
use crate::transport::fake::Studio;
use atelier_types::api::*;
use atelier_types::ids::{RatingId, ReviewSetName, ReviewerName};
use atelier_types::judge::*;
use atelier_types::review::*;
use atelier_types::statistics::{Coefficient, Estimate, Interval};

pub const PAIRS: &str = "replies-march";
pub const SCALES: &str = "restaurant-names";

const LEFT: &str = "Dear guest,\n\nI am sorry. Your booking OL-2291 for eight people on Saturday at 19:30 and your \
deposit of 160 euros are both with us. The restaurant has not confirmed it, and that is our fault to fix, not yours.\n\n\
I am calling Osteria Lucia now and will write to you before 18:00 today. If they cannot seat you, we return the deposit \
in full the same day and I will suggest three restaurants nearby with a free table for eight at that time.\n\n\
You do not need to call anyone else.";

const RIGHT: &str = "Hi there,\n\nThank you for reaching out, and happy early birthday to your mother! We completely \
understand how frustrating this must be and we truly appreciate your patience.\n\nDeposits are normally returned within 5 \
to 10 working days when a booking cannot be honoured.\n\nWe hope that you enjoy your celebration!";

const LETTER: &str = "Hello, I booked a table for eight at Osteria Lucia for Saturday and paid the deposit of 160 euros. \
Today the restaurant tells me they have no such booking, but the money is gone from my account. My mother turns 70 on \
Saturday and twelve hours of phone calls brought me nothing. What are you going to do?";

fn criterion(key: &str, title: &str, question: &str, anchors: [&str; 3]) -> Criterion {
    Criterion {
        key: key.to_owned(),
        title: title.to_owned(),
        question: question.to_owned(),
        anchors: anchors.map(str::to_owned),
    }
}

pub fn rubric(mode: ReviewMode) -> Rubric {
    let context = |column: &str, title: &str| ContextField { column: column.to_owned(), title: title.to_owned() };
    match mode {
        ReviewMode::Pair => Rubric {
            question: "Which reply would you rather send?".to_owned(),
            guidance: "Right comes first, then whether it can go out as it is.".to_owned(),
            context: vec![context("message", "The customer wrote")],
            output_title: "Reply".to_owned(),
            criteria: Vec::new(),
        },
        ReviewMode::Rubric => Rubric {
            question: "Rate the names".to_owned(),
            guidance: String::new(),
            context: vec![context("brief", "The owner's brief")],
            output_title: "Proposed names".to_owned(),
            criteria: vec![
                criterion(
                    "fits",
                    "Fits the brief",
                    "Would the owner recognise the place in it?",
                    ["Another place", "Partly", "Exactly this place"],
                ),
                criterion(
                    "say",
                    "Easy to say",
                    "Can a guest say it on the phone and be understood?",
                    ["Needs spelling", "Mostly", "First time"],
                ),
                criterion(
                    "sticks",
                    "Sticks",
                    "Would you remember it tomorrow?",
                    ["Gone at once", "Perhaps", "Certainly"],
                ),
                criterion(
                    "clean",
                    "No false notes",
                    "Clichés, failed puns, an unwanted second meaning",
                    ["Embarrassing", "Slightly off", "Clean"],
                ),
            ],
        },
    }
}

fn item(index: u32, mode: ReviewMode) -> ReviewItem {
    let pair = |title: &str, words: &str| (title.to_owned(), words.to_owned());
    match mode {
        ReviewMode::Pair => ReviewItem {
            id: format!("i{index:03}").into(),
            context: vec![
                pair("The customer wrote", LETTER),
                pair("Booking", "OL-2291"),
                pair("When", "Saturday 19:30, 8 guests"),
                pair("Deposit", "160 euros, received"),
                pair("Confirmation", "missing"),
            ],
            texts: vec![LEFT.to_owned(), RIGHT.to_owned()],
        },
        ReviewMode::Rubric => ReviewItem {
            id: format!("i{index:03}").into(),
            context: vec![pair(
                "The owner's brief",
                "A thirty-seat seafood place in a former net loft in Setúbal. Charcoal, whole fish, paper on the tables.",
            )],
            texts: vec!["Rede\n\nBrasa Viva\n\nLota 30\n\nPapel Pardo".to_owned()],
        },
    }
}

pub fn session(set: &ReviewSetName, reviewer: &ReviewerName, num_items: u32, num_answered: u32) -> ReviewSession {
    let mode = if set.as_str() == SCALES { ReviewMode::Rubric } else { ReviewMode::Pair };
    let answers = (0..num_answered).map(|index| {
        let id = item(index, mode).id;
        (id.clone(), rating(id, reviewer.clone(), Answer::Skip))
    });
    ReviewSession {
        header: ReviewSetHeader {
            format: 1,
            set: set.clone(),
            title: if mode == ReviewMode::Pair { "Replies, March set" } else { "Restaurant names, rubric" }.to_owned(),
            mode,
            rubric: rubric(mode),
            rubric_name: "helpful-answer".into(),
            created_at: before_now(3 * DAY),
            num_items,
            mapping_commitment: "4d9e".to_owned(),
        },
        reviewer: reviewer.clone(),
        items: (0..num_items).map(|index| item(index, mode)).collect(),
        answers: answers.collect(),
        millis_per_item: Some(30_000),
    }
}

fn rating(item: atelier_types::ids::ReviewItemId, reviewer: ReviewerName, answer: Answer) -> Rating {
    Rating {
        id: RatingId::new(format!("r-{item}")),
        item,
        reviewer,
        at: NOW,
        answer,
        comment: String::new(),
        duration_millis: Some(1_000),
    }
}

fn summary(name: &str, title: &str, mode: ReviewMode, num_rated: u32, is_closed: bool) -> ReviewSetSummary {
    ReviewSetSummary {
        name: name.into(),
        title: title.to_owned(),
        mode,
        num_items: 120,
        num_rated,
        num_ratings: num_rated * 2,
        reviewers: vec![
            ReviewerProgress { reviewer: "ada".into(), num_rated, num_skipped: 2 },
            ReviewerProgress { reviewer: "grace".into(), num_rated: num_rated / 2, num_skipped: 0 },
        ],
        is_closed,
        created_at: before_now(3 * DAY),
        problem: None,
    }
}

/// A judge that agrees with people on most of 48 outputs.
pub fn calibration() -> JudgeCalibration {
    let coefficient = |value: f64, half: f64| Coefficient {
        value: Some(value),
        interval: Some(Interval { low: value - half, high: value + half, confidence: 0.95 }),
        reason: None,
    };
    let none = || Coefficient { reason: Some("nothing was judged twice".to_owned()), ..Coefficient::default() };
    JudgeCalibration {
        scorer: "politeness".into(),
        criterion: "Fits the brief".to_owned(),
        report: CalibrationReport {
            status: CalibrationStatus::Calibrated,
            threshold: 3.0,
            agreement: JudgeAgreement {
                num_items: 48,
                confusion: ConfusionMatrix {
                    num_true_positives: 27,
                    num_false_positives: 6,
                    num_false_negatives: 3,
                    num_true_negatives: 12,
                },
                accuracy: coefficient(0.81, 0.11),
                cohens_kappa: coefficient(0.58, 0.23),
                krippendorff_alpha: coefficient(0.55, 0.2),
                pearson: coefficient(0.62, 0.18),
                spearman: coefficient(0.60, 0.19),
            },
            curve: [(2.0, 9, 1.9), (3.0, 12, 2.7), (4.0, 18, 3.6), (5.0, 9, 4.7)]
                .map(|(judged, num_items, people)| CalibrationPoint {
                    judged,
                    num_items,
                    people,
                    interval: Some(Interval { low: people - 0.4, high: people + 0.4, confidence: 0.95 }),
                })
                .to_vec(),
            consistency: SelfConsistency { num_items: 0, equal_verdicts: none(), krippendorff_alpha: none() },
            position_bias: PositionBias { num_pairs: 0, order_decided: none(), preference_for_first: none() },
            length_bias: LengthBias { num_items: 48, slope: coefficient(0.12, 0.3), pearson: coefficient(0.1, 0.28) },
        },
        corrected: vec![
            CorrectedMean {
                variant: "v4".into(),
                title: "draft 8c1f2a, gpt-4.1-mini".to_owned(),
                num_rated: 34,
                num_judged: 326,
                judged: Some(4.4),
                corrected: coefficient(4.12, 0.18),
            },
            CorrectedMean {
                variant: "v1".into(),
                title: "v31, gpt-4.1-mini".to_owned(),
                num_rated: 14,
                num_judged: 346,
                judged: Some(3.9),
                corrected: Coefficient {
                    reason: Some("fewer than 30 rows have a human label".to_owned()),
                    ..Coefficient::default()
                },
            },
        ],
    }
}

pub fn results() -> ReviewResults {
    let interval = |low, high| Some(Interval { low, high, confidence: 0.95 });
    let win = |title: &str, against: &str, rate, low, high| WinRate {
        variant: title.into(),
        title: title.to_owned(),
        against: against.into(),
        against_title: against.to_owned(),
        num_wins: 61,
        num_losses: 31,
        num_ties: 12,
        rate,
        interval: interval(low, high),
        p_value: Some(0.002),
        num_items: 104,
    };
    let mean = |title: &str, criterion: &str, mean| RubricMean {
        variant: title.into(),
        title: title.to_owned(),
        criterion: criterion.to_owned(),
        estimate: Estimate {
            mean,
            interval: interval(mean - 0.2, mean + 0.2),
            num_rows: 48,
            num_values: 96,
            num_unscored: 0,
            method: "t".to_owned(),
        },
    };
    ReviewResults {
        summary: summary(PAIRS, "Replies, March set", ReviewMode::Pair, 104, false),
        source: Some(ReviewSource {
            run: super::experiments::RUN.into(),
            experiment: "ticket-triage".into(),
            variants: vec![
                ("v1".into(), "v31, gpt-4.1-mini".to_owned()),
                ("v4".into(), "draft, gpt-4.1-mini".to_owned()),
            ],
        }),
        wins: vec![
            win("draft 8c1f2a, gpt-4.1-mini", "v31, gpt-4.1-mini", 0.64, 0.55, 0.73),
            win("v31, gpt-4.1-mini", "v31, Qwen2.5-7B", 0.53, 0.43, 0.63),
        ],
        rubric_means: vec![
            mean("draft 8c1f2a, gpt-4.1-mini", "Fits the brief", 4.1),
            mean("v31, gpt-4.1-mini", "Fits the brief", 3.6),
        ],
        judges: vec![calibration()],
        comments: vec![("i003".into(), "grace".into(), "The second one apologises for nothing.".to_owned())],
    }
}

pub fn list() -> Vec<ReviewSetSummary> {
    vec![
        summary(PAIRS, "Replies, March set", ReviewMode::Pair, 37, false),
        summary(SCALES, "Restaurant names, rubric", ReviewMode::Rubric, 11, false),
        summary("replies-february", "Replies, February set", ReviewMode::Pair, 120, true),
    ]
}

pub fn answer(studio: &Studio) {
    studio
        .answer::<ReviewsList>(list())
        .answer::<ReviewsCreate>(summary("flipped-rows", "", ReviewMode::Pair, 0, false))
        .on::<ReviewsSession>(|request| Ok(session(&request.set, &request.reviewer, 120, 37)))
        .on::<ReviewsRate>(|request| {
            let comment = request.comment.clone();
            Ok(Rating { comment, ..rating(request.item, request.reviewer, request.answer) })
        })
        .answer::<ReviewsResults>(results())
        .answer::<ReviewsClose>(Nothing {})
        .answer::<RubricsList>(vec![
            RubricSummary {
                name: "helpful-answer".into(),
                question: "Which reply would you rather send?".to_owned(),
                num_criteria: 2,
            },
            RubricSummary {
                name: "tone".into(),
                question: "Which would you rather receive?".to_owned(),
                num_criteria: 0,
            },
        ])
        .answer::<RubricsShow>(rubric(ReviewMode::Pair));
}
