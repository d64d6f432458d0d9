"""Stored files: KE-11, KE-12."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.makers import AT, BOB, make_actor, make_client, photo_bytes, plain_actor
from wangge.kernel import files
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.models import StoredFile

pytestmark = pytest.mark.django_db
ACTOR = plain_actor(BOB)
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "exif_samples"


def store(content, **given) -> StoredFile:
    return files.store_file(content, actor=ACTOR, at=AT, **given)


def lying_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("media_format", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_photo_is_kept_by_the_digest_of_its_bytes(media_format, media_type, settings):
    content = photo_bytes(media_format=media_format)
    stored = store(content)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert (stored.media_type, stored.size_bytes) == (media_type, len(content))
    assert stored.detail == {"width": 32, "height": 24}
    with files.open_file(stored.sha256) as file:
        assert file.read() == content
    assert lying_in(settings.WANGGE_FILES) == [stored.sha256]


def test_the_same_photo_twice_is_one_file_of_whoever_came_first(settings):
    content = photo_bytes()
    store(content)
    again = files.store_file(io.BytesIO(content), actor=plain_actor(BOB, user_id=2), at=AT)
    assert again.created_by == 1
    assert StoredFile.objects.count() == len(lying_in(settings.WANGGE_FILES)) == 1


def test_a_file_that_was_lost_is_written_again(settings):
    content = photo_bytes()
    name = store(content).sha256
    next(path for path in settings.WANGGE_FILES.rglob(name)).unlink()
    store(content)
    assert lying_in(settings.WANGGE_FILES) == [name]


def noise(side: int) -> Image.Image:
    return Image.effect_noise((side, side), 90)


def test_a_photo_cut_short_is_refused_and_leaves_nothing(settings):
    file = io.BytesIO()
    noise(64).save(file, "JPEG")
    for content in (file.getvalue()[:-400], photo_bytes(media_format="PNG")[:-20]):
        with pytest.raises(Unreadable, match="cut short"):
            store(content)
    assert not StoredFile.objects.exists()
    assert lying_in(settings.WANGGE_FILES) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG"),
        (b"%PDF-1.7", "not a JPEG"),
        (b"MZ\x90\x00", "not a JPEG"),
    ],
)
def test_what_is_no_photo_is_refused(content, says):
    with pytest.raises(Unreadable, match=says):
        store(content)


def test_a_gif_and_a_wrong_label_are_refused():
    with pytest.raises(Unreadable, match="not a JPEG"):
        store(photo_bytes(media_format="GIF"))
    with pytest.raises(Unreadable, match="the content is image/jpeg, not image/png"):
        store(photo_bytes(), media_type="image/png")


def test_a_file_that_is_no_photo_comes_in_only_under_its_own_name():
    assert store(b"a,b\n", media_type="text/csv").media_type == "text/csv"


def test_size_and_pixels_are_limited(settings, monkeypatch):
    monkeypatch.setattr(files, "MAX_PIXELS", 700)
    with pytest.raises(Unreadable, match="pixels"):
        store(photo_bytes())
    settings.WANGGE_MAX_FILE_BYTES = 100
    with pytest.raises(Unreadable, match="larger than"):
        store(photo_bytes())


def test_what_was_never_stored_is_named():
    known = store(photo_bytes()).sha256
    files.check_stored([known, known])
    files.check_stored([])
    with pytest.raises(Unreadable, match="f" * 64):
        files.check_stored([known, "f" * 64])
    with pytest.raises(NotVisible):
        files.open_file("f" * 64)


def test_a_write_that_breaks_leaves_no_file(settings):
    class Broken(SimpleUploadedFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="dead"):
        store(Broken("photo.jpg", photo_bytes()))
    assert lying_in(settings.WANGGE_FILES) == []
    assert not StoredFile.objects.exists()


def test_a_photo_comes_in_over_http_and_a_stranger_gets_401(client):
    photo = SimpleUploadedFile("photo.jpg", photo_bytes(), "image/jpeg")
    answer = make_client(make_actor(BOB)).post("/api/files", {"file": photo})
    assert answer.status_code == 200
    assert answer.json()["sha256"] == hashlib.sha256(photo_bytes()).hexdigest()
    assert client.post("/api/files", {"file": photo}).status_code == 401


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/data/exif_samples beside the project")
def test_real_photos_are_stored_or_refused_but_never_break():
    refused = 0
    for path in sorted(SAMPLES.glob("*.jpg")):
        try:
            assert store(path.read_bytes()).media_type == "image/jpeg"
        except Unreadable:
            refused += 1
    assert StoredFile.objects.count() > refused
