"""Chinese names by the initials that people type. KE-31."""

from __future__ import annotations

import pytest

from wangge.kernel.initials import initials_of


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("红星幼儿园", "hxyey"),
        ("重庆小面馆", "cqxmg"),  # 重 alone reads zhong
        ("长江银行A座12-3号", "cjyhaz12-3h"),
        ("音乐厅", "yyt"),  # 乐 alone reads le
        ("朝阳市场", "cysc"),
        ("Ａ区便利店", "aqbld"),
        ("WELCOME 24", ""),
        ("", ""),
    ],
)
def test_initials(text: str, initials: str) -> None:
    assert initials_of(text) == initials
