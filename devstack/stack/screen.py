"""The one screen that tells where everything is."""

from devstack.stack.own_secrets import ADMIN_LOGIN
from devstack.stack.place import StackPlace

_SCREEN = """
Lantern Pro runs on this machine, for development only.

  admin          {pro}/admin/   login {login}, password {password}
  client API     {pro}/         described at {pro}/api/docs
  configurations {config}/proxies.yaml.gz
  http-proxy     127.0.0.1:{proxy_port}
  payments       {stripe}/      (stands in for Stripe: no money moves)
  mails          {mandrill}/      (stands in for Mandrill: no mail leaves)

Try a client:
  curl -X POST {pro}/user-create -H 'X-Lantern-Device-Id: my-device'
  curl {pro}/user-data -H 'X-Lantern-Device-Id: my-device' \\
       -H 'X-Lantern-User-Id: <userId>' -H 'X-Lantern-Pro-Token: <token>'
  curl -s {config}/proxies.yaml.gz | gunzip
The whole story, from sign-up to a request through the proxy:
  make demo{ports}
What operators do, by the commands of manage.py:
  make manage{ports} ARGS="show_user carla@example.org"

Data, logs and secrets are in {folder}
"""


def first_screen(place: StackPlace, password: str) -> str:
    """Tell the addresses, the admin's account, how to try a client, and where the data is."""
    return _SCREEN.strip("\n").format(
        pro=place.url(place.pro),
        config=place.url(place.config),
        stripe=place.url(place.stripe),
        mandrill=place.url(place.mandrill),
        proxy_port=place.proxy,
        login=ADMIN_LOGIN,
        password=password,
        folder=place.folder,
        ports=place.differences(),
    )
