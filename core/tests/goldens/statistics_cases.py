# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4 scikit-learn==1.6.1
# writes: statistics.json
"""What the reference packages make of generated cases: bootstrap intervals, strengths with ties and classification
reports. Numbers are written with ten significant digits, null where the reference is undefined."""

import hashlib
import itertools
import json
import random
import sys
import warnings
from importlib.metadata import version
from types import SimpleNamespace

import numpy as np
from scipy import stats
from sklearn import metrics
import statsmodels.api as sm

PACKAGES = ("numpy", "scipy", "statsmodels", "scikit-learn")
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


def contests(rng, players):
    """Enough of each pair that everybody scores against everybody else."""
    strength = [rng.gauss(0, 0.5) for _ in range(players)]
    found = []
    for one, other in itertools.combinations(range(players), 2):
        chance = 1 / (1 + np.exp(strength[other] - strength[one]))
        for _ in range(rng.randint(4, 12)):
            winner = "tie" if rng.random() < 0.25 else "a" if rng.random() < chance else "b"
            found.append([one, other, winner])
        found += [[one, other, winner] for winner in ("a", "b", "tie")]
    return found


def davidson(rng):
    """With ties: Davidson's model as a Poisson regression with a nuisance term a pair (Fienberg and Larntz 1976); the log
    strengths against the first player, their standard errors, and log ν."""
    players = rng.randint(3, 5)
    games = contests(rng, players)
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


GENERATORS = {bootstrap: 120, davidson: 60, classification: 150}


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
