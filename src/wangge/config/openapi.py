"""Writes contracts/openapi.json; `--check` says whether it is what the code says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from wangge.config import ready as ready  # isort: split

from wangge.config.api import api

CONTRACT = Path("contracts/openapi.json")


def render() -> str:
    """Return the OpenAPI document as text, the same on every machine."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" not in arguments:
        CONTRACT.write_text(text)
        return 0
    if CONTRACT.read_text() == text:
        return 0
    print(f"{CONTRACT} has drifted from the code. Run: make api", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
