"""What a pack says of matters: whose they are, how severe, and what raises them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from wangge.matters.rules import Form, Severity, Target
from wangge.packs.entry import Entry


class MatterGroup(Entry):
    owner: str  # the kind of department whose matters these are (DG-02)
    form: Form = Form.HAZARD
    lane: str | None = None  # of the four platforms (TZ-17)
    fields: list[str] = Field(default_factory=list)  # SX-17


class Matter(Entry):
    code: str = Field(max_length=16, pattern=r"^[A-Z][A-Z0-9]*$")
    group: str
    basis: str = Field(max_length=128)
    severity: Severity
    may_become: Severity | None = None  # what people may raise it to
    deadline: str  # the words of the source
    fix_days: int = Field(ge=0, le=365)  # working days; 0 is at once
    fix_hours: int | None = Field(None, ge=1)
    on_spot: bool = False
    stops_operation: bool = False  # closed only when somebody confirms that it may run again (TZ-03)
    departments: list[str] = Field(min_length=1)  # first handler, then whom it is passed on to
    fields: list[str] = Field(default_factory=list)  # beside its group's
    words_zh: list[Annotated[str, Field(min_length=2, max_length=16)]] = Field(
        default_factory=list, max_length=64
    )  # what people call it: the words that suggest it
    is_restricted: bool = False  # its cases are seen by named posts only (DG-13)

    @model_validator(mode="after")
    def _leaves_room_for_the_city(self) -> Self:
        if self.code.startswith(f"{self.group}C"):
            raise ValueError("codes like H3C01 are the city's own: a pack numbers without the C")
        return self

    @property
    def department_kind(self) -> str:
        """Return the first handler who is not the grid itself: who reports does not handle (DG-08)."""
        return next((kind for kind in self.departments if kind != "grid"), "street")


class DepartmentKind(Entry):
    pass


PathPrefix = Field("", max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)*$")


class Route(Entry):
    """Whose a matter is: what a row leaves open is no condition, and no answer (MA-1, MA-2)."""

    matter_prefix: str = Field("", max_length=16)
    path: str = PathPrefix
    severity: Severity | None = None
    layer: str | None = Field(None, max_length=32)
    department_kind: str | None = None
    grid_first: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.department_kind is None and self.grid_first is None:
            raise ValueError("a route names a department_kind or says grid_first")
        return self


class Power(Entry):
    """An item of the list by which a kind of organisation may enforce (SX-05)."""

    department_kind: str
    matter_prefix: str = Field("", max_length=16)
    path: str = PathPrefix
    basis: str = Field(min_length=1, max_length=128)


class Upgrade(Entry):
    """What raises the severity of a case: one of place, repetition and time overdue (MA-6)."""

    matter_prefix: str = Field("", max_length=16)
    to: Target
    classes: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    times: int | None = Field(None, ge=2)  # the n-th of a matter at one venue…
    within_days: int | None = Field(None, ge=1, le=3660)  # …in so many days
    overdue_times: float | None = Field(None, ge=0, le=100)  # overdue by so many times its time to fix

    @model_validator(mode="after")
    def _has_one_ground(self) -> Self:
        grounds = [bool(self.classes or self.tags), self.times is not None, self.overdue_times is not None]
        if sum(grounds) != 1 or (self.times is None) != (self.within_days is None):
            raise ValueError("one of classes or tags, times with within_days, overdue_times")
        return self


class Lane(Entry):
    pass


class FieldOfWork(Entry):
    pass


class SeverityName(Entry):
    weight: float = Field(gt=0, le=100)  # how heavy an open case lies on whoever handles it


class StatedCount(Entry):
    """How many a source says there are: `all`, `departments`, or a kind of department's (DG-02)."""

    count: int = Field(ge=0)
