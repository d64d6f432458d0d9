"""Shapefile, GeoPackage, TopoJSON and KML in and out, by GDAL; GeoJSON has a reader of its own (KE-39)."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError

from wangge.kernel.errors import Refused, Unreadable
from wangge.kernel.geojson import BROKEN, DEGREES, MISSING, Feature, FeatureFile

DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile", "kml": "KML"}
READ = (".zip", ".shp.zip", ".gpkg", ".topojson", ".kml", ".geojson", ".json")
EPSG = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490", "gcj02": None, "bd09": None}  # two have no code
MOST_UNPACKED = 2_000_000_000  # bytes in a zip


class LayerMissing(Refused):
    status = 422
    code = "kernel.file_layer_missing"
    zh = "文件里有多个图层：{layers}。请指定读取哪一个。"
    en = "The file holds several layers: {layers}. Name the one to read."


class MapFile:
    """A file of features with its columns; `foreign_crs` names a reference system that is not in degrees.

    Raises: Unreadable if it is no such file; LayerMissing where it has several layers and none is named.
    """

    def __init__(self, stream: IO[bytes], name: str, layer: str = "") -> None:
        suffix = _suffix(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"given{suffix}"
            path.write_bytes(stream.read())
            source = str(_unpacked(path) if suffix == ".zip" else path)
            self.layer = _layer_of(source, layer)
            meta, self._wkb, columns = _read(source, self.layer)
        self.encoding: str = meta["encoding"]
        self._columns: dict[str, NDArray[Any]] = dict(zip(meta["fields"], columns, strict=True))
        crs = meta["crs"]
        self.foreign_crs = crs if crs and not str(crs).endswith(DEGREES) else None

    def __len__(self) -> int:
        return len(self._wkb)

    def columns(self) -> set[str]:
        """Return the names of all columns."""
        return set(self._columns)

    def __iter__(self) -> Iterator[Feature]:
        shapes = shapely.force_2d(shapely.from_wkb(self._wkb, on_invalid="ignore"))
        for n, shape in enumerate(shapes):
            why = None if shape is not None else (MISSING if self._wkb[n] is None else BROKEN)
            values = {name: _plain(column[n]) for name, column in self._columns.items()}
            yield Feature(n + 1, values, shape, why)


def open_features(stream: IO[bytes], name: str, layer: str = "") -> FeatureFile | MapFile:
    """Return the features of a file by its name: GeoJSON, zipped Shapefile, GeoPackage, TopoJSON or KML."""
    if _suffix(name) in {".geojson", ".json"}:
        start = stream.read(4096)
        stream.seek(0)
        if b'"Topology"' not in start:
            return FeatureFile(stream)
        return MapFile(stream, f"{name}.topojson", layer)
    return MapFile(stream, name, layer)


def write_features(
    shapes: Sequence[Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    suffix: str,
    layer: str,
    datum: str,
) -> bytes:
    """Return the features as a file: geojson, gpkg, kml, or shp (zipped, texts in UTF-8).

    `shapes` are in `datum` already; GCJ-02 and BD-09 have no code, and the file names no reference system.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no reference system is named
        path = Path(folder) / f"{layer}.{suffix}"
        pyogrio.raw.write(
            str(path),
            np.array(shapely.to_wkb([_as_multi(shape) for shape in shapes]), dtype=object),
            [_column(values) for values in columns.values()],
            list(columns),
            geometry_type="MultiPolygon",
            crs=EPSG[datum],
            driver=DRIVERS[suffix],
            layer=layer,
            **({"encoding": "UTF-8"} if suffix == "shp" else {}),
        )
        if suffix != "shp":
            return path.read_bytes()
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
        return packed.getvalue()


def _column(values: Sequence[Any]) -> NDArray[Any]:
    if all(isinstance(value, float) for value in values):
        return np.array(values, dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values], dtype=object)


def _as_multi(shape: Any) -> Any:
    return shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])


def _suffix(name: str) -> str:
    found = Path(name.lower()).suffix
    if found not in READ:
        raise Unreadable(
            field="file",
            why_zh="请用 GeoJSON、Shapefile（打成 zip）、GeoPackage、TopoJSON 或 KML",
            why_en="use GeoJSON, a Shapefile in a zip, GeoPackage, TopoJSON or KML",
        )
    return found


def _unpacked(path: Path) -> Path:
    """Unpack a zip beside itself and return its one Shapefile or GeoPackage."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [one for one in archive.infolist() if not one.is_dir()]
            if sum(one.file_size for one in parts) > MOST_UNPACKED:
                raise Unreadable(field="file", why_zh="解压后超过 2 GB", why_en="it unpacks to over 2 GB")
            for n, one in enumerate(parts):
                stem, suffix = Path(one.filename).stem, Path(one.filename).suffix.lower()
                (path.parent / f"{'' if suffix else n}{stem}{suffix}").write_bytes(archive.read(one))
    except zipfile.BadZipFile:
        raise Unreadable(field="file", why_zh="不是可读的 zip", why_en="no readable zip") from None
    found = [p for p in sorted(path.parent.iterdir()) if p.suffix in {".shp", ".gpkg", ".kml", ".geojson"}]
    if len(found) != 1:
        names = "、".join(p.name for p in found) or "—"
        raise Unreadable(
            field="file",
            why_zh=f"zip 里应恰有一个 Shapefile（现有：{names}）",
            why_en=f"the zip should hold exactly one Shapefile (it holds: {names})",
        )
    return found[0]


def _layer_of(source: str, layer: str) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(source)]
    except DataSourceError as error:
        raise Unreadable(
            field="file", why_zh=f"无法读取（{error}）", why_en=f"unreadable ({error})"
        ) from None
    if layer in names or (not layer and len(names) == 1):
        return layer or names[0]
    raise LayerMissing(layers="、".join(names))


def _read(source: str, layer: str) -> tuple[dict[str, Any], NDArray[Any], list[NDArray[Any]]]:
    """Read all of a layer. A Shapefile that does not say its encoding is read as UTF-8, else as GB 18030."""
    is_silent = source.endswith(".shp") and not Path(source).with_suffix(".cpg").exists()
    for encoding in ("UTF-8", "GB18030") if is_silent else (None,):
        try:
            meta, _, wkb, columns = pyogrio.raw.read(source, layer=layer, encoding=encoding, force_2d=True)
        except UnicodeDecodeError:
            continue
        except DataSourceError as error:
            raise Unreadable(field="file", why_zh=f"无法读取（{error}）", why_en=f"{error}") from None
        return meta, wkb, columns
    raise Unreadable(field="file", why_zh="文字编码无法识别", why_en="its text is neither UTF-8 nor GB 18030")


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
