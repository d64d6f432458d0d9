"""What photos say of themselves, and how they look: KE-19 … KE-22."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageDraw

from tests.makers import AT, BOB, photo_bytes, plain_actor
from tests.photos import draw, store_photo, take_photo
from wangge.kernel import alike, files, photo_copies, photo_filling, photos
from wangge.kernel.errors import NotVisible
from wangge.kernel.models import StoredFile
from wangge.kernel.photo_copies import PhotoForm

pytestmark = pytest.mark.django_db
ACTOR = plain_actor(BOB)
HERE = (118.37, 31.33)
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "exif_samples"


def store(content: bytes) -> str:
    return store_photo(content, actor=ACTOR, at=AT)


def read(sha256: str, form: PhotoForm) -> bytes:
    with photo_copies.open_photo(sha256, form)[0] as file:
        return file.read()


def said(content: bytes) -> photos.PhotoFacts:
    sha256 = store(content)
    return photos.from_json(files.facts_of([sha256])[sha256])


@pytest.mark.parametrize(
    ("local", "offset", "means"),
    [
        ("2025:10:13 10:00:00", "", datetime(2025, 10, 13, 2, 0, tzinfo=UTC)),  # no zone: China's time
        ("2025:10:13 10:00:00", "+08:00", datetime(2025, 10, 13, 2, 0, tzinfo=UTC)),
        ("2025:10:13 10:00:00", "-03:30", datetime(2025, 10, 13, 13, 30, tzinfo=UTC)),
        ("2025:10:13 10:00:00", "Z", datetime(2025, 10, 13, 10, 0, tzinfo=UTC)),
        ("2025:10:13 10:00:00", "8 hours", datetime(2025, 10, 13, 2, 0, tzinfo=UTC)),
        ("0000:00:00 00:00:00", "", None),
        ("yesterday", "", None),
        ("", "", None),
    ],
)
def test_the_time_of_a_photo_is_chinas_unless_it_names_a_zone(local, offset, means):
    facts = said(take_photo(local=local, offset=offset))
    assert facts.taken_at == means
    assert facts.zone_is_said == (offset in {"+08:00", "-03:30", "Z"})


def test_when_a_picture_was_changed_is_not_when_it_was_taken():
    assert said(take_photo(DateTime="2025:10:13 10:00:00")).taken_at is None


@pytest.mark.parametrize("point", [HERE, (-70.5, -33.25), (11.885125, 43.467448)])
def test_the_place_of_a_photo_is_wgs84(point):
    assert said(take_photo(point=point)).point_wgs84 == pytest.approx(point, abs=1e-6)


def test_nobody_stands_where_a_camera_without_a_fix_says():
    assert said(take_photo(point=(0.0, 0.0))).point_wgs84 is None
    assert said(take_photo()).point_wgs84 is None


def test_a_photo_tells_its_camera_and_the_program_that_changed_it():
    plain = said(take_photo(Make="HUAWEI", Model="P60\0", Software="P60 6.1.0"))
    assert (plain.make, plain.model, plain.edited_with) == ("HUAWEI", "P60", "")
    assert said(take_photo(2, Software="Adobe Photoshop 25.0")).edited_with == "Adobe Photoshop 25.0"


@pytest.mark.parametrize(
    ("orientation", "seen"), [(1, (320, 240)), (3, (320, 240)), (6, (240, 320)), (8, (240, 320))]
)
def test_a_photo_is_as_large_as_people_see_it(orientation, seen):
    facts = said(take_photo(orientation=orientation))
    assert (facts.orientation, (facts.width, facts.height)) == (orientation, seen)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_says_nothing_and_refuses_nothing():
    whole = take_photo(local="2025:10:13 10:00:00", point=HERE, Make="X")
    start = whole.index(b"Exif\0\0") + 6
    for broken in (b"\xff" * 8, b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"):
        damaged = whole[:start] + broken + whole[start + len(broken) :]
        facts = said(damaged)
        assert (facts.width, facts.taken_at, facts.point_wgs84, facts.make) == (320, None, None, "")


def test_a_png_and_a_webp_have_looks_too():
    for media_format in ("PNG", "WEBP"):
        kept = io.BytesIO()
        draw(1).save(kept, media_format)
        assert StoredFile.objects.get(pk=store(kept.getvalue())).looks is not None


def bits_between(one: bytes, other: bytes) -> int:
    first, second = store(one), store(other)
    looks = alike.looks_of_stored([first, second])
    return ((looks[first] ^ looks[second]) & (1 << 64) - 1).bit_count()


def stamped(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, drawn.height - 30, drawn.width, drawn.height), fill="black")
    pen.text((4, drawn.height - 26), "2025-10-13 10:00", fill="white")
    return drawn


def test_a_photo_that_is_saved_again_stays_alike_and_another_place_does_not():
    one = take_photo(1)
    copies = {
        "worse": take_photo(1, quality=40),
        "smaller": take_photo(picture=draw(1).resize((200, 150))),
        "brighter": take_photo(picture=draw(1).point(lambda level: min(255, level * 6 // 5))),
        "stamped": take_photo(picture=stamped(draw(1))),
        "turned by its tag": take_photo(picture=draw(1).rotate(90, expand=True), orientation=6),
    }
    assert {name: bits_between(one, copy) <= 7 for name, copy in copies.items()} == dict.fromkeys(
        copies, True
    )
    assert min(bits_between(one, take_photo(place)) for place in range(2, 12)) > 11


def test_a_covered_lens_looks_like_nothing():
    assert StoredFile.objects.get(pk=store(photo_bytes(colour="black"))).looks is None


def stored_with_looks(numbers: list[int]) -> None:
    StoredFile.objects.bulk_create(
        StoredFile(
            sha256=f"{n:064d}",
            size_bytes=1,
            media_type="image/jpeg",
            created_at=AT,
            created_by=1,
            facts={},
            looks=int.from_bytes(looks.to_bytes(8), signed=True),
        )
        for n, looks in enumerate(numbers)
    )


@pytest.mark.parametrize("most_bits", [0, 3, 7, 11])
def test_every_photo_within_the_bits_is_found_and_no_other(most_bits):
    given = 0xF0F0_1234_8765_ABCD
    # n changed bits, spread over the four parts as evenly as they go: the hardest to find
    spread = [sum(1 << 16 * (k % 4) + 3 * (k // 4) for k in range(n)) for n in range(16)]
    stored_with_looks([given ^ change for change in spread])
    looks = {"given": int.from_bytes(given.to_bytes(8), signed=True)}
    found = alike.find_alike(looks, most_bits=most_bits)
    assert [(int(one.other), one.bits) for one in found] == [(n, n) for n in range(most_bits + 1)]


def test_photos_of_before_get_their_facts_later_and_what_cannot_be_read_is_left_alone(settings):
    old, lost = store(take_photo(1, Make="HUAWEI")), store(take_photo(2))
    paper = files.store_file(b"a,b\n", actor=ACTOR, at=AT, media_type="text/csv").sha256
    StoredFile.objects.update(facts=None, looks=None)
    next(settings.WANGGE_FILES.rglob(lost)).unlink()
    assert [photo_filling.fill_facts(most=1) for _ in range(3)] == [1, 1, 0]
    rows = {row.sha256: row for row in StoredFile.objects.all()}
    assert (rows[old].facts["make"], rows[old].looks is None) == ("HUAWEI", False)
    assert (rows[lost].facts, rows[paper].facts) == ({}, None)


def test_the_copy_for_everybody_is_upright_and_says_nothing():
    content = take_photo(
        picture=draw(1).rotate(90, expand=True),
        orientation=6,
        local="2025:10:13 10:00:00",
        point=HERE,
        Make="X",
    )
    sha256 = store(content)
    plain = read(sha256, PhotoForm.PLAIN)
    picture = Image.open(io.BytesIO(plain))
    assert (picture.format, picture.size) == ("JPEG", (320, 240))
    assert not picture.getexif()
    assert not {"exif", "xmp", "comment", "photoshop", "icc_profile"} & picture.info.keys()
    differs = [
        abs(a - b)
        for a, b in zip(picture.resize((8, 8)).tobytes(), draw(1).resize((8, 8)).tobytes(), strict=True)
    ]
    assert max(differs) < 24
    assert read(sha256, PhotoForm.ORIGINAL) == content
    assert read(sha256, PhotoForm.PLAIN) == plain


def test_a_copy_is_made_once_and_fits(monkeypatch, settings):
    sha256 = store(take_photo(picture=draw(1, size=(2400, 1000))))
    assert Image.open(io.BytesIO(read(sha256, PhotoForm.SMALL))).size == (320, 133)
    monkeypatch.setattr(photo_copies, "_drawn", None)  # a second one would need it
    read(sha256, PhotoForm.SMALL)
    with pytest.raises(NotVisible):
        photo_copies.open_photo("f" * 64, PhotoForm.ORIGINAL)


def test_a_mark_stands_under_a_copy_and_hides_nothing(settings):
    if not photo_copies.has_font():
        pytest.skip("this machine has no font with Chinese letters")
    content = take_photo(picture=Image.new("RGB", (960, 720), "white"))
    sha256 = store(content)
    marked = Image.open(
        io.BytesIO(photo_copies.marked(sha256, ["2025-10-13 10:00 包步行", "花园路 1 号" * 40]))
    )
    assert marked.width == 960
    assert marked.height > 720
    assert marked.crop((0, 0, 960, 712)).convert("L").getextrema() == (255, 255)
    foot = marked.crop((0, 730, 960, marked.height)).convert("L").getextrema()
    assert foot[0] < 60 < 200 < foot[1]
    assert read(sha256, PhotoForm.ORIGINAL) == content


def test_the_lines_of_a_mark_are_those_that_the_pack_names():
    viewer = plain_actor(BOB)
    said = {"used_at": AT, "place": "花园路 1 号", "viewer": viewer, "at": AT + timedelta(days=1)}
    both = photo_copies.mark_lines(("time", "place", "viewer"), **said)
    assert both == ["2025-10-13 10:00 花园路 1 号", f"仅供 {viewer.name} 查看 2025-10-14 10:00"]
    assert photo_copies.mark_lines(("place",), **said) == ["花园路 1 号"]
    assert photo_copies.mark_lines((), **said) == []


def test_without_a_font_the_copy_goes_without_a_mark(settings):
    settings.WANGGE_FONT = "no-such-font.ttc"
    sha256 = store(take_photo())
    with pytest.raises(photo_copies.NoFont, match="WANGGE_FONT"):
        photo_copies.marked(sha256, ["时间"])
    answer = photo_copies.hand_out(sha256, PhotoForm.PLAIN, lines=["时间"])
    assert b"".join(answer) == read(sha256, PhotoForm.PLAIN)
    answer.close()


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/data/exif_samples beside the project")
def test_real_cameras_say_when_and_where():
    gps = [said(path.read_bytes()) for path in sorted(SAMPLES.glob("*gps*.jpg"))]
    assert gps
    assert all(facts.taken_at and facts.point_wgs84 and facts.model for facts in gps)
    for path in sorted(SAMPLES.glob("*.jpg")):
        said(path.read_bytes())


def test_exif_tags_have_the_numbers_of_the_standard():
    assert (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal) == (0x9003, 0x9011)
