"""What is installed. Packs belong to no grid."""

from __future__ import annotations

from wangge.packs.loop_rows import Rung
from wangge.packs.models import PackInstall
from wangge.packs.schemas import Pack, RoleName
from wangge.packs.territory_rows import Tier


def get_active() -> Pack | None:
    """Return the active pack as it was installed, or None before the first installation."""
    install = PackInstall.objects.filter(is_active=True).first()
    return Pack.model_validate(install.content) if install else None


def list_installs() -> list[PackInstall]:
    """Return every installed version, newest first."""
    return list(PackInstall.objects.order_by("-installed_at", "-id"))


def list_tiers() -> list[Tier]:
    """Return the levels of the active pack, from the outside in."""
    pack = get_active()
    return sorted(pack.tiers, key=lambda tier: tier.level) if pack else []


def list_ladder() -> list[Rung]:
    """Return the escalation ladder of the active pack, lowest rung first."""
    pack = get_active()
    return sorted(pack.ladder, key=lambda rung: rung.after_working_days) if pack else []


def role_names() -> dict[str, RoleName]:
    """Return what the active pack calls each post."""
    pack = get_active()
    return {row.code: row for row in pack.roles} if pack else {}
