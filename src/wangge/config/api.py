"""The API of the whole house, assembled from the rooms."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import SessionAuth

from wangge.accounts.api import router as accounts
from wangge.accounts.queries import PostNotInForce, get_signed_in
from wangge.appraisal.api import router as appraisal
from wangge.bulletins.api import router as bulletins
from wangge.cases.api import router as cases
from wangge.checklists.api import router as checklists
from wangge.config.adoption_api import router as adoptions
from wangge.config.calendar_api import router as calendar
from wangge.config.census_api import router as census
from wangge.config.dossier_files_api import router as dossier_files
from wangge.config.files_api import router as files
from wangge.config.handover_api import router as handovers
from wangge.config.health_api import router as health
from wangge.config.people_api import router as people
from wangge.config.runs_api import router as runs
from wangge.config.staff_api import router as staff
from wangge.config.team_files_api import router as team_files
from wangge.config.territory_api import router as territory_changes
from wangge.config.venue_merge_api import router as venue_merges
from wangge.console.api import map_router as city_map
from wangge.console.api import router as console
from wangge.documents.api import router as documents
from wangge.dossiers.api import router as dossiers
from wangge.evidence.api import router as evidence
from wangge.field.api import HandingOver
from wangge.field.api import router as field
from wangge.field.api import taking as field_taking
from wangge.fires.api import router as fires
from wangge.grid_drafts.api import router as grid_drafts
from wangge.kernel import clock
from wangge.kernel.errors import Refused
from wangge.kernel.http import ActorRequest
from wangge.ledgers.api import router as ledgers
from wangge.major_hazards.api import router as major_hazards
from wangge.matters.api import router as matters
from wangge.notices.api import router as notices
from wangge.orders.api import router as orders
from wangge.oversight.api import router as oversight
from wangge.packs.api import router as packs
from wangge.patrols.api import router as patrols
from wangge.plates.api import router as plates
from wangge.rechecks.api import router as rechecks
from wangge.teams.api import router as teams
from wangge.territory.api import router as territory
from wangge.triage.api import router as triage
from wangge.venues.api import router as venues
from wangge.visits.api import router as visits

POST_HEADER = "Wangge-Post"  # in which of the own posts a page, or a command made earlier, acts


class SignedIn(SessionAuth):
    """Somebody with a session and a post in force; puts the actor on the request.

    A request that names its post acts in that one or not at all: a command made without signal in a post that
    has ended since is refused, and so is a page that was left open (AC-16).
    """

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        request.session.accessed = True  # the answer depends on the cookie, and says so
        named = request.headers.get(POST_HEADER, "")
        on = clock.today()
        post_id = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None
        actor = get_signed_in(key, on=on, post_id=post_id) if key and (post_id or not named) else None
        if actor is None and key and named and get_signed_in(key, on=on) is not None:
            raise PostNotInForce()
        if actor is not None:
            cast(ActorRequest, request).actor = actor
        return actor


api = NinjaAPI(title="Wangge", version="0.1.0", auth=SignedIn(), docs_url=None)
for prefix, router in {
    "accounts": accounts,
    "territory": territory,
    "territory/changes": territory_changes,
    "staff/handovers": handovers,
    "staff/people": people,
    "staff": staff,
    "grid-drafts": grid_drafts,
    "grid-drafts/adoptions": adoptions,
    "venues": venues,
    "teams/files": team_files,
    "teams": teams,
    "dossiers/holdings": dossier_files,
    "dossiers": dossiers,
    "checklists": checklists,
    "orders": orders,
    "patrols": patrols,
    "visits": visits,
    "fires": fires,
    "bulletins": bulletins,
    "packs": packs,
    "plates": plates,
    "census": census,
    "cases": cases,
    "matters": matters,
    "documents": documents,
    "major-hazards": major_hazards,
    "triage": triage,
    "evidence": evidence,
    "appraisal": appraisal,
    "ledgers": ledgers,
    "console": console,
    "map": city_map,
    "calendar": calendar,
    "oversight": oversight,
    "rechecks": rechecks,
    "notices": notices,
    "files": files,
    "field": field,
    "runs": runs,
    "health": health,
}.items():
    api.add_router(f"/{prefix}", router)
api.add_router("/venues", venue_merges)
api.add_router("/field", field_taking, auth=[HandingOver(), SignedIn()])


@api.exception_handler(Refused)
def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


@api.exception_handler(AuthenticationError)
def ask_to_log_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    body = {
        "code": "accounts.log_in_first",
        "zh": "请先登录。",
        "en": "Log in first.",
        "facts": {},
    }
    return api.create_response(request, body, status=401)


@api.exception_handler(ValidationError)
def name_the_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return the fields that are wrong; a batch names the item's place."""
    places = {
        ".".join(str(part) for part in problem["loc"][1:]): str(problem["msg"]) for problem in error.errors
    }
    fields = "、".join(places)
    body = {
        "code": "kernel.unreadable",
        "zh": f"这些内容格式不对：{fields}。",
        "en": f"These fields are wrong: {'; '.join(f'{k}: {v}' for k, v in places.items())}.",
        "facts": places,
    }
    return api.create_response(request, body, status=422)
