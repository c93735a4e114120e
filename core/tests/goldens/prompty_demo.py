# requires: prompty[jinja2]==2.1.0 Jinja2==3.1.6 MarkupSafe==3.0.4 PyYAML==6.0.3
# writes: prompty_demo.json
"""What the reference makes of each prompt of the demo workspace, flattened, with its default inputs."""

import hashlib
import json
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import prompty

PROMPTS = Path(__file__).resolve().parents[3] / "workspaces" / "demo" / "prompts"
INCLUDE = re.compile(r'\{% include "(fragments/[^"]+)" %\}')


def flattened(text):
    """Pastes fragments; the demo includes them by plain statements only."""
    while INCLUDE.search(text):
        text = INCLUDE.sub(lambda found: (PROMPTS / found[1]).read_text().removesuffix("\n"), text)
    return text


def loaded(folder, name, text):
    path = folder / "prompt.prompty"
    path.write_text(text)
    messages = [{"role": message.role, "content": message.text} for message in prompty.prepare(prompty.load(path), {})]
    return {"name": name, "flattened": text, "messages": messages}


def main():
    files = sorted(PROMPTS.rglob("*.prompty"))
    with tempfile.TemporaryDirectory() as folder:
        prompts = [loaded(Path(folder), file.relative_to(PROMPTS).with_suffix("").as_posix(), flattened(file.read_text()))
                   for file in files]
    digest = hashlib.sha256(json.dumps(prompts, sort_keys=True).encode()).hexdigest()
    versions = {name: version(name) for name in ("prompty", "Jinja2", "MarkupSafe", "PyYAML")}
    json.dump({"versions": versions, "sha256": digest, "prompts": prompts}, sys.stdout, indent=1)
    sys.stdout.write("\n")


main()
