"""``python -m devstack.mandrill_standin``: Mandrill on a port of this machine."""

import os
import sys

from devstack.mandrill_standin.server import WEBHOOK_KEY, MandrillStandin
from devstack.standin import common_arguments, serve


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = common_arguments(
        "mandrill",
        "A stand-in for Mandrill's API 1.0, for development and tests. It sends nothing.",
    )
    parser.add_argument(
        "--key",
        default=os.environ.get("MANDRILL_API_KEY"),
        help="the only key to accept (default: MANDRILL_API_KEY, or any)",
    )
    parser.add_argument(
        "--index-delay",
        type=float,
        default=0,
        metavar="SECONDS",
        help="how long a mail cannot be found after it was sent (default: 0)",
    )
    parser.add_argument("--webhook-url", metavar="URL", help="where events go (default: nowhere)")
    parser.add_argument(
        "--webhook-key",
        default=os.environ.get("MANDRILL_WEBHOOK_KEY") or WEBHOOK_KEY,
        metavar="KEY",
        help="signs the events (default: MANDRILL_WEBHOOK_KEY, or the one for development)",
    )
    given = parser.parse_args()

    def make() -> MandrillStandin:
        standin = MandrillStandin(
            given.data, given.webhook_url, given.webhook_key, port=given.port, api_key=given.key
        )
        standin.index_delay = given.index_delay
        return standin

    return serve(make)


if __name__ == "__main__":
    sys.exit(main())
