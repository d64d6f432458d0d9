"""Facts of photos that were stored before anybody looked at them (KE-19)."""

from __future__ import annotations

import logging
from typing import Any

from wangge.kernel.errors import Refused
from wangge.kernel.files import look_at_photo, open_file
from wangge.kernel.models import StoredFile

NOTHING: dict[str, Any] = {"facts": {}, "looks": None}


def fill_facts(*, most: int = 200) -> int:
    """Look at stored photos that nobody has looked at, and return how many were; each is its own write.

    What cannot be read any more says nothing, and is told in the log: `wangge verify` names it too.
    Rule: KE-19.
    """
    waiting = StoredFile.objects.filter(facts__isnull=True, media_type__startswith="image/")
    found = list(waiting.order_by("sha256").values_list("sha256", flat=True)[:most])
    for sha256 in found:
        seen = NOTHING
        try:
            with open_file(sha256) as file:
                _, seen = look_at_photo(file)
        except (Refused, OSError) as error:
            logging.getLogger(__name__).warning("photo %s cannot be looked at: %s", sha256, error)
        StoredFile.objects.filter(pk=sha256).update(facts=seen["facts"], looks=seen["looks"])
    return len(found)
