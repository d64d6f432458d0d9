"""A backup comes back whole, or nothing happens."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from wangge.accounts.models import User
from wangge.config import backup, verify_command
from wangge.config.archive import ArchiveDamaged
from wangge.config.backup import ArchiveTooNew, DatabaseBusy, DatabaseNotEmpty
from wangge.kernel.models import StoredFile

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PHOTO = b"what the camera saw"
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def city(settings: Settings, tmp_path: Path) -> Path:
    """A city of one person and one photo; returns the photo's place."""
    settings.WANGGE_FILES = tmp_path / "files"
    User.objects.create(username="alice", name="周爱丽", created_at=AT)
    StoredFile.objects.create(
        sha256=SHA256, size_bytes=len(PHOTO), media_type="image/jpeg", created_at=AT, created_by=1
    )
    photo = tmp_path / "files" / SHA256[:2] / SHA256[2:4] / SHA256
    photo.parent.mkdir(parents=True)
    photo.write_bytes(PHOTO)
    return photo


@pytest.fixture
def archive(city: Path, tmp_path: Path) -> Path:
    backup.back_up(tmp_path / "city.tar")
    return tmp_path / "city.tar"


def test_what_was_there_comes_back_and_what_came_later_goes(city: Path, archive: Path) -> None:
    User.objects.filter(username="alice").update(name="另一个人")
    User.objects.create(username="bob", name="鲍勃", created_at=AT)
    city.unlink()

    backup.bring_back(archive, replace=True)

    assert list(User.objects.values_list("username", "name")) == [("alice", "周爱丽")]
    assert city.read_bytes() == PHOTO
    assert list(verify_command.list_broken_files()) == []


def test_a_restored_database_can_be_backed_up_and_restored_again(
    city: Path, archive: Path, tmp_path: Path
) -> None:
    backup.bring_back(archive, replace=True)
    backup.back_up(tmp_path / "again.tar")
    backup.bring_back(tmp_path / "again.tar", replace=True)

    assert User.objects.get().name == "周爱丽"


def test_a_database_with_people_is_not_overwritten_unasked(archive: Path) -> None:
    with pytest.raises(DatabaseNotEmpty):
        backup.bring_back(archive, replace=False)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_one_changed_byte_is_found_and_nothing_is_changed(archive: Path, city: Path, part: float) -> None:
    User.objects.create(username="bob", name="鲍勃", created_at=AT)
    city.unlink()
    content = bytearray(archive.read_bytes())
    end = content.index(b'"sha256"')  # beyond: the manifest and the empty end of a tar
    content[int(end * part)] ^= 1
    archive.write_bytes(content)

    with pytest.raises(ArchiveDamaged):
        backup.bring_back(archive, replace=True)

    assert User.objects.count() == 2
    assert not city.exists()


def test_an_archive_that_was_cut_short_is_refused(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-20_000])

    with pytest.raises(ArchiveDamaged):
        backup.bring_back(archive, replace=True)


def test_the_archive_of_a_later_version_is_refused(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge.config.database.known_migrations", lambda: {("accounts", "0001_initial")})

    with pytest.raises(ArchiveTooNew):
        backup.bring_back(archive, replace=True)

    assert User.objects.count() == 1


def test_nothing_is_restored_under_a_running_house(archive: Path, settings: Settings) -> None:
    with backup.nobody_serves(), pytest.raises(DatabaseBusy):
        backup.bring_back(archive, replace=True)


def test_the_secret_is_not_in_the_archive(archive: Path, settings: Settings) -> None:
    assert settings.SECRET_KEY.encode() not in archive.read_bytes()
    assert archive.stat().st_mode & 0o077 == 0


def test_a_file_whose_bytes_were_changed_is_named(city: Path) -> None:
    city.write_bytes(b"what the camera sax")

    assert [broken["sha256"] for broken in verify_command.list_broken_files()] == [SHA256]


def test_the_public_schema_is_as_it_was(archive: Path) -> None:
    backup.bring_back(archive, replace=True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        assert cursor.fetchone()[0] > 50
