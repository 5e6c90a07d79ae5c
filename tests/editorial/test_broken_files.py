"""Files that are broken, by accident or on purpose: one error, one line, never a crash."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stalker.editorial import CutError, meridian, read_cut
from stalker.editorial.text import MAX_BYTES

HERE = Path(__file__).parent / "data"
SOUND = {
    ".otio": HERE / "otio" / "transition.otio",
    ".edl": HERE / "otio-edl" / "screening_example.edl",
    ".xml": HERE / "anima-previs" / "test_v001.xml",
}
SUFFIXES = sorted(SOUND)


def timeline(children: Any, **more: Any) -> str:
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "", "children": children, "source_range": None}
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "x", "tracks": stack, **more})


def time(value: Any, rate: Any = 24.0) -> Any:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate}


def track(start: Any, length: Any, rate: Any = 24.0, **more: Any) -> str:
    span = {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(start, rate),
        "duration": time(length, rate),
    }
    clip = {"OTIO_SCHEMA": "Clip.1", "name": "a", "source_range": span}
    children = [{"OTIO_SCHEMA": "Track.1", "name": "", "kind": "Video", "children": [clip]}]
    return timeline(children, **more)


def nested_stacks(depth: int) -> str:
    inner: Any = {"OTIO_SCHEMA": "Stack.1", "children": []}
    for _ in range(depth):
        inner = {"OTIO_SCHEMA": "Stack.1", "children": [inner]}
    return timeline([inner])


def xml_of(clip: str, rate: str = "24") -> str:
    return (
        f"<xmeml><sequence><name>s</name><rate><timebase>{rate}</timebase><ntsc>FALSE</ntsc></rate>"
        f"<media><video><track>{clip}</track></video></media></sequence></xmeml>"
    )


def id_bomb(levels: int, width: int) -> str:
    """Every sequence uses the next one *width* times more, by its id."""
    inner = ""
    for level in range(levels, 0, -1):
        times = "<start>0</start><end>1</end><in>0</in><out>1</out>"
        first = f'<clipitem>{times}<sequence id="s{level}">{inner}</sequence></clipitem>'
        more = f'<clipitem>{times}<sequence id="s{level}"/></clipitem>' * width
        inner = f"<media><video><track>{first}{more}</track></video></media>"
    return f'<xmeml><sequence id="s0">{inner}</sequence></xmeml>'


ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
BROKEN: dict[str, str | bytes] = {
    "empty.otio": "",
    "empty.edl": "",
    "empty.xml": "",
    "spaces.edl": " \n\t\n",
    "no_extension": "x",
    "picture.png": b"\x89PNG\r\n",
    "bundle.otioz": b"PK\x03\x04",
    "zeros.otio": bytes(1000),
    "zeros.edl": bytes(1000),
    "zeros.xml": bytes(1000),
    "latin.otio": '{"OTIO_SCHEMA": "Größe"}'.encode("latin-1"),
    "odd_utf16.xml": b"\xff\xfe<",
    "null.otio": "null",
    "number.otio": "1",
    "text.otio": '"Timeline.1"',
    "list.otio": "[]",
    "object.otio": "{}",
    "schema_number.otio": '{"OTIO_SCHEMA": 1}',
    "schema_list.otio": '{"OTIO_SCHEMA": ["Timeline.1"]}',
    "clip_root.otio": '{"OTIO_SCHEMA": "Clip.1"}',
    "unknown_root.otio": '{"OTIO_SCHEMA": "Bomb.1"}',
    "future.otio": '{"OTIO_SCHEMA": "Timeline.999"}',
    "no_version.otio": '{"OTIO_SCHEMA": "Timeline"}',
    "bare_timeline.otio": '{"OTIO_SCHEMA": "Timeline.1"}',
    "tracks_null.otio": '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}',
    "tracks_number.otio": '{"OTIO_SCHEMA": "Timeline.1", "tracks": 5}',
    "children_number.otio": timeline(5),
    "children_numbers.otio": timeline([1, 2]),
    "children_null.otio": timeline([None]),
    "children_time.otio": timeline([time(1)]),
    "no_clips.otio": timeline([]),
    "timeline_in_timeline.otio": timeline([json.loads(timeline([]))]),
    "two_keys.otio": '{"OTIO_SCHEMA": "Timeline.1", "OTIO_SCHEMA": "Clip.1"}',
    "value_text.otio": track("a", 10),
    "value_null.otio": track(None, 10),
    "value_list.otio": track([1], 10),
    "length_huge.otio": track(0, 1e300),
    "start_huge.otio": track(-1e18, 10),
    "start_integer_huge.otio": track(10**40, 10),
    "start_frame_too_big.otio": track(2**31, 10),
    "value_overflow.otio": track(0, 10).replace("10", "1e999", 1),
    "value_nan.otio": track(0, 10).replace(": 0,", ": NaN,"),
    "rate_nan.otio": track(0, 10).replace("24.0", "NaN"),
    "rate_infinite.otio": track(0, 10).replace("24.0", "Infinity"),
    "rate_zero.otio": track(0, 10, 0.0),
    "rate_negative.otio": track(0, 10, -24.0),
    "rate_tiny.otio": track(0, 10, 1e-320),
    "rate_huge.otio": track(0, 10, 1e300),
    "rate_text.otio": track(0, 10, "fast"),
    "start_rate_zero.otio": track(0, 10, global_start_time=time(0, 0.0)),
    "start_time_text.otio": track(0, 10, global_start_time="01:00:00:00"),
    "start_time_huge.otio": track(0, 10, global_start_time=time(1e300)),
    "length_zero.otio": track(0, 0),
    "deep_lists.otio": "[" * 200_000,
    "deep_closed_lists.otio": "[" * 100_000 + "]" * 100_000,
    "deep_objects.otio": '{"a":' * 200_000,
    "deep_metadata.otio": '{"OTIO_SCHEMA":"Timeline.1","metadata":' * 900 + "{}" + "}" * 900,
    "deep_stacks.otio": nested_stacks(150),
    "surrogate.otio": '{"OTIO_SCHEMA": "Timeline.1", "name": "\\ud800"}',
    "long_number.otio": "9" * 10_000,
    "prose.edl": "Dear editor,\nplease find the cut attached.\n",
    "title_only.edl": "TITLE: nothing\n",
    "few_fields.edl": "001 AX V C 01:00:00:00\n",
    "many_fields.edl": "001 AX V C 0 1 2 3 4 5 6 7\n",
    "words_for_timecode.edl": "001 AX V C a b c d\n",
    "wrong_timecode.edl": "001 AX V C 01:00:00:99 01:00:01:00 00:00:00:00 00:00:01:00\n",
    "end_before_start.edl": "001 AX V C 00:00:02:00 00:00:01:00 00:00:02:00 00:00:01:00\n",
    "frame_numbers.edl": "001 AX V C 1 99999999999999999999 1 99999999999999999999\n",
    "split_at_end.edl": "TITLE: x\nSPLIT: AUDIO DELAY= 00:00:00:00\n",
    "only_black.edl": "001 BL V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n",
    "superscript.edl": "² AX V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n",
    "html.xml": "<html><body/></html>",
    "fcpx_in_xml.xml": "<fcpxml/>",
    "bare.xml": "<xmeml/>",
    "unclosed.xml": "<xmeml><sequence>",
    "two_roots.xml": "<xmeml/><xmeml/>",
    "text.xml": "xmeml",
    "bomb.xml": f'<!DOCTYPE xmeml [<!ENTITY e0 "ha">{ENTITIES}]><xmeml>&e12;</xmeml>',
    "file_entity.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xmeml>&e;</xmeml>',
    "parameter_entity.xml": '<!DOCTYPE x SYSTEM ">" [<!ENTITY % p "x">]><xmeml/>',
    "unknown_entity.xml": "<xmeml>&lol;</xmeml>",
    "rate_nan.xml": xml_of("<clipitem><start>0</start><end>9</end></clipitem>", "nan"),
    "rate_zero.xml": xml_of("<clipitem><start>0</start><end>9</end></clipitem>", "0"),
    "rate_text.xml": xml_of("<clipitem><start>0</start><end>9</end></clipitem>", "fast"),
    "start_huge.xml": xml_of("<clipitem><start>1e300</start><end>9</end><in>0</in></clipitem>"),
    "start_missing.xml": xml_of("<clipitem><name>a</name></clipitem>"),
    "deep.xml": "<xmeml>" + "<a>" * 5000 + "</a>" * 5000 + "</xmeml>",
    "deep_sequences.xml": "<xmeml>"
    + '<sequence id="a">' * 3000
    + "</sequence>" * 3000
    + "</xmeml>",
    "circle.xml": xml_of(
        '<clipitem id="c"><sequence id="s"><media><video><track>'
        '<clipitem id="c"/></track></video></media></sequence></clipitem>'
    ),
    "ids.xml": id_bomb(30, 10),
    "rss.fcpxml": "<rss/>",
    "entity.fcpxml": '<!DOCTYPE fcpxml [<!ENTITY a "b">]><fcpxml/>',
}


def refusal(path: Path) -> str:
    with pytest.raises(CutError) as caught:
        read_cut(path)
    text = str(caught.value)
    assert path.name in text
    assert text.isprintable()
    assert len(text) < len(str(path)) + 500
    return text


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file(tmp_path: Path, name: str) -> None:
    """Every broken file is refused with one printable line that names it."""
    content = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    refusal(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ids.xml", "refer to each other so often"),
        ("bomb.xml", "declares XML entities"),
        ("parameter_entity.xml", "declares XML entities"),
        ("deep_stacks.otio", "nested deeper than 200"),
        ("zeros.edl", "holds zero bytes"),
        ("empty.xml", "the file is empty"),
        ("clip_root.otio", "holds a Clip.1, not a Timeline"),
        ("fcpx_in_xml.xml", "export as Final Cut Pro 7 XML"),
        ("prose.edl", "is not an EDL"),
        ("value_nan.otio", "not finite"),
    ],
)
def test_reason(tmp_path: Path, name: str, text: str) -> None:
    """The reason is the one that helps."""
    content = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert text in refusal(path)


def test_corpus_is_large() -> None:
    """The corpus stays worth its name."""
    assert len(BROKEN) >= 40


def reason(path: Path) -> str | None:
    """Return why *path* is refused, ``None`` if it is read; any other exception fails the test."""
    try:
        read_cut(path)
    except CutError as error:
        return str(error)
    return None


def damaged(suffix: str) -> Iterator[bytes]:
    chance = random.Random(suffix)
    sound = SOUND[suffix].read_bytes()
    for _ in range(60):
        yield sound[: chance.randrange(len(sound))]
    for _ in range(60):
        broken = bytearray(sound)
        for _ in range(chance.randint(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        yield bytes(broken)
    for _ in range(20):
        yield chance.randbytes(chance.randint(1, 5000))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files(tmp_path: Path, suffix: str) -> None:
    """Cut short, with flipped bytes or random: read or refused, nothing else."""
    path = tmp_path / f"damaged{suffix}"
    refused = 0
    for content in damaged(suffix):
        path.write_bytes(content)
        text = reason(path)
        assert (text or "none").isprintable()
        refused += text is not None
    assert refused > 40


def mutations(value: Any, chance: random.Random) -> Any:
    """Return *value* with one leaf or branch replaced by something of another type."""
    odd = [
        None,
        True,
        -1,
        0,
        2**70,
        1e308,
        "",
        "x",
        [],
        {},
        [None],
        time(1),
        {"OTIO_SCHEMA": "A.1"},
    ]
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        return {**value, key: mutations(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        place = chance.randrange(len(value))
        return [*value[:place], mutations(value[place], chance), *value[place + 1 :]]
    return chance.choice(odd)


def test_wrong_types(tmp_path: Path) -> None:
    """Any value of an OTIO file may have any type: read or refused, nothing else."""
    chance = random.Random(1)
    sound = json.loads(SOUND[".otio"].read_text())
    path = tmp_path / "mutated.otio"
    for _ in range(400):
        path.write_text(json.dumps(mutations(sound, chance)))
        assert (reason(path) or "none").isprintable()


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is told so."""
    assert "no such file" in refusal(tmp_path / "missing.otio")


def test_folder(tmp_path: Path) -> None:
    """A folder is no cut."""
    (tmp_path / "folder.otio").mkdir()
    assert "folder" in refusal(tmp_path / "folder.otio")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no pipes in folders")
def test_pipe(tmp_path: Path) -> None:
    """A pipe is refused; to open it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.edl")
    assert "regular file" in refusal(tmp_path / "pipe.edl")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom modes can stop"
)
def test_unreadable_file(tmp_path: Path) -> None:
    """A file without permission is told so."""
    path = tmp_path / "secret.otio"
    path.write_text("{}")
    path.chmod(0)
    assert "cannot be opened" in refusal(path)


def test_huge_file(tmp_path: Path) -> None:
    """A file above the limit is refused before it is parsed."""
    path = tmp_path / "huge.otio"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert "bigger than 64 MB" in refusal(path)


def test_long_and_odd_paths(tmp_path: Path) -> None:
    """A name with a line break does not break the line; an impossible name is an error as any."""
    with pytest.raises(CutError) as caught:
        read_cut(tmp_path / "a\nb.otio")
    assert "\n" not in str(caught.value)
    for name in ("x" * 5000 + ".otio", "a\0b.otio"):
        with pytest.raises(CutError):
            read_cut(tmp_path / name)


def test_nothing_named_in_a_cut_is_opened(tmp_path: Path) -> None:
    """Only the cut itself is opened, whatever it names."""
    canary = tmp_path / "canary.mov"
    canary.write_text("")
    text = meridian().read_text().replace("Meridian_UHD4k5994_HDR_P3PQ.mp4", str(canary))
    path = tmp_path / "cut.otio"
    path.write_text(text)
    opened: list[str] = []
    watching = True

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if watching and event == "open":
            opened.append(str(args[0]))

    sys.addaudithook(watch)
    shots = read_cut(path).shots
    watching = False
    assert shots[0].media == str(canary)
    assert str(path) in opened
    assert str(canary) not in opened


def test_error_text_of_hostile_names(tmp_path: Path) -> None:
    """Terminal codes in names do not reach the error or the warnings."""
    path = tmp_path / "a.otio"
    path.write_text(track(0, 10, 0.0).replace('"a"', '"\\u001b[31m\\n"'))
    assert "\x1b" not in refusal(path)
