"""What a page wrote reaches a terminal as text only."""

from __future__ import annotations

import io
import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dedupe.printable import ScreenStream, data_stream, in_place, json_text, lines, printable

SURROGATES = range(0xD800, 0xE000)
CODES = (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *SURROGATES)
STEERING = set(map(chr, CODES))
TEXT = st.text(st.one_of(st.characters(), st.sampled_from(sorted(STEERING))))
"""Lone surrogates too, as JSON Lines can hold them."""


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@given(TEXT)
def test_nothing_that_steers_is_left(text: str) -> None:
    assert not STEERING & set(printable(text))
    assert not STEERING & set(in_place(text))
    assert not STEERING - {"\n", "\t"} & set(lines(text))
    assert len(in_place(text)) == len(text)


@given(TEXT)
def test_json_means_the_same_and_is_utf8(text: str) -> None:
    found = json_text({text: [text]})
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # a pair is one letter to JSON
    assert json.loads(found) == {joined: [joined]}
    assert not STEERING & set(found)
    assert found.encode()


def test_letters_of_all_languages_stay() -> None:
    text = 'Phà "Hồ Tây" 👩‍🚀 افتتح الجسر'
    assert printable(text) == in_place(text) == lines(text) == text
    assert json_text(text) == json.dumps(text, ensure_ascii=False)


def test_data_on_a_terminal_is_screened_and_elsewhere_untouched() -> None:
    hostile = "=1+2,\x1b[2J\x9b2J Phà\u202e cũ\r\n".encode()
    screen, file = io.BytesIO(), io.BytesIO()
    terminal, plain = Terminal(screen), io.TextIOWrapper(file)
    stream = data_stream(terminal)
    for number in range(len(hostile)):  # cut inside of characters
        assert stream.write(hostile[number : number + 1]) == 1
    shown = screen.getvalue().decode()
    assert shown.startswith("=1+2,\ufffd[2J\ufffd2J Phà\ufffd cũ")
    assert not STEERING - {"\n", "\t"} & set(shown)
    assert shown.endswith("\n")
    data_stream(plain).write(hostile)
    assert file.getvalue() == hostile


def test_a_line_break_of_csv_is_one() -> None:
    screen = io.BytesIO()
    ScreenStream(screen).write("tiêu đề,văn bản\r\n".encode())
    assert unicodedata.normalize("NFC", screen.getvalue().decode()) == "tiêu đề,văn bản\n"
