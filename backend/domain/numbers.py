"""Checks of ID numbers (GB 11643), unified social credit codes (GB 32100), phones and postcodes (fields.md 5.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.domain.errors import IdNumberOld, IdNumberWrong, PhoneWrong, PostcodeWrong, TaxNumberWrong

_PROVINCES: Final = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Registering office and kind, then the place, which is never nowhere.
_USCC_HEAD: Final = re.compile(r"[1-9ANY][1-9A-Z]\d{6}(?<!000000)", re.ASCII)
_USCC_WEIGHTS: Final = tuple(3**i % 31 for i in range(17))
_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_DIGITS: Final = str.maketrans("０１２３４５６７８９〇零一二三四五六七八九幺", "01234567890" + "01234567891")


@dataclass(frozen=True)
class IdNumber:
    """A checked ID number and what it tells."""

    number: str
    gender: str
    birth_date: date

    def __repr__(self) -> str:
        return "IdNumber(…)"


def read_id_number(text: str, *, today: date) -> IdNumber:
    """Check a resident ID number; numbers under abolished district codes stay valid.

    Raises:
        IdNumberOld: fifteen digits.
        IdNumberWrong: length, province, date or check character.
    """
    number = re.sub(r"[\s-]", "", text).translate(_DIGITS).upper()
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        raise IdNumberOld
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII) or int(number[:2]) not in _PROVINCES:
        raise IdNumberWrong
    if _ID_CHECKS[sum(int(d) * w for d, w in zip(number, _ID_WEIGHTS, strict=False)) % 11] != number[17]:
        raise IdNumberWrong
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdNumberWrong from None
    if born >= today:
        raise IdNumberWrong
    return IdNumber(number, "男" if int(number[16]) % 2 else "女", born)


def id_check_character(first_17: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    return _ID_CHECKS[sum(int(d) * w for d, w in zip(first_17, _ID_WEIGHTS, strict=True)) % 11]


def read_credit_code(text: str) -> str:
    """A unified social credit code of eighteen characters, upper-cased.

    Raises:
        TaxNumberWrong: a character that the alphabet lacks, no registering office or place, or the check fails.
    """
    code = re.sub(r"[\s-]", "", text).upper()
    if not _USCC_HEAD.match(code):
        raise TaxNumberWrong
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code) or credit_check_character(code[:17]) != code[17]:
        raise TaxNumberWrong
    return code


def credit_check_character(first_17: str) -> str:
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first_17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def is_old_tax_number(text: str) -> bool:
    """Fifteen digits or twenty characters: accepted with a warning."""
    return bool(re.fullmatch(r"\d{15}|[0-9A-Z]{20}", text.strip().upper(), re.ASCII))


def read_phone(text: str) -> str:
    """A mainland mobile number; spaces, dashes, +86 and Chinese numerals are understood.

    Raises:
        PhoneWrong: anything else.
    """
    plain = re.sub(r"[\s\-()（）]", "", text.translate(_DIGITS))
    digits = re.sub(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))", "", plain)
    if not _PHONE.fullmatch(digits) or not digits.isascii():
        raise PhoneWrong
    return digits


def read_postcode(text: str) -> str:
    """Six digits; raises `PostcodeWrong`."""
    digits = text.strip().translate(_DIGITS)
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        raise PostcodeWrong
    return digits
