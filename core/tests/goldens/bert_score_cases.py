# requires: bert-score==0.3.13 torch==2.8.0 transformers==4.57.1
# writes: bert_score.json
"""What `bert_score.utils.greedy_cos_idf` gives for generated vectors, one pair of texts at a time and in double
precision, and what `get_idf_dict` gives for generated references.

A case is [corpus or null, width, candidate's ids, its vectors, reference's ids, its vectors, [P, R, F] or null]. Vectors
stand one after the other in thousandths. Null is where the package gives NaN: all weights of a text are 0. Left out are
references without a token and texts of two tokens that are not special, where the package's answer is not ours."""

import hashlib
import json
import math
import random
import sys
from collections import defaultdict
from importlib.metadata import version

import torch
from bert_score.utils import get_idf_dict, greedy_cos_idf

NUM_CASES = 2_100
CLS, SEP, VOCABULARY = 0, 1, 14


def words(draws, least, most):
    return [draws.randrange(2, VOCABULARY) for _ in range(draws.randint(least, most))]


def enclosed(ids):
    return [CLS, *ids, SEP]


def corpus(draws):
    return [enclosed(words(draws, 1, 8)) for _ in range(draws.choice([1, 1, 2, 3, 5, 9]))]


def vectors(draws, num_tokens, width, near):
    """Drawn around those of `near`, so that many cosines are high and a few are negative."""
    out = []
    for _ in range(num_tokens):
        centre = draws.choice(near) if near and draws.random() < 0.7 else [draws.gauss(0.2, 0.5) for _ in range(width)]
        out.append([max(-0.999, min(0.999, round(value + draws.gauss(0, 0.15), 3))) for value in centre])
    return [vector if any(vector) else [0.001] * width for vector in out]


def equal_weights():
    weights = defaultdict(lambda: 1.0)
    weights[SEP] = 0
    weights[CLS] = 0
    return weights


def scores(candidate, reference, weights):
    tensors = []
    for ids, rows in (reference, candidate):
        idf = torch.tensor([[weights[token] for token in ids]], dtype=torch.float64)
        tensors += [torch.tensor([rows], dtype=torch.float64), torch.ones(1, len(ids), dtype=torch.bool), idf]
    values = [float(value[0]) for value in greedy_cos_idf(*tensors)]
    return None if any(map(math.isnan, values)) else [float(f"{value:.8f}") for value in values]


def case(draws, idf):
    at = draws.randrange(len(idf)) if draws.random() < 0.5 else None
    width = draws.randint(3, 6)
    if draws.random() < 0.85:
        candidate, reference = enclosed(words(draws, 0, 7)), enclosed(words(draws, 1, 7))
    else:
        candidate, reference = (words(draws, 1, 9) for _ in range(2))
        if 2 in (len(candidate), len(reference)):
            candidate, reference = candidate + [2], reference + [3]
        if 2 in (len(candidate), len(reference)):
            candidate, reference = candidate + [4], reference + [5]
    of_reference = vectors(draws, len(reference), width, None)
    of_candidate = vectors(draws, len(candidate), width, of_reference)
    weights = equal_weights() if at is None else idf[at]
    expected = scores((candidate, of_candidate), (reference, of_reference), weights)
    flat = [[round(value * 1000) for vector in side for value in vector] for side in (of_candidate, of_reference)]
    return [at, width, candidate, flat[0], reference, flat[1], expected]


def main():
    draws = random.Random(2020)
    corpora = [corpus(draws) for _ in range(24)]
    idf = [get_idf_dict(texts, None, nthreads=0) for texts in corpora]
    cases = [case(draws, idf) for _ in range(NUM_CASES)]
    weights = [[float(f"{table[token]:.8f}") for token in range(VOCABULARY)] for table in idf]
    digest = hashlib.sha256(json.dumps(cases).encode()).hexdigest()
    head = {"versions": {name: version(name) for name in ("bert-score", "torch")}, "sha256": digest,
            "corpora": corpora, "idf": weights}
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    sys.stdout.write(json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + lines + "\n]}\n")


main()
