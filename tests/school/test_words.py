"""Text: what is kept, tidied or refused, whoever writes it."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edusphere.errors import Invalid
from edusphere.school import words

ANYTHING = st.text(st.characters(codec=None, categories=None))


@given(ANYTHING)
def test_whatever_is_accepted_can_be_kept_and_seen_and_is_in_composed_form(text: str) -> None:
    for read in (words.line, words.body):
        with contextlib.suppress(words.Wrong):
            kept = read(text, 100)
            kept.encode()
            assert "\x00" not in kept
            assert 0 < len(kept) <= 100
            assert words.is_seen(kept)
            assert unicodedata.is_normalized("NFC", kept)
            assert read(kept, 100) == kept


@given(ANYTHING)
def test_a_name_gives_an_address_of_letters_digits_and_hyphens(text: str) -> None:
    slug = words.slug(text)
    assert len(slug) <= 200
    assert all(character.isalnum() or character in "-_" or character.isnumeric() for character in slug)


@given(ANYTHING)
def test_whatever_is_an_email_address_has_one_at_sign_and_no_upper_case(text: str) -> None:
    try:
        email = words.email(text + "@school.example")
    except words.Wrong:
        return
    assert email.count("@") == 1
    assert email == email.lower()
    assert not any(character.isspace() for character in email)


@pytest.mark.parametrize(
    "address", ["a@b", "anna.ozola+school@skola.lv", "ķirsis@skola.lv", "o'neil@x-y.example", "a_b@1.example"]
)
def test_plausible_addresses_are_taken(address: str) -> None:
    assert words.email(f" {address.upper()} ") == address


def test_a_line_is_one_line_and_lengths_are_counted_after_tidying() -> None:
    assert words.line("  a \n\t b  ", 3) == "a b"
    assert words.line("e\u0301" * 3, 3) == "ééé"
    with pytest.raises(words.Wrong, match="at most 3 characters, and it has 4"):
        words.line("abcd", 3)


def test_a_message_keeps_its_lines_and_its_indentation() -> None:
    assert words.body("\r\n  def f():\r\n\treturn 1\r\n\n", 100) == "  def f():\n\treturn 1"


def test_emoji_of_several_parts_are_seen_and_kept() -> None:
    for emoji in ("👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "1️⃣"):
        assert words.body(emoji, 100) == unicodedata.normalize("NFC", emoji)


MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAVE ACCENT BELOW}"


@pytest.mark.parametrize(
    ("reader", "longest"),
    [(words.line, (200,)), (words.prose, (500,)), (words.body, (4_000,)), (words.username, ()), (words.email, ())],
)
def test_marks_above_one_another_are_refused_before_they_are_put_in_order(
    reader: Callable[..., str], longest: tuple[int, ...]
) -> None:
    for many in (45_000, 5_000, 80, 31):  # of the first, composing would take 10 seconds
        with pytest.raises(words.Wrong):
            reader("a" + MARKS * many, *longest)


def test_the_marks_of_real_languages_are_kept() -> None:
    for text in ("Nguyễn Thị Hậu", "שָׁלוֹם עֲלֵיכֶם", "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ"):
        assert words.line(unicodedata.normalize("NFD", text), 100) == unicodedata.normalize("NFC", text)


def test_what_is_typed_into_a_search_field_is_looked_for_literally() -> None:
    assert words.search("50%_\\") == "%50\\%\\_\\\\%"
    assert words.search(" ") is None
    assert words.search(None) is None


def test_a_form_tells_all_that_is_wrong_in_order() -> None:
    form = words.Form()
    assert form.read("name", words.line, " Ida ", 10) == "Ida"
    assert form.read("email", words.email, "nowhere") is None
    form.wrong("email", "And one thing more.")
    form.wrong("bio", "Too bold.")
    with pytest.raises(Invalid) as refusal:
        form.close()
    assert refusal.value.errors == {
        "email": ["This is not an e-mail address.", "And one thing more."],
        "bio": ["Too bold."],
    }
