"""The keys of accounts."""

from lantern_pro.store.keys import Key, Kind, Table, cell_of
from lantern_pro.types import Cell, UserId

USERS = Table("user", "an account", personal=True, app="accounts")
DEVICES = Key(
    "user:{user_id}:devices",
    Kind.ZSET,
    "device id -> first seen, ms",
    personal=True,
    app="accounts",
)
DEVICE_NAMES = Key(
    "user:{user_id}:device_names",
    Kind.HASH,
    "device id -> the name its owner gave it",
    personal=True,
    app="accounts",
)
REMOVED_DEVICES = Key(
    "user:{user_id}:removed_devices",
    Kind.ZSET,
    "devices that another took off, the last 100: device id -> when, ms",
    personal=True,
    app="accounts",
)
TIME_LEDGER = Key(
    "user:{user_id}:time",
    Kind.HASH,
    "the ledger of Pro time: business fact -> JSON {seq, kind, at, span_ms, plan, because}, with "
    "{months, days, proxies} for what was given, {back, of} (money, smallest unit) for what was "
    "taken",
    app="accounts",
)
INVITEES = Key(
    "user:{user_id}:invitees",
    Kind.ZSET,
    "who came by this user's code: user id -> when, ms",
    app="accounts",
)
REFERRAL_CODE = Key(
    "referral_code:{code}", Kind.STRING, "whose referral code it is: user id", app="accounts"
)
SIGNUP = Key(
    "signup:{digest}",
    Kind.STRING,
    "a sign-up not yet confirmed: keyed hash of device and address -> user id",
    ttl="15 minutes, or until the first authenticated call",
    app="accounts",
)
MAILS = Key(
    "user:{user_id}:mails",
    Kind.LIST,
    "the last 50 mails to the user, the newest first: JSON {name, at, state, sender, id, why}",
    app="accounts",
)
MAIL_STANDING = Key(
    "mail_standing:{digest}",
    Kind.HASH,
    "what became of mails to an address, by its keyed hash: bounced, complained, soft, delivered "
    "-> when last, ms; why -> the mail service's word for the last trouble",
    ttl="two years after the last event",
    app="accounts",
)
RECOVERY_WORDS = Key(
    "recovery_words:{digest}",
    Kind.STRING,
    "whose recovery words they are, by their slow hash: user id",
    app="accounts",
)
NOTICES = Key(
    "user:{user_id}:notices",
    Kind.LIST,
    "what all devices are told, the newest first: JSON {kind, at, way, device_id, name}",
    ttl="30 days after the last",
    personal=True,
    app="accounts",
)
UNCONFIRMED = Key(
    "unconfirmed",
    Kind.ZSET,
    "accounts that nobody has confirmed yet: user id -> created, ms",
    app="accounts",
)
GRANT = Key(
    "user:{user_id}:grant:{nonce}",
    Kind.STRING,
    "the right of one device to join: empty, then the device that joined by it",
    ttl="15 minutes, or an hour by mail",
    personal=True,
    app="accounts",
)
LINK_ASK = Key(
    "link_ask:{digest}",
    Kind.HASH,
    "a device that asks to be linked, by the keyed hash of who asks: code, nonce, name, until "
    "(ms), tries, user_id (the account that approved it)",
    ttl="15 minutes",
    personal=True,
    app="accounts",
)
LINK_CODE = Key(
    "link_code:{code}",
    Kind.STRING,
    "a code that waits to be approved -> keyed hash of who asks",
    ttl="5 minutes",
    app="accounts",
)
LINK_CODES = Key(
    "link_codes", Kind.ZSET, "codes that wait to be approved -> their end, ms", app="accounts"
)
WRONG_CODES_OF = Key(
    "user:{user_id}:wrong_codes",
    Kind.STRING,
    "how many wrong codes the account has tried to approve",
    ttl="an hour",
    app="accounts",
)
WRONG_CODES = Key(
    "wrong_codes",
    Kind.STRING,
    "how many wrong codes all accounts of the cell have tried to approve",
    ttl="an hour",
    app="accounts",
)
ADDRESS_CLAIMS = Key(
    "address:{digest}:claims",
    Kind.ZSET,
    "accounts that name a mail address, by its keyed hash: user id -> since, ms",
    personal=True,
    app="accounts",
)
ADDRESS_HOLDER = Key(
    "address:{digest}:holder",
    Kind.HASH,
    "the one account that has proven a mail address, by its keyed hash: user_id, proven (ms)",
    personal=True,
    app="accounts",
)
ADDRESS_MAILS = Key(
    "address:{digest}:asked_mails",
    Kind.ZSET,
    "mails that somebody asked to be sent to an address, by its keyed hash: job -> when, ms",
    ttl="an hour after the last",
    app="accounts",
)
ADDRESS_CHANGE = Key(
    "user:{user_id}:address_change",
    Kind.HASH,
    "the address that an account is to have: digest (keyed hash), sealed, nonce, mailed (ms), "
    "tries, new and old (which codes came back), begun (how many changes were, one after another); "
    "when it is done, nothing but done: of what its codes were made",
    ttl="a day",
    personal=True,
    app="accounts",
)
MAIL_PROOF = Key(
    "mail_proof:{digest}",
    Kind.HASH,
    "a device whose owner is to prove that they read an address, by the keyed hash of who asks: "
    "nonce, address (keyed hash), sealed, name, until (ms), mailed (ms), tries, doors, used",
    ttl="an hour",
    personal=True,
    app="accounts",
)
EARLIER_MAIL_PROOF = Key(
    "mail_proof:{digest}:earlier",
    Kind.HASH,
    "what mail_proof was, for the address that the device asked for before, if another",
    ttl="an hour",
    personal=True,
    app="accounts",
)
PRO_ENDS = Key(
    "pro_ends",
    Kind.ZSET,
    "Pro users whose time has not been seen to end: user id -> expiration, ms",
    app="accounts",
)


def device_keys(user_id: UserId) -> dict[str, str]:
    """The keys that ``accounts/put_device`` (Lua) works on, by the names scripts give them."""
    return {
        "user": USERS.row(user_id),
        "devices": DEVICES(user_id=user_id),
        "device_names": DEVICE_NAMES(user_id=user_id),
        "removed_devices": REMOVED_DEVICES(user_id=user_id),
    }


def pro_time_keys(user_id: UserId, cell: Cell) -> dict[str, str]:
    """The keys that ``accounts/extend_pro`` (Lua) works on, by the names scripts give them."""
    return {
        "user": USERS.row(user_id),
        "time_ledger": TIME_LEDGER(user_id=user_id),
        "users_by_expiration": USERS.by("expiration", cell=cell),
        "pro_ends": PRO_ENDS(cell=cell),
    }


def new_user_keys(user_id: UserId, referral: str, signup_digest: str) -> dict[str, str]:
    """The keys of a new account, by the names that ``accounts/create_user`` (Lua) gives them."""
    cell = cell_of(user_id)
    return {
        "user": USERS.row(user_id),
        "devices": DEVICES(user_id=user_id),
        "signup": SIGNUP(digest=signup_digest, cell=cell),
        "referral_code": REFERRAL_CODE(code=referral, cell=cell),
        "by_id": USERS.by("id", cell=cell),
        "by_created": USERS.by("created", cell=cell),
        "by_expiration": USERS.by("expiration", cell=cell),
        "lex_referral": USERS.lex("referral", cell=cell),
        "unconfirmed": UNCONFIRMED(cell=cell),
    }
