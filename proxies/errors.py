"""What may go wrong with the fleet and its links."""

from lantern_pro.errors import NotYet, Refused, Unavailable


class NotTheirProxy(Refused):
    """The user is not linked with the proxy that they were to leave."""

    error_id = "not-their-proxy"
    message = "The user does not have this proxy."


class NoRoomThere(Refused):
    """The proxy cannot be this user's: no room, not active, blocked where they are, or theirs."""

    error_id = "no-room-there"
    message = (
        "The user cannot be moved there: the proxy has no room, is not active, is down, is blocked "
        "where they are, or is theirs already."
    )


class FleetKeptChanging(NotYet):
    """Others changed the same links again and again while this change was being made."""

    error_id = "fleet-kept-changing"
    message = "The fleet kept changing meanwhile. It is tried again shortly."


class BridgeIsOff(Refused):
    """The keys of proxies of 2016 are not kept here: they hold tokens in clear."""

    error_id = "bridge-is-off"
    message = "The bridge to proxies of 2016 is off; LANTERN_BRIDGE_2016=yes turns it on."


class ProxyNameTaken(Refused):
    """Another proxy of the cell has this name; names are what configurations are keyed by."""

    error_id = "proxy-name-taken"
    message = "Another proxy has this name, and differs in what was asked for."


class NoSuchProxy(Refused):
    """There is no proxy with this id or name."""

    error_id = "no-such-proxy"
    message = "There is no such proxy."


class NoWayToState(Refused):
    """A proxy cannot enter this state from the one that it is in; ``details.state`` tells which."""

    error_id = "no-way-to-state"
    message = "From the state that the proxy is in, there is no way to this one."


class ProxyRetired(Refused):
    """The proxy is retired for good: it serves nobody, so nothing can be changed of it."""

    error_id = "proxy-retired"
    message = "The proxy is retired; nothing of it can be changed any more."


class AccessNotGranted(Unavailable):
    """Redis lets nobody make users from here: its ACL commands are refused."""

    error_id = "access-not-granted"
    message = "Redis refuses to make a user for the proxy. REDIS_URL's user needs +acl for that."
