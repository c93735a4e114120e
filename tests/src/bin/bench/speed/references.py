# requires: sacrebleu==2.6.0 rouge-score==0.1.2 RapidFuzz==3.14.6 numpy==2.2.6
"""How long the reference packages take for each line's pair of texts. Reads lines of [output, reference] from the file
named first and prints the processor time of the quickest of up to three passes in seconds, by our scorers' names. Imports are not counted.

rapidfuzz is called once for all pairs, by `process.cpdist` on one thread, so that what Python costs is paid once."""

import json
import sys
import time

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER

MOST_SECONDS = 6.0


def one_by_one(score, pairs):
    return lambda: [score(output, reference) for output, reference in pairs]


def sacrebleu(metric):
    return lambda output, reference: metric.sentence_score(output, [reference])


def rouge(kind, stems):
    scorer = RougeScorer([kind], use_stemmer=stems)
    return lambda output, reference: scorer.score(reference, output)


def at_once(scorer, pairs):
    outputs, references = [list(texts) for texts in zip(*pairs)]
    return lambda: process.cpdist(outputs, references, scorer=scorer, workers=1)


def quickest(run):
    best, spent = float("inf"), 0.0
    for _ in range(3):
        started = time.process_time()
        run()
        took = time.process_time() - started
        best, spent = min(best, took), spent + took
        if spent > MOST_SECONDS:
            break
    return best


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    runs = {
        "bleu": one_by_one(sacrebleu(BLEU(effective_order=True)), pairs),
        "chrf": one_by_one(sacrebleu(CHRF()), pairs),
        "ter": one_by_one(sacrebleu(TER()), pairs),
    }
    for kind in ["rouge1", "rouge2", "rougeL", "rougeLsum"]:
        runs[kind] = one_by_one(rouge(kind, False), pairs)
        runs[f"{kind} with stems"] = one_by_one(rouge(kind, True), pairs)
    runs |= {
        "levenshtein": at_once(Levenshtein.distance, pairs),
        "levenshtein_ratio": at_once(Indel.normalized_similarity, pairs),
        "jaro_winkler": at_once(JaroWinkler.similarity, pairs),
        "token_sort_ratio": at_once(fuzz.token_sort_ratio, pairs),
        "token_set_ratio": at_once(fuzz.token_set_ratio, pairs),
    }
    print(json.dumps({name: quickest(run) for name, run in runs.items()}))


main()
