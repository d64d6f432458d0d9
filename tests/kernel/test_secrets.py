"""Personal fields: KE-9, KE-10."""

import pytest

from wangge.kernel.secrets import CannotDecrypt, decrypt, encrypt, mask_id, mask_name, mask_phone


def test_a_sealed_field_shows_nothing_and_opens_again():
    sealed = encrypt("13955312345")
    assert b"139" not in sealed
    assert encrypt("13955312345") != sealed
    assert decrypt(sealed) == "13955312345"
    assert decrypt(memoryview(sealed)) == "13955312345"


def test_another_secret_does_not_open_it_but_a_former_one_does(settings):
    sealed = encrypt("包步行")
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another secret of this test"
    with pytest.raises(CannotDecrypt):
        decrypt(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert decrypt(sealed) == "包步行"


def test_a_changed_byte_is_noticed():
    sealed = bytearray(encrypt("13955312345"))
    sealed[20] ^= 1
    with pytest.raises(CannotDecrypt):
        decrypt(bytes(sealed))


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (mask_name, "张三", "张*"),
        (mask_name, "欧阳娜娜", "欧***"),
        (mask_name, "", ""),
        (mask_phone, "13955312345", "139****2345"),
        (mask_phone, "3831234", "*****34"),
        (mask_phone, "12", "**"),
        (mask_phone, "", ""),
        (mask_id, "11010519491231002X", "110*************2X"),
        (mask_id, "12345", "*****"),
    ],
)
def test_masks_show_just_enough_to_recognise(mask, text, shown):
    assert mask(text) == shown
