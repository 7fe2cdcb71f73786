"""Where one message ends and the next begins, in the three protocols that cross the wire."""

from collections.abc import Callable
from typing import Final

# The end of the message that begins at this position, or None while it is not whole.
Ending = Callable[[bytearray, int], int | None]

_CRLF: Final = b"\r\n"
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_BULK: Final = b"$"[0]
_AGGREGATES: Final = frozenset(b"*~>%")
_MAP: Final = b"%"[0]


def redis_ending(buffer: bytearray, start: int) -> int | None:
    """The end of a Redis command, or of an answer (RESP 2 and 3)."""
    position, wanted = start, 1
    while wanted:
        line_end = buffer.find(_CRLF, position)
        if line_end < 0:
            return None
        sort, size = buffer[position], buffer[position + 1 : line_end]
        position = line_end + len(_CRLF)
        wanted -= 1
        if sort in _AGGREGATES:
            wanted += max(int(size), 0) * (2 if sort == _MAP else 1)
        elif sort == _BULK and (length := int(size)) >= 0:
            position += length + len(_CRLF)
            if position > len(buffer):
                return None
    return position


def http_ending(buffer: bytearray, start: int) -> int | None:
    """The end of an HTTP request or answer whose body has a Content-Length, or none."""
    head_end = buffer.find(_HEAD_END, start)
    if head_end < 0:
        return None
    head = bytes(buffer[start:head_end]).lower()
    at = head.find(_LENGTH)
    length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    end = head_end + len(_HEAD_END) + length
    return end if end <= len(buffer) else None


def whole(buffer: bytearray, ending: Ending) -> list[bytes]:
    """Take every whole message off the buffer's beginning."""
    messages, position = [], 0
    while position < len(buffer):
        end = ending(buffer, position)
        if end is None:
            break
        messages.append(bytes(buffer[position:end]))
        position = end
    del buffer[:position]
    return messages


def words(message: bytes) -> list[bytes]:
    """The words of one Redis command, or of an answer that is a flat list."""
    found, position = [], message.find(_CRLF) + len(_CRLF)
    while position < len(message):
        line_end = message.index(_CRLF, position)
        start, size = line_end + len(_CRLF), message[position + 1 : line_end]
        if message[position] != _BULK:
            found.append(size)
            position = start
            continue
        length = max(int(size), 0)
        found.append(message[start : start + length])
        position = start + length + (len(_CRLF) if size != b"-1" else 0)
    return found
