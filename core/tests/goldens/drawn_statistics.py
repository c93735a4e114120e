# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4
# writes: drawn_statistics.json
"""What the reference packages make of 2,000 cases of each statistic: intervals, paired tests, adjusted p-values,
correlations and power. The cases themselves are not written: `core/src/metrics/statistics/tests/drawn.rs` draws the same.

Numbers are little-endian floats of 32 bits in base64, case after case: NaN where the reference is undefined, infinity
where it gives up and nothing is compared. What is under 1e-12 becomes 0: its digits differ between processors."""

import base64
import json
import sys
import warnings
from importlib.metadata import version

import numpy as np
from scipy import optimize, stats
from statsmodels.stats import contingency_tables, multitest, proportion, weightstats
from statsmodels.stats.power import TTestPower

PACKAGES = ("numpy", "scipy", "statsmodels")
NUM_CASES = 2_000
UNDEFINED, NOT_COMPARED = float("nan"), float("inf")


class Draws:
    """Knuth's linear congruential generator with 64 bits of state, of which the upper 31 are used."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        return (self.state >> 33) % limit

    def among(self, values):
        return values[self.below(len(values))]

    def thousandths(self):
        """Numbers from -3 to 3 in steps whose sums are exact."""
        return (self.below(6145) - 3072) / 1024


assert list(map(Draws(1).below, [1000] * 3)) == [774, 153, 196]

CONFIDENCES = [0.8, 0.9, 0.95, 0.99]


def differences(draws, least, most):
    return [draws.thousandths() for _ in range(least + draws.below(most - least + 1))]


def clopper_pearson(draws):
    trials = draws.among([1, 2, 5, 20, 100, 2000, 100_000])
    kind = draws.below(4)
    hits = 0 if kind == 0 else trials if kind == 1 else draws.below(trials + 1)
    return proportion.proportion_confint(hits, trials, 1 - draws.among(CONFIDENCES), "beta")


def wilson(draws):
    trials = draws.among([1, 3, 20, 400, 5000])
    hits = draws.below(trials + 1)
    return proportion.proportion_confint(hits, trials, 1 - draws.among(CONFIDENCES), "wilson")


def t_interval(draws):
    values = differences(draws, 2, 30)
    return weightstats.DescrStatsW(values).tconfint_mean(1 - draws.among(CONFIDENCES))


def tost(draws):
    values = np.array(differences(draws, 3, 30))
    margin = draws.among([0.125, 0.5, 1.0])
    one_sided = [stats.ttest_1samp(values, -margin, alternative="greater"),
                 stats.ttest_1samp(values, margin, alternative="less")]
    return [max(found.pvalue for found in one_sided)]


def mcnemar(draws):
    wins, losses = draws.below(41), draws.below(41)
    exact = contingency_tables.mcnemar([[5, wins], [losses, 5]], exact=True).pvalue
    mid = 1.0 if wins == losses else exact - stats.binom.pmf(min(wins, losses), wins + losses, 0.5)
    return [exact, mid]


def wilcoxon(draws):
    """Exact without ties up to 50, by all sign patterns with ties up to 10, normal above 50."""
    kind = draws.below(3)
    if kind == 0:
        values = [(10 * place + 1 + draws.below(9)) / (64 if draws.below(5) < 3 else -64)
                  for place in range(1 + draws.below(50))]
        found = stats.wilcoxon(values, method="exact")
    elif kind == 1:
        values = [draws.among([-3, -2, -1, 1, 2, 3]) for _ in range(2 + draws.below(9))]
        found = stats.wilcoxon(values, method=stats.PermutationMethod(n_resamples=np.inf))
    else:
        values = [draws.below(9) - 4 for _ in range(60 + draws.below(31))]
        if sum(value != 0 for value in values) <= 50:
            return [NOT_COMPARED] * 2
        found = stats.wilcoxon(values, method="approx", correction=False)
    return [found.statistic, found.pvalue]


def permutation(draws):
    has_ties = draws.below(2) == 0
    values = [draws.below(9) - 4 if has_ties else draws.thousandths() for _ in range(2 + draws.below(8))]
    found = stats.permutation_test((values, [0.0] * len(values)), lambda a, b, axis: np.mean(a - b, axis=axis),
                                   permutation_type="samples", vectorized=True, n_resamples=np.inf)
    return [found.statistic, found.pvalue]


def adjusted(draws):
    shares = [draws.below(1001) / 1000 for _ in range(1 + draws.below(4))]
    p_values = [share * share * share for share in shares]
    return [*multitest.multipletests(p_values, method="holm")[1], *multitest.multipletests(p_values, method="fdr_bh")[1]]


def pass_at_k(draws):
    """The product form that Chen et al. print."""
    tries = 1 + draws.below(200)
    passes, k = draws.below(tries + 1), 1 + draws.below(tries)
    at_least_one = 1.0 if tries - passes < k else 1.0 - np.prod(1.0 - k / np.arange(tries - passes + 1, tries + 1))
    return [at_least_one, stats.hypergeom.pmf(k, tries, passes, k)]


def correlations(draws):
    has_ties, count = draws.below(2) == 0, 3 + draws.below(28)
    first = [draws.below(9) - 4 if has_ties else draws.thousandths() for _ in range(count)]
    second = [value + (draws.below(5) - 2 if has_ties else draws.thousandths() / 2) for value in first]
    pearson = stats.pearsonr(first, second)
    # With three pairs scipy's interval is [-1, 1]; of a correlation of 1 it is certain.
    is_known = count > 3 and abs(pearson.statistic) < 1 - 1e-12
    interval = pearson.confidence_interval() if is_known else (UNDEFINED, UNDEFINED)
    return [pearson.statistic, stats.spearmanr(first, second).statistic, stats.kendalltau(first, second).statistic,
            *interval]


def study(draws):
    rows = draws.among([2, 3, 4, 5, 8, 12, 20, 35, 50, 100, 250, 500, 1000, 2500, 5000])
    return rows, draws.among([0.001, 0.01, 0.05, 0.1, 0.2]), draws.among(["two-sided", "larger"])


def t_power(draws):
    rows, level, sides = study(draws)
    effect = draws.below(3001) / 1000
    if draws.below(2) == 0:
        effect /= rows
    found = TTestPower().power(effect, rows, level, alternative=sides)
    # Its noncentral t gives up far out in a tail.
    return [found if np.isfinite(found) else NOT_COMPARED]


def t_detectable(draws):
    """Where statsmodels' power is what is wanted; its own search does not always end, and seldom at the last digit."""
    rows, level, sides = study(draws)
    wanted = draws.among([0.5, 0.8, 0.9, 0.95])
    # Where its noncentral t gives up, far out in a tail, it is 1.
    reached = lambda effect: np.nan_to_num(TTestPower().power(effect, rows, level, alternative=sides), nan=1.0)
    high = 0.01
    while reached(high) < wanted:
        high *= 2
    found = optimize.brentq(lambda effect: reached(effect) - wanted, 0, high, xtol=1e-14)
    return [found if abs(reached(found) - wanted) < 1e-9 else NOT_COMPARED]


STATISTICS = [clopper_pearson, wilson, t_interval, tost, mcnemar, wilcoxon, permutation, adjusted, pass_at_k,
              correlations, t_power, t_detectable]


def encoded(statistic, seed):
    draws = Draws(seed)
    numbers = np.array([number for _ in range(NUM_CASES) for number in statistic(draws)], dtype=float)
    numbers[np.abs(numbers) < 1e-12] = 0.0
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    head = {"versions": {name: version(name) for name in PACKAGES}}
    lines = [f' "{one.__name__}": "{encoded(one, seed)}"' for seed, one in enumerate(STATISTICS, 1)]
    sys.stdout.write(json.dumps(head)[:-1] + ', "numbers": {\n' + ",\n".join(lines) + "\n}}\n")


main()
