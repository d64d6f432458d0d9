"""A matter is proposed, admitted by another person, routed; a case of it goes to its department."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_majors import api
from tests.browser.test_walk import expect_status, log_in, take

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "灭火毯缺失"
HEAD = "部门,类别,名称,英文名,依据,等级,工作日,小时,首办,俗称,限定可见,停业整改,理由\n"


def propose(desk: Page, city: City, department: str) -> None:
    """One by the form, two by a file."""
    desk.goto(f"{city.url}/matters?tab=admissions")
    desk.get_by_test_id("propose").click()
    form = desk.get_by_test_id("admission-form")
    if form.get_by_test_id("admission-department").count():
        form.get_by_test_id("admission-department").select_option(label=department)
    form.get_by_test_id("admission-group").select_option(index=1)
    form.get_by_test_id("admission-name").fill(NAME)
    form.get_by_test_id("admission-basis").fill("市消安委〔2026〕1号")
    form.get_by_test_id("admission-kind").select_option("police")
    form.locator("form").evaluate("form => form.requestSubmit()")
    row = desk.get_by_test_id("admission-row").filter(has_text=NAME)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="提交审核").click()
    desk.get_by_test_id("move-send").click()
    expect(desk.get_by_test_id("move-dialog")).to_be_hidden()


def choose(desk: Page, file: Path) -> None:
    with desk.expect_file_chooser() as chooser:
        desk.get_by_test_id("matter-file").click()
    chooser.value.set_files(file)


def import_two(desk: Page, department: str, tmp_path: Path) -> None:
    lines = [
        f"{department},H3,{name},,市消安委〔2026〕2号,{severity},5,,派出所,,,,\n"
        for name, severity in (("灭火器箱上锁", "严重"), ("沙箱无沙", "一般"))
    ]
    file = tmp_path / "matters.csv"
    file.write_text(HEAD + "".join(lines), encoding="utf-8")
    desk.get_by_test_id("import-matters").click()
    report = desk.get_by_test_id("import-report")
    choose(desk, file)
    desk.get_by_test_id("matter-check").click()
    expect(report).to_have_attribute("data-verdict", "refused")
    expect(report).to_contain_text("重大（疑似）")  # what would be right
    assert violations(desk) == []
    file.write_text(HEAD + "".join(lines).replace("严重", "较大"), encoding="utf-8")
    choose(desk, file)  # the same name again: what was read before is forgotten
    expect(report).to_have_count(0)
    desk.get_by_test_id("matter-check").click()
    expect(report).to_have_attribute("data-verdict", "checked")
    desk.get_by_test_id("matter-load").click()
    expect(report).to_have_attribute("data-verdict", "loaded")


def admit_all(chair: Page, city: City) -> None:
    """Another person looks at what waits and admits it with one review."""
    chair.goto(f"{city.url}/matters?tab=admissions")
    chair.get_by_test_id("admission-stage").select_option("submitted")
    expect(chair.get_by_test_id("admission-row")).to_have_count(3)
    chair.get_by_test_id("choose-all").check()
    assert (violations(chair), is_too_wide(chair)) == ([], False)
    chair.get_by_test_id("chosen-admit").click()
    chair.get_by_test_id("move-note").fill("同意入格")
    chair.get_by_test_id("move-send").click()
    expect(chair.get_by_test_id("move-dialog")).to_be_hidden()
    chair.get_by_test_id("admission-stage").select_option("admitted")
    expect(chair.get_by_test_id("admission-row")).to_have_count(3)


def test_a_matter_is_proposed_admitted_routed_and_its_case_goes_to_its_department(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    desk, chair = open_desktop(chromium), open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    log_in(chair, city, "supervisor")
    near = api(desk, "GET", "/cases?limit=1")["items"][0]
    departments = api(desk, "GET", "/accounts/departments")
    [fire] = [
        one for one in departments if one["kind"] == "fire" and near["grid_path"].startswith(one["path"])
    ]

    propose(desk, city, fire["name"])
    import_two(desk, fire["name"], tmp_path)
    admit_all(chair, city)

    desk.goto(f"{city.url}/matters")
    desk.get_by_test_id("matters-q").fill(NAME)
    expect(desk.get_by_test_id("matters-count")).to_contain_text("1")
    [matter] = [one for one in api(desk, "GET", "/matters") if one["name_zh"] == NAME]
    answer = api(desk, "GET", f"/matters/routes/explain?matter={matter['code']}&grid={near['grid_path']}")
    assert answer["department"], "the station of the place"
    assert answer["kind"] == "police"

    desk.goto(f"{city.url}/cases/new")
    desk.get_by_test_id("report-lon").fill(str(near["lon"]))
    desk.get_by_test_id("report-lat").fill(str(near["lat"]))
    desk.get_by_test_id("report-text").fill("一楼餐厅没有灭火毯")
    desk.get_by_test_id("report-matter").click()
    desk.get_by_test_id("report-matter-option").filter(has_text=NAME).click()
    desk.get_by_test_id("report-submit").click()
    expect(desk.get_by_test_id("case-matter")).to_contain_text(NAME)
    take(desk, "accept")
    take(desk, "dispatch")
    expect_status(desk, "dispatched")
    expect(desk.get_by_test_id("case-department")).to_have_text(answer["department"]["name"])
    for page in (desk, chair):
        page.context.close()
