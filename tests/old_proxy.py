"""An http-proxy of 2016, as far as it deals with Redis (docs/protocol.md), with its quirks."""

from lantern_pro.store.client import TextClient
from lantern_pro.types import UserId
from proxies import keys_2016


class CannotStart(Exception):
    """A member has no token."""


class OldProxy:
    """Reads at its start, and then one message at a time."""

    def __init__(self, redis: TextClient, server: str) -> None:
        """Start as the server with this id."""
        self.redis = redis
        self.server = server
        self.tokens: dict[str, str] = {}
        self.is_pro = False
        self.start()

    def start(self) -> None:
        """Forget everything and read the keys; ``CannotStart`` as the true one does."""
        self.tokens = {}
        self.is_pro = bool(self.redis.exists(keys_2016.users(self.server)))
        if self.is_pro:
            self._read_all()

    def hear(self, most: int = 1_000) -> None:
        """Take what was said, up to so many messages."""
        for _ in range(most):
            message = self.redis.lpop(keys_2016.messages(self.server))
            if message is None:
                return
            self._take(message)

    def listen(self) -> None:
        """Wait for messages, as the true one does, and take them until it is turned free."""
        while self.is_pro:
            heard = self.redis.blpop(keys_2016.messages(self.server), timeout=1)
            if heard is None and not self.redis.exists(keys_2016.mark(self.server)):
                return
            if heard is not None:
                self._take(heard[1])

    def crash_while_hearing(self) -> None:
        """Take a message, die with it, and start again."""
        self.redis.lpop(keys_2016.messages(self.server))
        self.start()

    def admits(self, user_id: UserId, token: str) -> bool:
        """Whether it lets a user in as Pro."""
        return self.is_pro and self.tokens.get(str(user_id)) == token

    def _take(self, message: str) -> None:
        match message.split(","):
            case ["USER-SET", user, token]:
                self.redis.delete(keys_2016.messages(self.server))
                self.tokens[user] = token
            case ["USER-REMOVE", user]:
                self.tokens.pop(user, None)
            case ["TURN-PRO"]:
                if self.redis.exists(keys_2016.users(self.server)):
                    self._read_all()
                    self.is_pro = True
            case ["TURN-FREE"]:
                self.is_pro = False

    def _read_all(self) -> None:
        members = self.redis.smembers(keys_2016.users(self.server))
        read = {each: self.redis.hget(keys_2016.TOKENS, each) for each in members}
        if not all(read.values()):
            raise CannotStart
        self.tokens = read
