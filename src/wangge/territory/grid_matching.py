"""Which division a grid of a file belongs to: by name, by code, or as said explicitly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from wangge.territory import wording
from wangge.territory.models import Division
from wangge.territory.rules import Problems, path_of, similar_names, split_code

SUGGESTED = 200  # rows that get suggestions: each costs a comparison with every name
LEN_OF_DIVISION = 12


class Matcher:
    """The divisions inside `within`, by code and by name."""

    def __init__(self, within: str, matches: dict[str, str], problems: Problems) -> None:
        self.within, self.matches, self.problems = within, matches, problems
        self.codes: dict[str, tuple[str, int]] = {}
        self.by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows = Division.objects.filter(path__startswith=within, ended_at__isnull=True).values_list(
            "code", "name", "tier"
        )
        for code, name, tier in rows:
            self.codes[code] = (name, tier)
            self.by_name[name].append((tier, code))
        self._missed: list[tuple[int | None, str, str]] = []
        self._tiers: Counter[int] = Counter()

    def match(self, row: int | None, name: str, code: str, by: str) -> str | None:
        """Return the path, or None with the problem noted (by `finish`, when the usual tier is known).

        Rule: TE-4.
        """
        if said := self.matches.get(name) or self.matches.get(code):
            return self._by_code(row, name, said)
        if by == "code":
            return self._by_code(row, code, code)
        found = sorted(self.by_name.get(name, []))
        if not found:
            self._missed.append((row, name, "name"))
            return None
        highest = [code for tier, code in found if tier == found[0][0]]
        if len(highest) > 1:
            similar = "、".join(highest)
            self.problems.add(
                wording.MANY_DIVISIONS,
                row,
                "name",
                name,
                within=self.within,
                similar=similar,
                best=highest[0],
            )
            return None
        self._tiers[found[0][0]] += 1
        return path_of(highest[0])

    def _by_code(self, row: int | None, value: str, code: str) -> str | None:
        try:
            path = path_of(code)
        except ValueError:
            self.problems.add(wording.BAD_CODE, row, "code", code)
            return None
        division = "".join(split_code(code))[:LEN_OF_DIVISION]
        if not path.startswith(self.within):
            self.problems.add(wording.NOT_WITHIN, row, "code", value, path=path, within=self.within)
        elif division not in self.codes:
            self._missed.append((row, value, "code"))
        else:
            self._tiers[self.codes[division][1]] += 1
            return path
        return None

    def finish(self) -> None:
        """Note what matched nothing, each with the names most like it in the tier that the others matched."""
        tier = self._tiers.most_common(1)[0][0] if self._tiers else None
        names = [
            name for name, found in self.by_name.items() if tier is None or any(t == tier for t, _ in found)
        ]
        for number, (row, value, column) in enumerate(self._missed):
            similar = self._similar(value, column, names) if number < SUGGESTED else []
            listed = "、".join(f"{name} {code}" for name, code in similar) or "—"
            self.problems.add(
                wording.NO_DIVISION, row, column, value,
                within=self.within, similar=listed, best=similar[0][1] if similar else "",
            )  # fmt: skip

    def _similar(self, value: str, column: str, names: Sequence[str]) -> list[tuple[str, str]]:
        if column == "code":
            return [(self.codes[code][0], code) for code in similar_names(value, self.codes)]
        return [(name, min(self.by_name[name])[1]) for name in similar_names(value, names)]
