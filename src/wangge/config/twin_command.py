"""`wangge demo` and `wangge simulate`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import Progress

from wangge.config import clone, demo
from wangge.config.saying import say, say_json
from wangge.kernel import clock
from wangge.kernel.errors import Refused, Unreadable
from wangge.packs import services as packs
from wangge.packs.schemas import Pack
from wangge.twin import big_city, queries, report, services, simulation
from wangge.twin.behaviour import behaviour
from wangge.twin.city import DEMO
from wangge.twin.http_door import Account, HttpDoor
from wangge.twin.ledger import Ledger
from wangge.twin.live import play_rounds
from wangge.twin.report import Rung
from wangge.twin.worktime import at_time

AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")]


class CityNotEmpty(Refused):
    """The demo city is made in an empty database only."""

    code = "config.city_not_empty"
    zh = "数据库里已有一座城市，示范城市只建在空库里。"
    en = "There is a city in the database already; the demo city is made in an empty one only."


class NoDemoAccounts(Refused):
    """Through HTTP the simulated people log in with the demo accounts."""

    code = "config.no_demo_accounts"
    zh = "找不到示范账号文件 {path}。请用 --accounts 指定。"
    en = "The file of demo accounts, {path}, is not there. Name it with --accounts."


def make_demo(
    city: Annotated[
        str,
        typer.Option(help="demo：演示城市；dongguan：东莞规模，290 万个对象 / a city of Dongguan's size"),
    ] = "demo",
    seed: Annotated[
        int, typer.Option(help="随机种子：相同则结果相同 / equal seeds, equal cities")
    ] = demo.SEED,
    as_json: AsJson = False,
) -> None:
    """在空库里生成示范城市，并列出账号。Make the demo city in an empty database and list its accounts."""
    if city != "demo":
        _make_big(city, seed=seed, as_json=as_json)
        return
    if not demo.is_empty():
        raise CityNotEmpty()
    demo.make(seed=seed)
    if as_json:
        say_json({"accounts": str(demo.accounts_file())})
        return
    for line in demo.account_lines():
        print(line)


def _make_big(name: str, *, seed: int, as_json: bool) -> None:
    if name not in big_city.PROFILES:
        there = "、".join(("demo", *big_city.PROFILES))
        why = (f"没有这座城市，有：{there}", f"there is no such city; there are: {there}")
        raise Unreadable(field="city", why_zh=why[0], why_en=why[1])
    chosen = big_city.profile(name)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(name, total=chosen.counts.objects)
        figures = demo.make_big(chosen, seed=seed, progress=lambda done: progress.update(bar, completed=done))
    if figures is None:
        raise CityNotEmpty()
    if as_json:
        say_json(asdict(figures))
        return
    for line in demo.big_lines(figures):
        print(line)
    for line in demo.account_lines():
        print(line)


def simulate(
    pack: Annotated[str, typer.Option(help="规则包 / policy pack")] = demo.PACK,
    days: Annotated[
        int, typer.Option(help="天数（--url 时为轮数）/ days (rounds with --url)", min=1, max=400)
    ] = 30,
    seed: Annotated[
        int, typer.Option(help="随机种子：相同则结果相同 / equal seeds, equal figures")
    ] = demo.SEED,
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="第一天 / first day")] = None,
    in_place: Annotated[
        bool,
        typer.Option("--in-place", help="直接在本库运行，会改动数据 / in this database: changes its data"),
    ] = False,
    url: Annotated[str, typer.Option(help="通过运行中的网站操作 / act through a running house")] = "",
    ledger: Annotated[Path | None, typer.Option(help="回执账本（--url）/ ledger of receipts (--url)")] = None,
    accounts: Annotated[Path | None, typer.Option(help="账号文件（--url）/ accounts (--url)")] = None,
    as_json: AsJson = False,
) -> None:
    """模拟若干天的工作，最后几行是闭环数据。Play some days; the last lines are the circle in figures."""
    if url:
        _act_through(url, ledger, accounts, seed=seed, rounds=days, as_json=as_json)
        return
    chosen = packs.load(pack)
    if not in_place:
        say_aside("正在复制数据库……", "Copying the database …", as_json)
        clone.clone_to(clone.SIMULATION)
    with nullcontext() if in_place else clone.standing_in(clone.SIMULATION):
        figures = _play(
            chosen, days=days, seed=seed, start=start.date() if start else None, is_copy=not in_place
        )
    name = settings.DATABASES["default"]["NAME"] if in_place else clone.SIMULATION
    if as_json:
        print(json.dumps({"database": name, **figures}, ensure_ascii=False, indent=2))
        return
    say(f"数据库：{name}", f"database: {name}")
    for line in report.lines(figures):
        print(line)


def _play(pack: Pack, *, days: int, seed: int, start: date | None, is_copy: bool) -> dict[str, Any]:
    if queries.is_empty():
        founded = at_time(start or simulation.FIRST_DAY, 0)
        services.make_city(
            DEMO, seed=seed, at=founded, password=None, install_pack=demo.pack_installer(pack.name)
        )
    starts_on = start or simulation.first_day()
    simulation.get_ready(starts_on, demo.pack_installer(pack.name), is_copy=is_copy)
    chosen = simulation.Settings(
        pack=pack.name,
        pack_version=pack.pack_version,
        ladder=[Rung(r.code, r.zh, r.en, r.after_working_days) for r in pack.ladder],
        days=days,
        seed=seed,
        starts_on=starts_on,
        is_copy=is_copy,
    )
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("simulate", total=days)
        return simulation.simulate(chosen, on_day=lambda day: progress.advance(bar))


def _act_through(
    url: str, ledger: Path | None, accounts: Path | None, *, seed: int, rounds: int, as_json: bool
) -> None:
    path = accounts or demo.accounts_file()
    if not path.exists():
        raise NoDemoAccounts(path=path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    people = [Account(username=one["username"], role=one["role"]) for one in kept["accounts"]]
    kept_in = ledger or Path(settings.WANGGE_HOME) / "simulate.ledger"
    with HttpDoor(url, people, kept["password"], Ledger(kept_in)) as door:
        play = play_rounds(door, behaviour(), seed=seed, rounds=rounds, now=clock.now, today=clock.today)
        figures = {**simulation.own_figures(play), "retries": door.retries, "ledger": str(kept_in)}
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    say(f"回执账本：{kept_in}", f"ledger: {kept_in}")
    for key, value in figures.items():
        print(f"{key}: {value}")


def say_aside(zh: str, en: str, as_json: bool) -> None:
    """Say something on the way, unless a program reads along."""
    if not as_json:
        say(zh, en)
