# requires: numpy==2.2.6 scipy==1.15.3 pandas==2.2.3 statsmodels==0.14.4
# writes: slopes.json
"""Slopes of straight lines with their HC3 standard errors and t intervals, as statsmodels gives them, for generated
points. Each case has x, y and [slope, standard error, low, high] with ten significant digits."""

import hashlib
import json
import random
import sys
from importlib.metadata import version

import numpy as np
import statsmodels.api as sm


def number(value):
    return float(f"{value:.10g}")


def case(draws):
    count = draws.choice([3, 4, 5, 8, 13, 30])
    x = [round(draws.gauss(5, 1.5), 3) for _ in range(count)]
    steepness, spread = draws.uniform(-2, 2), draws.choice([0.01, 0.5, 3])
    y = [round(steepness * at + draws.gauss(0, spread) * abs(at), 3) for at in x]
    fit = sm.OLS(np.array(y), sm.add_constant(np.array(x))).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(0.05)[1]
    return {"x": x, "y": y, "slope": [number(value) for value in (fit.params[1], fit.bse[1], low, high)]}


def main():
    draws = random.Random(20)
    cases = [case(draws) for _ in range(40)]
    digest = hashlib.sha256(json.dumps(cases, sort_keys=True).encode()).hexdigest()
    head = {"versions": {name: version(name) for name in ("numpy", "statsmodels")}, "sha256": digest}
    lines = ",\n".join(f"  {json.dumps(one, separators=(',', ':'))}" for one in cases)
    sys.stdout.write(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")


main()
