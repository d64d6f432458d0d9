"""Rules of notices put into force, and news told, for the tests of telling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.makers import AT
from wangge.cases import services
from wangge.notices import services as notices

DAY = timedelta(days=1)


def install(*rules: dict[str, Any]) -> None:
    """Put rules into force; a rule names its topic and its recipients and what else it differs in."""
    plain: dict[str, Any] = {
        "name_zh": "通知",
        "name_en": "Notice",
        "media": ["in_app"],
        "delay_minutes": 0,
        "only_if_open": False,
        "levels_up": 0,
        "is_urgent": False,
        "is_duty": True,
        "is_digest": False,
        "text_zh": "{matter}，{place}，{due}，{reason}",
        "text_en": "{matter}, {place}, {due}, {reason}",
        "source": "test",
        "is_confirmed": False,
    }
    notices.install_rules(
        [{"code": f"r{n}", **plain, **rule} for n, rule in enumerate(rules)], pack_version="t@1"
    )


def tell(at: Any = AT + DAY) -> None:
    while services.tell_news(at=at):
        pass
