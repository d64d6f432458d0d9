"""What is wrong with a set-up, and how to mend it: the machine and the installation."""

from __future__ import annotations

import http.client
import os
import pwd
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from django.conf import settings

from wangge.config import faces, postgres_place
from wangge.documents import printing
from wangge.evidence import queries as evidence
from wangge.kernel import clock, photo_copies
from wangge.kernel.calendar import Calendar

Level = Literal["ok", "warn", "bad"]
MADE_ON = datetime(2026, 11, 1, tzinfo=UTC)  # an earlier clock is wrong: this program did not exist
DISK_WARN_BYTES, DISK_BAD_BYTES = 5 << 30, 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at. The remedy is empty when all is well."""

    name: str
    level: Level
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


def check_machine(port: int) -> Iterator[Finding]:
    """Look at everything that needs no database."""
    yield _python()
    yield _disk(settings.WANGGE_HOME)
    yield _clock()
    yield _secret(settings.WANGGE_HOME / "secret")
    yield _signing_key()
    yield _faces()
    yield _port(port)
    yield _chromium()
    yield _office()
    yield _font()
    yield from _embedded_place(settings.WANGGE_HOME)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 13):
        return Finding("python", "ok", f"Python {version}", f"Python {version}")
    zh, en = "请使用 Python 3.11 或 3.12", "use Python 3.11 or 3.12"
    return Finding("python", "bad", f"Python {version}", f"Python {version}", zh, en)


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    said = f"{home}：剩余 {free / 2**30:.1f} GiB", f"{home}: {free / 2**30:.1f} GiB free"
    if free >= DISK_WARN_BYTES:
        return Finding("disk", "ok", *said)
    level: Level = "warn" if free >= DISK_BAD_BYTES else "bad"
    remedy = (
        "腾出磁盘空间，或把 WANGGE_HOME 移到更大的磁盘",
        "free some space, or move WANGGE_HOME to a larger disk",
    )
    return Finding("disk", level, *said, *remedy)


def _clock() -> Finding:
    now = clock.now()
    said = f"系统时间 {now:%Y-%m-%d %H:%M:%S} UTC", f"the clock says {now:%Y-%m-%d %H:%M:%S} UTC"
    if now >= MADE_ON:
        return Finding("clock", "ok", *said)
    return Finding(
        "clock", "bad", *said, "校准系统时间：期限按它计算", "set the clock: deadlines are counted by it"
    )


def _secret(path: Path) -> Finding:
    if os.environ.get("WANGGE_SECRET"):
        return Finding("secret", "ok", "密钥来自 WANGGE_SECRET", "the secret comes from WANGGE_SECRET")
    mode = path.stat().st_mode & 0o777
    said = f"{path} 权限 {mode:03o}", f"{path} has mode {mode:03o}"
    if not mode & 0o077:
        return Finding("secret", "ok", *said)
    return Finding("secret", "bad", *said, f"运行 chmod 600 {path}", f"run chmod 600 {path}")


def _signing_key() -> Finding:
    trouble = evidence.find_key_trouble()
    if trouble is None:
        return Finding("signing_key", "ok", "签名密钥可用", "the signing key is in order")
    remedy = (
        "从安全的副本恢复；没有副本时运行 wangge evidence rotate，并公布新的公钥",
        "bring it back from a safe copy; without one run wangge evidence rotate and publish the new key",
    )
    return Finding("signing_key", "bad", trouble.message("zh"), trouble.message("en"), *remedy)


def _faces() -> Finding:
    missing = [face for face in faces.PREFIXES if not faces.is_built(face)]
    if not missing:
        return Finding("faces", "ok", "页面已构建", "the pages are built")
    names = ", ".join(missing)
    return Finding(
        "faces", "bad", f"未构建：{names}", f"not built: {names}", "运行 make setup", "run make setup"
    )


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            pass
        else:
            return Finding("port", "ok", f"端口 {port} 空闲", f"port {port} is free")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/health")
        if b'"database"' in connection.getresponse().read():
            return Finding("port", "ok", f"wangge 正在端口 {port} 运行", f"wangge is serving on port {port}")
    except OSError:
        pass
    finally:
        connection.close()
    remedy = "用 wangge run --port 换一个端口", "choose another with wangge run --port"
    return Finding("port", "warn", f"端口 {port} 被别的程序占用", f"another program has port {port}", *remedy)


def _chromium() -> Finding:
    path = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path:
        return Finding("chromium", "ok", f"浏览器测试使用 {path}", f"browser tests use {path}")
    remedy = (
        "只影响浏览器测试：apt-get install chromium fonts-wqy-zenhei",
        "apt-get install chromium fonts-wqy-zenhei",
    )
    return Finding("chromium", "warn", "没有 Chromium", "Chromium is missing (browser tests only)", *remedy)


def _office() -> Finding:
    path = printing.converter()
    if path:
        return Finding("office", "ok", f"PDF 由 {path} 生成", f"PDF is made by {path}")
    said = "没有 LibreOffice：文书只能下载 Word", "LibreOffice is missing: documents come as Word only"
    remedy = "apt-get install libreoffice-writer-nogui fonts-wqy-zenhei"
    return Finding("office", "warn", *said, remedy, remedy)


def _font() -> Finding:
    if photo_copies.has_font():
        return Finding("font", "ok", "照片副本可以写明时间、地点和查看人", "copies of photos can be marked")
    zh, en = photo_copies.NoFont.zh, photo_copies.NoFont.en
    return Finding(
        "font",
        "warn",
        "没有中文字体，照片副本不带标记",
        "no Chinese font: copies of photos go unmarked",
        zh,
        en,
    )


def check_calendar(nation: Calendar) -> Finding:
    """Return how far the calendar reaches; in December the next year must be known."""
    today = clock.today()
    year = today.year - 1
    while year + 1 in nation.years:
        year += 1
    notice = settings.WANGGE_CALENDAR / f"{year + 1}.json"
    said = f"工作日历到 {year} 年", f"the working-day calendar knows years through {year}"
    remedy = (
        f"国务院公布 {year + 1} 年放假安排后，在“工作日历”页载入，或写入 {notice} 后重启",
        f"when the State Council publishes {year + 1}, load it on the page Working days, or put it into"
        f" {notice} and start again",
    )
    if year > today.year:
        return Finding("calendar", "ok", *said)
    is_early = year == today.year and today.month < 12
    return Finding("calendar", "warn" if is_early else "bad", *said, *remedy)


def _embedded_place(home: Path) -> Iterator[Finding]:
    """Only said when the database does not simply lie in the home under our own account."""
    data = home / "postgres"
    if os.environ.get("WANGGE_DATABASE_URL") or not data.exists():
        return
    if data.is_symlink():
        where = data.resolve()
        yield Finding(
            "place",
            "ok",
            f"数据库在 {where}",
            f"the database lies in {where}: its account cannot reach {home}",
        )
    copy = postgres_place.SHELTER / f"postgres-{postgres_place.VERSION}"
    if copy.exists():
        yield Finding(
            "programs", "ok", f"PostgreSQL 程序的副本在 {copy}", f"PostgreSQL runs from a copy in {copy}"
        )
    owner = data.stat().st_uid
    if owner != os.geteuid():
        name = next((entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == owner), str(owner))
        yield Finding(
            "account", "ok", f"PostgreSQL 以账户 {name} 运行", f"PostgreSQL runs as {name}, not as root"
        )
