"""Objects in memory, and on disk as an append-only file of JSON lines."""

import fcntl
import json
import marshal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

Object = dict[str, Any]
Value = TypeVar("Value", Object, Object | None)


def _copied(item: Value) -> Value:
    """A copy that shares nothing; of what is JSON, and much faster than ``copy.deepcopy``."""
    copied: Value = marshal.loads(marshal.dumps(item))  # noqa: S302 - written a moment ago
    return copied


class Draft:
    """Changes that nobody else sees until they are committed together."""

    def __init__(self, journal: "Journal") -> None:
        """Start from what the journal holds now."""
        self._journal = journal
        self.changed: dict[str, Object] = {}

    def get(self, object_id: str) -> Object | None:
        """A copy of the object as this draft sees it, or None."""
        return _copied(self.changed.get(object_id) or self._journal.get(object_id))

    def put(self, item: Object) -> None:
        """Add the object, or put it in the place of the one with its ``id``."""
        self.changed[item["id"]] = _copied(item)

    def all(self, kind: str) -> list[Object]:
        """Committed objects of a kind, oldest first; only to be read."""
        return self._journal.all(kind)


class Journal:
    """Objects by their ``id``, grouped by their ``object`` field, each change one line on disk.

    A line is whole or it is not there, so what changed together survives together. A line goes to
    the system before its change is seen: enough for ``kill -9``, though not for a loss of power,
    and quick enough for tests. ``path=None`` keeps everything in memory only. A second process on
    the same file gets a ``BlockingIOError``.
    """

    def __init__(self, path: Path | None) -> None:
        """Take up what the file holds, if there is one."""
        self.lock = threading.RLock()
        self._objects: dict[str, Object] = {}
        self._kinds: dict[str, dict[str, Object]] = {}
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._open(path)

    def _open(self, path: Path) -> TextIO:
        path.touch(mode=0o600)
        file = path.open("r+", encoding="ascii", newline="\n")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._replay(file)
        except BaseException:
            file.close()
            raise
        return file

    def _replay(self, file: TextIO) -> None:
        whole = 0
        # readline and not iteration, which would forbid the truncation below
        while (line := file.readline()).endswith("\n"):
            self._apply(json.loads(line))
            whole += len(line)
        # The last line may be half of one, when the process died while it wrote.
        file.seek(whole)
        file.truncate()

    def _apply(self, items: list[Object]) -> None:
        for item in items:
            self._objects[item["id"]] = item
            self._kinds.setdefault(item["object"], {})[item["id"]] = item

    def get(self, object_id: str) -> Object | None:
        """Return the object with this id; only to be read."""
        return self._objects.get(object_id)

    def all(self, kind: str) -> list[Object]:
        """Return the objects of a kind, oldest first; only to be read."""
        with self.lock:
            return list(self._kinds.get(kind, {}).values())

    @contextmanager
    def change(self) -> Iterator[Draft]:
        """Commit all that the block puts into its draft, or nothing if the block raises."""
        with self.lock:
            draft = Draft(self)
            yield draft
            self.commit(draft)

    def commit(self, draft: Draft) -> None:
        """Write the draft's changes as one line; the caller holds ``lock``."""
        if not draft.changed:
            return
        items = list(draft.changed.values())
        if self._file is not None:
            self._file.write(json.dumps(items, separators=(",", ":")) + "\n")
            self._file.flush()
        self._apply(items)
        draft.changed = {}

    def forget(self) -> None:
        """Hold nothing any more, here and on disk."""
        with self.lock:
            self._objects, self._kinds = {}, {}
            if self._file is not None:
                self._file.seek(0)
                self._file.truncate()

    def kept(self) -> list[Object]:
        """Everything, to be put back later; only to be read."""
        with self.lock:
            return list(self._objects.values())

    def put_back(self, kept: list[Object]) -> None:
        """Hold what was kept, and nothing else; for a journal in memory."""
        with self.lock:
            self.forget()
            self._apply(kept)

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            if self._file is not None:
                self._file.close()
                self._file = None
