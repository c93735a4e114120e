# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4 pingouin==0.5.5 ppi-python==0.2.3
# writes: studies.json
"""What the reference packages make of studies: how many rows a comparison needs, how far raters
agree, and what a judge adds to few human labels. Numbers are written with ten significant
digits, null where the reference is undefined."""

import hashlib
import json
import random
import sys
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
import pingouin
from ppi_py import ppi_mean_ci
from scipy import integrate, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

PACKAGES = ("numpy", "scipy", "statsmodels", "pingouin", "ppi-python")


def rounded(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(part) for part in value]
    if value is None or not np.isfinite(value):
        return None
    return float(f"{float(value):.10g}")


def case(*inputs, expect):
    return [*inputs, rounded(expect)]


def study(rng):
    rows = rng.choice([2, 3, 4, 5, 8, 12, 20, 35, 50, 100, 250, 500, 1000, 2500, 5000])
    level = rng.choice([0.001, 0.01, 0.05, 0.1, 0.2])
    return rows, level, rng.choice(["two-sided", "larger"])


def t_rows(rng):
    """Whole rows: its own answer rounded up, three or more, so that the noncentral t has two degrees of freedom."""
    _, level, sides = study(rng)
    effect, power = round(rng.uniform(0.04, 2.5), 3), rng.choice([0.5, 0.8, 0.9, 0.95])
    found = TTestPower().solve_power(effect_size=effect, alpha=level, power=power, alternative=sides)
    rows = int(np.ceil(np.squeeze(found)))
    reached = [TTestPower().power(effect, count, level, alternative=sides) for count in (rows - 1, rows)]
    return case(effect, power, level, sides, expect=rows) if rows > 3 and reached[0] < power <= reached[1] else t_rows(rng)


def t_equivalence(rng):
    """Owen's integral by scipy's adaptive rule over the chi distribution."""
    rows = rng.choice([2, 3, 5, 10, 30, 100, 1000])
    confidence = rng.choice([0.8, 0.9, 0.95])
    margin = round(rng.uniform(0.5, 6) / rows ** 0.5, 3)
    effect = round(margin * rng.choice([0.0, 0.0, 0.5, 1.0, -0.7]), 4)
    freedom, root = rows - 1, rows ** 0.5
    critical = stats.t.ppf((1 + confidence) / 2, freedom)
    chance = lambda s: stats.chi.pdf(s * freedom ** 0.5, freedom) * freedom ** 0.5 * (
        stats.norm.cdf(root * (margin - effect) - critical * s) - stats.norm.cdf(critical * s - root * (margin + effect)))
    end = root * margin / critical
    places = [place for place in np.linspace(0, min(end, 12), 25)[1:-1]]
    found = integrate.quad(chance, 0, min(end, 12), points=places, limit=400, epsabs=1e-12, epsrel=1e-11)[0]
    return case(effect, margin, rows, confidence, expect=found)


def intraclass(rng):
    """A row an item, a column a rater. pingouin rounds on request only; its option is set for the whole."""
    items, raters = rng.randint(3, 12), rng.randint(2, 5)
    kindness = [rng.gauss(0, rng.choice([0, 1])) for _ in range(raters)]
    noise, digits = rng.choice([0.2, 1, 3]), rng.choice([0, 2])
    table = [[round(truth + kind + rng.gauss(0, noise), digits) for kind in kindness]
             for truth in (rng.gauss(5, 1.5) for _ in range(items))]
    long = pd.DataFrame([(item, rater, value) for item, row in enumerate(table) for rater, value in enumerate(row)],
                        columns=["item", "rater", "value"])
    found = pingouin.intraclass_corr(long, "item", "rater", "value")
    mean_squares_are_known = len(set(long["value"])) > 1 and np.isfinite(found["ICC"]).all()
    is_perfect = not np.isfinite(found["F"]).all() or (found["F"] > 1e10).any()
    if not mean_squares_are_known or is_perfect or (found["ICC"] > 1).any():
        return intraclass(rng)  # denominators near 0: rounding decides
    # Where an end passes the pole of the Spearman–Brown formula there is no interval.
    holding = lambda value, ends: ends if ends[0] <= value <= ends[1] else (None, None)
    expected = [[value, *holding(value, ends)] for value, ends in zip(found["ICC"], found["CI95%"])]
    return case(table, expect=expected)


def prediction_powered(rng):
    """Human labels, a judge's labels of the same rows, its labels of other rows, λ or null where it is tuned."""
    labelled, judged = rng.randint(30, 45), rng.randint(20, 60)
    are_checks, skill = rng.random() < 0.5, rng.choice([0.0, 0.5, 0.9])
    truth = [float(rng.random() < 0.6) if are_checks else round(rng.gauss(3, 1), 1) for _ in range(labelled + judged)]
    judge = [value if rng.random() < skill else rng.choice(truth) for value in truth]
    human, seen, rest = truth[:labelled], judge[:labelled], judge[labelled:]
    trust, confidence = rng.choice([None, None, 0.0, 0.4, 1.0]), rng.choice([0.8, 0.9, 0.95])
    low, high = ppi_mean_ci(*map(np.array, (human, seen, rest)), alpha=1 - confidence, lam=trust)
    return case(human, seen, rest, trust, confidence, expect=[(low[0] + high[0]) / 2, low[0], high[0]])


def adjusted_any(rng):
    p_values = [round(rng.random() ** 3, 4) for _ in range(rng.randint(1, 15))]
    return case(p_values, expect=multipletests(p_values, method="fdr_by")[1])


GENERATORS = {t_rows: 120, t_equivalence: 100, intraclass: 220, prediction_powered: 150, adjusted_any: 100}


def main():
    # Undefined cases are among what is compared.
    warnings.simplefilter("ignore")
    pingouin.options["round"] = None
    pingouin.options["round.column.CI95%"] = None
    np.seterr(all="ignore")
    rng = random.Random(20_261_127)
    cases = {generator.__name__: [generator(rng) for _ in range(count)] for generator, count in GENERATORS.items()}
    digest = hashlib.sha256(json.dumps(cases, sort_keys=True).encode()).hexdigest()
    head = {"versions": {name: version(name) for name in PACKAGES}, "sha256": digest}
    lines = [f" {json.dumps(name)}: [\n" + ",\n".join(f"  {json.dumps(one, separators=(',', ':'))}" for one in found)
             + "\n ]" for name, found in cases.items()]
    sys.stdout.write(json.dumps(head)[:-1] + ', "cases": {\n' + ",\n".join(lines) + "\n}}\n")


main()
