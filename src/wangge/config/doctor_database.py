"""What is wrong with the database of a set-up, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection

from wangge.config import database, partitions
from wangge.config.doctor import Finding, check_calendar
from wangge.config.worker import STALLED_S
from wangge.kernel import calendars, clock
from wangge.kernel.calendar import national
from wangge.kernel.errors import Refused
from wangge.packs import queries as packs
from wangge.packs import services as pack_services
from wangge.triage import queries as triage

EXTENSIONS = ("pg_trgm", "btree_gist")
DRIFT_S = 5.0
JOBS = """
SELECT count(*) FILTER (WHERE status = 'failed'),
       count(*) FILTER (
           WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '5 minutes'),
       count(*) FILTER (
           WHERE status = 'doing'
             AND coalesce(w.last_heartbeat, '-infinity') < now() - make_interval(secs => %s))
FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
"""


def check_database() -> Iterator[Finding]:
    """Look at the database, started for this if it is the embedded one. Changes nothing."""
    if not database.is_external() and not (settings.WANGGE_HOME / "postgres").exists():
        said = "数据库尚未建立，首次启动时建立", "no database yet; the first start makes it"
        yield Finding("database", "ok", *said)
        yield check_calendar(national)
        return
    try:
        with database.server():
            yield from _look()
    except Refused as refusal:
        yield Finding("database", "bad", refusal.message("zh"), refusal.message("en"))
        yield check_calendar(national)


def _look() -> Iterator[Finding]:
    version = database.server_version()
    said = f"PostgreSQL {version // 10000}.{version % 10000}"
    yield Finding("database", "ok", f"{said} 可用", f"{said} answers")
    yield _server_clock()
    yield _extensions()
    unapplied = database.list_unapplied()
    if unapplied:
        names = f"{len(unapplied)}: {', '.join(unapplied[:3])}"
        remedy = "运行 wangge migrate", "run wangge migrate"
        yield Finding(
            "migrations", "bad", f"未应用的迁移 {names}", f"migrations not applied, {names}", *remedy
        )
        return
    yield Finding("migrations", "ok", "表结构是最新的", "the tables are those of this version")
    yield check_calendar(calendars.in_force().nation)
    yield check_pack()
    yield _partitions()
    yield _jobs()
    yield _suggestions()


def check_pack() -> Finding:
    """Rows of a pack are pushed when it is installed: an update of the program alone brings none of them."""
    active = next((row for row in packs.list_installs() if row.is_active), None)
    if active is None:
        remedy = "运行 wangge pack install 名称", "run wangge pack install NAME"
        return Finding("pack", "warn", "尚未安装规则包", "no policy pack is installed", *remedy)
    said = f"规则包 {active.pack_version}", f"policy pack {active.pack_version}"
    if active.name not in pack_services.list_names():
        return Finding("pack", "ok", *said)
    shipped = pack_services.load(active.name)
    if shipped.pack_version != active.pack_version:
        zh, en = f"随附 {shipped.pack_version}，尚未生效", f"{shipped.pack_version} is here, but not in force"
        remedy = f"运行 wangge pack install {active.name}", f"run wangge pack install {active.name}"
    elif not pack_services.is_as_installed(shipped, active):
        zh, en = "文件内容与已安装的不同", "its files hold other rules than those installed"
        remedy = (
            f"修改 pack.yaml 中的 version，再运行 wangge pack install {active.name}",
            f"change the version in pack.yaml, then run wangge pack install {active.name}",
        )
    else:
        return Finding("pack", "ok", *said)
    return Finding("pack", "warn", f"{said[0]}：{zh}", f"{said[1]}: {en}", *remedy)


def _server_clock() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        drift = abs((cursor.fetchone()[0] - clock.now()).total_seconds())
    said = f"与数据库时钟相差 {drift:.1f} 秒", f"the database's clock differs by {drift:.1f} s"
    if drift <= DRIFT_S:
        return Finding("server_clock", "ok", *said)
    return Finding(
        "server_clock", "bad", *said, "两台机器都与同一时间源同步", "set both machines by one time server"
    )


def _extensions() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
        missing = sorted(set(EXTENSIONS) - {name for (name,) in cursor.fetchall()})
    if not missing:
        return Finding(
            "extensions",
            "ok",
            "扩展可用：" + "、".join(EXTENSIONS),
            "extensions are there: " + ", ".join(EXTENSIONS),
        )
    names = ", ".join(missing)
    remedy = (
        "安装 PostgreSQL 的 contrib 包；没有也能运行，只是搜索较慢",
        "install PostgreSQL's contrib package; search is slower without",
    )
    return Finding("extensions", "warn", f"缺少扩展 {names}", f"extensions missing: {names}", *remedy)


def _partitions() -> Finding:
    missing = partitions.list_missing(clock.today(), clock.today() + timedelta(days=31))
    if not missing:
        return Finding(
            "partitions", "ok", "本月和下月的分区已备好", "the partitions of this and next month are there"
        )
    names = ", ".join(missing)
    remedy = (
        "启动 wangge run，它会补齐；数据不会丢失",
        "start wangge run, it makes them; nothing is lost meanwhile",
    )
    return Finding("partitions", "warn", f"缺少分区 {names}", f"partitions missing: {names}", *remedy)


def _jobs() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [STALLED_S])
        failed, waiting, stalled = cursor.fetchone()
    said = (
        f"后台任务：失败 {failed}，久候 {waiting}，停滞 {stalled}",
        f"jobs: {failed} failed, {waiting} waiting for over 5 minutes, {stalled} stalled",
    )
    if not failed + waiting + stalled:
        return Finding("jobs", "ok", *said)
    remedy = (
        "久候或停滞：启动 wangge run；失败：查看 wangge manage procrastinate shell 与日志",
        "waiting or stalled: start wangge run; failed: see the log and wangge manage procrastinate shell",
    )
    return Finding("jobs", "warn", *said, *remedy)


def _suggestions() -> Finding:
    if not triage.is_asked_one_damaged():
        return Finding("suggestions", "ok", "分拨建议可用", "suggestions can be made")
    remedy = (
        "在“分拨建议”页换用其他版本，或重新学习",
        "on the page of suggestions use another version, or learn anew",
    )
    return Finding(
        "suggestions",
        "warn",
        "分拨建议的模型已损坏，目前只按词表建议",
        "the model of suggestions is damaged: the words alone suggest",
        *remedy,
    )
