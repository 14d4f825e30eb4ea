import contextlib
import json
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundling import (
    GENERATORS,
    NEW,
    OLD,
    Names,
    block,
    bundle,
    checkpoint,
    entries,
    field,
    graph,
    sealed,
    state_widths,
    table,
    varint,
)  # fmt: skip
from bundling import logits as told_by_tensorflow
from bundling import variables as made_up
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stochos.neural import magenta
from stochos.neural.bundle import BundleError, Config, assemble
from stochos.neural.encodings import ENCODINGS, squash, squash_amount
from stochos.neural.sampling import Stepper, softmax

REAL = Path(__file__).parents[3] / "shared" / "magenta"
BUNDLES = {
    "funkyb_attention_rnn": "funkyb_attention_v0",
    "soma_attention_rnn_b1": "soma_attention_v1",
    "local_basic_64": "local_basic_64",
    "local_lookback_64": "local_lookback_64",
    "local_mono_64": "local_mono_64",
}
MELODY = [60, -2, 64, -1, 67, 60, -2, -2] * 5

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real bundles are not beside the project")


def config(encoding: str, *layers: int, attention: int | None = None, wraps: str = "first") -> Config:
    known = ENCODINGS[encoding]
    return Config(
        encoding, "lstm", layers, known.lowest, known.highest, attention=attention, wraps=wraps, start=False
    )


CASES = [
    (config("basic", 6, 5), NEW),
    (config("basic", 6, 5), OLD),
    (config("mono", 4), NEW),
    (config("mono", 4), OLD),
    (config("lookback", 5, 3, 4), NEW),
    (config("lookback", 5, 3, 4), OLD),
    (config("attention", 5, 4, attention=3, wraps="first"), NEW),
    (config("attention", 5, 4, attention=40, wraps="all"), OLD),
    (config("lookback", 4, attention=7, wraps="all"), OLD),
]


def written(config: Config, names: Names) -> tuple[bytes, dict[str, np.ndarray]]:
    variables = made_up(config, names, np.random.default_rng(5))
    generator = GENERATORS[config.encoding]
    return bundle(generator, [checkpoint(variables)], graph(state_widths(config)), "made up"), variables


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], magenta.Imported]:
    def reading(content: bytes) -> magenta.Imported:
        path = tmp_path / "made.mag"
        path.write_bytes(content)
        return magenta.read(path)

    return reading


Read = Callable[[bytes], magenta.Imported]


def heard(imported: magenta.Imported, events: list[int]) -> np.ndarray:
    stepper = Stepper(assemble(imported.config, imported.weights))
    told = []
    for event in events:
        stepper.hear([event])
        told.append(stepper.logits[0])
    return np.array(told)


def refusal(read: Read, content: bytes) -> str:
    with pytest.raises(BundleError) as raised:
        read(content)
    message = str(raised.value)
    assert "\n" not in message
    assert "made.mag" in message
    return message


@pytest.mark.parametrize(("config", "names"), CASES)
def test_a_bundle_plays_as_the_formulas_of_tensorflow_say(read: Read, config: Config, names: Names) -> None:
    content, variables = written(config, names)
    imported = read(content)
    assert imported.config == config
    assert imported.generator == GENERATORS[config.encoding]
    assert imported.about == "made up"
    assert {name: array.shape for name, array in imported.weights.items()} == config.shapes()
    expected = told_by_tensorflow(config, names, variables, MELODY)
    np.testing.assert_allclose(heard(imported, MELODY), expected, atol=1e-6)


def test_the_forget_gate_is_not_forgotten(read: Read) -> None:
    config, names = CASES[0]
    content, variables = written(config, names)
    variables["rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"][2 * 6 : 3 * 6] += 0.05
    expected = told_by_tensorflow(config, names, variables, MELODY)
    assert np.abs(heard(read(content), MELODY) - expected).max() > 1e-4


@needs_real
@pytest.mark.parametrize("name", BUNDLES)
def test_real_bundles_have_the_golden_variables_probabilities_and_likelihoods(name: str) -> None:
    imported = magenta.read(REAL / f"{name}.mag")
    golden = json.loads((REAL / f"{BUNDLES[name]}.json").read_text())
    arrays = np.load(REAL / f"{BUNDLES[name]}.npz")
    assert imported.generator == golden["config"]
    assert sum(a.size for a in imported.weights.values()) == sum(map(np.prod, golden["variables"].values()))
    encoding = ENCODINGS[imported.config.encoding]
    for melody, case in golden["cases"].items():
        events = arrays[f"{melody}__events_in"].tolist()
        moved = squash_amount(events, encoding)
        assert moved == case["transposed_by"]
        events = squash(events, encoding, moved)
        told = softmax(heard(imported, events))
        np.testing.assert_allclose(told, arrays[f"{melody}__softmax_T1"], atol=1e-5)
        classes = encoding.encode(events)
        nats = sum(float(np.log(told[step, said])) for step, said in enumerate(classes[1:]))
        assert nats == pytest.approx(case["loglik_sum_over_steps_1..n-1"], abs=1e-4)


# --- what is left out, and what cannot be read --------------------------------------------------


def test_attention_looks_back_forty_steps_where_the_graph_does_not_say(read: Read) -> None:
    config, names = CASES[6]
    files = [checkpoint(made_up(config, names, np.random.default_rng(5)))]
    for metagraph in (None, b"", graph({}), field(2, b"")):
        assert read(bundle("attention_rnn", files, metagraph)).config.attention == 40
    assert "do not fit" in refusal(read, bundle("attention_rnn", files, graph({"zeros": 31})))
    assert "do not fit" in refusal(read, bundle("attention_rnn", files, graph({"zeros": 5 * 10**9})))


def test_what_only_training_needs_is_left_out(read: Read) -> None:
    config, names = CASES[0]
    variables = made_up(config, names, np.random.default_rng(5))
    more = {f"{name}/{kind}": array for name, array in variables.items() for kind in ("Adam", "Adam_1")}
    more |= {name: np.ones((), dtype=np.float32) for name in ("beta1_power", "training/beta2_power")}
    more |= {"global_step": np.array(7, dtype=np.int64)}
    plain = read(bundle("basic_rnn", [checkpoint(variables)], None))
    trained = read(bundle("basic_rnn", [checkpoint(variables | more)], None))
    assert all((trained.weights[name] == array).all() for name, array in plain.weights.items())


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        ("polyphony", "is a bundle of `polyphony`, and these can be read: basic_rnn, mono_rnn"),
        ("drum_kit", "`drum_kit`"),
        ("", "``"),
        ("\x1b[31mred\n", "`?[31mred`"),
        ("x" * 5_000, "longer than 4,096 bytes"),
    ],
)
def test_other_kinds_are_named(read: Read, generator: str, message: str) -> None:
    config, names = CASES[0]
    files = [checkpoint(made_up(config, names, np.random.default_rng(5)))]
    assert message in refusal(read, bundle(generator, files, None))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not say what network"),
        (b"\x89PNG\r\n\x1a\n", "is not a bundle of Magenta's"),
        (b"\xff" * 100, "has no end"),
        (b"\x0a" + b"\xff" * 9 + b"\x01", "cut short"),
        (field(1, field(1, b"\xff\xfe")), "not UTF-8"),
        (bundle("basic_rnn", [], None), "holds 0 files"),
        (bundle("basic_rnn", [b"", b""], None), "holds 2 files"),
        (bundle("basic_rnn", [b"x" * 100], None), "not a checkpoint in one file"),
        (bundle("basic_rnn", [table([])], None), "it is empty"),
        (bundle("basic_rnn", [checkpoint({})], None), "has not 1 to 8 layers"),
        (b"\x08\x01" * 30_000, "more than 20,000 fields"),
    ],
)
def test_what_is_no_bundle_is_one_line(read: Read, content: bytes, message: str) -> None:
    assert message in refusal(read, content)


def test_missing_files_and_folders_are_one_line(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.mag", Path("\0")):
        with pytest.raises(BundleError, match=r"there is no file|is a folder"):
            magenta.read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.mag"
    with path.open("wb") as file:
        file.truncate(magenta.MOST_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(BundleError, match="134,217,728 are the limit"):
        magenta.read(path)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 2**20


BIAS = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"
KERNEL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({KERNEL: None}, f"`{KERNEL}` is missing"),
        ({"fully_connected/biases": None}, "`fully_connected/bias` is missing"),
        ({BIAS: None}, "has not 1 to 8 layers"),
        ({BIAS: np.zeros(4 * 2049, dtype=np.float32)}, "1 to 2048 units"),
        ({BIAS: np.zeros((2, 12), dtype=np.float32)}, "is 2 by 12, not 24"),
        ({KERNEL: np.zeros((2, 2), dtype=np.float32)}, "is 2 by 2, not 44 by 24"),
        ({KERNEL: np.zeros((), dtype=np.float32)}, "is one number, not 44 by 24"),
        ({KERNEL: np.full((44, 24), np.nan, dtype=np.float32)}, "is not finite"),
        ({KERNEL: np.zeros((44, 24), dtype=np.int64)}, f"`{KERNEL}` is missing"),
        ({"another": np.zeros(3, dtype=np.float32)}, "not known: `another`"),
        ({BIAS.replace("cell_0", "cell_3"): np.zeros(4, dtype=np.float32)}, "not known"),
        ({BIAS: np.zeros((1, 1, 1, 1, 24), dtype=np.float32)}, "more than 4 axes"),
    ],
)
def test_a_variable_that_does_not_fit_is_named(
    read: Read, changes: dict[str, np.ndarray | None], message: str
) -> None:
    variables = made_up(config("basic", 6, 5), NEW, np.random.default_rng(5)) | changes
    kept = {name: array for name, array in variables.items() if array is not None}
    assert message in refusal(read, bundle("basic_rnn", [checkpoint(kept)], None))


def test_a_checkpoint_is_as_its_list_says(read: Read) -> None:
    listed = entries(made_up(config("basic", 6, 5), NEW, np.random.default_rng(5)))
    bias = listed.index(next(entry for entry in listed if b"fully_connected/biases" in entry[0]))

    def told(changed: list[tuple[bytes, bytes]]) -> str:
        return refusal(read, bundle("basic_rnn", [table(changed)], None))

    assert "are missing" in told([entry for entry in listed if entry != listed[bias]])
    assert "more than once" in told([*listed, listed[bias]])
    assert "list of tensors is longer" in told([(b"", bytes(2**18 + 1))])
    assert "more than 1,000 tensors" in told([(b"", b"")] * 1_001)


@pytest.mark.parametrize("sizes", [[37], [0], [2**62], [2**63, 2, 0], [], [2**62, 2**62], [38, 0]])
def test_no_shape_takes_more_than_is_there(read: Read, sizes: list[int]) -> None:
    variables = made_up(config("basic", 6, 5), NEW, np.random.default_rng(5))
    listed = entries(variables)
    listed[0] = (b"", entries(variables, {"fully_connected/biases": sizes})[0][1])
    assert "not the numbers that its shape asks for" in refusal(read, bundle("basic_rnn", [table(listed)], None))


def test_a_table_that_is_not_sound_is_refused(read: Read) -> None:
    listed = entries(made_up(config("basic", 6, 5), NEW, np.random.default_rng(5)))
    whole = table(listed)

    def told(file: bytes) -> str:
        return refusal(read, bundle("basic_rnn", [file], None))

    def footed(body: bytes, *handle: int) -> bytes:
        return body + b"".join(map(varint, (0, 0, *handle))).ljust(40, b"\0") + whole[-8:]

    for place in (0, 100, len(whole) - 60):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        assert "do not add up to its sum" in told(bytes(damaged))
    assert "cut short" in told(whole[:-1])
    assert "cut short" in told(whole[: len(whole) // 2] + whole[-48:])
    assert "compressed" in told(footed(sealed(b"abc", compression=1), 0, 3))
    assert "cut short" in told(footed(sealed(b""), 0, 0))
    assert "cut short" in told(footed(sealed((2**32 - 1).to_bytes(4, "little")), 0, 4))
    assert "cut short" in told(footed(b"", 2**63, 2**63))
    entry = varint(0) + varint(1) + varint(2**40) + b"x" + bytes(4) + (1).to_bytes(4, "little")
    assert "cut short" in told(footed(sealed(entry), 0, len(entry)))


def test_blocks_may_not_be_read_again_and_again(read: Read) -> None:
    first = block([(b"", b"")])
    handle = varint(0) + varint(len(first))
    index = block([(b"a", handle), (b"b", handle)])
    file = sealed(first) + sealed(index)
    handles = varint(0) + varint(0) + varint(len(sealed(first))) + varint(len(index))
    whole = file + handles.ljust(40, b"\0") + checkpoint({})[-8:]
    assert "lie over each other" in refusal(read, bundle("basic_rnn", [whole], None))


# --- anything at all ----------------------------------------------------------------------------


def damaged(content: bytes, draw: Callable[[st.SearchStrategy], Any]) -> bytes:
    """Bytes changed, cut, doubled or moved at a few places."""
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.integers(0, len(content))) for _ in range(2))
        put = draw(
            st.binary(max_size=12)
            | st.sampled_from([b"\xff" * 9, b"\xff" * 12, varint(2**63), varint(2**40), content[start:end]])
        )
        kept = draw(st.sampled_from([start, min(start + len(put), len(content)), end]))
        content = content[:start] + put + content[kept:]
    return content


@cache
def made_once(shape: Config, names: Names) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(entries(made_up(shape, names, np.random.default_rng(5))))


def damaged_bundle(data: st.DataObject) -> bytes:
    """A bundle that was damaged as a whole, or inside, with the sums of what is there."""
    shape, names = data.draw(st.sampled_from(CASES))
    listed = list(made_once(shape, names))
    metagraph = graph(state_widths(shape))
    where = data.draw(st.sampled_from(["whole", "table", "tensor", "graph"]))
    if where == "tensor":
        number = data.draw(st.integers(0, len(listed) - 1))
        listed[number] = (listed[number][0], damaged(listed[number][1], data.draw))
    file = table(listed)
    if where == "table":
        start = data.draw(st.sampled_from([0, len(file) - 200]))
        file = file[:start] + damaged(file[start:], data.draw)
    if where == "graph":
        metagraph = damaged(metagraph, data.draw)
    content = bundle(GENERATORS[shape.encoding], [file], metagraph)
    return damaged(content, data.draw) if where == "whole" else content


def sound_or_refused(path: Path) -> None:
    with contextlib.suppress(BundleError):
        imported = magenta.read(path)
        assert {name: array.shape for name, array in imported.weights.items()} == imported.config.shapes()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_one_line_or_a_network(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "damaged.mag"
    path.write_bytes(damaged_bundle(data))
    sound_or_refused(path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_takes_much_memory(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "damaged.mag"
    path.write_bytes(damaged_bundle(data))
    tracemalloc.start()
    try:
        sound_or_refused(path)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken < 8 * path.stat().st_size + 2**20
