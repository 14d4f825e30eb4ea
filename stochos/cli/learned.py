"""The commands of what learns from music: chains, and networks."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated, Optional

import typer

from stochos.cli.guard import guarded
from stochos.cli.sample import Integers, Threshold
from stochos.cli.screen import busy, counting, messages, results
from stochos.cli.states import States


def learn(  # noqa: PLR0913, PLR0917 - an argument for each option
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="MIDI, MusicXML, ABC, or names of the corpus.")],
    order: Annotated[int, typer.Option(min=1, max=12, help="How many states the chain looks back.")] = 1,
    states: Annotated[States, typer.Option(help="What it is made of.")] = States.NOTE,
    fold: Annotated[float, typer.Option(min=0.0, max=1.0, help="Leave out what is rarer in a row.")] = 0.0,
    output: Annotated[
        Optional[Path], typer.Option("-o", "--output", help="A .stoch file; else the chain is printed.")  # noqa: UP045
    ] = None,
    plot: Annotated[Optional[Path], typer.Option(help="A heat map, .svg or .png.")] = None,  # noqa: UP045
) -> None:
    """Learn a chain from music, to read, change and play."""
    from stochos.cli import heat
    from stochos.cli import learn as learning
    from stochos.rendering.files import write_whole

    if plot is not None and plot.suffix.lower() not in heat.PICTURES:
        raise typer.BadParameter("a picture ends in .svg or .png", param_hint="--plot")
    with guarded():
        with busy("learning"):
            lesson = learning.learn(learning.heard(files, states), order, states, fold)
            text = learning.score_of(lesson, learning.let_name(output), files)
        made = {output: text.encode()} if output else {}
        if plot is not None:
            made[plot] = heat.picture(lesson, ", ".join(files[:3]), plot.suffix.lower())
        write_whole(made)
    if output is None:
        results().stream.write(text)
    screen = results() if output else messages()
    for line in [*heat.heat_map(lesson, screen.width, screen.unicode), *learning.told(lesson)]:
        screen.say(line)
    if made:
        hint = f"; `stochos compile {quote(str(output))}` plays eight bars of it" if output else ""
        screen.say(f"wrote {' and '.join(map(str, made))}{hint}")


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network, by name, folder or .mag file.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="A dataset, as `stochos dataset build` makes it.")],
    pieces: Annotated[int, typer.Option(min=0, help="How many pieces are told of one by one.")] = 10,
    csv: Annotated[Optional[Path], typer.Option(help="Write every piece to a .csv file.")] = None,  # noqa: UP045
    plot: Annotated[Optional[Path], typer.Option(help="Write every piece as a dot, .svg or .png.")] = None,  # noqa: UP045
) -> None:
    """Measure how well a network foretells held-out pieces."""
    from stochos.cli import evaluate as evaluating
    from stochos.cli.opened import foretelling_model_of, opening, tunes_of
    from stochos.neural.evaluation import evaluate as evaluated
    from stochos.rendering.files import write_whole

    if plot is not None and plot.suffix not in {".svg", ".png"}:
        raise typer.BadParameter("a picture ends in .svg or .png", param_hint="--plot")
    with opening():
        network = foretelling_model_of(model)
        learned, held_out = tunes_of(data, network.config)
        with counting("foretelling") as progress:
            found = evaluated(network, learned, held_out, progress)
        for line in (*evaluating.by_piece(found, pieces), *[""] * bool(pieces), *evaluating.summary(found)):
            results().say(line)
        files = {} if csv is None else {csv: evaluating.as_csv(found)}
        if plot is not None:
            files[plot] = evaluating.picture(found, f"{model} on {len(found.pieces):,} pieces").written(plot.suffix[1:])
        write_whole(files)
    for path in files:
        results().say(f"wrote {path}")


def train(  # noqa: PLR0913, PLR0917 - an argument for each option
    config: Annotated[str, typer.Option(metavar="NAME", help="The recipe, such as basic, note or chorale.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="A dataset, as `stochos dataset build` makes it.")],
    run: Annotated[Path, typer.Option(metavar="DIR", help="Its folder, gone on with; the network is DIR/best.")],
    layers: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Units of each layer, as in 128,128; this and the rest by default as in the recipe."),
    ] = None,
    attention: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=0, max=1024, help="Steps that are looked back at; 0 for none."),
    ] = None,
    batch: Annotated[Optional[int], typer.Option(min=1, max=4096, help="Pieces that are learned from at once.")] = None,  # noqa: UP045
    dropout: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.0, max=0.95, help="Share of what is heard within that is left out."),
    ] = None,
    learning_rate: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=1e-7, max=1.0, help="Adam's greatest step; it falls to nothing by a cosine."),
    ] = None,
    epochs: Annotated[Optional[int], typer.Option(min=1, help="Times that all is learned from, at most.")] = None,  # noqa: UP045
    steps: Annotated[Optional[int], typer.Option(min=1, help="Batches in all, instead of epochs.")] = None,  # noqa: UP045
    patience: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Epochs without fewer nats on held-out pieces, after which it ends."),
    ] = None,
    transpose: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=0, max=12, help="Semitones by which pieces are moved at most, anew in every epoch."),
    ] = None,
    seed: Annotated[Optional[int], typer.Option(min=0, help="Of first weights, order and dropout.")] = None,  # noqa: UP045
    every: Annotated[float, typer.Option(min=0.0, help="Seconds after which it is kept, beside every epoch.")] = 60.0,
) -> None:
    """Train a network of your own on a dataset; stopped at any time, the same command goes on.

    It needs TensorFlow, uses a GPU where there is one and all where there are several, and several machines where
    TF_CONFIG names them. DIR/logs is for TensorBoard.
    """
    from stochos.cli import train as training

    wishes = training.Wishes(
        layers, attention, batch, dropout, learning_rate, steps, epochs, patience, transpose, seed
    )  # fmt: skip
    training.train(config, data, run, wishes, every)


def sample(  # noqa: PLR0913, PLR0917 - an argument for each option
    model: Annotated[str, typer.Option(metavar="MODEL", help="A network, by name, folder or .mag file.")] = "basic",
    steps: Annotated[
        int, typer.Option(min=1, max=100_000, help="Sixteenths in all; as in Magenta those of the primer count.")
    ] = 128,
    outputs: Annotated[int, typer.Option(min=1, max=1000, help="How many takes are drawn, together.")] = 1,
    primer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="'[60, -2, 62, -2]' or 'C4:8 D4'; by default middle C, as in Magenta; '[]' for none."),
    ] = None,
    primer_midi: Annotated[Optional[Path], typer.Option(help="The first part of a MIDI file.")] = None,  # noqa: UP045
    harmony: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Chords in 4/4, 'Dm:1 | A7:2 G', over and over; for networks that play over chords."),
    ] = None,
    include_primer: Annotated[bool, typer.Option("--include-primer", help="Write the primer before a take.")] = False,
    temperature: Annotated[float, typer.Option(min=0.001, max=1000.0, help="Below 1 tamer, above 1 wilder.")] = 1.0,
    threshold: Annotated[
        Threshold, typer.Option(help="Draw (soft), or let the likeliest event always come (hard).")
    ] = Threshold.SOFT,
    beam: Annotated[int, typer.Option(min=1, max=100, help="Continuations of each take that are kept.")] = 1,
    branch: Annotated[int, typer.Option(min=1, max=100, help="Ways in which each of these goes on.")] = 1,
    steps_per_iteration: Annotated[int, typer.Option(min=1, help="Steps after which the likeliest are kept.")] = 1,
    tempo: Annotated[float, typer.Option(min=4.0, max=1000.0, help="Quarter notes a minute.")] = 120.0,
    seed: Annotated[Optional[int], typer.Option(min=0, help="Draw the takes of this seed again.")] = None,  # noqa: UP045
    integers: Annotated[
        Optional[Integers],  # noqa: UP045
        typer.Option(help="Print each take, too, as a list of Magenta's (-2, -1) or of Martin's (129, 128)."),
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where the files go.")] = Path(),
) -> None:
    """Let a network go on with a primer, as MIDI files.

    Options are Magenta's; other than there the primer is heard as it is written, with no silence after it, and it is
    only written with --include-primer.
    """
    from secrets import randbelow

    from stochos.cli import sample as sampling
    from stochos.cli.opened import melody_model_of, opening
    from stochos.neural.beam import Beam, takes
    from stochos.rendering.files import write_whole

    if primer is not None and primer_midi is not None:
        raise typer.BadParameter("one primer is enough", param_hint="--primer-midi")
    number = randbelow(2**31) if seed is None else seed
    with opening():
        network = melody_model_of(model, harmony is not None)
        begins = primer or ("[]" if harmony else sampling.MIDDLE_C)
        heard = sampling.primer_in(primer_midi) if primer_midi else sampling.primer_of(begins)
        count = sampling.steps_after(heard, steps)
        choice = sampling.chosen(temperature, threshold, count)
        if network.bars is not None and beam * branch > 1:
            raise typer.BadParameter(f"`{model}` cannot say which take is likeliest", param_hint="--beam")
        if threshold is Threshold.HARD and outputs > 1 and network.bars is None:
            messages().say("with --threshold hard all takes are one: it is written once")
            outputs = 1
        width = Beam(beam, branch, steps_per_iteration)
        led, told, moved = sampling.over(harmony, heard, count)
        made = takes(network, led, choice, outputs, number, width, told, moved)
        before = heard if include_primer else ()
        files = sampling.files_of(made, before, model, number, tempo, output)
        write_whole(files)
    for line in (*sampling.told(files, made), *(sampling.listed(made, before, integers) if integers else ())):
        results().say(line)
    results().say(f"seed {number}")


def turing(  # noqa: PLR0913, PLR0917 - an argument for each option
    model: Annotated[str, typer.Option(metavar="MODEL", help="A network, by name, folder or .mag file.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="A dataset, as `stochos dataset build` makes it.")],
    pieces: Annotated[int, typer.Option(min=10, help="How many held-out pieces are judged at most.")] = 400,
    temperature: Annotated[float, typer.Option(min=0.001, max=1000.0, help="At which the network plays.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Draw pieces and takes from this seed.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Test whether what a network plays can be told from held-out pieces."""
    from json import dumps

    from stochos.cli.opened import model_of, opening, tunes_of
    from stochos.cli.table import table
    from stochos.neural import turing as test

    with opening():
        network = model_of(model)
        learned, held_out = tunes_of(data, network.config)
        with counting("playing") as progress:
            found = test.figures(network, learned, held_out, seed, temperature, pieces, progress)
    if json:
        results().say(dumps(found.as_dict(), indent=2))
        return
    for line in table(("", f"{found.pieces} pieces"), list(test.told(found))):
        results().say(line)
    verdict = "cannot be told" if found.told.passes else "is told"
    results().say(f"what {model} plays {verdict} from music; guessing is 0.5")
