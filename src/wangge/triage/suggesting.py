"""Puts a suggestion together from words, model, facts and tallies. Reads nothing by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wangge.kernel.clock import CHINA
from wangge.matters.queries import Rulebook
from wangge.matters.rules import MatterFacts, Raised, Severity, Surroundings, raised_at_report
from wangge.triage.history import department_keys, find, severity_keys
from wangge.triage.loading import Loaded
from wangge.triage.rules import find_words, ranked, word_shares
from wangge.triage.schemas import MatterSuggestion, Reason, SeveritySuggestion
from wangge.triage.weights import Seen, blend, look, telling_facts, telling_words

MOST = 3
SHOWN_FROM = 0.05  # a matter below is no suggestion
NAMED_FACTS = {
    "class": ("场所类别：{zh}", "kind of place: {en}"),
    "channel": ("来源：{zh}", "channel: {en}"),
    "hours": ("时段：{zh}", "time of day: {en}"),
    "place": ("所在区域：{zh}", "area: {en}"),
}
HOURS = {
    "night": ("夜间", "night"),
    "morning": ("上午", "morning"),
    "afternoon": ("下午", "afternoon"),
    "evening": ("晚间", "evening"),
}
CHANNELS = {
    "inspection": ("检查", "inspection"),
    "patrol": ("巡查", "patrol"),
    "citizen": ("市民", "citizen"),
    "hotline": ("热线", "hotline"),
    "other": ("其他", "other"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a suggestion looks at."""

    text: str
    channel: str
    at: datetime
    venue_class: str = ""
    tags: tuple[str, ...] = ()
    grid_path: str | None = None


def facts_of(draft: Draft) -> list[str]:
    """Return the facts of place and time as a model sees them. Rule: TR-1."""
    facts = [f"channel={draft.channel}", f"hours={hours_of(draft.at.astimezone(CHINA).hour)}"]
    if draft.venue_class:
        facts.append(f"class={draft.venue_class}")
    if draft.grid_path:
        facts.append(f"place={community_of(draft.grid_path)}")
    return facts


def hours_of(hour: int) -> str:
    """Return the part of the day."""
    if hour < 6 or hour >= 22:
        return "night"
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def community_of(grid_path: str) -> str:
    """Return the territory right above the grid."""
    return grid_path[:-1].rpartition(".")[0] + "."


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was found in a draft: the shares of the matters, and what speaks for each."""

    shares: dict[str, float]
    words: dict[str, dict[str, float]]
    seen: Seen | None


def weigh(draft: Draft, rules: Rulebook, owners: Mapping[str, Sequence[str]], asked: Loaded) -> Weighed:
    """Return the share of each matter of the catalogue. Rule: TR-2, TR-3, TR-4."""
    words = find_words(draft.text, owners)
    seen = look(asked.model, draft.text, facts_of(draft)) if asked.model and draft.text.strip() else None
    shares = blend(seen, word_shares(words), asked.model, list(rules.matters))
    return Weighed(shares, words, seen)


def suggest_matters(
    weighed: Weighed, rules: Rulebook, asked: Loaded, names: Mapping[str, tuple[str, str]]
) -> list[MatterSuggestion]:
    """Return the likeliest matters with what spoke for them. Rule: TR-8."""
    return [
        MatterSuggestion(
            code=code,
            name_zh=rules.matters[code].name_zh,
            name_en=rules.matters[code].name_en,
            confidence=round(share, 3),
            reasons=_reasons(code, weighed, asked, names),
        )
        for code, share in ranked(weighed.shares, MOST)
        if share >= SHOWN_FROM
    ]


def _reasons(
    code: str, weighed: Weighed, asked: Loaded, names: Mapping[str, tuple[str, str]]
) -> list[Reason]:
    mine = weighed.words.get(code, {})
    reasons = [Reason(kind="word", zh=f"“{word}”", en=f"“{word}”") for word, _ in ranked(mine, MOST)]
    if asked.model is None or weighed.seen is None:
        return reasons
    for word in telling_words(asked.model, weighed.seen, code):
        if not any(word in known or known in word for known in mine):
            reasons.append(Reason(kind="text", zh=f"“{word}”", en=f"“{word}”"))
    for fact in telling_facts(asked.model, weighed.seen, code)[:2]:
        reasons.append(_fact_reason(fact, names))
    return reasons[:5]


def _fact_reason(fact: str, names: Mapping[str, tuple[str, str]]) -> Reason:
    kind, _, value = fact.partition("=")
    zh, en = {**HOURS, **CHANNELS}.get(value) or names.get(value) or (value, value)
    said_zh, said_en = NAMED_FACTS[kind]
    return Reason(kind="fact", zh=said_zh.format(zh=zh), en=said_en.format(en=en))


def suggest_severity(
    weighed: Weighed, draft: Draft, rules: Rulebook, asked: Loaded, chosen: str = ""
) -> SeveritySuggestion | None:
    """Return the severity of the likely matters, or what their cases got in such places. Rule: TR-9."""
    shares = {chosen: 1.0} if chosen in rules.matters else weighed.shares
    tallies = {code: find(asked.severities, severity_keys(code, draft.venue_class)) for code in shares}
    raised = {code: raise_of(code, draft, rules) for code in shares}
    severities = {
        code: str(found[0])
        if (found := tallies[code])
        else severity_by_rule(raised[code], rules.matters[code])
        for code in shares
    }
    by_severity: dict[str, float] = defaultdict(float)
    for code, share in shares.items():
        by_severity[severities[code]] += share
    if not by_severity or max(by_severity.values()) < SHOWN_FROM:
        return None
    severity, share = ranked(by_severity, 1)[0]
    code = next(code for code, _ in ranked(shares, len(shares)) if severities[code] == severity)
    return SeveritySuggestion(
        severity=Severity(severity),
        confidence=round(min(share, 1.0), 3),
        reason=_severity_reason(tallies[code], raised[code], rules.matters[code]),
    )


def raise_of(code: str, draft: Draft, rules: Rulebook) -> Raised | None:
    """Return the rule of the pack that raises a matter in such a place. Rule: MA-6."""
    around = Surroundings(draft.venue_class, draft.tags)
    return raised_at_report(code, rules.matters[code], around, rules.upgrades, draft.at)


def severity_by_rule(raised: Raised | None, matter: MatterFacts) -> str:
    """Return the severity that a report would get. Rule: CS-1, MA-6."""
    return raised.after if raised else matter.severity


def _severity_reason(found: Sequence[Any] | None, raised: Raised | None, matter: MatterFacts) -> Reason:
    if found is not None:
        return _tally_reason(found, matter.name_zh, matter.name_en)
    if raised is not None:
        return Reason(kind="rule", zh=f"升级规则：{raised.rule.name_zh}", en=f"raised: {raised.rule.name_en}")
    return Reason(kind="rule", zh=f"“{matter.name_zh}”的定级", en=f"the severity of “{matter.name_en}”")


def past_department(code: str, grid_path: str, asked: Loaded) -> Sequence[Any] | None:
    """Return which department had such cases in this territory, if history is used. Rule: TR-9."""
    return find(asked.departments, department_keys(code, grid_path))


def _tally_reason(found: Sequence[Any], zh: str, en: str) -> Reason:
    _, count, total = found
    return Reason(
        kind="history",
        zh=f"已结的 {total} 件“{zh}”中有 {count} 件如此",
        en=f"so in {count} of {total} closed cases of “{en}”",
    )


def department_reason(found: Sequence[Any] | None, zh: str, en: str) -> Reason:
    """Return why a department is suggested: history, or else the routes."""
    if found is None:
        return Reason(kind="rule", zh=f"“{zh}”的派遣规则", en=f"the route of “{en}”")
    return _tally_reason(found, zh, en)
