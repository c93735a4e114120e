# requires: lxml==6.1.3
# writes: xml.json
"""Which of many documents, most of them with a fault, libxml2 takes for well-formed."""

import json
import random
import sys
from importlib.metadata import version

from lxml import etree

NUM_DOCUMENTS = 3_000

# What comes before the root element and stays as it is, since faults within a DTD are not looked at by our scorer; the
# rest.
WHOLE = [("", "<a/>"), ("", "<a b='1' c=\"2\">x<d/>&amp;&#65;&#x4e;</a>"),
         ("<?xml version='1.0' encoding='UTF-8'?>", "\n<r><i n='1'>é</i></r>"),
         ("", "<!-- c --><r><![CDATA[<x>&]]><?go on?></r><!-- d -->"),
         ("<!DOCTYPE r [<!ENTITY e 'v'>]>", "\n<r a='&e;'>&e;&lt;</r>"),
         ("", "<list>\n  <item id=\"1\">one</item>\n  <item id=\"2\">two &gt; one</item>\n</list>"),
         ("", "<名 _x.y-1='>'>ok</名>")]
PIECES = ["<", ">", "/", "&", ";", "\"", "'", "=", " ", "a", "1", "<a>", "</a>", "<b/>", "]]>", "--", "<!--", "-->", "&x;",
          "&amp;", "&#0;", "&#x1F600;", "\x01", "<?", "?>", "<?xml version='1.0'?>", " b='1'", "<![CDATA[", "é", "<!DOCTYPE a>"]


def changed(rng):
    prologue, text = rng.choice(WHOLE)
    for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3])):
        at = rng.randint(0, len(text))
        kind = rng.random()
        if kind < 0.35:
            text = text[:at] + text[at + rng.randint(1, 3):]
        elif kind < 0.9:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        else:
            other = rng.randint(0, len(text))
            text = text[:at] + text[min(at, other):max(at, other)] + text[at:]
    return prologue + text


def is_well_formed(text):
    try:
        etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    return True


def main():
    rng = random.Random(5)
    # White space around a document is allowed by our scorer and not by the standard before a declaration.
    documents = sorted({changed(rng).strip() for _ in range(NUM_DOCUMENTS)})
    rows = ",\n".join(json.dumps([text, is_well_formed(text)], ensure_ascii=False) for text in documents)
    versions = json.dumps({"lxml": version("lxml"), "libxml2": ".".join(map(str, etree.LIBXML_VERSION))})
    sys.stdout.write(f'{{"versions": {versions}, "rows": [\n{rows}\n]}}\n')


main()
