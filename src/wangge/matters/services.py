"""Writes of the kinds of cases. A pack installs them."""

from __future__ import annotations

from wangge.matters.installing import (
    install_clocks,
    install_matters,
    install_powers,
    install_routes,
    install_stages,
    install_terms,
    install_timing,
    install_upgrades,
)

__all__ = [
    "install_clocks",
    "install_matters",
    "install_powers",
    "install_routes",
    "install_stages",
    "install_terms",
    "install_timing",
    "install_upgrades",
]
