"""Writes of the kinds of cases. A pack installs them."""

from __future__ import annotations

from wangge.matters.installing import (
    install_clocks,
    install_matters,
    install_routes,
    install_stages,
    install_timing,
)

__all__ = ["install_clocks", "install_matters", "install_routes", "install_stages", "install_timing"]
