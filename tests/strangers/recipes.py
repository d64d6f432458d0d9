"""A value for each name in the OpenAPI document that district A does not give by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.documents.makers import word
from tests.ground import square
from tests.makers import BOB, photo_bytes
from tests.strangers.district import BOX, LOOKED_AT
from wangge.kernel.spreadsheets import write_csv

WORD = "雪松"  # in every name and text of A

# What stands in an address, besides the ids of A.
PLACES: Mapping[str, list[object]] = {
    "checklist_id": [1],
    "kind": ["rectification_notice"],
    "path": [BOB.scope],
    "version": [1],
    "year": [2025],
    "medium": ["sms"],
    "suffix": ["csv", "xlsx", "geojson", "docx"],
    "z": [15],
    "x": [27158],  # the tile of level 15 in which A's venues lie (118.37, 31.33)
    "y": [13378],
}
# What narrows a list. A cursor and a limit only cut what the list holds.
FILTERS: Mapping[str, list[object]] = {
    "suffix": ["csv", "xlsx"],
    "q": [WORD, "灭火器", "V2", "139"],
    "parent": ["34.02.03."],
    "under": ["34.02.03.", BOB.scope],
    "sign": ["no_member", "no_visit"],
    "within": ["34.02.03.", BOB.scope],
    "grid": ["34.02.03.", BOB.scope],
    "path": ["34.02.03."],
    "bbox": [BOX],
    "days": [400],
    "before": [99],
    "layer": ["comprehensive"],
    "venue_class": ["shop"],
    "kind": ["station", "committee", "social_grid_worker", "hydrant", "spot_check"],
    "tag": ["red"],
    "opens_from": ["2025-10-01"],
    "opens_to": ["2025-12-01"],
    "first": ["2025-10"],
    "last": ["2025-10"],
    "indicator": ["reported"],
    "part": ["numerator"],
    "department": [0],
    "source": ["citizen"],
    "page": ["map"],
    "first_hour": [0],
    "after_hour": [24],
    "cause": ["cause_electric"],
    "place": ["place_home"],
    "territory": ["34.02.03."],
    "channel": ["inspection"],
    "first_on": ["2025-10-01"],
    "starts_on": ["2025-10-20"],
    "ends_on": ["2025-11-20"],
    "mine": ["true"],
    "employment": ["full_time"],
    "last_on": ["2025-10-31"],
    "on": ["2025-11-03", "2025-10-13"],
    "matter": ["H301"],
    "reported_from": ["2025-10-01T00:00:00+08:00"],
    "reported_to": ["2025-12-01T00:00:00+08:00"],
    "lon": [118.305],
    "lat": [31.305],
    "organisation": ["34.02.03.005."],
    "issued_from": ["2025-10-01"],
    "issued_to": ["2025-12-01"],
    "sort": ["facility", "licence", "person"],
    "since_on": ["2025-10-01"],
    "reason": ["核对责任人电话"],
    "until_on": ["2025-10-31"],
    "topic": ["dispatch"],
    "year": [2025],
    "form": ["thumb"],
    "community": ["34.02.03.005.012."],
    "to": [1],
    "limit": [1, 200],
    "offset": [0],
    "size": [10],
    "cursor": [],
    "beyond": [],
    "radius_m": [1000],
    "person": ["包"],
    "group": ["floating"],
    "trigger": ["help"],
    "month": ["2025-10"],
    "called_from": ["2025-10-01"],
    "called_to": ["2025-10-31"],
    "action": ["report"],
    "subject_type": ["case"],
    "subject_id": ["1"],
}
# One name, another thing.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("issue_major_document", "document_id"): "major_document_id",
    ("void_major_document", "document_id"): "major_document_id",
    ("get_major_document", "document_id"): "major_document_id",
    ("retry_notice_deliveries", "ids"): "delivery_ids",
    ("list_cases", "ids"): "case_ids",
    ("list_runs", "before"): "run_id",
    ("list_least_known_places", "grid"): "walked",
    ("enrol_device", "id"): "device_id",
    ("ingest_points", "points"): "track",
    ("save_venues", "id"): "venue_id",
    ("save_filter", "id"): "filter_id",
    ("save_view", "id"): "view_id",
    ("get_map_day", "on"): "burnt_on",
    ("save_dossier_people", "entry_id"): "person_id",
    ("reveal_dossier_person", "entry_id"): "person_id",
    ("remove_entries", "entry_id"): "person_id",
    ("save_facilities", "entry_id"): "facility_id",
    ("save_licences", "entry_id"): "licence_id",
    ("record_done", "entry_id"): "facility_id",
    ("save_facts", "entry_id"): "fact_id",
    ("get_licence_photo", "entry_id"): "licence_id",
    ("open_drawing", "entry_id"): "drawing_id",
    ("save_drawings", "entry_id"): "drawing_id",
    ("save_drawings", "replaces"): "drawing_id",
    ("list_venues", "part_of"): "venue_id",
    ("export_venues", "part_of"): "venue_id",
    ("ask_venue_export", "part_of"): "venue_id",
    ("set_venue_parts", "whole_id"): "venue_id",
    ("get_draw", "assignment_id"): "double_draw_id",
    ("export_draw", "assignment_id"): "double_draw_id",
    ("save_visited_people", "person_id"): "visited_id",
    ("get_ledger", "code"): "ledger_code",
    ("call_arrivals", "trigger"): "call_trigger",
    ("export_ledger", "code"): "ledger_code",
    ("get_visited_person", "person_id"): "visited_id",
    ("reveal_visited_person", "person_id"): "visited_id",
    ("record_visits", "person_id"): "visited_id",
    ("take_quick_reports", "subject_id"): "report_subject",
    ("take_quick_reports", "kind"): "report_kind",
    ("list_quick_reports", "kind"): "report_kind",
    ("export_quick_reports", "kind"): "report_kind",
}
# Of two ids that a body may hold, the one that is left out.
LEFT_OUT = {("propose_decision", "hazard_id"), ("answer_census", "other_id"), ("answer_census", "values")}
# What is asked for together.
TOGETHER: Mapping[str, Mapping[str, object]] = {
    "count_draw_population": {
        "kind": "spot_check",
        "path": BOB.scope,
        "since_on": "2025-10-01",
        "until_on": "2025-10-31",
    },
    "get_recheck_figures": {"since_on": "2025-10-01", "until_on": "2025-10-31"},
    "list_audit_rows": {"first_on": "2025-10-01"},
    "export_audit_rows": {"first_on": "2025-10-01"},
    "explain_route": {"matter": "H301", "grid": BOB.scope},
}
FIELDS: Mapping[str, object] = {
    "at": LOOKED_AT.isoformat(),
    "path": BOB.scope,
    "scope": BOB.scope,
    "territory": "34.02.03.",
    "within": "34.02.03.",
    "under": "34.02.03.005.012.",
    "lon": 118.305,
    "lat": 31.305,
    "points": [[118.305, 31.305], [118.315, 31.305]],
    "line": [[118.305, 31.29], [118.305, 31.32]],
    "geometry": {"type": "Polygon", "coordinates": [[*map(list, square(0).exterior.coords)]]},
    "class_code": "shop",
    "checklist_code": "general",
    "count": 1,
    "phases": [
        {"name": "占位", "starts_on": "2025-11-03", "ends_on": "2025-11-08", "has_visits": True, "path": ""}
    ],
    "is_accepted": False,
    "matter_code": "H301",
    "matters": ["H301"],
    "text": f"{WORD}灭火器过期",
    "group_code": "H3",
    "department_kind": "fire",
    "element_set": "GB35181-2017",
    "element": "6.5",
    "base_version": 1,
    "edition": 1,
    "datum": "wgs84",
    "done_on": "2025-10-12",
    "held_on": "2025-10-12",
    "happened_at": LOOKED_AT.isoformat(),
    "valid_from": "2025-01-01",
    "file": "0" * 64,
    "since_on": "2025-01-01",
    "page": "map",
    "layer": "comprehensive",
    "tier": "grid",
    "role": "grid_member",
    "dry_run": False,
    "addresses": {"sms": "13900000000"},
    "url": "mailto://127.0.0.1",
    "to": "13900000000",
    "pattern": "{organisation}改〔{year}〕第{number}号",
    "signatures": [],
    "elements": [],
    "counts": [],
    "matches": "{}",
    "columns": "{}",
    "phone": "0553-1234567",
    "season": "high_fire_risk",
    "starts_on": "2025-11-03",
    "ends_on": "2025-11-08",
    "key": "z" * 43,  # not that of A's phone
    "commands": [],
    "phone_at": LOOKED_AT.isoformat(),
}


def _table(**row: object) -> tuple[str, bytes]:
    return "table.csv", b"".join(write_csv([row]))


FILES: Mapping[str, tuple[str, bytes]] = {
    "add_photo_part": ("part", photo_bytes()[:10]),
    "import_divisions": _table(code="340203", name="改名区"),
    "import_grids": (
        "grids.geojson",
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "geometry": FIELDS["geometry"],
                        "properties": {"name": "占地", "path": BOB.scope},
                    }
                ],
            }
        ).encode(),
    ),
    "recode_divisions": _table(old="340203", new="340299", name="改码区"),
    "compare_census": _table(名称="雪松店"),
    "import_venues": _table(code="V2", name="改名店", class_code="shop", lon=118.305, lat=31.305),
    "repeat_run_with_file": _table(code="V2", name="改名店", class_code="shop", lon=118.305, lat=31.305),
    "import_matters": _table(部门="雪松消防大队", 类别="H3", 名称="占位", 依据="x", 等级="一般", 工作日=5),
    "import_fires": _table(编号="X1", 发生时间="2025-10-01 10:00", 网格编码=BOB.scope),
    "upload_template": ("a.docx", word("{{ 编号 }}")),
    "import_element_set_file": _table(类型="直接", 编号="6.1", 内容="出口不足", 适用场所="人员密集场所"),
    "import_people": _table(
        工号="X1", 用户名="bob", 姓名="占名", 岗位="网格员", 辖区编码=BOB.scope, 开始日期="2025-10-01"
    ),
    "store_file": ("a.jpg", photo_bytes()),
    "store_drawing_file": ("plan.jpg", photo_bytes()),
    "import_holdings": _table(编号="X1", 场所编号="V2", 种类="hydrant"),
    "import_teams": _table(
        编号="X1", 队伍="占队", 类型="station", 辖区编码=BOB.scope, 经度=118.305, 纬度=31.305
    ),
}
