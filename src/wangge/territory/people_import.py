"""People and posts from a table, each part by the administrator whose it is. Rule: AC-19, AC-1, AC-3.

The system administrator loads the people of a file, the security administrator the posts of the same file:
neither can do both. A service over rows: who reads the file, and when, is not its matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.accounts import services as posts
from wangge.accounts.rules import ADDRESS, ROLE_ZH, Medium, Role
from wangge.accounts.services import NewPost, PersonRow
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotYourRole, Refused
from wangge.territory import people_wording as wording
from wangge.territory import queries
from wangge.territory.division_import import Undo
from wangge.territory.rules import Kind, Problems, closed
from wangge.territory.schemas import ImportProblem, ImportReport

COLUMNS = {
    "staff_number": "工号", "username": "用户名", "name": "姓名", "phone": "手机", "role": "岗位",
    "scope": "辖区编码", "scope_name": "辖区名称", "department": "部门编码", "kind": "人员类别",
    "employment": "用工来源", "starts_on": "开始日期", "ends_on": "结束日期",
}  # fmt: skip
ROLES = {name: role for role in Role for name in (role.value, ROLE_ZH[role])}
Row = tuple[int, Mapping[str, str]]


@dataclass(slots=True)
class Loading:
    """One file on its way in."""

    actor: Actor
    at: datetime
    problems: Problems
    report: ImportReport
    rows: list[tuple[int, dict[str, str]]]


def import_people(
    rows: Iterable[Row], *, actor: Actor, at: datetime, file_name: str = "", dry_run: bool = False
) -> ImportReport:
    """Load people or posts; with any error nothing is loaded, and the same rows twice change nothing.

    Raises: NotYourRole for who may do neither.
    Rule:   AC-19.
    """
    if not (actor.can("accounts.write") or actor.can("accounts.grant")):
        raise NotYourRole(capability="accounts.write", role=actor.role)
    report = ImportReport(
        kind="people" if actor.can("accounts.write") else "posts", file_name=file_name, rows=0, created=0,
        updated=0, unchanged=0, loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    told = [(number, {key: _cell(row, key) for key in COLUMNS}) for number, row in rows]
    report.rows = len(told)
    loading = Loading(actor, at, Problems(), report, told)
    try:
        with transaction.atomic():
            if actor.can("accounts.write"):
                _load_people(loading)
            else:
                _load_posts(loading)
            if loading.problems.error_count or dry_run:
                raise Undo
            report.loaded = True
    except Undo:
        if loading.problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in loading.problems.listed()]
    report.problem_count = loading.problems.count
    return report


def _cell(row: Mapping[str, str], key: str) -> str:
    return (row.get(COLUMNS[key]) or row.get(key) or "").strip()


def _load_people(loading: Loading) -> None:
    people: dict[str, tuple[int, PersonRow]] = {}
    for number, row in loading.rows:
        found = _person(loading.problems, number, row)
        if found is None:
            continue
        first = people.setdefault(found.staff_number, (number, found))
        if first[1].name != found.name:
            loading.problems.add(
                wording.NUMBER_TWICE, number, COLUMNS["name"], found.staff_number, other=first[0]
            )
    became = posts.load_people([row for _, row in people.values()], actor=loading.actor, at=loading.at)
    for word, (number, person) in zip(became, people.values(), strict=True):
        if word == "taken":
            loading.problems.add(wording.TAKEN, number, COLUMNS["staff_number"], person.staff_number)
        else:
            setattr(loading.report, word, getattr(loading.report, word) + 1)


def _person(problems: Problems, number: int, row: Mapping[str, str]) -> PersonRow | None:
    code, name, phone = row["staff_number"], row["name"], row["phone"]
    if not code or len(code) > 32:
        problems.add(wording.NO_NUMBER, number, COLUMNS["staff_number"], code)
        return None
    if not name or len(name) > 64:
        problems.add(wording.NO_PERSON_NAME, number, COLUMNS["name"], name)
        return None
    if "*" in phone:
        phone = ""  # as it went out, masked
    if phone and not ADDRESS[Medium.SMS].fullmatch(phone):
        problems.add(wording.BAD_PHONE, number, COLUMNS["phone"], phone)
        return None
    return PersonRow(code, (row["username"] or code)[:64], name, phone)


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of posts are read against."""

    people: Mapping[str, int]
    names: Mapping[str, str]
    desks: Mapping[str, int]
    words: Mapping[str, Mapping[str, str]]  # column → what people write → code

    def choice(self, column: str) -> str:
        return "、".join(name for name, code in self.words[column].items() if name != code) or "—"


def _known(loading: Loading) -> Known:
    on = loading.at.astimezone(CHINA).date()
    words = accounts.list_staff_words()
    return Known(
        accounts.ids_by_number({row["staff_number"] for _, row in loading.rows}, loading.actor.scope, on),
        queries.names_of({_path(row["scope"]) for _, row in loading.rows}),
        {one.code: one.id for one in accounts.list_departments(loading.actor)},
        {
            column: {called: w.code for w in words if w.list == name for called in (w.name_zh, w.code)}
            for column, name in (("kind", "staff_kind"), ("employment", "employment"))
        },
    )


def _load_posts(loading: Loading) -> None:
    known = _known(loading)
    for number, row in loading.rows:
        post = _post(loading, number, row, known) if row["role"] else None
        if post is None:
            continue
        try:
            with transaction.atomic():
                became = posts.load_post(post, actor=loading.actor, at=loading.at)
        except Refused as refusal:
            loading.problems.add(
                wording.REFUSED, number, COLUMNS["role"], row["role"],
                zh=refusal.message("zh"), en_text=refusal.message("en"),
            )  # fmt: skip
            continue
        setattr(loading.report, became, getattr(loading.report, became) + 1)


def _path(text: str) -> str:
    """Return the closed path of a code as people write it: 340203005, 34.02.03.005; "" of no code."""
    try:
        return closed(text)
    except ValueError:
        return ""


def _post(loading: Loading, number: int, row: Mapping[str, str], known: Known) -> NewPost | None:
    wrong = _wrong(loading, row, known)
    for kind, column, facts in wrong:
        loading.problems.add(kind, number, COLUMNS[column], row[column], file=None, **facts)
    if wrong:
        return None
    path, starts_on = _path(row["scope"]), _day(row["starts_on"])
    assert starts_on is not None
    return NewPost(
        known.people[row["staff_number"]],
        ROLES[row["role"]],
        path,
        starts_on,
        row["scope_name"] or known.names[path],
        known.desks.get(row["department"]),
        _day(row["ends_on"]),
        known.words["kind"].get(row["kind"], ""),
        known.words["employment"].get(row["employment"], ""),
    )


def _wrong(loading: Loading, row: Mapping[str, str], known: Known) -> list[tuple[Kind, str, dict[str, str]]]:
    """Return everything that is wrong with a row: the kind, the column, what else the sentence says."""
    path, is_handler = _path(row["scope"]), ROLES.get(row["role"]) is Role.DEPARTMENT_HANDLER
    needs_desk = bool(row["department"]) or is_handler
    roles = {"choice": "、".join(ROLE_ZH.values())}
    checks: list[tuple[bool, Kind, str, dict[str, str]]] = [
        (row["staff_number"] in known.people, wording.UNKNOWN_PERSON, "staff_number", {}),
        (row["role"] in ROLES, wording.BAD_ROLE, "role", {**roles}),
        (path in known.names and loading.actor.covers(path), wording.NO_PLACE, "scope", {}),
        (not needs_desk or row["department"] in known.desks, wording.NO_DEPARTMENT, "department", {}),
        (_day(row["starts_on"]) is not None, wording.BAD_DAY, "starts_on", {}),
        (not row["ends_on"] or _day(row["ends_on"]) is not None, wording.BAD_DAY, "ends_on", {}),
        *(
            (not row[column] or row[column] in known.words[column], wording.BAD_WORD, column,
             {"choice": known.choice(column)})
            for column in ("kind", "employment")
        ),
    ]  # fmt: skip
    return [(kind, column, facts) for is_right, kind, column, facts in checks if not is_right]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        return None
