"""What each post may do. Source: docs/rules/accounts.md (AC-1; LN-07, DG-08)."""

from __future__ import annotations

from wangge.accounts.roles import Role

_READ = frozenset({"territory.read", "venues.read", "checklists.read", "teams.read"})
_READ_ALL = _READ | {"cases.read", "orders.read", "matters.read", "documents.read", "major_hazards.read"}
_READ_ALL |= {"fires.read"}
_WATCH = frozenset({"oversight.read", "oversight.urge"})
_DOCUMENTS = frozenset({"documents.record", "documents.issue", "documents.reveal"})
_DRAWINGS = frozenset({"dossiers.open_drawings"})  # plans of places: not for who only keeps the house
_REVEAL = frozenset({"venues.reveal", "teams.reveal"})  # a phone unmasked, for a reason
_TEAMS = frozenset({"teams.write"})
_SITE = _DRAWINGS | {"teams.call"}  # and a team is called to a case
_AWAY = frozenset({"leave.take"})
_MERGE = frozenset({"venues.merge"})  # two dossiers of one place become one, or are parted again
_PLATES = frozenset({"plates.write"})  # plates on doors are printed and replaced
_CENSUS = frozenset({"census.open", "census.review"})
_MAJOR = frozenset({"major_hazards.assess", "major_hazards.decide"})
_PHONES = frozenset({"devices.revoke"})  # phones of people of the territory that are lost
_TARGETS = frozenset({"appraisal.set_targets"})  # what a territory is to reach
_FIRES = frozenset({"fires.write"})  # the local record of fires, and what is loaded into it
_PATROL = frozenset({"patrols.do"})  # one's own patrols, days and grid logs
_RECHECKS = frozenset({"rechecks.read", "rechecks.write"})  # what was done is drawn and looked at again
_VISIT = frozenset({"visits.read", "visits.do", "visits.reveal"})  # people who are visited: protected (VI-10)
_VISITS = frozenset({"visits.read", "visits.write", "visits.reveal", "visits.export"})
_LEDGERS = frozenset({"ledgers.read", "ledgers.export"})  # what is on file of a territory, as it is kept
_PATROLS = frozenset({"patrols.read", "patrols.export"})  # those of the territory: tracks are personal

# AC-1. Whoever reports does not handle (DG-08); a grid member only persuades and reports (LN-07).
CAPABILITIES: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: _READ
    | _TEAMS
    | {"territory.write", "venues.write", "packs.install", "accounts.write", "documents.configure"}
    | {"triage.read", "triage.train", "matters.read", "calendar.write", "notices.manage", "accounts.read"}
    | {"leave.read"}
    | _AWAY
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PHONES,
    Role.SECURITY_ADMIN: frozenset({"accounts.grant", "accounts.read", "leave.read", "leave.grant"})
    | _AWAY
    | _PHONES,
    Role.AUDIT_ADMIN: frozenset({"audit.read"}) | _AWAY,
    Role.DISPATCHER: _READ_ALL
    | _SITE
    | _TEAMS
    | _DOCUMENTS
    | _MAJOR
    | {
        "cases.report",
        "cases.accept",
        "cases.dispatch",
        "cases.approve",
        "orders.plan",
        "venues.write",
        "cases.export",
        "cases.read_restricted",
        "matters.propose",
        "venues.export",
        "evidence.export",
        "major_hazards.export",
        "triage.read",
        "leave.read",
        "appraisal.read",
        "bulletins.read",
        "bulletins.make",
    }
    | _AWAY
    | _WATCH
    | _REVEAL
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PATROLS
    | _VISITS
    | _LEDGERS
    | _TARGETS
    | _FIRES
    | {"fires.export"}
    | {"oversight.reply", "cases.move_deadlines", "cases.reclassify"},
    Role.SUPERVISOR: _READ_ALL
    | _SITE
    | _DOCUMENTS
    | _MAJOR
    | {"cases.verify", "cases.reopen", "cases.export", "venues.export", "orders.plan"}
    | {"evidence.read", "evidence.export", "major_hazards.list", "major_hazards.export", "triage.read"}
    | {"cases.read_restricted", "matters.review", "cases.reclassify", "cases.reclassify_late"}
    | _WATCH
    | _REVEAL
    | _AWAY
    | _PATROLS
    | _VISITS - {"visits.write"}
    | _LEDGERS
    | _PHONES
    | _RECHECKS
    | _TARGETS
    | _FIRES
    | {"fires.export"}
    | {
        "oversight.supervise",
        "cases.move_deadlines",
        "leave.read",
        "appraisal.read",
        "bulletins.read",
        "bulletins.make",
    },
    Role.GRID_CHIEF: _READ_ALL
    | _SITE
    | _TEAMS
    | {"cases.report", "cases.verify", "orders.do", "venues.write", "evidence.read", "census.answer"}
    | {"documents.record", "major_hazards.assess"}
    | _REVEAL
    | _AWAY
    | {"leave.read", "leave.grant", "appraisal.read", "bulletins.read"}
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PATROL
    | _PATROLS
    | _VISIT
    | _VISITS
    | _LEDGERS
    | _PHONES
    | _RECHECKS
    | _FIRES
    | _WATCH,
    Role.GRID_MEMBER: _READ_ALL
    | _SITE
    | {"cases.report", "cases.verify", "orders.do", "venues.write", "evidence.read", "census.answer"}
    | {"documents.record", "major_hazards.assess"}
    | _AWAY
    | _PATROL
    | _VISIT
    | _REVEAL,
    Role.DEPARTMENT_HANDLER: _READ
    | _SITE
    | _DOCUMENTS
    | _MAJOR
    | {"cases.read", "cases.handle", "documents.read", "major_hazards.read", "major_hazards.list"}
    | {"fires.read"}
    | {"cases.read_restricted", "matters.read", "matters.propose"}
    | {"oversight.read", "oversight.answer"}
    | _AWAY,
    Role.CITIZEN: frozenset({"cases.report", "cases.read"}),
    Role.LEADER: _READ_ALL
    | _DRAWINGS
    | {"cases.export", "major_hazards.export", "triage.read", "cases.read_restricted", "oversight.read"}
    | {"leave.read", "patrols.read", "appraisal.read", "rechecks.read", "visits.read", "ledgers.read"}
    | {"bulletins.read", "fires.export"}
    | _AWAY,
}

# What a file or a printed list calls the posts; a pack may call them otherwise on screen.
