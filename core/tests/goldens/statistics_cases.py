# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4 scikit-learn==1.6.1 krippendorff==0.8.1 choix==0.4.1
# writes: statistics.json
"""What the reference packages make of generated cases: intervals, paired tests, adjusted p-values, agreement,
correlations, rankings and classification reports. Numbers are written with ten significant digits, null where the
reference is undefined."""

import hashlib
import itertools
import json
import random
import sys
import warnings
from importlib.metadata import version
from types import SimpleNamespace

import choix
import krippendorff
import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats import contingency_tables, inter_rater, multitest, proportion, weightstats
import statsmodels.api as sm

PACKAGES = ("numpy", "scipy", "statsmodels", "scikit-learn", "krippendorff", "choix")
MASK = (1 << 64) - 1


class SplitMix64:
    """The generator that resampling is specified with, written down independently."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return ((bits ^ (bits >> 31)) * limit) >> 64


def rounded(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(part) for part in value]
    if value is None or not np.isfinite(value):
        return None
    return float(f"{float(value):.10g}")


def case(*inputs, expect):
    return [*inputs, rounded(expect)]


def numbers(rng, count, ties):
    return [rng.randint(-4, 4) if ties else round(rng.gauss(0.3, 1.0), 3) for _ in range(count)]


def clopper_pearson(rng):
    trials = rng.choice([1, 2, 5, 20, 100, 2000, 100_000])
    hits = rng.choice([0, trials, rng.randint(0, trials)])
    confidence = rng.choice([0.8, 0.9, 0.95, 0.99])
    return case(hits, trials, confidence, expect=proportion.proportion_confint(hits, trials, 1 - confidence, "beta"))


def wilson(rng):
    trials = rng.choice([1, 3, 20, 400, 5000])
    hits = rng.randint(0, trials)
    return case(hits, trials, 0.95, expect=proportion.proportion_confint(hits, trials, 0.05, "wilson"))


def t_interval(rng):
    values = numbers(rng, rng.randint(2, 30), False)
    return case(values, 0.95, expect=weightstats.DescrStatsW(values).tconfint_mean(0.05))


def bootstrap(rng):
    """scipy's intervals from the distribution that our draws give. Eighths add up without rounding, so that equal means
    are equal on both sides."""
    values = [rng.randint(-20, 60) / 8 for _ in range(rng.randint(4, 14))]
    seed, method = rng.randint(0, 10**6), rng.choice(["percentile", "BCa"])
    draws = SplitMix64(seed)
    means = [sum(values[draws.below(len(values))] for _ in values) / len(values) for _ in range(200)]
    known = SimpleNamespace(bootstrap_distribution=np.array(means))
    found = stats.bootstrap((values,), np.mean, n_resamples=0, method=method, bootstrap_result=known).confidence_interval
    return case(values, seed, method, expect=[found.low, found.high])


def mcnemar(rng):
    wins, losses = rng.randint(0, 40), rng.randint(0, 40)
    exact = contingency_tables.mcnemar([[5, wins], [losses, 5]], exact=True).pvalue
    smaller, all_flips = min(wins, losses), wins + losses
    mid = 1.0 if wins == losses else exact - stats.binom.pmf(smaller, all_flips, 0.5)
    return case(wins, losses, expect=[exact, mid])


def wilcoxon(rng):
    """Exact without ties up to 50, by all sign patterns with ties up to 12, normal above 50."""
    kind = rng.choice(["exact", "ties", "normal"])
    if kind == "exact":
        differences = [round(rng.gauss(0.2, 1), 6) for _ in range(rng.randint(1, 50))]
        found = stats.wilcoxon(differences, method="exact")
    elif kind == "ties":
        differences = [rng.choice([-3, -2, -1, 1, 2, 3]) for _ in range(rng.randint(2, 10))]
        found = stats.wilcoxon(differences, method=stats.PermutationMethod(n_resamples=np.inf))
    else:
        differences = numbers(rng, rng.randint(60, 90), True)
        found = stats.wilcoxon(differences, method="approx", correction=False)
        if sum(difference != 0 for difference in differences) <= 50:
            return wilcoxon(rng)
    return case(differences, expect=[found.statistic, found.pvalue])


def permutation(rng):
    differences = numbers(rng, rng.randint(2, 9), rng.random() < 0.5)
    found = stats.permutation_test((differences, [0.0] * len(differences)), lambda a, b, axis: np.mean(a - b, axis=axis),
                                   permutation_type="samples", vectorized=True, n_resamples=np.inf)
    return case(differences, expect=[found.statistic, found.pvalue])


def tost(rng):
    differences = numbers(rng, rng.randint(3, 30), False)
    margin = rng.choice([0.1, 0.5, 1.0])
    found = weightstats.ttost_paired(np.array(differences), np.zeros(len(differences)), -margin, margin)[0]
    return case(differences, margin, expect=found)


def adjusted(rng):
    p_values = [round(rng.random() ** 3, 4) for _ in range(rng.randint(1, 12))]
    methods = [multitest.multipletests(p_values, method=method)[1] for method in ("holm", "fdr_bh")]
    return case(p_values, expect=methods)


def pass_at_k(rng):
    """The product form that Chen et al. print."""
    tries = rng.randint(1, 200)
    passes, k = rng.randint(0, tries), rng.randint(1, tries)
    at_least_one = 1.0 if tries - passes < k else 1.0 - np.prod(1.0 - k / np.arange(tries - passes + 1, tries + 1))
    all_pass = stats.hypergeom.pmf(k, tries, passes, k)
    return case(tries, passes, k, expect=[at_least_one, all_pass])


def alpha(rng):
    """Rows are raters; null is an item that a rater skipped."""
    raters, items = rng.randint(2, 5), rng.randint(2, 12)
    truth = [rng.randint(1, 5) for _ in range(items)]
    rated = lambda value: None if rng.random() < 0.2 else value if rng.random() < 0.6 else rng.randint(1, 5)
    table = [[rated(value) for value in truth] for _ in range(raters)]
    data = np.array(table, dtype=float)
    data_of_pairs = data[:, (~np.isnan(data)).sum(axis=0) >= 2]
    if len(np.unique(data_of_pairs[~np.isnan(data_of_pairs)])) < 2:
        return case(table, expect=[None] * 3)
    levels = ("nominal", "ordinal", "interval")
    return case(table, expect=[krippendorff.alpha(data_of_pairs, level_of_measurement=level) for level in levels])


def kappa(rng):
    categories = rng.randint(2, 5)
    first = [rng.randrange(categories) for _ in range(rng.randint(2, 30))]
    second = [value if rng.random() < 0.6 else rng.randrange(categories) for value in first]
    labels = list(range(categories))
    found = [metrics.cohen_kappa_score(first, second, labels=labels, weights=weights)
             for weights in (None, "linear", "quadratic")]
    return case(first, second, expect=found)


def fleiss(rng):
    categories, raters = rng.randint(2, 5), rng.randint(2, 7)
    table = []
    for _ in range(rng.randint(2, 15)):
        favourite = rng.randrange(categories)
        given = [favourite if rng.random() < 0.5 else rng.randrange(categories) for _ in range(raters)]
        table.append([given.count(category) for category in range(categories)])
    return case(table, expect=inter_rater.fleiss_kappa(np.array(table)))


def correlations(rng):
    first = numbers(rng, rng.randint(3, 30), rng.random() < 0.5)
    second = [round(value + rng.gauss(0, 1), rng.choice([0, 3])) for value in first]
    pearson = stats.pearsonr(first, second)
    interval = pearson.confidence_interval() if len(first) > 3 else (None, None)
    found = [pearson.statistic, stats.spearmanr(first, second).statistic, stats.kendalltau(first, second).statistic]
    return case(first, second, expect=[*found, *interval])


def contests(rng, players, ties):
    """Enough of each pair that everybody scores against everybody else."""
    strength = [rng.gauss(0, 0.5) for _ in range(players)]
    found = []
    for one, other in itertools.combinations(range(players), 2):
        chance = 1 / (1 + np.exp(strength[other] - strength[one]))
        for _ in range(rng.randint(4, 12)):
            winner = "tie" if ties and rng.random() < 0.25 else "a" if rng.random() < chance else "b"
            found.append([one, other, winner])
        found += [[one, other, "a"], [one, other, "b"]] + ([[one, other, "tie"]] if ties else [])
    return found


def bradley_terry(rng):
    """Without ties: choix's maximum likelihood."""
    players = rng.randint(2, 6)
    games = contests(rng, players, False)
    data = [(one, other) if winner == "a" else (other, one) for one, other, winner in games]
    return case(games, players, expect=choix.ilsr_pairwise(players, data, max_iter=1000, tol=1e-10))


def davidson(rng):
    """With ties: Davidson's model as a Poisson regression with a nuisance term a pair (Fienberg and Larntz 1976); the log
    strengths against the first player, their standard errors, and log ν."""
    players = rng.randint(3, 5)
    games = contests(rng, players, True)
    pairs = sorted({(one, other) for one, other, _ in games})
    rows, counts = [], []
    for place, (one, other) in enumerate(pairs):
        for outcome in ("a", "b", "tie"):
            row = np.zeros(players + 1 + len(pairs))
            shares = {"a": (1, 0), "b": (0, 1), "tie": (0.5, 0.5)}[outcome]
            row[one], row[other] = shares
            row[players] = outcome == "tie"
            row[players + 1 + place] = 1
            rows.append(row)
            counts.append(sum(game == [one, other, outcome] for game in games))
    design = np.array(rows)[:, 1:]
    fit = sm.GLM(np.array(counts, dtype=float), design, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
    # What is left of a strength that is zero differs from processor to processor.
    params = np.where(np.abs(fit.params) < 1e-13, 0.0, fit.params)
    return case(games, players, expect=[params[:players - 1], fit.bse[:players - 1], [params[players - 1]]])


def classification(rng):
    classes = rng.randint(2, 5)
    truth = [rng.randrange(classes) for _ in range(rng.randint(1, 30))]
    predicted = [value if rng.random() < 0.6 else rng.randrange(classes) for value in truth]
    labels = list(range(classes))
    report = lambda average: metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, average=average, zero_division=np.nan)[:3]
    is_known = len(set(truth)) > 1 and len(set(predicted)) > 1
    weighted = list(report("weighted"))
    if all(support == 0 for support, share in zip(np.bincount(truth, minlength=classes), report(None)[0]) if share == share):
        weighted[0] = None  # scikit-learn falls back to the plain mean where all weights are 0
    found = [*report(None), report("macro"), weighted,
             [metrics.accuracy_score(truth, predicted), metrics.balanced_accuracy_score(truth, predicted),
              metrics.matthews_corrcoef(truth, predicted) if is_known else None]]
    return case(truth, predicted, classes, expect=found)


GENERATORS = {
    clopper_pearson: 200, wilson: 100, t_interval: 100, bootstrap: 120, mcnemar: 200, wilcoxon: 200, permutation: 100,
    tost: 120, adjusted: 120, pass_at_k: 150, alpha: 200, kappa: 150, fleiss: 120, correlations: 200, bradley_terry: 60,
    davidson: 60, classification: 150,
}


def main():
    # Undefined cases are among what is compared.
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rng = random.Random(20_261_126)
    cases = {generator.__name__: [generator(rng) for _ in range(count)] for generator, count in GENERATORS.items()}
    digest = hashlib.sha256(json.dumps(cases, sort_keys=True).encode()).hexdigest()
    head = {"versions": {name: version(name) for name in PACKAGES}, "sha256": digest}
    lines = [f" {json.dumps(name)}: [\n" + ",\n".join(f"  {json.dumps(one, separators=(',', ':'))}" for one in found)
             + "\n ]" for name, found in cases.items()]
    sys.stdout.write(json.dumps(head)[:-1] + ', "cases": {\n' + ",\n".join(lines) + "\n}}\n")


main()
