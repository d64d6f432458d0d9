"""HTTP face of log-in."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router
from ninja.responses import Status

from wangge.accounts import acting, kinds, people, queries, services, tenure
from wangge.accounts.rules import Role
from wangge.accounts.schemas import (
    ActIn,
    AddressesIn,
    AddressesOut,
    DepartmentIn,
    DepartmentOut,
    KindCountOut,
    LoginIn,
    Me,
    PostEndIn,
    PostHolderPage,
    PostIn,
    PostKindIn,
    PostOut,
    UserIn,
    UserOut,
)
from wangge.kernel import clock
from wangge.kernel.errors import Unreadable
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["accounts"])


@router.post("/login", auth=None, response={200: Me, (401, 403, 422, 429): Refusal}, operation_id="log_in")
def log_in(request: HttpRequest, body: LoginIn) -> Me:
    """Start a session. The cookie and the CSRF token in the answer go with every later request."""
    if request.content_type != "application/json":  # a form on a stranger's page cannot send this type
        raise Unreadable(
            field="content-type", why_zh="应为 application/json", why_en="must be application/json"
        )
    user, actor = services.check_credentials(
        request, body.username, body.password, on=clock.today(), at=clock.now()
    )
    login(request, user)
    return queries.get_me(actor, csrf_token=get_token(request), on=clock.today())


@router.post("/logout", response={204: None}, operation_id="log_out")
def log_out(request: ActorRequest) -> Status[None]:
    logout(request)
    return Status(204, None)


@router.get("/me", response={200: Me, 401: Refusal}, operation_id="get_me")
def get_me(request: ActorRequest) -> Me:
    """Who is logged in, and in which of the own posts (AC-2)."""
    return queries.get_me(request.actor, csrf_token=get_token(request), on=clock.today())


@router.put("/me/post", response={200: Me, (401, 403, 422): Refusal}, operation_id="act_in_post")
def act_in_post(request: ActorRequest, body: ActIn) -> Me:
    """Go on in another of the own posts; what follows is read and done in that one (AC-16)."""
    on = clock.today()
    acting.act_in(body.post_id, actor=request.actor, session=request.session, on=on, at=clock.now())
    actor = queries.get_acting(request.actor.user_id, body.post_id, on)
    return queries.get_me(actor, csrf_token=get_token(request), on=on)


@router.get("/departments", response=list[DepartmentOut], operation_id="list_departments")
def list_departments(request: ActorRequest) -> list[DepartmentOut]:
    """The departments that cover any part of the caller's scope."""
    return queries.list_departments(request.actor)


@router.post(
    "/departments", response={200: DepartmentOut, (403, 404, 422): Refusal}, operation_id="save_department"
)
def save_department(request: ActorRequest, body: DepartmentIn) -> DepartmentOut:
    """Make a department, or bring the one with this code up to date."""
    given = services.NewDepartment(body.code, body.name, body.kind, body.path)
    key = services.ensure_department(given, actor=request.actor, at=clock.now())
    return queries.get_departments([key])[key]


@router.post("/users", response={200: UserOut, (403, 409, 422): Refusal}, operation_id="create_user")
def create_user(request: ActorRequest, body: UserIn) -> UserOut:
    """A person who can log in once somebody grants a post."""
    user = services.create_user(
        username=body.username, name=body.name, password=body.password, actor=request.actor, at=clock.now()
    )
    return UserOut(id=user.pk, username=user.username, name=user.name)


@router.post("/posts", response={200: PostOut, (403, 404, 409, 422): Refusal}, operation_id="grant_post")
def grant_post(request: ActorRequest, body: PostIn) -> PostOut:
    """A post for somebody; only the security administrator grants (AC-1)."""
    post = services.NewPost(**body.model_dump())
    return PostOut(id=services.grant_post(post, actor=request.actor, at=clock.now()))


@router.get("/people", response={200: PostHolderPage, 403: Refusal}, operation_id="list_people")
def list_people(
    request: ActorRequest,
    q: str = "",
    role: Role | None = None,
    kind: str = "",
    employment: str = "",
    within: str = "",
    only_now: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> PostHolderPage:
    """People with posts in the caller's territory, each with those posts; `q` is of the name or username."""
    return people.list_people(
        request.actor,
        q=q.strip(),
        role=role,
        kind=kind,
        employment=employment,
        within=within,
        only_now=only_now,
        cursor=int(cursor[:18]) if cursor.isdecimal() else 0,
        limit=max(1, min(limit, 200)),
        on=clock.today(),
    )


@router.get(
    "/people/kinds", response={200: list[KindCountOut], 403: Refusal}, operation_id="count_staff_kinds"
)
def count_staff_kinds(request: ActorRequest, within: str = "") -> list[KindCountOut]:
    """How many people in force are of each kind and source of employment (AC-18)."""
    return kinds.count_kinds(request.actor, within=within, on=clock.today())


@router.put(
    "/posts/{int:post_id}/kind",
    response={204: None, (403, 404, 422): Refusal},
    operation_id="set_post_kind",
)
def set_post_kind(request: ActorRequest, post_id: int, body: PostKindIn) -> Status[None]:
    """What kind of staff somebody is in a post, and by what means employed."""
    services.set_post_kind(
        post_id, kind=body.kind, employment=body.employment, actor=request.actor, at=clock.now()
    )
    return Status(204, None)


@router.put(
    "/posts/{int:post_id}/end", response={204: None, (403, 404, 409): Refusal}, operation_id="end_post"
)
def end_post(request: ActorRequest, post_id: int, body: PostEndIn) -> Status[None]:
    """Let a post end on a day, later than it would, or not at all (AC-11)."""
    tenure.end_post(post_id, ends_on=body.ends_on, actor=request.actor, at=clock.now())
    return Status(204, None)


@router.delete(
    "/posts/{int:post_id}", response={204: None, (403, 404, 409): Refusal}, operation_id="withdraw_post"
)
def withdraw_post(request: ActorRequest, post_id: int) -> Status[None]:
    """Take back a post that has not begun (AC-11)."""
    tenure.withdraw_post(post_id, actor=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/me/addresses", response=AddressesOut, operation_id="list_my_addresses")
def list_my_addresses(request: ActorRequest) -> AddressesOut:
    """Where the caller is reached outside the house, masked."""
    return AddressesOut(addresses=queries.list_addresses(request.actor.user_id))


@router.put("/me/addresses", response={200: AddressesOut, 422: Refusal}, operation_id="set_my_addresses")
def set_my_addresses(request: ActorRequest, body: AddressesIn) -> AddressesOut:
    return set_addresses(request, request.actor.user_id, body)


@router.put(
    "/users/{int:user_id}/addresses",
    response={200: AddressesOut, (403, 404, 422): Refusal},
    operation_id="set_addresses",
)
def set_addresses(request: ActorRequest, user_id: int, body: AddressesIn) -> AddressesOut:
    """Somebody else's addresses; for who may create people."""
    services.set_addresses(body.addresses, user_id=user_id, actor=request.actor, at=clock.now())
    return AddressesOut(addresses=queries.list_addresses(user_id))
