"""Identity numbers and credit codes: KE-7, KE-8. Numbers typed from domain.md §2.13."""

import pytest

from wangge.kernel.errors import Unreadable
from wangge.kernel.identity import check_credit_code, check_id_card


@pytest.mark.parametrize("number", ["11010519491231002X", "34052419800101001X"])
def test_true_identity_numbers_pass(number):
    assert check_id_card(number) == number
    assert check_id_card(f" {number.lower()} ") == number


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("110105194912310021", "check digit"),
        ("11010519491231002", "18 characters"),
        ("1101051949123100AX", "do not occur"),
        ("11010519490231002X", "check digit"),
        ("110105194902310026", "date of birth"),
        ("", "18 characters"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_the_reason_and_not_repeated(number, says):
    with pytest.raises(Unreadable, match=says) as refusal:
        check_id_card(number)
    assert not number or number not in str(refusal.value.as_dict())


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110108551385082Q", "91440300708461136T"])
def test_true_credit_codes_pass(code):
    assert check_credit_code(code) == code
    assert check_credit_code(code.lower()) == code


@pytest.mark.parametrize("code", ["91350100M000100Y44", "91110108551385082", "9111010855138508IQ", ""])
def test_a_wrong_credit_code_is_refused(code):
    with pytest.raises(Unreadable):
        check_credit_code(code)
