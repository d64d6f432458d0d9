"""Reading what plans rest on: intensified periods, and a member's day as a walk."""

from __future__ import annotations

from datetime import date, timedelta

from wangge.accounts import queries as accounts
from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.orders.hands import in_hands_of
from wangge.orders.models import Order, PlanRule, PlanSeason, SeasonSpell
from wangge.orders.rules import OrderStatus
from wangge.orders.schemas import SeasonOut, SeasonsOut, SpellOut, WalkOut, WalkStop
from wangge.orders.season_rules import Spell, spells_of
from wangge.orders.subjects import describe
from wangge.orders.walk_rules import length_m, nearest_first, walk
from wangge.territory import queries as territory

AHEAD = timedelta(days=366)
MOST_STOPS = 200


def list_seasons(actor: Actor, *, today: date) -> SeasonsOut:
    """Return the kinds of intensified periods, and those that fall from today on, the earliest first.

    Raises: NotYourRole.
    Rule:   OR-17. Declared ones are shown for the last year too.
    """
    actor.check_can("orders.read")
    seasons = list(PlanSeason.objects.filter(is_active=True).order_by("code"))
    rules: dict[str, list[str]] = {}
    for code, season in (
        PlanRule.objects.filter(is_active=True).exclude(season="").values_list("code", "season")
    ):
        rules.setdefault(season, []).append(code)
    calendar = calendars.in_force().of(actor.scope)
    fixed = [
        _fixed(season, spell)
        for season in seasons
        for spell in spells_of(season, calendar, today, today + AHEAD)
    ]
    spells = sorted([*fixed, *_declared(actor, seasons, today)], key=lambda one: (one.starts_on, one.season))
    return SeasonsOut(
        path=actor.scope,
        name=territory.names_of([actor.scope]).get(actor.scope, actor.scope),
        seasons=[
            SeasonOut(
                code=one.code,
                name_zh=one.name_zh,
                name_en=one.name_en,
                kind=one.kind,
                source=one.source,
                is_confirmed=one.is_confirmed,
                rules=sorted(rules.get(one.code, [])),
            )
            for one in seasons
        ],
        spells=spells,
    )


def _fixed(season: PlanSeason, spell: Spell) -> SpellOut:
    return SpellOut(
        id=None,
        season=season.code,
        season_zh=season.name_zh,
        season_en=season.name_en,
        season_is_confirmed=season.is_confirmed,
        path="",
        place="",
        starts_on=spell.starts_on,
        ends_on=spell.ends_on,
        reason="",
        declared_by=None,
        ended_at=None,
    )


def _declared(actor: Actor, seasons: list[PlanSeason], today: date) -> list[SpellOut]:
    rows = list(
        SeasonSpell.objects.visible_to(actor).filter(ends_on__gt=today - AHEAD).order_by("starts_on", "id")
    )
    named = {season.code: season for season in seasons}
    people = accounts.names_of([row.declared_by_id for row in rows])
    places = territory.names_of({row.path for row in rows})
    found = []
    for row in rows:
        season = named.get(row.season_code)
        found.append(
            SpellOut(
                id=row.id,
                season=row.season_code,
                season_zh=season.name_zh if season else row.season_code,
                season_en=season.name_en if season else row.season_code,
                season_is_confirmed=bool(season and season.is_confirmed),
                path=row.path,
                place=places.get(row.path, row.path),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                reason=row.reason,
                declared_by=people.get(row.declared_by_id),
                ended_at=row.ended_at,
            )
        )
    return found


def get_walk(actor: Actor, *, on: date, today: date) -> WalkOut:
    """Return the caller's open orders that open on a day, in the order of a short walk.

    Raises: NotYourRole.
    Rule:   OR-24. Beside it stands the length of going to the nearest place each time.
    """
    actor.check_can("orders.read")
    mine = Order.objects.given_to(actor).filter(in_hands_of(actor.user_id, today))
    rows = list(mine.filter(opens_on=on, status=OrderStatus.OPEN.value).order_by("id")[:MOST_STOPS])
    places = describe(rows)
    points = [(places[row.id].lon, places[row.id].lat) for row in rows]
    order = walk(points)
    return WalkOut(
        stops=[
            WalkStop(
                order_id=rows[n].id,
                venue_id=rows[n].venue_id,
                venue_name=places[rows[n].id].name,
                lon=points[n][0],
                lat=points[n][1],
            )
            for n in order
        ],
        length_m=round(length_m(points, order)),
        nearest_first_m=round(length_m(points, nearest_first(points))),
    )
