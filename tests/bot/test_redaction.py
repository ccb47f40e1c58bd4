import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import has_id_checksum, has_luhn_checksum, redact

ID = "〔身份证号〕"


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
    st.dates(min_value=__import__("datetime").date(1950, 1, 1), max_value=__import__("datetime").date(2008, 1, 1)),
    st.integers(0, 999),
    st.text(alphabet="我的身份证号是，。 ", max_size=8),
)
def test_no_valid_id_number_survives(district: str, born: object, order: int, around: str) -> None:
    number = an_id_number(f"{district}{str(born).replace('-', '')}{order:03}")
    assert number not in redact(f"{around}{number}{around}").text


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


def test_luhn_knows_a_test_card() -> None:
    assert has_luhn_checksum("4111111111111111")


def test_the_kinds_of_secret_are_told() -> None:
    assert redact("密码是Abc12345，身份证110105199003078515").secrets == ("id_number", "password")
