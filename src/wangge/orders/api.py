"""HTTP face of orders. It translates; the rules are in services."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponseBase
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer, fate_bodies
from wangge.kernel.photo_copies import PhotoForm
from wangge.kernel.schemas import FateOut, Refusal
from wangge.orders import (
    assignment_queries,
    campaign_queries,
    coverage,
    draw_queries,
    plan_queries,
    queries,
    services,
)
from wangge.orders.assignment_schemas import (
    AlikeCount,
    AlikeDone,
    AlikeIn,
    AlikeProposal,
    AssignmentPage,
    BesideChoices,
    Undone,
)
from wangge.orders.campaign_schemas import (
    CampaignCount,
    CampaignDone,
    CampaignIn,
    CampaignOut,
    CampaignPage,
    VerdictIn,
)
from wangge.orders.draw_schemas import DoubleDrawDone, DoubleDrawIn, DoubleDrawOut, DoubleDrawPool
from wangge.orders.schemas import (
    GridOrders,
    LevelOut,
    OrderDetail,
    OrderFigures,
    OrderFilter,
    OrderPage,
    OrderResult,
    PlanCoverageOut,
    PlanOut,
    PlanRequest,
    PlanRuleOut,
    SeasonsOut,
    SpellDone,
    SpellIn,
    WalkOut,
)

router = Router(tags=["orders"])
NO = {(403, 404, 409, 422): Refusal}


@router.get("", response=OrderPage, operation_id="list_orders")
def list_orders(request: ActorRequest, filters: Query[OrderFilter]) -> OrderPage:
    return queries.list_orders(request.actor, filters, today=clock.today())


@router.get("/rules", response=list[PlanRuleOut], operation_id="list_plan_rules")
def list_plan_rules(request: ActorRequest) -> list[PlanRuleOut]:
    return queries.list_plan_rules()


@router.get(
    "/figures/by-grid", response={200: list[GridOrders], 403: Refusal}, operation_id="count_orders_by_grid"
)
def count_orders_by_grid(request: ActorRequest, first_on: date, last_on: date) -> list[GridOrders]:
    """Orders done from the first to the last day, by the grid of that moment (China's days)."""
    since, until = clock.days(first_on, last_on)
    return queries.count_by_grid(request.actor, since=since, until=until)


@router.get("/figures", response={200: OrderFigures, 403: Refusal}, operation_id="get_order_figures")
def get_order_figures(
    request: ActorRequest, opens_from: date | None = None, opens_to: date | None = None
) -> OrderFigures:
    """Orders made, done, on time, missed, overdue, and the hit rate; `opens_to` is exclusive."""
    return queries.get_figures(request.actor, today=clock.today(), opens_from=opens_from, opens_to=opens_to)


@router.get("/seasons", response={200: SeasonsOut, 403: Refusal}, operation_id="list_seasons")
def list_seasons(request: ActorRequest) -> SeasonsOut:
    """Kinds of intensified periods, and when they fall."""
    return plan_queries.list_seasons(request.actor, today=clock.today())


@router.post(
    "/seasons/spells",
    response={(200, 208): SpellDone, (403, 404, 422): Refusal},
    operation_id="declare_season",
)
def declare_season(request: ActorRequest, body: SpellIn) -> Any:
    """Declare an intensified period for a territory; 208 if this command came before."""
    fresh = services.declare_spell(body, actor=request.actor, at=clock.now())
    return Status(200 if fresh else 208, SpellDone(withdrawn=0))


@router.post(
    "/seasons/spells/{uuid:spell_id}/end",
    response={200: SpellDone, (403, 404, 409): Refusal},
    operation_id="end_season",
)
def end_season(request: ActorRequest, spell_id: UUID) -> SpellDone:
    """End an intensified period with today; its later orders are withdrawn."""
    return SpellDone(withdrawn=services.end_spell(spell_id, actor=request.actor, at=clock.now()))


@router.get(
    "/coverage", response={200: PlanCoverageOut, (403, 409, 422): Refusal}, operation_id="prove_coverage"
)
def prove_coverage(request: ActorRequest, starts_on: date, ends_on: date) -> PlanCoverageOut:
    """Whether everything owed in `[starts_on, ends_on)` is planned, by grid, and who is missing."""
    asked = PlanRequest(starts_on=starts_on, ends_on=ends_on)
    return coverage.prove(asked, actor=request.actor, at=clock.now())


@router.get("/coverage/unreachable", response={200: list[str], 403: Refusal}, operation_id="list_unreachable")
def list_unreachable(request: ActorRequest, grid: str, starts_on: date, ends_on: date) -> list[str]:
    """The places of a grid that its member cannot reach in the range; at most 300."""
    asked = PlanRequest(starts_on=starts_on, ends_on=ends_on)
    return coverage.list_unreachable(grid, asked, actor=request.actor, limit=300)


@router.post("/level", response={200: LevelOut, (403, 422): Refusal}, operation_id="level_days")
def level_days(request: ActorRequest, body: PlanRequest) -> LevelOut:
    """Spread open orders evenly over the days of each member, inside their own periods."""
    return services.level_for(body, actor=request.actor, at=clock.now())


@router.get("/walk", response={200: WalkOut, 403: Refusal}, operation_id="get_walk")
def get_walk(request: ActorRequest, on: date) -> WalkOut:
    """The caller's open orders of a day, in the order of a short walk."""
    return plan_queries.get_walk(request.actor, on=on, today=clock.today())


@router.post("/plan", response={200: PlanOut, 403: Refusal}, operation_id="plan_orders")
def plan_orders(request: ActorRequest, plan: PlanRequest) -> PlanOut:
    """Make the orders of a period inside the caller's scope. Planning twice makes none twice."""
    return services.plan_orders(plan, actor=request.actor, at=clock.now())


@router.post("/results", response=list[FateOut], operation_id="complete_orders")
def complete_orders(request: ActorRequest, results: list[OrderResult]) -> list[dict[str, Any]]:
    """What happened at many places, one fate each, in order; at most 500."""
    return fate_bodies(services.complete_orders(results, actor=request.actor, at=clock.now()))


@router.post(
    "/result",
    response={200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut},
    operation_id="complete_order",
)
def complete_order(request: ActorRequest, result: OrderResult) -> Any:
    return answer(services.complete_orders([result], actor=request.actor, at=clock.now())[0])


@router.get("/assignments", response={200: AssignmentPage, **NO}, operation_id="list_assignments")
def list_assignments(
    request: ActorRequest, cursor: str = "", limit: Annotated[int, Field(ge=1, le=200)] = 50
) -> AssignmentPage:
    """What was asked for beside the plan, the latest first, and how far it is."""
    return assignment_queries.list_assignments(request.actor, cursor=cursor, limit=limit, today=clock.today())


@router.get("/assignments/alike", response={200: AlikeProposal, **NO}, operation_id="propose_alike")
def propose_alike(request: ActorRequest, case_id: UUID) -> AlikeProposal:
    """What a case proposes: like places of the own territory, in the week to come."""
    return assignment_queries.propose_alike(request.actor, case_id, today=clock.today())


@router.post("/assignments/alike/count", response={200: AlikeCount, **NO}, operation_id="count_alike")
def count_alike(request: ActorRequest, body: AlikeIn) -> AlikeCount:
    """How many visits the order for like places would make; nothing is written."""
    return services.count_alike(body, actor=request.actor, at=clock.now())


@router.post("/assignments/alike", response={(200, 208): AlikeDone, **NO}, operation_id="order_alike")
def order_alike(request: ActorRequest, body: AlikeIn) -> Any:
    """Make an order for each like place; 208 if this command came before."""
    done, is_new = services.order_alike(body, actor=request.actor, at=clock.now())
    return Status(200 if is_new else 208, done)


@router.post(
    "/assignments/{uuid:assignment_id}/undo", response={200: Undone, **NO}, operation_id="undo_assignment"
)
def undo_assignment(request: ActorRequest, assignment_id: UUID) -> Undone:
    """Take back what nobody has visited yet."""
    return services.undo_assignment(assignment_id, actor=request.actor, at=clock.now())


@router.get("/assignments/choices", response={200: BesideChoices, **NO}, operation_id="list_beside_choices")
def list_beside_choices(request: ActorRequest) -> BesideChoices:
    """What may be chosen for a draw or a campaign: territories, classes, lists."""
    return assignment_queries.list_choices(request.actor, today=clock.today())


@router.post("/assignments/draw/count", response={200: DoubleDrawPool, **NO}, operation_id="count_draw")
def count_draw(request: ActorRequest, body: DoubleDrawIn) -> DoubleDrawPool:
    """What lies in the two drums of a double draw; nothing is drawn."""
    return services.count_pool(body, actor=request.actor, at=clock.now())


@router.post("/assignments/draw", response={(200, 208): DoubleDrawDone, **NO}, operation_id="make_draw")
def make_draw(request: ActorRequest, body: DoubleDrawIn) -> Any:
    """Draw random places and random inspectors; 208 if this command came before."""
    done, is_new = services.make_draw(body, actor=request.actor, at=clock.now())
    return Status(200 if is_new else 208, done)


@router.get(
    "/assignments/{uuid:assignment_id}/draw", response={200: DoubleDrawOut, **NO}, operation_id="get_draw"
)
def get_draw(request: ActorRequest, assignment_id: UUID) -> DoubleDrawOut:
    """A draw as it is published, drawn again just now from its seed."""
    return draw_queries.get_draw(request.actor, assignment_id, today=clock.today())


@router.get(
    "/assignments/{uuid:assignment_id}/draw/file",
    response={200: None, **NO},
    operation_id="export_draw",
)
def export_draw(request: ActorRequest, assignment_id: UUID, suffix: str = "csv") -> HttpResponseBase:
    """Seed, list and both drums of a draw as a file: with it anybody can draw again."""
    return services.export_draw(assignment_id, suffix, actor=request.actor, at=clock.now())


@router.get("/campaigns", response={200: CampaignPage, **NO}, operation_id="list_campaigns")
def list_campaigns(
    request: ActorRequest, cursor: str = "", limit: Annotated[int, Field(ge=1, le=100)] = 20
) -> CampaignPage:
    """Campaigns, the latest first, and how far each is."""
    return campaign_queries.list_campaigns(request.actor, cursor=cursor, limit=limit, today=clock.today())


@router.post("/campaigns/count", response={200: CampaignCount, **NO}, operation_id="count_campaign")
def count_campaign(request: ActorRequest, body: CampaignIn) -> CampaignCount:
    """How many places and visits a campaign would have; nothing is written."""
    return services.count_campaign(body, actor=request.actor, at=clock.now())


@router.post("/campaigns", response={(200, 208): CampaignDone, **NO}, operation_id="start_campaign")
def start_campaign(request: ActorRequest, body: CampaignIn) -> Any:
    """Set up a campaign and make its visits; 208 if this command came before."""
    done, is_new = services.start_campaign(body, actor=request.actor, at=clock.now())
    return Status(200 if is_new else 208, done)


@router.get("/campaigns/{uuid:campaign_id}", response={200: CampaignOut, **NO}, operation_id="get_campaign")
def get_campaign(request: ActorRequest, campaign_id: UUID) -> CampaignOut:
    """A campaign with its phases, its grids and what was judged of it."""
    return campaign_queries.get_campaign(request.actor, campaign_id, today=clock.today())


@router.post(
    "/campaigns/{uuid:campaign_id}/verdict",
    response={(200, 208): CampaignOut, **NO},
    operation_id="judge_campaign",
)
def judge_campaign(request: ActorRequest, campaign_id: UUID, body: VerdictIn) -> Any:
    """Accept a campaign or send it back, by somebody other than who set it up; 208 if it came before."""
    is_new = services.judge_campaign(campaign_id, body, actor=request.actor, at=clock.now())
    told = campaign_queries.get_campaign(request.actor, campaign_id, today=clock.today())
    return Status(200 if is_new else 208, told)


@router.get("/{uuid:order_id}", response={200: OrderDetail, 404: Refusal}, operation_id="get_order")
def get_order(request: ActorRequest, order_id: UUID) -> OrderDetail:
    return queries.get_detail(request.actor, order_id, today=clock.today())


@router.get(
    "/{uuid:order_id}/visits/{uuid:visit_id}/signature",
    response={200: None, (403, 404): Refusal},
    operation_id="get_visit_signature",
)
def get_visit_signature(
    request: ActorRequest, order_id: UUID, visit_id: UUID, form: PhotoForm = PhotoForm.PLAIN
) -> HttpResponseBase:
    """What whoever was visited drew: a copy, or the original for those who judge by it."""
    return queries.get_signature(request.actor, order_id, visit_id, form, at=clock.now())
