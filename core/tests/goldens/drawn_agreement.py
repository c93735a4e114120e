# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4 scikit-learn==1.6.1 krippendorff==0.8.1 choix==0.4.1 pingouin==0.5.5
# writes: drawn_agreement.json
"""What the reference packages make of 2,000 cases of each statistic: agreement, strengths and classification. The cases
themselves are not written: `core/src/metrics/statistics/tests/drawn.rs` draws the same.

Numbers are little-endian floats of 32 bits in base64, case after case: NaN where the reference is undefined, infinity
where rounding decides in it and nothing is compared. What is under 1e-12 becomes 0: its digits differ between
processors."""

import base64
import itertools
import json
import sys
import warnings
from importlib.metadata import version

import choix
import krippendorff
import numpy as np
import pandas as pd
import pingouin
from sklearn import metrics
from statsmodels.stats import inter_rater

PACKAGES = ("numpy", "scipy", "statsmodels", "scikit-learn", "krippendorff", "choix", "pingouin")
NUM_CASES = 2_000
UNDEFINED, NOT_COMPARED = float("nan"), float("inf")


class Draws:
    """Knuth's linear congruential generator with 64 bits of state, of which the upper 31 are used."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        return (self.state >> 33) % limit


assert list(map(Draws(1).below, [1000] * 3)) == [774, 153, 196]


def alpha(draws):
    raters, items = 2 + draws.below(4), 2 + draws.below(11)

    def rated(truth):
        kind = draws.below(10)
        return np.nan if kind < 2 else truth if kind < 7 else 1 + draws.below(5)

    of_items = []
    for _ in range(items):
        truth = 1 + draws.below(5)
        of_items.append([rated(truth) for _ in range(raters)])
    data = np.array(of_items, dtype=float).T
    data = data[:, (~np.isnan(data)).sum(axis=0) >= 2]
    if len(np.unique(data[~np.isnan(data)])) < 2:
        return [UNDEFINED] * 3
    return [krippendorff.alpha(data, level_of_measurement=level) for level in ("nominal", "ordinal", "interval")]


def rated_twice(draws, categories, items):
    first = [draws.below(categories) for _ in range(items)]
    return first, [value if draws.below(10) < 6 else draws.below(categories) for value in first]


def kappa(draws):
    categories, items = 2 + draws.below(4), 2 + draws.below(29)
    first, second = rated_twice(draws, categories, items)
    return [metrics.cohen_kappa_score(first, second, labels=list(range(categories)), weights=weights)
            for weights in (None, "linear", "quadratic")]


def fleiss(draws):
    categories, raters, items = 2 + draws.below(4), 2 + draws.below(6), 2 + draws.below(14)
    table = []
    for _ in range(items):
        favourite = draws.below(categories)
        given = [favourite if draws.below(2) == 0 else draws.below(categories) for _ in range(raters)]
        table.append([given.count(category) for category in range(categories)])
    return [inter_rater.fleiss_kappa(np.array(table))]


def bradley_terry(draws):
    players, games = 2 + draws.below(4), []
    for one, other in itertools.combinations(range(players), 2):
        # Everybody scores against everybody.
        games += [(one, other), (other, one)]
        chance, count = 30 + draws.below(41), 4 + draws.below(9)
        games += [(one, other) if draws.below(100) < chance else (other, one) for _ in range(count)]
    return choix.ilsr_pairwise(players, games, max_iter=10_000, tol=1e-13)


def classification(draws):
    classes, items = 2 + draws.below(4), 1 + draws.below(30)
    truth, predicted = rated_twice(draws, classes, items)
    report = lambda average: metrics.precision_recall_fscore_support(
        truth, predicted, labels=list(range(classes)), average=average, zero_division=np.nan)[:3]
    is_known = len(set(truth)) > 1 and len(set(predicted)) > 1
    return [*report("macro"), *report("weighted")[1:], metrics.accuracy_score(truth, predicted),
            metrics.balanced_accuracy_score(truth, predicted),
            metrics.matthews_corrcoef(truth, predicted) if is_known else UNDEFINED]


def intraclass(draws):
    items, raters = 3 + draws.below(10), 2 + draws.below(4)
    has_kindness, noise, step = draws.below(2), [20, 100, 300][draws.below(3)], [1, 100][draws.below(2)]
    kindness = [has_kindness * (draws.below(201) - 100) for _ in range(raters)]
    rows = []
    for item in range(items):
        truth = 200 + draws.below(601)
        for rater, kind in enumerate(kindness):
            hundredths = truth + kind + draws.below(2 * noise + 1) - noise
            rows.append((item, rater, hundredths // step * step / 100))
    long = pd.DataFrame(rows, columns=["item", "rater", "value"])
    found = pingouin.intraclass_corr(long, "item", "rater", "value")
    is_perfect = not np.isfinite(found["F"]).all() or (found["F"] > 1e10).any()
    # Where denominators are near 0 rounding decides.
    if len(set(long["value"])) == 1 or is_perfect or not np.isfinite(found["ICC"]).all() or (found["ICC"].abs() > 1).any():
        return [NOT_COMPARED] * 6
    return list(found["ICC"])


STATISTICS = [alpha, kappa, fleiss, bradley_terry, classification, intraclass]


def encoded(statistic, seed):
    draws = Draws(seed)
    numbers = np.array([number for _ in range(NUM_CASES) for number in statistic(draws)], dtype=float)
    numbers[np.abs(numbers) < 1e-12] = 0.0
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    pingouin.options["round"] = None
    pingouin.options["round.column.CI95%"] = None
    head = {"versions": {name: version(name) for name in PACKAGES}}
    lines = [f' "{one.__name__}": "{encoded(one, seed)}"' for seed, one in enumerate(STATISTICS, 101)]
    sys.stdout.write(json.dumps(head)[:-1] + ', "numbers": {\n' + ",\n".join(lines) + "\n}}\n")


main()
