"""Makes the font files of this folder, and ui/src/theme/icons.rs, from the packages they are published in.

    npm pack inter-ui@4.1.1 @fontsource/jetbrains-mono@5.3.0 @phosphor-icons/web@2.1.2    (each unpacked into SOURCES)
    apt-get download fonts-jetbrains-mono=2.242+ds-3                                       (unpacked into SOURCES)
    pip install fonttools==4.68.0 brotli
    python3 build.py SOURCES

The text shaper of egui applies a font's default features and has no switch for others. Hence: tabular figures are
made Inter's default ones, and JetBrains Mono loses its ligatures, since a prompt must show `->` as it is typed.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
SCRIPTS = "U+0020-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF"
SIGNS = "U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2190-21FF,U+2200-22FF,U+2300-23FF,U+25A0-25FF,U+2713-2717,U+FFFD"
LINES = "U+2500-259F"
OPTIONAL_FEATURES_KEPT = ["kern", "mark", "mkmk", "ccmp", "locl"]


def find(sources: Path, pattern: str) -> Path:
    return next(iter(sorted(sources.glob(f"**/{pattern}"))))


def cut(font: TTFont, unicodes: str, features: list[str]) -> TTFont:
    options = subset.Options()
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.hinting = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(unicodes.replace("U+", "")))
    subsetter.subset(font)
    return font


def freeze(font: TTFont, feature: str) -> None:
    """Maps digits straight to the glyphs that a single substitution of `feature` would give.

    The feature also widens hyphens and points, which names such as `gpt-4.1-mini` must be spared.
    """
    table = font["GSUB"].table
    swaps: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != feature:
            continue
        for index in record.Feature.LookupListIndex:
            for lookup in table.LookupList.Lookup[index].SubTable:
                lookup = getattr(lookup, "ExtSubTable", lookup)
                swaps.update(getattr(lookup, "mapping", {}))
    for cmap in font["cmap"].tables:
        cmap.cmap = {
            code: swaps.get(glyph, glyph) if chr(code).isdecimal() else glyph for code, glyph in cmap.cmap.items()
        }


def reread(font: TTFont) -> TTFont:
    """Tables that were changed in memory agree with each other only after they are written once."""
    file = BytesIO()
    font.flavor = None
    font.save(file)
    file.seek(0)
    return TTFont(file)


def save(font: TTFont, name: str) -> None:
    font.flavor = None
    font.save(HERE / name)
    print(name, (HERE / name).stat().st_size)


def inter(sources: Path) -> None:
    font = TTFont(find(sources, "variable/InterVariable.woff2"))
    font = instancer.instantiateVariableFont(font, {"opsz": 14, "wght": (400, 400, 600)})
    freeze(font, "tnum")
    save(cut(reread(font), f"{SCRIPTS},{SIGNS}", OPTIONAL_FEATURES_KEPT), "Inter.ttf")


def mono(sources: Path) -> None:
    for weight in ["Regular", "SemiBold"]:
        font = TTFont(find(sources, f"JetBrainsMono-{weight}.ttf"))
        save(cut(font, f"{SCRIPTS},{SIGNS},{LINES}", ["mark", "mkmk", "ccmp", "locl"]), f"JetBrainsMonoNL-{weight}.ttf")


def phosphor(sources: Path) -> None:
    css = find(sources, "src/regular/style.css").read_text()
    codes = dict(re.findall(r'\.ph-([a-z0-9-]+):before \{\s*content: "\\([0-9a-f]+)"', css))
    icons = [(name, codes[name]) for name in (HERE / "icons.txt").read_text().split()]
    unicodes = ",".join(code for _, code in icons)
    for source, name in [("Phosphor.ttf", "Phosphor.ttf"), ("Phosphor-Fill.ttf", "Phosphor-Fill.ttf")]:
        save(cut(TTFont(find(sources, source)), unicodes, []), name)
    constants = "".join(
        f'pub const {name.replace("-", "_").upper()}: Icon = Icon("\\u{{{code}}}");\n' for name, code in icons
    )
    (HERE / "../../ui/src/theme/icons.rs").write_text(
        "//! Names of the icons, one constant each. Written by `assets/fonts/build.py` from `assets/fonts/icons.txt`;\n"
        "//! the font files hold these glyphs and no others.\n\n"
        "/// A glyph of the Phosphor fonts. Its meaning is told by a word beside it or by the name of its button.\n"
        "#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub struct Icon(pub &'static str);\n\n" + constants
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    inter(folder)
    mono(folder)
    phosphor(folder)
