"""Documents are numbered without a gap, written once, and masked where nobody gave a reason."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from threading import Barrier
from typing import cast

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from docx import Document as Word

from tests.documents.makers import issue, make_formats, paper, text_of, word
from tests.ground import admin, make_divisions
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_department, make_photo
from wangge.accounts.rules import Role
from wangge.documents import printing, queries, register, services
from wangge.documents.models import SEARCHED, Document, Series
from wangge.documents.rules import AlreadyVoided, DocumentKind, NumberTaken
from wangge.documents.schemas import DocumentFilter, NumberFormatIn
from wangge.kernel import files, terms
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, Unreadable
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
HAN = Person("han", "韩处置", Role.DEPARTMENT_HANDLER, "34.02.03.")


@pytest.fixture
def alice() -> Actor:
    make_divisions()
    make_formats()
    return make_actor(ALICE)


def read(document: Document) -> str:
    with files.open_file(document.file_id) as file:
        return text_of(file.read())


def refusal_of(*papers, actor: Actor) -> Refused:
    [one] = services.issue(papers, actor=actor, at=AT).values()
    assert isinstance(one, Refused)
    return one


def test_a_notice_is_numbered_filled_and_kept(alice: Actor):
    [first, second] = issue(paper(), paper(), actor=alice)
    assert [first.number_text, second.number_text] == [
        "赭山街道整改〔2025〕第0001号",
        "赭山街道整改〔2025〕第0002号",
    ]
    seen = read(first)
    for words in ("整改通知书", "赭山街道整改〔2025〕第0001号", "赭山百货商场", "立即拆除", "2025年10月13日"):
        assert words in seen
    assert AuditRow.objects.filter(action="documents.issue").count() == 2


def test_kinds_years_and_organisations_count_for_themselves(alice: Actor):
    han = make_actor(HAN, department_id=make_department())
    numbers = [
        *issue(paper(), actor=alice),
        *issue(paper(kind=DocumentKind.HANDOVER_FORM), actor=alice),
        *issue(paper(), actor=han),
    ]
    services.issue([late := paper()], actor=alice, at=datetime(2025, 12, 31, 16, 0, tzinfo=UTC))
    numbers.append(Document.objects.get(pk=late.id))
    assert [one.number_text for one in numbers] == [
        "赭山街道整改〔2025〕第0001号",
        "赭山街道移交〔2025〕第0001号",
        "镜湖区消防大队整改〔2025〕第0001号",
        "赭山街道整改〔2026〕第0001号",  # midnight in China
    ]


def test_a_refused_paper_leaves_no_gap(alice: Actor):
    papers = [paper(), paper(facts={"photos": ["0" * 64]}), paper()]
    done = services.issue(papers, actor=alice, at=AT)
    outcomes = [done[one.id] for one in papers]
    assert isinstance(outcomes[1], Refused)
    assert outcomes[1].code == "kernel.unreadable"
    assert [one.number for one in outcomes if isinstance(one, Document)] == [1, 2]
    assert queries.find_gaps() == []


def test_a_series_with_a_hole_is_found(alice: Actor):
    issue(actor=alice)
    Series.objects.update(last=3)
    assert queries.find_gaps() == ["rectification_notice territory:34.02.03.005. 2025: 1/3"]


def test_personal_data_are_masked_without_a_reason_and_locked_with_one(alice: Actor):
    [masked] = issue(actor=alice)
    assert "王**" in read(masked)
    assert "139****1234" in read(masked)
    assert "王小明" not in str(masked.facts)
    [plain] = issue(paper(reveal_reason="送达当事人"), actor=alice)
    assert "王小明" in read(plain)
    assert plain.holds_personal
    assert AuditRow.objects.get(action="documents.reveal").detail["reason"] == "送达当事人"
    bob = make_actor(BOB)
    with pytest.raises(NotYourRole):
        services.hand_out_own(plain.pk, "docx", actor=bob, at=AT)
    assert services.hand_out_own(masked.pk, "docx", actor=bob, at=AT).status_code == 200
    form = paper(kind=DocumentKind.HANDOVER_FORM, reveal_reason="想看看")
    assert refusal_of(form, actor=bob).code == "kernel.not_your_role"


def test_a_grid_member_issues_no_notice(alice: Actor):
    bob = make_actor(BOB)
    assert refusal_of(paper(), actor=bob).code == "documents.not_for_your_post"
    assert Document.objects.count() == Series.objects.count() == 0
    [form] = issue(paper(kind=DocumentKind.INSPECTION_RECORD), actor=bob)
    assert form.number == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE documents_document SET number_text = 'x'",
        "UPDATE documents_document SET facts = '{}'",
        "DELETE FROM documents_document",
        "UPDATE documents_voiding SET reason = 'x'",
        "DELETE FROM documents_voiding",
    ],
)
def test_the_database_refuses_to_change_what_was_issued(alice: Actor, sql: str):
    [document] = issue(actor=alice)
    services.void(document, reason="地址写错", actor=alice, at=AT)
    with (
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_void_document_keeps_its_number_and_is_voided_once(alice: Actor):
    [document] = issue(actor=alice)
    services.void(document, reason="地址写错", actor=alice, at=AT)
    with pytest.raises(AlreadyVoided):
        services.void(document, reason="再来一次", actor=alice, at=AT)
    [after] = issue(actor=alice)
    assert after.number == 2
    page = register.list_documents(alice, DocumentFilter(is_void=True))
    assert [(row.number_text, row.void_reason) for row in page.items] == [
        ("赭山街道整改〔2025〕第0001号", "地址写错")
    ]


def test_everybody_sees_what_is_theirs(alice: Actor):
    fire, police = make_department(), make_department(code="p", name="赭山派出所", kind="police")
    han = make_actor(HAN, department_id=fire)
    pang = make_actor(Person("pang", "庞旁人", Role.DEPARTMENT_HANDLER, "34.02.03."), department_id=police)
    [document] = issue(paper(department_id=fire), actor=alice)
    carol = make_actor(CAROL)
    citizen = make_actor(Person("cit", "市民", Role.CITIZEN, "34.02.03."))
    for actor, sees in ((alice, True), (han, True), (pang, False), (carol, False), (citizen, False)):
        assert Document.objects.visible_to(actor).exists() is sees, actor.name
    with pytest.raises(NotVisible):
        services.hand_out_own(document.pk, "docx", actor=carol, at=AT)


def test_the_list_is_searched_and_paged(alice: Actor):
    issue(*(paper() for _ in range(3)), paper(kind=DocumentKind.HANDOVER_FORM), actor=alice)
    first = register.list_documents(alice, DocumentFilter(limit=3))
    rest = register.list_documents(alice, DocumentFilter(limit=3, cursor=first.next_cursor or ""))
    assert (len(first.items), len(rest.items), first.total, rest.next_cursor) == (3, 1, 4, None)
    assert len({row.id for row in [*first.items, *rest.items]}) == 4
    found = register.list_documents(alice, DocumentFilter(q="移交"))
    assert [row.kind for row in found.items] == [DocumentKind.HANDOVER_FORM]
    assert register.list_documents(alice, DocumentFilter(kind=DocumentKind.HANDOVER_FORM)).total == 1
    assert register.list_documents(alice, DocumentFilter(q="百货")).total == 4


def test_a_citys_own_template_is_used_and_the_shipped_one_comes_back(alice: Actor):
    root = admin()
    make_own = word("本市格式 {{ 编号 }}", "{{ 受送达单位 }}")
    kind = DocumentKind.RECTIFICATION_NOTICE
    services.upload_template(kind, BytesIO(make_own), "整改.docx", actor=root, at=AT)
    services.upload_template(kind, BytesIO(make_own + b""), "整改二.docx", actor=root, at=AT)
    [own] = issue(actor=alice)
    assert read(own) == "本市格式 赭山街道整改〔2025〕第0001号\n赭山百货商场"
    assert own.template_name == "整改二.docx v2"
    services.use_shipped_template(kind, actor=root, at=AT)
    [shipped] = issue(actor=alice)
    assert shipped.template_name == "wangge"
    with pytest.raises(NotYourRole):
        services.upload_template(kind, BytesIO(make_own), "x.docx", actor=alice, at=AT)


def test_a_department_gets_a_format_of_its_own_and_the_count_goes_on(alice: Actor):
    fire = make_department()
    han = make_actor(HAN, department_id=fire)
    issue(actor=han)
    kind = DocumentKind.RECTIFICATION_NOTICE
    pattern = "芜消整〔{year}〕第{number:04}号"
    given = NumberFormatIn(kind=kind, department_id=fire, pattern=pattern)
    services.set_number_format(given, actor=admin(), at=AT)
    [second] = issue(actor=han)
    assert second.number_text == "芜消整〔2025〕第0002号"
    services.set_number_format(NumberFormatIn(kind=kind, pattern=pattern), actor=admin(), at=AT)
    issue(actor=alice)  # the street's first
    assert refusal_of(paper(), actor=alice).code == NumberTaken.code  # its second is the brigade's
    make_formats()  # a pack installed again leaves what was set by hand
    assert refusal_of(paper(), actor=alice).code == NumberTaken.code


def test_photos_are_small_and_upright_and_without_exif(alice: Actor):
    digest = make_photo(actor=alice)
    signed = [{"role": "检查人", "name": "李爱丽", "picture": make_photo(actor=alice, colour="blue")}]
    [document] = issue(paper(facts={"photos": [digest], "signatures": signed}), actor=alice)
    assert "检查人：李爱丽" in read(document)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_neither_doubled_nor_skipped():
    make_divisions()
    make_formats()
    actor = make_actor(ALICE)
    many = 6
    start = Barrier(many)

    def deed(n: int) -> None:
        try:
            start.wait()
            for turn in range(3):
                bad = paper(facts={"photos": ["0" * 64]})
                services.issue([paper(), bad] if (n + turn) % 2 else [paper()], actor=actor, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(deed, range(many)))
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 19))
    assert queries.find_gaps() == []


@pytest.mark.slow
@pytest.mark.office
def test_the_pdf_is_made_once_with_its_fonts_and_handed_out_the_same(alice: Actor):
    [document] = issue(actor=alice)
    assert services.print_documents([str(document.pk)], at=AT) == 1
    assert services.print_documents([str(document.pk)], at=AT) == 0
    first = services.hand_out_own(document.pk, "pdf", actor=alice, at=AT)
    again = services.hand_out_own(document.pk, "pdf", actor=alice, at=AT)
    assert first.content == again.content
    assert first.content.startswith(b"%PDF-")
    assert b"/FontFile2" in first.content or b"/FontFile3" in first.content
    assert b"ZenHei" in first.content or b"CJK" in first.content


def test_without_libreoffice_the_house_says_so_and_word_works(alice: Actor, monkeypatch):
    monkeypatch.setattr(printing, "NAMES", ("there-is-no-such-program",))
    monkeypatch.delenv("WANGGE_OFFICE", raising=False)
    [document] = issue(actor=alice)
    assert services.print_documents([str(document.pk)], at=AT) == 0
    with pytest.raises(printing.NoConverter) as refusal:
        services.hand_out_own(document.pk, "pdf", actor=alice, at=AT)
    assert "apt-get install libreoffice-writer-nogui" in refusal.value.message("zh")
    assert services.hand_out_own(document.pk, "docx", actor=alice, at=AT).content[:2] == b"PK"


def test_a_void_document_is_stamped_on_the_way_out_and_kept_as_it_was(alice: Actor):
    [document] = issue(actor=alice)
    before = services.hand_out(document, "docx", actor=alice, at=AT).content
    services.void(document, reason="地址写错", actor=alice, at=AT)
    after = services.hand_out(document, "docx", actor=alice, at=AT)
    assert stamp_of(before) == ""
    assert stamp_of(after.content) == f"作废 VOID\n2025年10月13日 {alice.name}：地址写错"
    assert "%E4%BD%9C%E5%BA%9F" in after.headers["Content-Disposition"]
    with files.open_file(document.file_id) as kept:
        assert kept.read() == before


def stamp_of(content: bytes) -> str:
    """Return what stands above the pages of the Word file."""
    header = Word(BytesIO(content)).sections[0].header
    return "\n".join(line.text for line in header.paragraphs if line.text)


def test_an_older_template_comes_into_force_again(alice: Actor):
    root = admin()
    for text in ("一版 {{ number }}", "二版 {{ number }}"):
        services.upload_template(
            DocumentKind.HANDOVER_FORM, BytesIO(word(text)), "own.docx", actor=root, at=AT
        )
    services.use_template(DocumentKind.HANDOVER_FORM, 1, actor=root, at=AT)
    shown = queries.get_settings(root, at=AT)
    assert [one.version for one in shown.versions] == [2, 1]
    assert [one.version for one in shown.templates if one.kind is DocumentKind.HANDOVER_FORM] == [1]
    with pytest.raises(NotVisible):
        services.use_template(DocumentKind.HANDOVER_FORM, 3, actor=root, at=AT)
    with pytest.raises(NotYourRole):
        services.use_template(DocumentKind.HANDOVER_FORM, 1, actor=alice, at=AT)


def test_a_search_of_the_register_goes_by_its_terms(alice: Actor):
    issue(*(paper() for _ in range(3)), actor=alice)
    found = Document.objects.filter(terms.holds("赭山百货", *SEARCHED) or Q())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "document_terms" in found.explain()
    assert register.list_documents(alice, DocumentFilter(q="第0002号")).total == 1
    assert register.list_documents(alice, DocumentFilter(q="〔")).total == 0
    assert register.list_documents(alice, DocumentFilter(organisation="赭山街道")).total == 3
    assert register.list_documents(alice, DocumentFilter(organisation="别的单位")).total == 0


def test_the_register_is_a_file(alice: Actor):
    issue(*(paper() for _ in range(3)), actor=alice)
    answer = services.export(alice, DocumentFilter(), "csv", at=AT)
    lines = b"".join(cast("Iterator[bytes]", answer.streaming_content)).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "第0003号" in lines[1]
    with pytest.raises(Unreadable):
        services.export(alice, DocumentFilter(), "pdf", at=AT)
