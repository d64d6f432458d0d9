"""The built faces as files: where they are, and how long a browser may keep them."""

from __future__ import annotations

import re
from pathlib import Path
from wsgiref.headers import Headers

STATIC = Path(__file__).parent.parent / "static"
PREFIXES = {"console": "/", "field": "/m/"}
HASHED = re.compile(r"/assets/[^/]+$")  # the build puts a hash into these names
MIME_TYPES = {".webmanifest": "application/manifest+json", ".pmtiles": "application/vnd.pmtiles"}


def is_immutable(path: str, url: str) -> bool:
    return HASHED.search(url) is not None


def add_headers(headers: Headers, path: str, url: str) -> None:
    """Pages, service worker and manifest are asked for anew each time: an old shell is a stuck phone."""
    if not is_immutable(path, url):
        headers["Cache-Control"] = "no-cache"


def packed_index(face: str, accepted: str) -> tuple[Path, str]:
    """Return the page of a face as the build packed it for what a browser accepts, and the name of that."""
    page = STATIC / face / "index.html"
    taken = (one.replace(" ", "").partition(";") for one in accepted.split(","))
    known = {name for name, _, weight in taken if weight not in {"q=0", "q=0.0"}}
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        packed = page.with_name(page.name + suffix)
        if encoding in known and packed.exists():
            return packed, encoding
    return page, ""


def is_built(face: str) -> bool:
    return (STATIC / face / "index.html").exists()
