"""``python -m devstack.stripe_standin``: Stripe on a port of this machine."""

import os
import sys

from devstack.standin import common_arguments, serve
from devstack.stripe_standin.server import WEBHOOK_SECRET, StripeStandin


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = common_arguments("stripe", "A stand-in for Stripe's API, for development and tests.")
    parser.add_argument("--webhook-url", metavar="URL", help="where events go (default: nowhere)")
    parser.add_argument(
        "--webhook-secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET") or WEBHOOK_SECRET,
        metavar="SECRET",
        help="signs the events (default: STRIPE_WEBHOOK_SECRET, or the one for development)",
    )
    given = parser.parse_args()
    return serve(
        lambda: StripeStandin(given.data, given.webhook_url, given.webhook_secret, port=given.port)
    )


if __name__ == "__main__":
    sys.exit(main())
