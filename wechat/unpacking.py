"""Unpacks a file that comes in pieces, gzip or plain, in bounded memory, and knows the SHA-1 of both its forms."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Final

GZIP_MAGIC: Final = b"\x1f\x8b"
PIECE_BYTES: Final = 256 * 1024
_EITHER_HEADER: Final = 47


class Unpacker:
    """Feed it pieces, write what it gives, then ask for `hashes`.

    Raises:
        zlib.error: it began like gzip and is not.
    """

    def __init__(self) -> None:
        self._packed = hashlib.sha1(usedforsecurity=False)
        self._plain = hashlib.sha1(usedforsecurity=False)
        self._unpack = zlib.decompressobj(wbits=_EITHER_HEADER)
        self._is_packed: bool | None = None
        self._head = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._packed.update(piece)
        if self._is_packed is None:
            piece = self._head = self._head + piece
            if len(piece) < len(GZIP_MAGIC) and piece == GZIP_MAGIC[: len(piece)]:
                return
            self._is_packed = piece.startswith(GZIP_MAGIC)
        for plain in self._pieces(piece) if self._is_packed else (piece,):
            self._plain.update(plain)
            yield plain

    @property
    def is_whole(self) -> bool:
        """Whether a packed file came to its end."""
        return not self._is_packed or self._unpack.eof

    @property
    def hashes(self) -> frozenset[str]:
        """Hex SHA-1 of what came and of what it held."""
        return frozenset({self._packed.hexdigest(), self._plain.hexdigest()})

    def _pieces(self, piece: bytes) -> Iterator[bytes]:
        rest = piece
        while rest:
            yield self._unpack.decompress(rest, PIECE_BYTES)
            rest = self._unpack.unconsumed_tail
