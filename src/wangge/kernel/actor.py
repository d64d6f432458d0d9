"""Who acts: one person in one post, with one closed scope."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.kernel.errors import NotYourRole
from wangge.kernel.paths import check_closed, is_within


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in a post. `scope` is a closed path and never empty, so a forgotten scope sees nothing.

    `capabilities` are the verbs the post allows (`cases.dispatch`), from `accounts.rules.CAPABILITIES`.
    """

    user_id: int
    name: str
    role: str
    scope: str
    department_id: int | None = None
    capabilities: frozenset[str] = frozenset()
    post_id: int | None = None  # which of the person's posts; None: no stored one, as in a test of rules

    def __post_init__(self) -> None:
        check_closed(self.scope)

    def can(self, capability: str) -> bool:
        return capability in self.capabilities

    def check_can(self, capability: str) -> None:
        """Raises: NotYourRole if the post lacks `capability`."""
        if capability not in self.capabilities:
            raise NotYourRole(capability=capability, role=self.role)

    def covers(self, path: str) -> bool:
        return is_within(path, self.scope)
