"""``python -m devstack.mandrill_standin``: Mandrill on a port of this machine."""

import os
import sys

from devstack.mandrill_standin.server import MandrillStandin
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
    given = parser.parse_args()
    return serve(
        lambda: MandrillStandin(
            given.data, port=given.port, api_key=given.key, index_delay=given.index_delay
        )
    )


if __name__ == "__main__":
    sys.exit(main())
