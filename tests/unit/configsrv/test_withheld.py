"""Whom no configuration may name."""

from configsrv.withheld import Withheld
from lantern_pro.types import ProxyId

ONE, TWO, THREE = (ProxyId(number) for number in (1024, 2048, 3072))


def test_who_is_retired_is_withheld_everywhere_and_who_is_blocked_only_there() -> None:
    told = Withheld.read({str(ONE): "*", str(TWO): "CN,IR", str(THREE): "IR"})

    assert told.where("") == {ONE}
    assert told.where("DE") == {ONE}
    assert told.where("CN") == {ONE, TWO}
    assert told.where("IR") == {ONE, TWO, THREE}


def test_of_nothing_nobody_is_withheld() -> None:
    assert Withheld.read({}).where("CN") == frozenset()
