"""Charts inside a Word file as Word's own: they can be clicked, copied and restyled, and need no picture.

Their numbers stand in the chart itself (literal data), so no workbook is embedded. Rule: BU-4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COLOURS = ("2F6DB5", "E07B39", "5B8C5A", "8A6FB0")  # told apart in grey too
WIDTH_EMU, HEIGHT_EMU = 5_580_000, 2_700_000  # 15.5 cm × 7.5 cm


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns or lines over named categories."""

    title: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float]]]
    is_line: bool = False


def read_chart(spec: Mapping[str, Any]) -> Chart:
    """Return the chart that facts describe."""
    return Chart(
        title=str(spec["title"]),
        categories=[str(one) for one in spec["categories"]],
        series=[(str(one["name"]), [float(value) for value in one["values"]]) for one in spec["series"]],
        is_line=bool(spec.get("is_line", False)),
    )


class InlineChart:
    """A chart where its placeholder stands, as docxtpl's own `InlineImage` does it."""

    def __init__(self, template: Any, chart: Chart) -> None:
        self.template, self.chart = template, chart

    def __str__(self) -> str:
        part = self.template.current_rendering_part
        taken = {str(one.partname) for one in part.package.iter_parts()}
        number = next(n for n in range(1, 1000) if f"/word/charts/chart{n}.xml" not in taken)
        name = PackURI(f"/word/charts/chart{number}.xml")
        own = Part(name, TYPE, chart_xml(self.chart).encode(), part.package)
        drawn = _drawing(part.relate_to(own, RELATIONSHIP_TYPE.CHART), number, self.chart.title)
        return f'</w:t></w:r><w:r><w:drawing>{drawn}</w:drawing></w:r><w:r><w:t xml:space="preserve">'

    __html__ = __str__


def chart_xml(chart: Chart) -> str:
    """Return the chart as DrawingML."""
    rows = "".join(_series(n, *one, chart) for n, one in enumerate(chart.series))
    kind = (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{rows}<c:marker val="1"/>'
        '<c:axId val="1"/><c:axId val="2"/></c:lineChart>'
        if chart.is_line
        else f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>{rows}'
        '<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main"><c:chart>'
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1100" b="1"/></a:pPr>'
        f'<a:r><a:rPr sz="1100" b="1"/><a:t>{escape(chart.title)}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        f"{kind}{_axes()}</c:plotArea>"
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/></c:chart>'
        "</c:chartSpace>"
    )


def _series(n: int, name: str, values: Sequence[float], chart: Chart) -> str:
    colour = f'<a:solidFill><a:srgbClr val="{COLOURS[n % len(COLOURS)]}"/></a:solidFill>'
    shape = f'<a:ln w="22225">{colour}</a:ln>' if chart.is_line else colour
    points = "".join(f'<c:pt idx="{at}"><c:v>{value:g}</c:v></c:pt>' for at, value in enumerate(values))
    names = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(one)}</c:v></c:pt>' for at, one in enumerate(chart.categories)
    )
    count = f'<c:ptCount val="{len(values)}"/>'
    return (
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/><c:tx><c:v>{escape(name)}</c:v></c:tx>'
        f"<c:spPr>{shape}</c:spPr>"
        f"<c:cat><c:strLit>{count}{names}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{points}</c:numLit></c:val></c:ser>"
    )


def _axes() -> str:
    text = '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
    return (
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="b"/><c:tickLblPos val="nextTo"/>{text}<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>'
        '<a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:tickLblPos val="nextTo"/>{text}'
        '<c:crossAx val="1"/></c:valAx>'
    )


def _drawing(relation: str, number: int, title: str) -> str:
    return (
        f'<wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{WIDTH_EMU}" cy="{HEIGHT_EMU}"/>'
        f'<wp:docPr id="{900 + number}" name="chart{number}" descr={quoteattr(title)}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/chart">'
        f'<c:chart xmlns:c="{DRAWING}/chart" xmlns:r="{RELATIONSHIPS}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline>"
    )
