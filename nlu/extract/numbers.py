"""Numbers with a form of their own: ID number, tax number, phone, mail addresses, postcode, case number, money."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from nlu.extract.meant import which
from nlu.extract.values import Sheet, Value

PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
DIGITS: Final = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "幺": 1, "两": 2, "壹": 1, "贰": 2,
                 "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_CN_DIGIT: Final = "".join(DIGITS)
_CASE_NO: Final = re.compile(r"(?<![A-Za-z])GJ(\d{8})-?(\d{5})(?!\d)", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}", re.ASCII)
_AT: Final = r" ?(?:@|艾特|爱特|圈a|at(?![A-Za-z])) ?"
_DOT: Final = r" ?(?:[.,。]|点|dot) ?"
_NAME_SAID: Final = r"[A-Za-z0-9][A-Za-z0-9_%+-]*(?:(?:\.|点)[A-Za-z0-9_%+-]+)*"
_EMAIL_SAID: Final = re.compile(rf"({_NAME_SAID}){_AT}([A-Za-z0-9-]+){_DOT}((?:com|cn|net|org|edu)(?:{_DOT}cn)?)(?![A-Za-z])", re.ASCII | re.IGNORECASE)
_QQ_NUMBER: Final = re.compile(r"[Qq]{2}(?:号|邮箱)?(?:码)?[是为:\s]{0,3}(\d{5,10})(?!\d)")
_INSTEAD_OF: Final = re.compile(r"(?:不是|并非|把|别用|不要用)\s?$")
_ID_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){16}[ -]?[0-9Xx](?![0-9A-Za-z])")
_ID_OLD: Final = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])")
_ID_MENTIONED: Final = re.compile(r"身份证号?(?:码)?[是为:\s]{0,3}(\d[\d ]{12,18}[0-9Xx])(?![0-9])")
_PASSWORD: Final = re.compile(r"密码(?:[是为:\s改成]{1,4}([!-~]{4,64})|(?=[!-~]*[0-9])([!-~]{6,64}))")
_USCC: Final = re.compile(r"(?<![0-9A-Za-z@.])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{18}(?![0-9A-Za-z@])")
_USCC_SPACED: Final = re.compile(r"(?<![0-9A-Za-z@.])9[0-9A-Za-z]{1,3}(?:[ -][0-9A-Za-z]{2,6}){3,5}(?![0-9A-Za-z@])", re.ASCII)
_REDACTED: Final = re.compile(r"〔(身份证号|密码|银行卡号)〕")
_SECRETS: Final = {"密码": "password", "身份证号": "id_number", "银行卡号": "bank_card"}
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:\(?\+? ?(?:00)?86\)?[ -]?)?(1[3-9]\d(?P<s>[.,-])\d{4}(?P=s)\d{4}|1[3-9]\d-?\d{4} ?-?\d{4}|1 ?[3-9](?: ?\d){9})(?![ -]?\d{2}|[0-9A-Za-z])"
)
_PHONE_CN: Final = re.compile(rf"[{_CN_DIGIT}\d](?:[ -]?[{_CN_DIGIT}\d]){{10}}(?![{_CN_DIGIT}\d])")
_POSTCODE: Final = re.compile(r"(?:邮编|邮政编码|邮码)[是为:\s]{0,3}(\d{6})(?!\d)")
_MONEY: Final = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九十两百千]+)\s*(万|w|W|千|k|K)?\s*(?:元|块钱?|人民币|RMB|rmb)|(\d+(?:\.\d+)?)\s*(万|w|W)(?![a-zA-Z\d])")


def is_id_number(text: str, *, today: date) -> bool:
    """Whether `text` is a valid 18-character ID number (GB 11643): province, past birth date, check character."""
    number = text.upper()
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII) or number[:2] not in PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born < today and number[17] == id_check_character(number[:17])


def id_check_character(first_17: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(first_17, _ID_WEIGHTS, strict=True)) % 11]


def is_tax_number(text: str) -> bool:
    """Whether `text` is a unified social credit code with the right check character (GB 32100)."""
    code = text.upper()
    return len(code) == 18 and all(c in _USCC_ALPHABET for c in code) and code[17] == tax_check_character(code[:17])


def tax_check_character(first_17: str) -> str:
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first_17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def chinese_number(text: str) -> int | None:
    """`二十三`, `十一`, `一百二`… below 10,000, or plain digits; None for anything else."""
    if text.isdecimal():
        return int(text)
    total = pending = 0
    unit = 1
    for char in text:
        if char in DIGITS:
            pending = DIGITS[char]
        elif char in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[char]
            total += (pending or 1) * unit
            pending = 0
        else:
            return None
    return total + pending if text else None


def chinese_digits(text: str) -> str:
    """Digit by digit: 一三八 → 138; other characters stay."""
    return "".join(str(DIGITS[c]) if c in DIGITS else c for c in text)


def read_numbers(sheet: Sheet, *, today: date) -> None:
    """Secrets first, so that nothing else can take a part of them."""
    _read_secrets(sheet, today=today)
    sheet.take_all("case_no", _CASE_NO, lambda found: f"GJ{found.group(1)}-{found.group(2)}")
    _read_emails(sheet)
    sheet.take_all("tax_no", _USCC_SPACED, lambda found: _tax_number(found.group()))
    sheet.take_all("tax_no", _USCC, lambda found: found.group().upper() if is_tax_number(found.group()) else None)
    sheet.take_all("phone", _PHONE, lambda found: re.sub(r"\D", "", found.group(1)))
    sheet.take_all("phone", _PHONE_CN, _spoken_phone)
    _keep_one_phone(sheet)
    for found in sheet.free_matches(_POSTCODE, 1):
        sheet.take(Value("postcode", found.group(1), found.start(1), found.end(1)))
    sheet.take_all("money", _MONEY, _yuan)


def _keep_one_phone(sheet: Sheet) -> None:
    """旧号……停用了，现在用……: of two numbers the one in use."""
    phones = [value for value in sheet.values if value.field == "phone"]
    if len({phone.value for phone in phones}) > 1:
        kept = phones[which(sheet.text, [(phone.start, phone.end) for phone in phones])]
        sheet.values[:] = [value for value in sheet.values if value.field != "phone" or value is kept]


def _read_secrets(sheet: Sheet, *, today: date) -> None:
    sheet.take_all("secret_typed", _REDACTED, lambda found: _SECRETS[found.group(1)])
    for found in sheet.free_matches(_ID_NUMBER):
        number = re.sub(r"[ -]", "", found.group())
        if is_id_number(number, today=today) or (number[:2] in PROVINCES and number[6:8] in ("19", "20")):
            sheet.take(Value("secret_typed", "id_number", found.start(), found.end()))
    for found in sheet.free_matches(_ID_MENTIONED, 1):
        sheet.take(Value("secret_typed", "id_number", found.start(1), found.end(1)))
    sheet.take_all("secret_typed", _ID_OLD, lambda found: "id_number" if found.group()[:2] in PROVINCES else None)
    for found in sheet.free_matches(_PASSWORD):
        at = 1 if found[1] else 2
        sheet.take(Value("secret_typed", "password", found.start(at), found.end(at)))


def _read_emails(sheet: Sheet) -> None:
    """All addresses of a message are one value: their list, joined with `;` (F20). One that is denied is left out."""
    found = [(m.start(), m.end(), m.group()) for m in sheet.free_matches(_EMAIL)]
    for said in sheet.free_matches(_EMAIL_SAID):
        if all(said.end() <= start or end <= said.start() for start, end, _ in found):
            found.append((said.start(), said.end(), _written(said)))
    if not found and "邮" in sheet.text and (qq := next(sheet.free_matches(_QQ_NUMBER, 1), None)):
        sheet.close(qq.start(1), qq.end(1))
        sheet.note(Value("emails", f"{qq[1]}@qq.com", qq.start(1), qq.end(1), confirm=True))
    for start, end, _ in found:
        sheet.close(start, end)
    meant = [one for one in sorted(found) if not _INSTEAD_OF.search(sheet.text[: one[0]])] if len(found) > 1 else found
    if not meant:
        return
    unique: dict[str, str] = {}
    for _, _, address in meant:
        name, _, host = address.partition("@")
        unique.setdefault(f"{name}@{host.lower()}".lower(), f"{name}@{host.lower()}")
    sheet.note(Value("emails", ";".join(unique.values()), meant[0][0], meant[-1][1]))


def _written(said: re.Match[str]) -> str:
    """li点si艾特163点com → li.si@163.com."""
    ending = re.sub(_DOT, ".", said[3], flags=re.IGNORECASE)
    return f"{said[1].replace('点', '.')}@{said[2]}.{ending}"


def _tax_number(spaced: str) -> str | None:
    code = re.sub(r"[ -]", "", spaced).upper()
    return code if is_tax_number(code) else None


def _spoken_phone(found: re.Match[str]) -> str | None:
    digits = re.sub(r"\D", "", chinese_digits(found.group()))
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else None


def _yuan(found: re.Match[str]) -> str | None:
    number = found.group(1) or found.group(3)
    unit = (found.group(2) or found.group(4) or "").lower()
    amount = float(number) if number[0].isascii() else chinese_number(number)
    if amount is None:
        return None
    return f"{amount * {'万': 10000, 'w': 10000, '千': 1000, 'k': 1000}.get(unit, 1):g}" if amount < 1000 else f"{amount:.0f}"
