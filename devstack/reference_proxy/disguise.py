"""The ordinary web server that strangers see: answers shaped as Apache shapes its own."""

from collections.abc import Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from devstack.reference_proxy.messages import Head

SERVER: Final = "Apache/2.4.58 (Ubuntu)"
HOME: Final = "<html><body><h1>It works!</h1></body></html>\n"
REASONS: Final = {
    HTTPStatus.BAD_REQUEST: "Your browser sent a request that this server could not understand.",
    HTTPStatus.NOT_FOUND: "The requested URL was not found on this server.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The requested method is not allowed for this URL.",
}
METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")


def disguised(head: Head | None) -> bytes:
    """Answer as a web server that has one page; None is a request that could not be read."""
    if head is None:
        return _error(HTTPStatus.BAD_REQUEST, with_body=True)
    if head.method not in METHODS:
        return _error(HTTPStatus.METHOD_NOT_ALLOWED, with_body=True)
    with_body = head.method != "HEAD"
    if urlsplit(head.target).path in {"/", ""}:
        return response(HTTPStatus.OK, HOME, with_body=with_body)
    return _error(HTTPStatus.NOT_FOUND, with_body=with_body)


def response(
    status: HTTPStatus,
    page: str,
    *,
    with_body: bool = True,
    more: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A whole answer, after which the connection ends; ``more`` headers for who is admitted."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Date: {formatdate(usegmt=True)}",
        f"Server: {SERVER}",
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append(f"Allow: {','.join(METHODS)}")
    lines += [
        f"Content-Length: {len(page.encode())}",
        "Connection: close",
        "Content-Type: text/html; charset=iso-8859-1",
        *(f"{name}: {value}" for name, value in more),
    ]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return (head + (page if with_body else "")).encode()


def _error(status: HTTPStatus, *, with_body: bool) -> bytes:
    page = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n'
        f"<html><head>\n<title>{status.value} {status.phrase}</title>\n</head><body>\n"
        f"<h1>{status.phrase}</h1>\n<p>{REASONS[status]}</p>\n</body></html>\n"
    )
    return response(status, page, with_body=with_body)
