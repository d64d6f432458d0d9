"""Personal data lie sealed, or stand in clear for a reason that is written here (KE-9; architecture.md §8).

Generated over the models: a new field whose name says that it is about a person is sealed or named below.
"""

from __future__ import annotations

import re

from django.apps import apps
from django.db.models import BinaryField, CharField, TextField

ABOUT_PEOPLE = re.compile(
    r"phone|mobile|(^|_)tel|wechat|email|identity|id_card|id_number|passport|birth|keeper|contact|resident"
    r"|owner|person|sealed|by_name|asked_name|actor_name|user_name|username|recipient"
)
SEALED = {
    "venues.Venue.keeper_phone",
    "venues.Contact.sealed",
    "teams.Team.sealed_duty_phone",
    "teams.TeamMember.sealed_phone",
    "accounts.Address.sealed",
    "dossiers.Person.phone",
    "visits.Person.sealed_name",
    "visits.Person.sealed_phone",
    "notices.Delivery.sealed",
    "notices.MediumChannel.sealed_url",  # the gateway's password is in it
}
ON_DUTY = "who did it in office; a record that must be read as it stood"
NO_PERSON = "names no person"
PUBLISHED = "an office phone, written down in order to be published on the grid's notice page (TM-21)"
IN_CLEAR = {
    "accounts.LoginAttempts.username_digest": "a digest",
    "accounts.User.username": "what a member of staff logs in with",
    "cases.CaseEvent.actor_name": ON_DUTY,
    "documents.Document.issued_by_name": ON_DUTY,
    "documents.Document.recipient": "the place or body that a notice is served on",
    "documents.Template.uploaded_by_name": ON_DUTY,
    "documents.Voiding.voided_by_name": ON_DUTY,
    "evidence.EvidenceExport.asked_name": ON_DUTY,
    "grid_drafts.GridDraft.actor_name": ON_DUTY,
    "kernel.AuditRow.actor_name": ON_DUTY,
    "kernel.CalendarEdition.actor_name": ON_DUTY,
    "kernel.FileRun.asked_name": ON_DUTY,
    "matters.Admission.owner_kind": NO_PERSON,
    "matters.Matter.owner_kind": NO_PERSON,
    "notices.Delivery.recipient": "a key: u12, c34; the address is sealed",
    "oversight.Act.by_name": ON_DUTY,
    "teams.Board.member_phone": PUBLISHED,
    "teams.Board.report_phone": PUBLISHED,
    "teams.Board.supervisor_phone": PUBLISHED,
    "plates.SupervisionPhone.phone": "of an office; the public is told it",
    "territory.GridChange.actor_name": ON_DUTY,
    "territory.Handover.actor_name": ON_DUTY,
    "venues.Venue.keeper_name": "a search finds a place by it (VE-14); it goes out masked (KE-10)",
}


def test_what_is_about_people_is_sealed_or_stands_in_clear_for_a_reason() -> None:
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in apps.get_models()
        if model.__module__.startswith("wangge.")
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | BinaryField) and ABOUT_PEOPLE.search(field.name)
    }
    sealed = {name for name, field in found.items() if isinstance(field, BinaryField)}
    assert sealed == SEALED
    assert found.keys() - sealed == IN_CLEAR.keys()
