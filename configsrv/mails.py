"""The words of the mail with a configuration. Pure."""

from django.utils.translation import gettext as _

from lantern_pro.mail.letter import Letter, Words
from lantern_pro.mail.message import Attachment


def config_letter(*, content: bytes) -> Letter:
    """The letter that carries a user's own configuration."""
    return Letter(
        name="config",
        subject=_("Your Lantern Pro configuration"),
        parts=[
            Words(
                _(
                    "The file proxies.yaml is attached. It names your own proxies, as they are"
                    " at this moment."
                )
            ),
            Words(
                _(
                    "Keep it to yourself: it works only with the devices of your account, but who"
                    " reads it knows the addresses of your proxies."
                )
            ),
            Words(
                _(
                    "If you did not ask for it, somebody has one of your devices. Remove the"
                    " devices that you do not know."
                )
            ),
        ],
        asked=True,
        attachments=[Attachment("proxies.yaml", "application/yaml", content)],
    )
