"""The loader of Lua scripts: what it takes, and what it refuses with which words."""

from typing import Any

import pytest
import redis

from lantern_pro.store.scripts import Script, ScriptError, all_scripts, read_header

GOOD = """-- Sets a value, unless there is one.
-- KEYS  place    STRING  where
-- ARGV  value    text
--       now      ms, which is a remark that goes
--                on in a second line
-- -->   set            it is there now
--       taken {value}  somebody was first; nothing changed
local place = unpack(KEYS)
local value, now = unpack(ARGV)

local there = redis.call("GET", place)
if there then
    return { "taken", there }
end
redis.call("SET", place, value .. now)
return { "set" }
"""


def test_a_header_is_read() -> None:
    header = read_header("test/good", GOOD)

    assert header.purpose == "Sets a value, unless there is one."
    assert header.keys == ("place",)
    assert header.key_types == ("STRING",)
    assert header.arguments == ("value", "now")
    assert header.outcomes == ("set", "taken")


def test_a_script_is_called_by_names_in_any_order(any_redis: redis.Redis) -> None:
    script = Script("test/good", GOOD)

    first = script(now=1, value="x", place="{c0}:a")
    second = script(place="{c0}:a", value="y", now=2)

    assert first == ["set"]
    assert second == ["taken", "x1"]


def test_a_script_is_loaded_again_when_the_server_has_forgotten_it(
    any_redis: redis.Redis,
) -> None:
    script = Script("test/good", GOOD)
    script(place="{c0}:a", value="x", now=1)
    any_redis.script_flush()

    outcome = script(place="{c0}:b", value="x", now=1)

    assert outcome == ["set"]


def test_a_script_runs_in_a_pipeline(any_redis: Any) -> None:
    script = Script("test/good", GOOD)
    script.load()

    with any_redis.pipeline() as pipe:
        script(pipe, place="{c0}:a", value="x", now=1)
        script(pipe, place="{c0}:a", value="y", now=1)
        outcomes = pipe.execute()

    assert outcomes == [["set"], ["taken", "x1"]]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"place": "p", "value": "v"}, r"missing \['now'\]"),
        ({"place": "p", "value": "v", "now": 1, "then": 2}, r"unknown \['then'\]"),
    ],
)
def test_a_wrong_call_is_told_which_names_are_wrong(named: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Script("test/good", GOOD)(**named)


def test_keys_in_number_unknown_need_a_header_that_says_so() -> None:
    with pytest.raises(TypeError, match="takes no keys beyond"):
        Script("test/good", GOOD)(place="p", value="v", now=1, rest=["more"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("-- KEYS  place    STRING  where", "-- KEYS  spot     STRING  where", "header's KEYS"),
        ("-- ARGV  value", "-- ARGV  thing", "header's ARGV"),
        ("place    STRING  where", "place    where", "has no type"),
        ("local place = unpack(KEYS)", "local place = KEYS[1]", "header's KEYS"),
        ("-- -->   set            it is there now\n", "", "belongs to no|no outcome|ARGV"),
        ("local value, now", "local place, now", "ARGV"),
        ("\n\nlocal there", "\n" * 90 + "local there", "longer than"),
    ],
)
def test_a_header_that_does_not_say_what_the_code_does_is_refused(
    old: str, new: str, words: str
) -> None:
    assert old in GOOD

    with pytest.raises(ScriptError, match=words):
        Script("test/bad", GOOD.replace(old, new))


def test_a_fragment_comes_in_once_and_before_its_use(any_redis: redis.Redis) -> None:
    source = GOOD.replace(
        "local place = ", "--@include store/now_ms\n--@include store/tag\nlocal place = "
    ).replace("value .. now", "value .. tag(now)")

    script = Script("test/including", source)

    assert script.source.count("local function tag(") == 1
    assert script(place="{c0}:a", value="x", now=1) == ["set"]


def test_every_script_of_every_app_keeps_the_rules() -> None:
    assert len(list(all_scripts())) > 10
