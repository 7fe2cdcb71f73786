"""The networks that calls are counted by."""

import pytest

from lantern_pro.api.networks import Networks, networks_of


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("93.184.216.34", Networks("93.184.216.34/32", "93.184.216.0/24", "93.184.0.0/16")),
        ("::ffff:93.184.216.34", Networks("93.184.216.34/32", "93.184.216.0/24", "93.184.0.0/16")),
        (
            "2606:2800:220:1::9",
            Networks("2606:2800:220:1::/64", "2606:2800:220::/48", "2606:2800::/32"),
        ),
    ],
)
def test_a_public_address_lies_in_three_networks(address: str, networks: Networks) -> None:
    assert networks_of(address) == networks


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "", "nonsense"])
def test_an_address_that_is_not_public_tells_of_no_network(address: str) -> None:
    assert networks_of(address) is None
