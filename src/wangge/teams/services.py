"""Writes of teams, bodies and boards."""

from wangge.teams.boards import PublicBoard, find_public, open_photo, publish_boards, save_boards
from wangge.teams.body_schemas import BodyIn, MeetingIn
from wangge.teams.convening import record_meetings, save_bodies
from wangge.teams.file_running import IMPORT, ask_import, work_import
from wangge.teams.installing import install_kinds
from wangge.teams.keeping import end_teams, record_maintenance, reveal_member
from wangge.teams.regridding import TeamMover
from wangge.teams.saving import save_teams

__all__ = [
    "IMPORT",
    "BodyIn",
    "MeetingIn",
    "PublicBoard",
    "TeamMover",
    "ask_import",
    "end_teams",
    "find_public",
    "install_kinds",
    "open_photo",
    "publish_boards",
    "record_maintenance",
    "record_meetings",
    "reveal_member",
    "save_boards",
    "save_bodies",
    "save_teams",
    "work_import",
]
