"""The invented person and companies that every sample document names."""

from __future__ import annotations

from typing import Final

NAME: Final = "周样章"
LANDLORD: Final = "吴样东"
BIRTH: Final = ("1988", "05", "12")
# 220199 is no county's code, so the number belongs to nobody, though its check digit is right.
ID_NUMBER: Final = "220199198805120013"
LANDLORD_ID: Final = "110199196603080020"
ADDRESS: Final = "样张省样张市样张区样张路1号样张小区2号楼3单元404室"
BEIJING_ADDRESS: Final = "北京市朝阳区样张路88号院6号楼1单元502室"
COMPANY: Final = "北京样张科技有限公司"
COMPANY_CODE: Final = "91110199MA00YZYZ0X"
AUTHORITY: Final = "样张市公安局样张分局"
SCHOOL: Final = "样张大学"
MAJOR: Final = "计算机科学与技术"
AGENCY: Final = "样张人才服务有限公司"


def check_digit(first_17: str) -> str:
    """The last character of an ID number (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(first_17, weights, strict=True)) % 11]
