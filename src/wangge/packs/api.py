"""HTTP face of policy packs."""

from __future__ import annotations

from ninja import Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.packs import queries, services
from wangge.packs.answers import InstalledOut, PackInstallIn, PackListOut
from wangge.packs.source_rows import SourceRowOut, list_source_rows

router = Router(tags=["packs"])


@router.get("", response=PackListOut, operation_id="list_packs")
def list_packs(request: ActorRequest) -> PackListOut:
    """The packs that are shipped, and what was installed, newest first."""
    installed = [
        InstalledOut(
            name=one.name,
            pack_version=one.pack_version,
            effective_on=one.effective_on,
            installed_at=one.installed_at,
            is_active=one.is_active,
        )
        for one in queries.list_installs()
    ]
    return PackListOut(shipped=services.list_names(), installed=installed)


@router.get("/rows", response=list[SourceRowOut], operation_id="list_source_rows")
def list_rows(request: ActorRequest) -> list[SourceRowOut]:
    """Each row of the catalogue of requirements with the pack entries that do it."""
    return list(list_source_rows())


@router.post(
    "/installs", response={200: PackListOut, (403, 404, 409, 422): Refusal}, operation_id="install_pack"
)
def install_pack(request: ActorRequest, body: PackInstallIn) -> PackListOut:
    """Make a shipped pack the active one; installing it again changes nothing."""
    services.install(body.name, effective_on=clock.today(), actor=request.actor, at=clock.now())
    return list_packs(request)
