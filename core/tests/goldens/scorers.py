# requires: sacrebleu==2.6.0 rouge-score==0.1.2 RapidFuzz==3.14.6 nltk==3.10.4 textstat==0.7.8 regex==2026.11.19
# writes: scorers.json
"""What the references score generated texts with: one line for each output with its references, one column for each
scorer with settings. Beside them stems, and scores of the whole corpus with their signatures.

`token_f1` has no package of its own; its definition, that of SQuAD's evaluation, stands below."""

import hashlib
import json
import logging
import random
import re
import string
import sys
import unicodedata
from collections import Counter
from importlib.metadata import version

import textstat
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import meteor_score
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER

NUM_PAIRS = 2_200
NUM_STEMS = 4_000

ENGLISH = """the of and to in a is that for it as was with be by on not he his but at are this have from or had an they
which one you were all her she there would their we him been has when who will no more if out so up said what its about
than into them can only other time new some could these two may first then do any like my now over such our man me even
most made after also did many off before must well back through years much where your way down should because long each
just state people those too mr how little good world make very year still see own work men day get here old between both
life being under three never know same last another while us might great go come since against right came take used use
systems running runner easily conditional generously relational happiness organization adoption controlled agreed flies
dying skies news innings proceed argued arguments national nationally meetings hopefully ponies caresses sized falling
university translations reference summaries cats dogs jumping jumped quickly brown fox lazy""".split()
PIECES = ["U.S.", "3.14", "1,000", "10-20", "e-mail", "it's", "don't", "rock'n'roll", "(see", "below)", "\"quoted\"",
          "$5.00", "50%", "a&b", "&amp;", "&quot;hi&quot;", "&lt;b&gt;", "<skipped>", "http://x.org/a?b=c", "...", "—",
          "–", "‘single’", "“double”", "x_y", "C++", "#tag", "@me", "[1]", "{k}", "~", "`code`", "^", "*bold*", "and/or",
          "-", "--", "1-", "-1", "7,", ".5", "5.", ",", ".", "!", "?!", "Dr.", "No.", "e.g.", ":)", "'", "''", "d'", "xx*ded"]
OTHER = ["Größe", "STRASSE", "straße", "naïve", "café", "cafe\u0301", "İstanbul", "ΟΔΟΣ", "όδος", "Привет", "мир", "мира",
         "日本語", "東京都", "漢字かな", "カタカナ", "。", "、", "「引用」", "中文，测试", "！", "（括号）", "한국어", "안녕", "ไทย", "नमस्ते", "हिन्दी", "مرحبا",
         "שלום", "🎉", "👩‍👩‍👧", "🇩🇪", "½", "²", "Ⅳ", "٣٤", "€9", "£", "→", "≤", "\u00a0", "a\u00a0b", "\u3000", "\u200b", "z\u200bw",
         "\u2028", "K", "ﬁn", "ǅ", "Å", "𝒳", "𠮷野家", "x\u0301x", "ａｂｃ", "㍻", "㐀", "⺀", "〜"]
ENDS = [".", "!", "?", ".\n", "...", "", "", ";", ".\r\n", "。"]


def word(rng):
    kind = rng.random()
    if kind < 0.72:
        one = rng.choice(ENGLISH)
        return rng.choice([one, one, one, one.capitalize(), one.upper(), one + ","])
    return rng.choice(PIECES) if kind < 0.87 else rng.choice(OTHER)


def joined(rng, words):
    plain = rng.random() < 0.8
    return "".join(one + (" " if plain else rng.choice([" ", " ", "  ", "\n", "\r\n", "\t", "", "-\n", "\n-"])) for one in words)


def text(rng):
    size = rng.choice([0, 1, 1, 2, 3, 5, 8, 8, 12, 12, 16, 20, 30])
    if rng.random() < 0.02:
        size = rng.randint(60, 160)
    words = [word(rng) for _ in range(size)]
    if rng.random() < 0.6:
        words = [one if rng.random() > 0.12 else one + rng.choice(ENDS) for one in words]
    made = joined(rng, words)
    return made if rng.random() < 0.3 else made.strip()


def changed(rng, original):
    """The text with words dropped, swapped, moved, replaced, repeated or misspelt."""
    words = re.split(r"(?<=\s)", original)
    for _ in range(rng.choice([0, 1, 1, 2, 3, 4, 6, 10])):
        if not words:
            break
        at = rng.randrange(len(words))
        action = rng.randrange(7)
        if action == 0:
            del words[at]
        elif action == 1:
            words[at] = word(rng) + " "
        elif action == 2:
            words.insert(at, word(rng) + " ")
        elif action == 3:
            words.insert(at, words[at])
        elif action == 4:
            run = words[at:at + rng.randint(1, 5)]
            del words[at:at + len(run)]
            to = rng.randint(0, len(words))
            words[to:to] = run
        elif action == 5 and len(words[at]) > 1:
            letters = list(words[at])
            place = rng.randrange(len(letters))
            letters[place] = rng.choice(string.ascii_lowercase + "é漢 ")
            words[at] = "".join(letters)
        else:
            words[at] = words[at].swapcase() if rng.random() < 0.5 else words[at].rstrip() + "s "
    return "".join(words)


def pair(rng, number):
    reference = text(rng)
    kind = rng.random()
    if number < 20:
        edge = ["", " ", "\n", ".", "a", "漢", "🎉", "\r\n", "the", "a a a a"]
        return edge[number % 10], [edge[(number * 7 + number // 10) % 10]]
    if kind < 0.05:
        return reference, [reference]
    if kind < 0.15:
        return text(rng), [reference]
    output = changed(rng, reference)
    references = [reference]
    while rng.random() < 0.2:
        references.append(changed(rng, rng.choice([reference, text(rng)])))
    rng.shuffle(references)
    return output, references


class NoWordNet:
    """METEOR's third stage without synonyms."""

    def synsets(self, _word):
        return []


def squad_words(value):
    value = "".join(one for one in value.lower() if one not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", value).split()


def squad_f1(output, reference):
    ours, theirs = squad_words(output), squad_words(reference)
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((Counter(ours) & Counter(theirs)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(ours), common / len(theirs)
    return 2 * precision * recall / (precision + recall)


def best(score, choose=max):
    return lambda output, references: choose(score(output, one) for one in references)


def sacre(metric):
    return lambda output, references: metric.sentence_score(output, references).score


def rouge(kind, part, stems=False):
    scorer = RougeScorer([kind], use_stemmer=stems)
    return lambda output, references: getattr(scorer.score_multi(references, output)[kind], part)


def meteor(**weights):
    return lambda output, references: meteor_score(
        [one.split() for one in references], output.split(), wordnet=NoWordNet(), **weights)


def spec(scorer, reference, **options):
    return {"scorer": scorer, **options}, reference


def sentence_bleu(**options):
    return BLEU(**{"effective_order": True, **options})


CORPUS = [
    ({"scorer": "bleu"}, sentence_bleu()),
    ({"scorer": "bleu", "tokenize": "intl", "smooth_method": "add-k", "lowercase": True},
     sentence_bleu(tokenize="intl", smooth_method="add-k", lowercase=True)),
    ({"scorer": "bleu", "smooth_method": "floor", "effective_order": False},
     sentence_bleu(smooth_method="floor", effective_order=False)),
    ({"scorer": "chrf"}, CHRF()),
    ({"scorer": "chrf++", "eps_smoothing": True}, CHRF(word_order=2, eps_smoothing=True)),
    ({"scorer": "ter"}, TER()),
    ({"scorer": "ter", "normalized": True, "asian_support": True, "no_punct": True},
     TER(normalized=True, asian_support=True, no_punct=True)),
]

SCORERS = [
    *[({**one}, sacre(metric)) for one, metric in CORPUS],
    spec("bleu", sacre(sentence_bleu(tokenize="char")), tokenize="char"),
    spec("bleu", sacre(sentence_bleu(tokenize="zh", lowercase=True)), tokenize="zh", lowercase=True),
    spec("bleu", sacre(sentence_bleu(tokenize="none", smooth_method="none")), tokenize="none", smooth_method="none"),
    spec("bleu", sacre(sentence_bleu(tokenize="intl", smooth_method="floor", smooth_value=0.01)), tokenize="intl",
         smooth_method="floor", smooth_value=0.01),
    spec("bleu", sacre(sentence_bleu(smooth_method="add-k", effective_order=False)), smooth_method="add-k",
         effective_order=False),
    spec("chrf++", sacre(CHRF(word_order=2))),
    spec("chrf", sacre(CHRF(char_order=3, beta=1, lowercase=True, whitespace=True)), char_order=3, beta=1, lowercase=True,
         whitespace=True),
    spec("ter", sacre(TER(case_sensitive=True, normalized=True)), case_sensitive=True, normalized=True),
    spec("ter", sacre(TER(no_punct=True)), no_punct=True),
    spec("rouge1", rouge("rouge1", "fmeasure")),
    spec("rouge1", rouge("rouge1", "fmeasure", True), use_stemmer=True),
    spec("rouge2", rouge("rouge2", "fmeasure")),
    spec("rouge2", rouge("rouge2", "recall", True), use_stemmer=True, measure="recall"),
    spec("rougeL", rouge("rougeL", "fmeasure")),
    spec("rougeL", rouge("rougeL", "precision", True), use_stemmer=True, measure="precision"),
    spec("rougeLsum", rouge("rougeLsum", "fmeasure")),
    spec("rougeLsum", rouge("rougeLsum", "fmeasure", True), use_stemmer=True),
    spec("meteor", meteor()),
    spec("meteor", meteor(alpha=0.5, beta=1.0, gamma=0.25), alpha=0.5, beta=1.0, gamma=0.25),
    spec("levenshtein", best(Levenshtein.distance, min)),
    spec("levenshtein_ratio", best(fuzz.ratio)),
    spec("levenshtein_ratio", best(lambda a, b: fuzz.ratio(a.lower(), b.lower())), ignore_case=True),
    spec("levenshtein_ratio", best(lambda a, b: 100 * Levenshtein.normalized_similarity(a, b)), distance="levenshtein"),
    spec("jaro_winkler", best(JaroWinkler.similarity)),
    spec("jaro_winkler", best(lambda a, b: JaroWinkler.similarity(a, b, prefix_weight=0.25)), prefix_weight=0.25),
    spec("token_sort_ratio", best(fuzz.token_sort_ratio)),
    spec("token_set_ratio", best(fuzz.token_set_ratio)),
    spec("token_f1", best(squad_f1)),
    spec("word_count", lambda output, _: textstat.lexicon_count(output)),
    spec("sentence_count", lambda output, _: textstat.sentence_count(output)),
]


def stems(rng):
    stemmer = PorterStemmer()
    parts = ["a", "e", "i", "o", "u", "y", "b", "c", "d", "f", "l", "s", "t", "v", "z", "w", "x", "st", "ss", "ll", "tt", "é", "漢",
             "7", "*"]
    suffixes = ["", "s", "es", "ies", "ied", "ed", "eed", "ing", "y", "ly", "ational", "tional", "enci", "anci", "izer", "bli",
                "alli", "entli", "eli", "ousli", "ization", "ation", "ator", "alism", "iveness", "fulness", "ousness", "aliti",
                "iviti", "biliti", "fulli", "logi", "icate", "ative", "alize", "iciti", "ical", "ful", "ness", "al", "ance",
                "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ion", "ou", "ism", "ate",
                "iti", "ous", "ive", "ize", "e", "ll", "sses"]
    words = set(ENGLISH) | {"sky", "dying", "news", "howe", "outings", "canning", "inning", "exceed"}
    while len(words) < NUM_STEMS:
        words.add("".join(rng.choice(parts) for _ in range(rng.randint(0, 5))) + rng.choice(suffixes) + rng.choice(suffixes[:8]))
    return [[one, stemmer.stem(one)] for one in sorted(words)]


def rounded(number):
    return float(f"{number:.10g}") if number != int(number) else int(number)


def corpus(pairs):
    longest = max(len(references) for _, references in pairs)
    streams = [[references[at] if at < len(references) else None for _, references in pairs] for at in range(longest)]
    outputs = [output for output, _ in pairs]
    scored = []
    for one, metric in CORPUS:
        score = metric.corpus_score(outputs, streams).score
        scored.append({"spec": one, "score": rounded(score), "signature": str(metric.get_signature())})
    return scored


def main():
    logging.disable()
    rng = random.Random(20_261_126)
    pairs = [pair(rng, number) for number in range(NUM_PAIRS)]
    # The references know different Unicode versions; only characters of all of them are compared.
    assert all(unicodedata.category(one) != "Cn" for output, texts in pairs for one in output + "".join(texts))
    rows = [[output, references, [rounded(score(output, references)) for _, score in SCORERS]] for output, references in pairs]
    values = {"specs": [one for one, _ in SCORERS], "corpus": corpus(pairs), "stems": stems(rng), "rows": rows}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    names = ("sacrebleu", "rouge_score", "RapidFuzz", "nltk", "textstat", "regex")
    head = {"versions": {name: version(name) for name in names}, "sha256": digest, **values}
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    lines = [f"{json.dumps(key)}:{json.dumps(value, **compact)}" for key, value in head.items() if key != "rows"]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write("{" + ",\n".join(lines) + ',\n"rows":[\n')
    sys.stdout.write(",\n".join(json.dumps(row, **compact) for row in rows) + "\n]}\n")


main()
