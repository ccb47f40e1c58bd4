"""The port for making data go: by class when its time is over, by case, by file, by openid; each step is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Privacy(Protocol):
    async def over(self, name: str, before: datetime) -> int:
        """How many rows of the class `name` (catalogue/retention.yml) had their moment before then."""

    async def expire(self, name: str, before: datetime, *, now: datetime, limit: int) -> int:
        """Delete or blank up to `limit` of them; rows that somebody holds are left for the next time."""

    async def cases_over(self, name: str, before: datetime, *, limit: int) -> Sequence[str]:
        """Ids of cases whose time is over, locked; cases that somebody holds are left out."""

    async def erase_files_of(self, case_ids: Sequence[str], *, now: datetime) -> int:
        """The papers and photos of these cases go, but not the confirmation slips; how many files went."""

    async def erase_content_of(self, case_ids: Sequence[str], *, now: datetime) -> int:
        """Everything goes that tells whose cases these were; number, kind, stage, dates and money stay. Files gone."""

    async def erase_files_of_person(self, applicant_id: str | None, openid: str, *, now: datetime) -> int:
        """Whatever files are left of a person."""

    async def forget_openid(self, openid: str, applicant_id: str | None, *, others_stay: bool) -> int:
        """What was said in the chat, links, codes, offers to bind, answers; how many rows.

        What is known of the follower goes, too, unless others use the account.
        """

    async def known_objects(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of these object keys that some row speaks of, or that wait for their deletion."""

    async def unwilling(self, applicant_ids: Sequence[str], purpose: str) -> frozenset[str]:
        """Those of these people whose last word on a purpose is no."""

    async def held(self, applicant_id: str | None, openid: str) -> dict[str, tuple[int, datetime | None]]:
        """How much there is of each class that is told to people, and since when."""

    async def looks(self, applicant_id: str) -> Sequence[tuple[str, str, int, datetime]]:
        """Who opened something of this person's: role, what, how often, the latest moment; newest first."""
