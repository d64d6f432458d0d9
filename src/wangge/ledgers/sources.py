"""One statement a kind of ledger: from tables that other rooms write, in scope and period. Rule: LE-2, LE-3.

Each gives `k1` and `k2`, by which its rows are in order and a page goes on, and then its columns. A row
counts for the grid in which it lies now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wangge.ledgers.rules import CellForm, Column, LedgerKind


@dataclass(frozen=True, slots=True)
class Source:
    sql: str
    order: tuple[str, str]  # types of k1 and k2
    columns: tuple[Column, ...]


T, N, D, M, G, W = CellForm.TEXT, CellForm.NUMBER, CellForm.DAY, CellForm.MOMENT, CellForm.GRID, CellForm.WORD
GRID = Column("grid", "网格", "Grid", G)
UUIDS_SINCE = "lpad(to_hex((extract(epoch FROM %(since)s - interval '40 days') * 1000)::bigint), 12, '0')"
# An event's id holds its moment: the months before the period are not opened.
RECENT = f"e.id >= ({UUIDS_SINCE} || '00000000000000000000')::uuid"
NOT_HIDDEN = "(NOT c.is_restricted OR %(restricted)s)"

SOURCES: Mapping[LedgerKind, Source] = {
    LedgerKind.GRIDS: Source(
        """
SELECT g.path AS k1, g.id AS k2, g.path AS code, g.name AS name, g.tier AS tier, g.households AS households,
       round((g.area_m2 / 10000)::numeric, 2)::float8 AS hectares, coalesce(u.name, '') AS member,
       (SELECT count(*) FROM venues_venue v WHERE v.grid_path = g.path AND v.is_open) AS places
  FROM territory_grid g
  LEFT JOIN LATERAL (SELECT m.user_id FROM territory_gridmember m WHERE m.layer = g.layer AND m.path = g.path
    AND m.duty = 'primary' AND m.starts_on <= %(last_on)s AND (m.ends_on IS NULL OR m.ends_on > %(last_on)s)
    ORDER BY m.starts_on DESC, m.id DESC LIMIT 1) m ON true
  LEFT JOIN accounts_user u ON u.id = m.user_id
 WHERE g.path LIKE %(within)s AND g.layer = 'comprehensive' AND g.valid_from < %(until)s
   AND (g.valid_to IS NULL OR g.valid_to >= %(until)s)
""",
        ("text", "uuid"),
        (
            Column("code", "网格编码", "Code"),
            Column("name", "网格名称", "Name"),
            Column("tier", "层级", "Level", W),
            Column("households", "户数", "Households", N),
            Column("hectares", "面积（公顷）", "Hectares", N),
            Column("places", "场所数", "Places", N),
            Column("member", "网格员", "Member"),
        ),
    ),
    LedgerKind.PLACES: Source(
        """
SELECT v.grid_path AS k1, v.id AS k2, v.code AS code, v.name AS name, k.name_zh AS class,
       v.address AS address, v.grid_path AS grid, v.area_m2 AS area_m2,
       v.credit_code AS credit_code, v.keeper_name AS keeper,
       v.last_visited_on AS visited_on, v.created_at AS since
  FROM venues_venue v JOIN venues_venueclass k ON k.code = v.class_code
 WHERE v.grid_path LIKE %(within)s AND v.is_open AND v.created_at < %(until)s
   AND (%(classes)s::varchar[] = '{}' OR v.class_code = ANY(%(classes)s::varchar[]))
   AND (%(tags)s::varchar[] = '{}' OR v.tags && %(tags)s::varchar[])
""",
        ("text", "uuid"),
        (
            Column("code", "编号", "Number"),
            Column("name", "名称", "Name"),
            Column("class", "类别", "Class"),
            Column("address", "地址", "Address"),
            GRID,
            Column("area_m2", "面积（平方米）", "m²", N),
            Column("credit_code", "统一社会信用代码", "Credit code"),
            Column("keeper", "负责人", "Keeper", CellForm.NAME),
            Column("visited_on", "最近检查", "Last inspected", D),
            Column("since", "建档时间", "On file since", D),
        ),
    ),
    LedgerKind.ORDERS: Source(
        """
SELECT o.done_at AS k1, o.id AS k2, o.done_at AS at, v.name AS place, v.address AS address,
       o.grid_path AS grid, l.name_zh AS checklist, u.name AS member,
       o.outcome AS outcome, o.findings AS findings
  FROM orders_order o JOIN venues_venue v ON v.id = o.venue_id JOIN accounts_user u ON u.id = o.done_by_id
  LEFT JOIN checklists_checklist l ON l.id = o.checklist_id
 WHERE o.grid_path LIKE %(within)s AND o.done_at >= %(since)s AND o.done_at < %(until)s
""",
        ("timestamptz", "uuid"),
        (
            Column("at", "检查时间", "Inspected at", M),
            Column("place", "单位（场所）", "Place"),
            Column("address", "地址", "Address"),
            GRID,
            Column("checklist", "检查表", "Checklist"),
            Column("member", "检查人", "Inspector"),
            Column("outcome", "结果", "Outcome", W),
            Column("findings", "发现问题", "Findings", N),
        ),
    ),
    LedgerKind.PATROL_DAYS: Source(
        """
SELECT d."on" AS k1, d.id AS k2, d."on" AS day, u.name AS member, d.grid_path AS grid,
       d.inside_s / 60 AS minutes, d.metres AS metres, jsonb_array_length(d.sessions) AS sessions,
       CASE WHEN d.is_away THEN 'away' WHEN d.attained THEN 'attained' WHEN d.attained IS NULL THEN 'not_owed'
            ELSE 'missed' END AS attained
  FROM patrols_patrolday d JOIN accounts_user u ON u.id = d.user_id
 WHERE d.grid_path LIKE %(within)s AND d."on" >= %(first_on)s AND d."on" <= %(last_on)s
""",
        ("date", "bigint"),
        (
            Column("day", "日期", "Day", D),
            Column("member", "巡查人", "Member"),
            GRID,
            Column("sessions", "巡查次数", "Patrols", N),
            Column("minutes", "网格内分钟", "Minutes in grid", N),
            Column("metres", "里程（米）", "Metres", N),
            Column("attained", "达标", "Attained", W),
        ),
    ),
    LedgerKind.CASES: Source(
        """
SELECT c.reported_at AS k1, c.id AS k2, c.reported_at AS reported_at, c.matter_code AS matter,
       (SELECT m.name_zh FROM matters_matter m WHERE m.code = c.matter_code
         ORDER BY m.is_active DESC, m.id DESC LIMIT 1) AS matter_name,
       c.severity AS severity, c.text AS text, c.address AS address, c.grid_path AS grid, c.status AS status,
       coalesce(d.name, '') AS department, c.due_at AS due_at, c.closed_at AS closed_at
  FROM cases_case c LEFT JOIN accounts_department d ON d.id = c.department_id
 WHERE c.grid_path LIKE %(within)s AND c.reported_at >= %(since)s AND c.reported_at < %(until)s
   AND {NOT_HIDDEN}
""".replace("{NOT_HIDDEN}", NOT_HIDDEN),
        ("timestamptz", "uuid"),
        (
            Column("reported_at", "发现时间", "Reported at", M),
            Column("matter", "事项编号", "Matter"),
            Column("matter_name", "隐患事项", "Hazard"),
            Column("severity", "等级", "Severity", W),
            Column("text", "内容", "What"),
            Column("address", "地址", "Address"),
            GRID,
            Column("department", "处置部门", "Department"),
            Column("status", "状态", "Status", W),
            Column("due_at", "整改期限", "Due", CellForm.DEADLINE),
            Column("closed_at", "销号时间", "Closed at", M),
        ),
    ),
    LedgerKind.TRANSFERS: Source(
        """
SELECT e.at AS k1, e.id AS k2, e.at AS at, c.matter_code AS matter, c.text AS text, c.address AS address,
       c.grid_path AS grid, e.actor_name AS by_name, coalesce(d.name, '') AS department, c.status AS status,
       coalesce(e.detail->>'reason', '') AS reason
  FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
  LEFT JOIN accounts_department d ON d.id = c.department_id
 WHERE e.action = 'transfer' AND e.at >= %(since)s AND e.at < %(until)s AND {RECENT}
   AND c.grid_path LIKE %(within)s AND {NOT_HIDDEN}
""".replace("{NOT_HIDDEN}", NOT_HIDDEN).replace("{RECENT}", RECENT),
        ("timestamptz", "uuid"),
        (
            Column("at", "移交时间", "Handed over at", M),
            Column("matter", "事项编号", "Matter"),
            Column("text", "内容", "What"),
            Column("address", "地址", "Address"),
            GRID,
            Column("by_name", "移交人", "By"),
            Column("department", "接收部门", "To"),
            Column("reason", "移交事由", "Reason"),
            Column("status", "现状态", "Status now", W),
        ),
    ),
    LedgerKind.TEAM_CALLS: Source(
        """
SELECT e.at AS k1, e.id AS k2, e.at AS at, c.matter_code AS matter, c.text AS text, c.address AS address,
       c.grid_path AS grid, coalesce(e.detail->>'team_name', '') AS team,
       coalesce(e.detail->>'what', '') AS step, e.actor_name AS by_name
  FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
 WHERE e.action = 'call_out' AND e.at >= %(since)s AND e.at < %(until)s AND {RECENT}
   AND c.grid_path LIKE %(within)s AND {NOT_HIDDEN}
""".replace("{NOT_HIDDEN}", NOT_HIDDEN).replace("{RECENT}", RECENT),
        ("timestamptz", "uuid"),
        (
            Column("at", "时间", "At", M),
            Column("team", "队伍", "Team"),
            Column("step", "经过", "Step", W),
            Column("matter", "事项编号", "Matter"),
            Column("text", "内容", "What"),
            Column("address", "地址", "Address"),
            GRID,
            Column("by_name", "登记人", "Noted by"),
        ),
    ),
    LedgerKind.DRAWINGS: Source(
        """
SELECT v.grid_path AS k1, d.id AS k2, v.name AS place, v.address AS address, v.grid_path AS grid,
       coalesce(w.name_zh, d.kind) AS kind, d.title AS title, d.file_name AS file, d.valid_from AS valid_from
  FROM dossiers_drawing d JOIN venues_venue v ON v.id = d.venue_id
  LEFT JOIN LATERAL (SELECT k.name_zh FROM dossiers_kind k WHERE k.sort = 'drawing' AND k.code = d.kind
    ORDER BY k.is_active DESC LIMIT 1) w ON true
 WHERE v.grid_path LIKE %(within)s AND d.removed_at IS NULL AND d.created_at < %(until)s
   AND (%(drawings)s::varchar[] = '{}' OR d.kind = ANY(%(drawings)s::varchar[]))
""",
        ("text", "uuid"),
        (
            Column("place", "单位（场所）", "Place"),
            Column("address", "地址", "Address"),
            GRID,
            Column("kind", "种类", "LedgerKind"),
            Column("title", "名称", "Title"),
            Column("file", "文件", "File"),
            Column("valid_from", "启用日期", "Valid from", D),
        ),
    ),
    LedgerKind.MEETINGS: Source(
        """
SELECT m.held_on AS k1, m.id AS k2, m.held_on AS held_on, b.name AS body, b.path AS grid, m.topic AS topic,
       m.decision AS decision, coalesce(u.name, '') AS by_name
  FROM teams_meeting m JOIN teams_body b ON b.id = m.body_id LEFT JOIN accounts_user u ON u.id = m.by_id
 WHERE b.path LIKE %(within)s AND m.held_on >= %(first_on)s AND m.held_on <= %(last_on)s
""",
        ("date", "uuid"),
        (
            Column("held_on", "会议日期", "Held on", D),
            Column("body", "机构", "Body"),
            Column("grid", "辖区", "Territory", G),
            Column("topic", "议题", "Topic"),
            Column("decision", "议定事项", "Decision"),
            Column("by_name", "登记人", "Noted by"),
        ),
    ),
    LedgerKind.VISITS: Source(
        """
SELECT v.at AS k1, v.id AS k2, v.at AS at, p.sealed_name AS person, p.address AS address, v.grid_path AS grid,
       u.name AS by_name, v.outcome AS outcome, v.note AS note
  FROM visits_visit v JOIN visits_person p ON p.id = v.person_id JOIN accounts_user u ON u.id = v.by
 WHERE v.grid_path LIKE %(within)s AND v.at >= %(since)s AND v.at < %(until)s
""",
        ("timestamptz", "uuid"),
        (
            Column("at", "走访时间", "Visited at", M),
            Column("person", "走访对象", "Person", CellForm.SEALED_NAME),
            Column("address", "住址", "Address"),
            GRID,
            Column("by_name", "走访人", "By"),
            Column("outcome", "结果", "Outcome", W),
            Column("note", "情况", "Note"),
        ),
    ),
    LedgerKind.ARRIVALS: Source(
        """
SELECT a.called_at AS k1, a.id AS k2, a.called_at AS called_at, t.name_zh AS trigger, a.address AS address,
       a.grid_path AS grid, a.text AS text, a.arrived_at AS arrived_at, coalesce(u.name, '') AS by_name,
       ceil(extract(epoch FROM a.arrived_at - a.called_at) / 60)::int AS minutes
  FROM visits_arrival a LEFT JOIN visits_arrivaltrigger t ON t.code = a.trigger
  LEFT JOIN accounts_user u ON u.id = a.arrived_by
 WHERE a.grid_path LIKE %(within)s AND a.called_at >= %(since)s AND a.called_at < %(until)s
""",
        ("timestamptz", "uuid"),
        (
            Column("called_at", "发出时间", "Called at", M),
            Column("trigger", "类型", "LedgerKind"),
            Column("text", "内容", "What"),
            Column("address", "地址", "Address"),
            GRID,
            Column("arrived_at", "到场时间", "Arrived at", M),
            Column("by_name", "到场人", "By"),
            Column("minutes", "用时（分钟）", "Minutes", N),
        ),
    ),
    LedgerKind.REPORTS: Source(
        """
SELECT r.at AS k1, r.id AS k2, r.at AS at, t.name_zh AS kind, r.grid_path AS grid,
       CASE WHEN r.becomes = 'person' THEN '' ELSE r.address END AS address,
       CASE WHEN r.becomes = 'person' THEN '' ELSE r.text END AS text, u.name AS by_name, r.becomes AS becomes
  FROM visits_report r LEFT JOIN visits_reportkind t ON t.code = r.kind JOIN accounts_user u ON u.id = r.by
 WHERE r.grid_path LIKE %(within)s AND r.at >= %(since)s AND r.at < %(until)s
""",
        ("timestamptz", "uuid"),
        (
            Column("at", "上报时间", "Reported at", M),
            Column("kind", "类型", "LedgerKind"),
            Column("text", "内容", "What"),
            Column("address", "地址", "Address"),
            GRID,
            Column("by_name", "上报人", "By"),
            Column("becomes", "去向", "Became", W),
        ),
    ),
}

# Values of the database as a file in Chinese and a page in both languages show them.
WORDS: Mapping[str, tuple[str, str]] = {
    "inspected": ("已检查", "Inspected"),
    "closed_down": ("已关停", "Closed down"),
    "moved_away": ("已搬离", "Moved away"),
    "nobody_there": ("无人", "Nobody there"),
    "refused_entry": ("拒绝进入", "Refused entry"),
    "attained": ("达标", "Attained"),
    "missed": ("未达标", "Missed"),
    "not_owed": ("不要求", "Not owed"),
    "away": ("请假", "On leave"),
    "general": ("一般", "General"),
    "larger": ("较大", "Larger"),
    "suspected_major": ("重大（疑似）", "Suspected major"),
    "urgent": ("紧急", "Urgent"),
    "reported": ("已上报", "Reported"),
    "accepted": ("已受理", "Accepted"),
    "dispatched": ("已派遣", "Dispatched"),
    "handling": ("处置中", "Handling"),
    "suspended": ("暂缓", "Suspended"),
    "transferred": ("已移交", "Transferred"),
    "verifying": ("待核查", "Verifying"),
    "closed": ("已销号", "Closed"),
    "rejected": ("不予受理", "Rejected"),
    "merged": ("已合并", "Merged"),
    "called": ("已呼叫", "Called"),
    "answered": ("已应答", "Answered"),
    "declined": ("不能来", "Declined"),
    "arrived": ("已到场", "Arrived"),
    "left": ("已离开", "Left"),
    "met": ("已见到", "Met"),
    "refused": ("拒绝走访", "Refused"),
    "no_longer": ("不再属于走访对象", "No longer to be visited"),
    "case": ("案件", "Case"),
    "place": ("场所登记", "Register of places"),
    "fact": ("场所情况", "Fact of a place"),
    "person": ("走访对象登记", "Register of people"),
    "street": ("街道", "Street"),
    "community": ("社区", "Community"),
    "grid": ("网格", "Grid"),
    "micro_grid": ("微网格", "Micro-grid"),
    "unit_grid": ("单位", "Unit"),
}
