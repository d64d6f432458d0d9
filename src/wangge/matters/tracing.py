"""Why a matter goes where it goes, and where it would go nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed
from wangge.matters.catalogue import of_city
from wangge.matters.models import Admission, Matter, Power, Route, Term, Timing
from wangge.matters.routing import (
    Asked,
    RouteRow,
    Subject,
    find_missing,
    is_grid_first,
    powers_of,
    rank,
    widest,
    winner,
)
from wangge.matters.rulebook import Rulebook, in_force
from wangge.matters.rules import Severity
from wangge.matters.schemas import (
    GapOut,
    GapsOut,
    MatterOut,
    NamedPath,
    PowerOut,
    RouteAnswer,
    RouteOut,
    RoutePersonOut,
    RouteQuestion,
)
from wangge.territory import queries as territory

LAYER = "comprehensive"  # in which places lie
SHOWN = 50
Loss = Literal["", "silent", "layer", "matter", "path", "severity", "order"]
REASONS: Sequence[Loss] = ("layer", "matter", "path", "severity")  # in the order of `RouteRow.strength`


def explain_route(actor: Actor, question: RouteQuestion, *, at: datetime) -> RouteAnswer:
    """Return whose a matter is in a place of the actor's scope, and why.

    Raises: NotYourRole, NotVisible outside the scope, Unreadable.
    Rule:   MA-1, MA-2, MA-4.
    """
    actor.check_can("matters.read")
    path = _place(question, at)
    if not actor.covers(path):
        raise NotVisible()
    return trace(question, path, at=at)


def trace(question: RouteQuestion, path: str, *, at: datetime) -> RouteAnswer:
    """Return whose a matter is at a path, and why. Raises: Unreadable for an unknown matter."""
    book = in_force()
    facts = book.matters.get(question.matter)
    if facts is None or not path.startswith(facts.path):
        raise Unreadable(field="matter", why_zh="这里没有这个事项", why_en="there is no such matter here")
    severity = question.severity or Severity(facts.severity)
    subject = Subject(question.matter, path, severity, question.layer)
    best = winner(subject, book.routes)
    kind = book.kind_for(subject) or ""
    number = accounts.department_for(kind, path)
    department = accounts.get_departments([number])[number] if number else None
    on = at.astimezone(CHINA).date()
    member_id = territory.members_of([path], LAYER, on).get(path)
    people = accounts.handlers_of([number], on)[number] if number else []
    names = _kind_names()
    return RouteAnswer(
        matter=_matter(question.matter),
        severity=severity,
        layer=question.layer,
        grid=NamedPath(path=path, name=territory.names_of([path]).get(path, path)),
        routes=_judged(subject, book),
        kind=kind,
        kind_zh=names.get(kind, (kind, kind))[0],
        kind_en=names.get(kind, (kind, kind))[1],
        is_own_kind=best is None,
        department=NamedPath(path=department.path, name=department.name) if department else None,
        department_id=number,
        handlers=[RoutePersonOut(id=one.user_id, name=one.name) for one in people],
        grid_first=is_grid_first(subject, book.routes),
        member=RoutePersonOut(id=member_id, name=accounts.names_of([member_id])[member_id])
        if member_id
        else None,
        powers=[PowerOut.model_validate(power) for power in powers_of(kind, subject, book.powers)],
    )


def list_routes(actor: Actor) -> list[RouteOut]:
    """Return the routing table in force, in the pack's order."""
    actor.check_can("matters.read")
    rows = list(Route.objects.filter(is_active=True).order_by("pk"))
    names = territory.names_of([row.path for row in rows if row.path])
    return [_shown(row, names) for row in rows]


def list_powers(actor: Actor) -> list[PowerOut]:
    """Return the list of enforcement powers in force. Rule: MA-4 (SX-05)."""
    actor.check_can("matters.read")
    rows = [PowerOut.model_validate(row) for row in Power.objects.filter(is_active=True).order_by("pk")]
    names = territory.names_of([row.path for row in rows if row.path])
    for row in rows:
        row.path_name = names.get(row.path, row.path)
    return rows


def list_gaps(actor: Actor, *, at: datetime) -> GapsOut:
    """Return where in the actor's scope matters would go nowhere. Rule: MA-9."""
    actor.check_can("matters.read")
    return find_gaps(actor.scope, at=at)


def find_gaps(scope: str, *, at: datetime) -> GapsOut:
    """Return where below `scope` (empty: everywhere) matters would go nowhere; a handful of statements."""
    book = in_force()
    grids = [path for path in territory.index_of(LAYER, at).paths if path.startswith(scope)]
    covered = accounts.territories_of_kinds()
    subjects = list(_subjects(book))
    found = find_missing(subjects, book.routes, grids, covered) if grids else []
    places = {gap.kind: widest(gap.grid_paths, grids) for gap in found}
    titles = territory.names_of({path for wide in places.values() for path in wide[:SHOWN]})
    names = _kind_names()
    kinds = {one.own_kind for one in subjects} | {route.department_kind for route in book.routes}
    return GapsOut(
        matters=len(book.matters),
        grids=len(grids),
        kinds=len(kinds - {""}),
        gaps=[
            GapOut(
                kind=gap.kind,
                kind_zh=names.get(gap.kind, (gap.kind, gap.kind))[0],
                kind_en=names.get(gap.kind, (gap.kind, gap.kind))[1],
                matters=gap.matter_codes,
                grids_missing=len(gap.grid_paths),
                places=[NamedPath(path=p, name=titles.get(p, p)) for p in places[gap.kind][:SHOWN]],
                places_total=len(places[gap.kind]),
            )
            for gap in found
        ],
    )


def _subjects(book: Rulebook) -> Iterator[Asked]:
    """Yield every matter in every severity that it may have and every layer that routes ask for."""
    for code, facts in book.matters.items():
        for severity in {facts.severity, facts.may_become or facts.severity, "larger"}:
            for layer in ("", *book.layers):
                yield Asked(code, severity, layer, facts.department_kind, facts.path)


def _place(question: RouteQuestion, at: datetime) -> str:
    if question.grid:
        if not is_closed(question.grid):
            raise Unreadable(field="grid", why_zh="路径应以点号结尾", why_en="a path ends with a dot")
        return question.grid
    if question.lon is None or question.lat is None:
        raise Unreadable(field="grid", why_zh="请选择网格或在地图上点选", why_en="name a grid or a point")
    lon, lat = to_wgs84(question.lon, question.lat, question.datum)
    path = territory.locate(lon, lat, LAYER, at)
    if path is None:
        raise Unreadable(field="lon", why_zh="该位置不在任何网格内", why_en="the point lies in no grid")
    return path


def _matter(code: str) -> MatterOut:
    own = Matter.objects.filter(is_active=True, code=code).first()
    if own is not None:
        return MatterOut.model_validate(own)
    edition = Timing.objects.values_list("edition", flat=True).get(is_active=True)
    return of_city(Admission.objects.in_edition(edition).get(code=code))


def _judged(subject: Subject, book: Rulebook) -> list[RouteOut]:
    """Return the rows that speak of the subject: which one won, and by what the others lost."""
    rows = rank(subject, book.routes)
    best = next((row for row in rows if row.department_kind), None)
    first = next((row for row in rows if row.grid_first is not None), None)
    names = territory.names_of([row.path for row in rows if row.path])
    shown = []
    for row in rows:
        out = _shown(row, names)
        out.wins, out.says_grid_first = row is best, row is first
        out.lost_by = _lost_by(row, best)
        shown.append(out)
    return shown


def _lost_by(row: RouteRow, best: RouteRow | None) -> Loss:
    if row is best:
        return ""
    if not row.department_kind or best is None:
        return "silent"
    pairs = zip(REASONS, row.strength, best.strength, strict=True)
    return next((reason for reason, mine, theirs in pairs if mine != theirs), "order")


def _shown(row: Route | RouteRow, names: dict[str, str]) -> RouteOut:
    return RouteOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        matter_prefix=row.matter_prefix,
        path=row.path,
        path_name=names.get(row.path, row.path),
        severity=row.severity,
        layer=row.layer,
        department_kind=row.department_kind,
        grid_first=row.grid_first,
        source=row.source,
        is_confirmed=row.is_confirmed,
    )


def _kind_names() -> dict[str, tuple[str, str]]:
    rows = Term.objects.filter(is_active=True, kind="department")
    return {code: (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}
