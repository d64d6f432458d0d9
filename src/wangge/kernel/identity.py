"""Identity-card numbers and unified social credit codes (KE-7, KE-8). A refusal never repeats the number."""

from __future__ import annotations

from collections.abc import Callable

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.util import isdigits

from wangge.kernel.errors import Unreadable

_WHY = {
    InvalidLength: ("应为 18 位", "it has 18 characters"),
    InvalidFormat: ("含有不允许的字符", "it holds characters that do not occur there"),
    InvalidChecksum: ("校验位不符，请核对是否抄错", "the check digit does not fit: a digit was mistyped"),
    InvalidComponent: ("其中的出生日期不存在", "the date of birth in it does not exist"),
}


def check_id_card(number: str) -> str:
    """Return the identity-card number in capitals without blanks.

    Raises: Unreadable with the reason.
    Rule:   KE-7 (GB 11643-1999).
    """
    return _check(number, _validate_id_card, field="id_card")


def check_credit_code(code: str) -> str:
    """Return the unified social credit code in capitals without blanks.

    Raises: Unreadable with the reason.
    Rule:   KE-8 (GB 32100-2015).
    """
    return _check(code, uscc.validate, field="credit_code")


def _validate_id_card(number: str) -> str:
    """`ric.validate` without its table of counties, which lacks codes that living people carry."""
    number = ric.compact(number)
    if len(number) != 18:
        raise InvalidLength()
    if not isdigits(number[:-1]):
        raise InvalidFormat()
    if number[-1] != ric.calc_check_digit(number):
        raise InvalidChecksum()
    ric.get_birth_date(number)
    return number


def _check(number: str, validate: Callable[[str], str], *, field: str) -> str:
    try:
        return validate(number)
    except ValidationError as error:
        why_zh, why_en = _WHY.get(type(error), _WHY[InvalidFormat])
        raise Unreadable(field=field, why_zh=why_zh, why_en=why_en) from None
