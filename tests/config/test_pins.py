"""Every package is pinned, and every pin has its reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+) +# (?P<reason>.+)")


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = {}
    for line in lines:
        if not line.startswith("#"):
            pin = PIN.fullmatch(line)
            assert pin, f"not a pin with a reason: {line}"
            found[pin["name"]] = pin["reason"]
    return found


def test_constraints_hold_only_pins_each_with_a_reason() -> None:
    assert len(pins()) > 50


def test_every_direct_dependency_is_pinned_with_the_reason_it_has_in_pyproject() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = pins()
    for requirement in wanted:
        name = re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ]", requirement)[0]).lower()
        assert not pinned[name].startswith("needed by"), name
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert pinned[name] == line.split("# ", 1)[1].strip()
