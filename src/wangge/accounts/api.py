"""HTTP face of log-in."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router
from ninja.responses import Status

from wangge.accounts import queries, services
from wangge.accounts.schemas import DepartmentOut, LoginIn, Me
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
    return queries.get_me(actor, csrf_token=get_token(request))


@router.post("/logout", response={204: None}, operation_id="log_out")
def log_out(request: ActorRequest) -> Status[None]:
    logout(request)
    return Status(204, None)


@router.get("/me", response={200: Me, 401: Refusal}, operation_id="get_me")
def get_me(request: ActorRequest) -> Me:
    return queries.get_me(request.actor, csrf_token=get_token(request))


@router.get("/departments", response=list[DepartmentOut], operation_id="list_departments")
def list_departments(request: ActorRequest) -> list[DepartmentOut]:
    """The departments that cover any part of the caller's scope."""
    return queries.list_departments(request.actor)
