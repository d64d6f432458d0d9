"""Metres on the WGS-84 ellipsoid: areas by an equal-area projection, distances in a local plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

A = 6_378_137.0  # WGS-84: half the great axis
E2 = 0.006_694_379_990_141_3  # and the squared eccentricity
E = E2**0.5

Polygons = NDArray[np.object_]


def areas_m2(shapes: Polygons) -> NDArray[np.float64]:
    """Return the area of each shape: Lambert's cylindrical equal-area projection of the ellipsoid."""
    found: NDArray[np.float64] = shapely.area(shapely.transform(shapes, _equal_area))
    return found


def differences_m2(shapes: Polygons) -> NDArray[np.float64]:
    """Return the area of what lies between outlines: slivers along straight sides are as thin as they are.

    The projection above bends a side of a kilometre by millimetres, which makes square metres of a hair.
    Here degrees are scaled by the metres at the shape's own latitude: true to 1e-5 up to a degree of height.
    """
    middles = np.where(shapely.is_empty(shapes), shapely.Point(0, 0), shapely.centroid(shapes))
    lat = np.radians(shapely.get_y(middles))
    w = 1 - E2 * np.sin(lat) ** 2
    scale = np.radians(1) ** 2 * A**2 * (1 - E2) * np.cos(lat) / w**2
    found: NDArray[np.float64] = shapely.area(shapes) * scale
    return found


def metres_a_degree(lat: float) -> tuple[float, float]:
    """Return the metres of one degree of longitude and of latitude at `lat`."""
    sine = np.sin(np.radians(lat))
    w = 1 - E2 * sine**2
    east = np.radians(A * np.cos(np.radians(lat)) / w**0.5)
    north = np.radians(A * (1 - E2) / w**1.5)
    return float(east), float(north)


def _equal_area(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    sine = np.sin(np.radians(xy[:, 1]))
    q = (1 - E2) * (sine / (1 - E2 * sine**2) + np.arctanh(E * sine) / E)
    return np.column_stack([A * np.radians(xy[:, 0]), A * q / 2])


def parts(shape: Any) -> list[Any]:
    """Return the polygons of a shape; lines and points left by an intersection are no area."""
    if shape is None or shape.is_empty:
        return []
    return [part for part in shapely.get_parts(shapely.get_parts([shape])) if part.geom_type == "Polygon"]
