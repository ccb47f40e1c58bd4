"""Takes ID numbers, passwords and bank cards out of what applicants type, before it is stored or sent on.

Over-careful by design: 15 and 18 digits that look like an ID number are taken out even when the checksum is wrong,
because a mistyped number is still nearly the number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Secret = Literal["id_number", "password", "bank_card"]

PLACEHOLDERS: Final[dict[Secret, str]] = {
    "id_number": "〔身份证号〕",
    "password": "〔密码〕",
    "bank_card": "〔银行卡号〕",
}

# Digits, possibly full-width, possibly in groups; several numbers side by side are one run.
_BETWEEN: Final = r"[ \u00a0\u3000\-－]"
_RUN: Final = re.compile(rf"[0-9０-９](?:{_BETWEEN}?[0-9０-９]){{13,}}(?:{_BETWEEN}?[xXｘＸ×](?![A-Za-zＡ-Ｚａ-ｚ]))?")
_GROUP: Final = re.compile(rf"(?:(?!{_BETWEEN}).)+")
_MOST_DIGITS: Final = 20
_PROVINCES: Final = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])")
_SEPARATOR: Final = re.compile(r"[^0-9X]+")
_BIRTH_18: Final = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_GLUED: Final = re.compile(rf"(?={_PROVINCES.pattern}){_BIRTH_18.pattern}")
_BIRTH_15: Final = re.compile(r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")

# “密码是 abc123”, “口令：…”, “pwd=…”; asking about one (“密码忘了怎么办”) has no token of that shape after it.
_PASSWORD: Final = re.compile(
    r"(?P<name>密\s*码|口\s*令|pass\s*word|passwd|pwd|psw)"
    r"(?P<link>\s*(?:是不是|应该是|就是|设的是|改成|为|是|叫|用的|[:：=＝]|is)?\s*[:：=＝]?\s*[“\"'「]?)"
    r"(?P<token>[!-~！-～]{4,64})",
    re.IGNORECASE,
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Redacted:
    """The text that may be kept, and which kinds of secret were in it."""

    text: str
    secrets: tuple[Secret, ...] = ()


def redact(text: str) -> Redacted:
    """Replace every secret by its placeholder; phone numbers and mail addresses stay."""
    found: list[Secret] = []

    def password(match: re.Match[str]) -> str:
        if not _looks_like_password(match["token"], has_link=bool(match["link"].strip())):
            return match[0]
        found.append("password")
        return match["name"] + match["link"] + PLACEHOLDERS["password"]

    def digits(match: re.Match[str]) -> str:
        cleaned, secrets = _without_numbers(match[0])
        found.extend(secrets)
        return cleaned

    cleaned, before = text, None
    while cleaned != before:  # what is left beside a number that was taken out is looked at once more
        before, cleaned = cleaned, _RUN.sub(digits, cleaned)
    cleaned = _PASSWORD.sub(password, cleaned)
    return Redacted(cleaned, tuple(dict.fromkeys(found)))


def _without_numbers(run: str) -> tuple[str, list[Secret]]:
    """A run of digits without the numbers that stand in it, whether alone, side by side or glued to another one."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    cleaned, kept, secrets = "", 0, list[Secret]()
    for at, (begin, _) in enumerate(groups):
        found = _number_from(run, groups[at:]) if begin >= kept else None
        if found is not None:
            secret, start, end = found
            cleaned, kept = cleaned + run[kept:start] + PLACEHOLDERS[secret], end
            secrets.append(secret)
    return cleaned + run[kept:], secrets


def _number_from(run: str, groups: Sequence[tuple[int, int]]) -> tuple[Secret, int, int] | None:
    """The longest number that begins with the first of these groups, else one that is glued into it; with its place."""
    begin, first_end = groups[0]
    for upto in range(min(len(groups), _MOST_DIGITS), 0, -1):
        end = groups[upto - 1][1]
        secret = secret_of_digits(run[begin:end])
        is_sure = upto == 1 or run == run[begin:end] or _is_well_formed(run[begin:end])
        if secret is not None and is_sure:
            return secret, begin, end
    glued = _GLUED.search(_plain(run[begin:first_end]))
    return ("id_number", begin + glued.start(), begin + glued.end()) if glued else None


def _is_well_formed(written: str) -> bool:
    """Whether groups out of a longer row (of dates, perhaps) make a number for sure, and not by chance."""
    number = _SEPARATOR.sub("", _plain(written))
    if len(number) == 18:
        return _BIRTH_18.fullmatch(number) is not None and has_id_checksum(number)
    return len(number) != 15  # the old numbers have no check character


def _plain(written: str) -> str:
    """The same places in plain digits."""
    return unicodedata.normalize("NFKC", written).upper().replace("×", "X")


def secret_of_digits(written: str) -> Secret | None:
    """What digits in groups are; None for something harmless, such as several dates or a tax number."""
    groups = _SEPARATOR.split(_plain(written))
    number = "".join(groups)
    if _is_id_number(number, is_one_group=len(groups) == 1):
        return "id_number"
    in_fours = all(len(group) == 4 for group in groups[:-1])
    return "bank_card" if in_fours and _is_bank_card(number) else None


def _is_id_number(number: str, *, is_one_group: bool) -> bool:
    if not _PROVINCES.match(number) or len(number) not in (15, 18):
        return False  # years (19, 20) and tax numbers (91, 92, 93) are no district codes
    if len(number) == 15:
        return _BIRTH_15.fullmatch(number) is not None
    return is_one_group or has_id_checksum(number) or _BIRTH_18.fullmatch(number) is not None


def _is_bank_card(number: str) -> bool:
    if not number.isdigit() or not has_luhn_checksum(number):
        return False
    return (len(number) in (16, 17, 19) and number[0] in "3456") or (
        (len(number) == 18 and number.startswith("62")) or (len(number) == 15 and number[:2] in ("34", "37"))
    )


def has_id_checksum(number: str) -> bool:
    """Whether the 18th character is the one that GB 11643 asks for."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17]


def has_luhn_checksum(number: str) -> bool:
    """Whether the digits are a card number by Luhn."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _looks_like_password(token: str, *, has_link: bool) -> bool:
    plain = unicodedata.normalize("NFKC", token)
    if re.fullmatch(r"[?!.,;:~)(\"'\[\]/\-…]+", plain):
        return False
    # Without “是” or a colon a plain word after 密码 is talk (“password reset”), a mix with digits or signs is not.
    return has_link or bool(re.search(r"[0-9!@#$%^&*_+=]", plain))
