"""Every letter in every language, and what no letter may do."""

import importlib
import inspect
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from lantern_pro.mail.errors import UnfitMail
from lantern_pro.mail.languages import LANGUAGES
from lantern_pro.mail.letter import Code, Facts, Letter, Link, Words, compose, given_name, isolated
from lantern_pro.mail.message import Attachment, Mail
from tests.house.tree import APPS, ROOT
from tests.letters import LETTERS, VALUES

LOCALES = {"en": "en_US", "zh-hans": "zh_CN", "fa": "fa_IR", "ru": "ru_RU"}
SCRIPTS = {
    "en": "[A-Za-z]",
    "zh-hans": "[\u4e00-\u9fff]",
    "fa": "[\u0600-\u06ff]",
    "ru": "[\u0430-\u044f]",
}


def composed(letter: Callable[[], Letter], locale: str = "en_US") -> Mail:
    """The mail of a letter."""
    return compose(letter, locale=locale, to="reader@example.org", job_id="c0.a.b")


def plain(*parts: Words | Code | Link | Facts, subject: str = "Subject") -> Letter:
    """A letter of these parts."""
    return Letter(name="plain", subject=subject, parts=parts, asked=False)


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))


def written_in_mails_py() -> dict[str, str]:
    """Every function of an app's ``mails.py`` that writes a letter, by its letter's name."""
    modules = [
        importlib.import_module(f"{app}.mails")
        for app in APPS
        if (ROOT / app / "mails.py").exists()
    ]
    return {
        name.removesuffix("_letter"): module.__name__
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.endswith("_letter") and function.__module__ == module.__name__
    }


def test_every_letter_that_there_is_is_looked_at_here() -> None:
    assert set(LETTERS) == set(written_in_mails_py())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_is_whole_in_every_language(name: str, language: str) -> None:
    mail = composed(LETTERS[name], LOCALES[language])

    assert mail.name == name
    for text in (mail.subject, mail.text, mail.html):
        assert re.search(SCRIPTS[language], text)
    assert "%(" not in mail.subject + mail.text + mail.html
    direction = "rtl" if language == "fa" else "ltr"
    found = Tags(mail.html).found
    for tag in ("html", "div"):
        attributes = next(attributes for each, attributes in found if each == tag)
        assert (attributes["lang"], attributes["dir"]) == (language, direction)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
@pytest.mark.parametrize("name", LETTERS)
def test_no_english_is_left_in_a_translated_letter(name: str, language: str) -> None:
    mail = composed(LETTERS[name], LOCALES[language])

    told = f"{mail.subject}\n{mail.text}"
    for value in VALUES:
        told = told.replace(value, "")

    assert re.findall(r"[A-Za-z]{2,}", told) == []


@pytest.mark.parametrize("name", LETTERS)
def test_text_and_html_of_a_letter_say_the_same(name: str) -> None:
    letter = LETTERS[name]()
    mail = composed(LETTERS[name])

    for part in letter.parts:
        told = (
            [word for row in part.rows for word in row] if isinstance(part, Facts) else [part.text]
        )
        for words in told:
            assert words in mail.text
            assert words.replace("'", "&#x27;").replace('"', "&quot;") in mail.html


def test_whatever_stands_in_a_letter_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=a>\"'"

    mail = composed(
        lambda: plain(
            Words(hostile), Code(hostile), Facts([(hostile, hostile)]), Link(hostile, hostile),
            subject=hostile,
        )
    )  # fmt: skip

    names = [tag for tag, _ in Tags(mail.html).found]
    assert "script" not in names
    assert "img" not in names
    assert hostile in mail.text


def test_a_code_stays_left_to_right_in_a_letter_that_does_not() -> None:
    mail = composed(lambda: plain(Code("123456")), "fa_IR")

    shown = [attributes for tag, attributes in Tags(mail.html).found if tag == "p"]
    assert shown[-1]["dir"] == "ltr"
    assert "    123456\n" in mail.text


DATE = "2027-03-01"


def test_a_value_within_persian_words_keeps_the_order_of_its_digits() -> None:
    mail = composed(lambda: plain(Words(f"تا {isolated(DATE)} است")), "fa_IR")

    assert f"\u2068{DATE}\u2069" in mail.text
    assert f"\u2068{DATE}\u2069" in mail.html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (DATE, f"\u2068{DATE}\u2069"),
        ("48.00 USD", "\u206848.00 USD\u2069"),
        ("1y-usd-10", "\u20681y-usd-10\u2069"),
        ("042917", "042917"),  # people copy codes and numbers of receipts
        ("ch_1", "ch_1"),
    ],
)
def test_a_fact_that_persian_would_turn_around_is_kept_in_order(value: str, shown: str) -> None:
    letter = plain(Facts([("رسید", value)]))

    assert f"رسید: {shown}\n" in composed(lambda: letter, "fa_IR").text
    assert f"رسید: {value}\n" in composed(lambda: letter, "en_US").text


@pytest.mark.parametrize("name", LETTERS)
def test_no_date_in_a_persian_letter_is_turned_around(name: str) -> None:
    mail = composed(LETTERS[name], "fa_IR")

    dates = re.findall(r"(.?)\d{4}-\d{2}-\d{2}", mail.text + mail.html)

    assert set(dates) <= {"\u2068"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Pixel 9 Pro", "Pixel 9 Pro"),
        ("Ada's iPhone (2)", "Ada's iPhone (2)"),
        ("سامسونگ من", "سامسونگ من"),
        ("log in at https://evil.example/x", "log in at https evil example x"),
        ("write evil@evil.example", "write evil evil example"),
        ("two\r\nlines", "two lines"),
        ("\u202egnp.exe", "gnp exe"),
        ("", "?"),
        ("x" * 99, "x" * 40),
    ],
)
def test_a_name_that_a_stranger_chose_can_be_nothing_but_a_name(given: str, shown: str) -> None:
    assert given_name(given) == f"\u2068{shown}\u2069"


@pytest.mark.parametrize(
    "subject",
    ["Hello\nBcc: all@example.org", "Hello\r\n\r\nbody", "a\x00b", "", "x" * 201, "\u2028"],
)
def test_a_subject_is_one_line_or_there_is_no_mail(subject: str) -> None:
    with pytest.raises(UnfitMail) as refused:
        composed(lambda: plain(Words("x"), subject=subject))

    assert refused.value.field == "subject"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "reader@host",
        "a@b@example.org",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "Reader <a@example.org>",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n",
        "a\x00@example.org",
        '"a b"@example.org',
        "a(comment)@example.org",
        "@route:a@example.org",
        "a@[192.0.2.1]",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_not_written_to(address: str) -> None:
    with pytest.raises(UnfitMail) as refused:
        compose(lambda: plain(Words("x")), locale="", to=address, job_id="c0.a.b")

    assert refused.value.field == "to"
    assert address not in refused.value.message or not address


def test_a_files_name_is_one_line_or_there_is_no_mail() -> None:
    file = Attachment("a.pdf\r\nX-Evil: 1", "application/pdf", b"")
    letter = Letter(name="x", subject="x", parts=[], asked=False, attachments=[file])

    with pytest.raises(UnfitMail):
        composed(lambda: letter)
