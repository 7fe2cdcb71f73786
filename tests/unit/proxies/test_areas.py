"""Areas: each country is in one, and near is near."""

from collections import Counter

import pytest

from proxies.areas import AREAS, EVERYWHERE, NOWHERE, area_of, areas_near


def test_no_country_is_in_two_areas() -> None:
    counted = Counter(code for region in AREAS for code in region.countries)

    assert counted.most_common(1)[0][1] == 1
    assert all(len(code) == 2 and code.isupper() for code in counted)
    assert len(counted) >= 245


@pytest.mark.parametrize(
    ("near", "far", "country"),
    [("TR", "US", "IR"), ("SG", "DE", "VN"), ("FI", "ZA", "RU"), ("KR", "BR", "CN")],
)
def test_a_proxy_near_a_country_stands_in_an_earlier_group(
    near: str, far: str, country: str
) -> None:
    groups = areas_near(country)

    in_group = [area_of(near) in group for group in groups]

    assert any(in_group)
    assert not any(area_of(far) in group for group in groups[: in_group.index(True) + 1])


def test_every_search_ends_in_the_whole_world() -> None:
    assert areas_near("IR")[-1] == (EVERYWHERE,)
    assert areas_near("") == ((EVERYWHERE,),)
    assert areas_near("ZZ") == ((EVERYWHERE,),)


def test_where_the_country_is_not_known_the_coordinates_tell() -> None:
    assert area_of("", 52.4, 4.9) == area_of("NL")
    assert area_of("", 0.0, 0.0) == NOWHERE
    assert area_of("XX", -33.9, 151.2) == area_of("AU")
