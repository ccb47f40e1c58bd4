"""Where the bytes of files live: a local folder or any S3 bucket; they arrive here already encrypted."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store, from_url

from backend.services.errors import FileMissing, StorageUnavailable

if TYPE_CHECKING:
    from obstore.store import RetryConfig

# A store that is away is reported soon: the caller repeats, and nothing waits for it for minutes.
_LISTED_AT_ONCE: Final = 500
_RETRIES: Final[RetryConfig] = {"max_retries": 2, "retry_timeout": timedelta(seconds=5)}


class BlobStore:
    """Implements `services.ports.ObjectStore`."""

    def __init__(self, store: Any) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str) -> BlobStore:
        """`file:///folder`, or `s3://bucket/prefix?endpoint=…&region=…` with credentials from the environment."""
        parts = urlsplit(url)
        if parts.scheme == "file":
            folder = Path(parts.path)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(LocalStore(str(folder)))
        if parts.scheme == "s3":
            options: dict[str, Any] = dict(parse_qsl(parts.query))
            if options.get("endpoint", "").startswith("http://"):
                options["client_options"] = {"allow_http": True}
            return cls(S3Store(parts.netloc, prefix=parts.path.strip("/") or None, retry_config=_RETRIES, **options))
        return cls(from_url(url))

    async def put(self, object_key: str, content: bytes) -> None:
        try:
            await obstore.put_async(self._store, object_key, content)
        except (BaseError, OSError) as error:
            raise StorageUnavailable from error

    async def get(self, object_key: str) -> bytes:
        try:
            found = await obstore.get_async(self._store, object_key)
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise FileMissing from error
        except (BaseError, OSError) as error:
            raise StorageUnavailable from error

    async def delete(self, object_key: str) -> None:
        """Deleting what is not there is fine."""
        try:
            await obstore.delete_async(self._store, object_key)
        except FileNotFoundError:
            logging.getLogger(__name__).info("object_already_gone")
        except (BaseError, OSError) as error:
            raise StorageUnavailable from error

    async def head(self, object_key: str, count: int) -> bytes:
        try:
            found = await obstore.get_range_async(self._store, object_key, start=0, length=count)
        except FileNotFoundError as error:
            raise FileMissing from error
        except (BaseError, OSError) as error:
            raise StorageUnavailable from error
        return bytes(found)

    async def listed(self, *, older_than: datetime) -> AsyncIterator[Sequence[str]]:
        try:
            async for batch in obstore.list(self._store, chunk_size=_LISTED_AT_ONCE):
                keys = [one["path"] for one in batch if one["last_modified"] < older_than]
                if keys:
                    yield keys
        except (BaseError, OSError) as error:
            raise StorageUnavailable from error
