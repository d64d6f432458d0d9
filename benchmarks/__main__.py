"""Runs every benchmark in turn, or those whose names are given: `make bench ARGS="case_step --small"`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if "def main()" in path.read_text(encoding="utf-8") and path.stem != "__main__"
)


def main() -> int:
    """Run them, each in a process of its own, so that none warms another; return how many failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"{', '.join(NAMES)}; or a part of a name; none: all")
    parser.add_argument("--small", action="store_true", help="a quick look; no result is written")
    options = parser.parse_args()
    chosen = [name for name in NAMES if not options.names or any(part in name for part in options.names)]
    if not chosen:
        parser.error(f"none of {', '.join(NAMES)} is meant by {' '.join(options.names)}")
    failed = []
    for name in chosen:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(["--small"] if options.small else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
