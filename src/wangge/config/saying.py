"""How the command speaks: Chinese first, English beside it; refusals on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any

from wangge.kernel.errors import Refused


def say(zh: str, en: str) -> None:
    print(f"{zh}  {en}", flush=True)


def say_json(body: Any) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=2, default=str, sort_keys=True))


def say_no(refusal: Refused) -> None:
    print(refusal.message("zh"), refusal.message("en"), sep="\n", file=sys.stderr, flush=True)
