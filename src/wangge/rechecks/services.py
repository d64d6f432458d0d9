"""Writes of looking again."""

from wangge.rechecks.drawing import WRITE, draw_samples, record_results, withdraw
from wangge.rechecks.exporting import export_draw, export_population

__all__ = ["WRITE", "draw_samples", "export_draw", "export_population", "record_results", "withdraw"]
