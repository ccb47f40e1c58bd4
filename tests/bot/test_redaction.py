from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import has_id_checksum, has_luhn_checksum, redact

ID = "〔身份证号〕"
A_NUMBER, ANOTHER = "110105199003078515", "11010519491231002X"


def an_id_number(body: str) -> str:
    return next(body + check for check in "0123456789X" if has_id_checksum(body + check))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("我的身份证110105199003078515", f"我的身份证{ID}"),
        ("身份证号：11010519491231002X。", f"身份证号：{ID}。"),
        ("11010519491231002x", ID),
        ("１１０１０５１９４９１２３１００２Ｘ", ID),
        ("110105 19491231 002X", ID),
        ("110105-1949-1231-002X", ID),
        ("110105199003078516 抄错一位", f"{ID} 抄错一位"),
        ("110105900307851", ID),
        ("密码是Abc12345", "密码是〔密码〕"),
        ("密码：hunter2 谢谢", "密码：〔密码〕 谢谢"),
        ("北京通口令 zs@2024!", "北京通口令 〔密码〕"),
        ("password: letmein", "password: 〔密码〕"),
        ("pwd=correct-horse", "pwd=〔密码〕"),
        ("卡号 6222 0212 3456 7894", "卡号 〔银行卡号〕"),
        ("6222021234567894", "〔银行卡号〕"),
        (f"{A_NUMBER} 13800138000", f"{ID} 13800138000"),
        (f"{A_NUMBER}-13800138000", f"{ID}-13800138000"),
        ("11010519491231002X 13800138000", f"{ID} 13800138000"),
        (f"{A_NUMBER} {ANOTHER}", f"{ID} {ID}"),
        ("110105 19491231 002X 13800138000", f"{ID} 13800138000"),
        (f"13800138000{A_NUMBER}", f"13800138000{ID}"),
        (f"{A_NUMBER}13800138000", f"{ID}13800138000"),
        (f"１３８００１３８０００{A_NUMBER}", f"１３８００１３８０００{ID}"),
        (f"{A_NUMBER} 6222 0212 3456 7894", f"{ID} 〔银行卡号〕"),
        (f"6222021234567894 {A_NUMBER}", f"〔银行卡号〕 {ID}"),
        (f"{A_NUMBER} 1", f"{ID} 1"),
    ],
)
def test_secrets_are_taken_out(written: str, kept: str) -> None:
    assert redact(written).text == kept


@pytest.mark.parametrize(
    "harmless",
    [
        "13800138000",
        "手机13800138000和13900139000",
        "138 0013 8000",
        "zhang.san@company.cn；12345@qq.com",
        "2006.9-2010.6 吉林大学 计算机",
        "2006.09-2010.06，2010.09-2013.06",
        "2006-09 2010-06 2010-09 2013-06",
        "2006-11 2010-06 2010-09 2013-06 2013-07 2016-12",
        "13800138000 13900139000 13700137000",
        "4200001234202611211234567890",
        "1 1 2 2 1 1 1 1 2 1 1 1 2 2 1 1 1 1 2 1",
        "2010年9月到2013年6月在长春十一高",
        "密码忘了怎么办",
        "为什么要北京通密码？",
        "密码在哪里填",
        "税号91110105101234567X",
        "GJ20261121-00001",
        "邮编100020，房租8500",
    ],
)
def test_everything_else_stays(harmless: str) -> None:
    assert redact(harmless).text == harmless


@given(
    st.sampled_from(["110105", "310104", "440306"]),
    st.dates(min_value=date(1950, 1, 1), max_value=date(2008, 1, 1)),
    st.integers(0, 999),
    st.text(alphabet="我的身份证号是，。 ", max_size=8),
)
def test_no_valid_id_number_survives(district: str, born: object, order: int, around: str) -> None:
    number = an_id_number(f"{district}{str(born).replace('-', '')}{order:03}")
    assert number not in redact(f"{around}{number}{around}").text


@given(
    st.lists(st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 12, 1)), max_size=8), st.sampled_from(" -~到")
)
def test_no_row_of_months_is_taken_for_a_number(days: list[date], between: str) -> None:
    written = between.join(f"{day:%Y-%m}" for day in days)
    assert redact(written).text == written


@given(
    st.lists(st.sampled_from([A_NUMBER, ANOTHER, "13800138000", "6222021234567894", "100020", "2006-09"]), max_size=6)
)
def test_no_number_survives_beside_others(numbers: list[str]) -> None:
    cleaned = redact(" ".join(numbers)).text
    assert not {A_NUMBER, ANOTHER, "6222021234567894"} & set(cleaned.split(" "))


@given(st.text(alphabet="0123456789 -X", max_size=80))
def test_redacting_digits_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


def test_luhn_knows_a_test_card() -> None:
    assert has_luhn_checksum("4111111111111111")


def test_the_kinds_of_secret_are_told() -> None:
    assert redact("密码是Abc12345，身份证110105199003078515").secrets == ("id_number", "password")
