"""The commands: shells of a few lines around the pipeline."""

from __future__ import annotations

import os
import sys
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from stochos import __version__
from stochos.cli.dataset import dataset_app
from stochos.cli.guard import PROBLEMS, OutputFormat, guarded, run, tell, tell_count
from stochos.cli.model import model_app
from stochos.cli.sample import Threshold
from stochos.cli.screen import busy, counting, messages, results
from stochos.cli.states import States
from stochos.lazily import load_numpy_later

if TYPE_CHECKING:
    from stochos.diagnostics import Diagnostic

app = typer.Typer(
    name="stochos", help="Stochastic scores: text in, MIDI and MusicXML out.", no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]}, pretty_exceptions_enable=False, rich_markup_mode=None,
    suggest_commands=False,  # click does
)  # fmt: skip
app.add_typer(dataset_app, name="dataset")
app.add_typer(model_app, name="model")

Score = Annotated[str, typer.Argument(metavar="FILE", help="A .stoch score, or - for standard input.")]
Outside = Annotated[bool, typer.Option("--allow-outside", help="Let the score import from outside its folder.")]
Seed = Annotated[Optional[int], typer.Option(min=0, help="Draw from this seed, not the score's.")]  # noqa: UP045


class Stage(StrEnum):
    """What `show` shows."""

    TREE = "tree"
    SCORE = "score"
    NOTES = "notes"
    EXPECT = "expect"


class Kind(StrEnum):
    """What `list` lists."""

    INSTRUMENTS = "instruments"
    PERCUSSION = "percussion"
    GENERATORS = "generators"
    LAWS = "laws"
    TRANSFORMS = "transforms"
    CONSTRAINTS = "constraints"
    SCALES = "scales"
    DYNAMICS = "dynamics"
    ARTICULATIONS = "articulations"
    MODELS = "models"


def _version(asked: bool) -> None:
    if asked:
        results().say(f"stochos {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("compile")
def compile_(  # noqa: PLR0913, PLR0917 - an argument for each option
    file: Score,
    output: Annotated[
        Optional[Path], typer.Option("-o", "--output", help="A file with a known ending, or a folder.")  # noqa: UP045
    ] = None,
    formats: Annotated[Optional[str], typer.Option(help="midi, musicxml, or both with a comma.")] = None,  # noqa: UP045
    seed: Seed = None,
    takes: Annotated[int, typer.Option(min=1, max=1000, help="How many takes; each has the next seed.")] = 1,
    section: Annotated[Optional[str], typer.Option(help="Only this section.")] = None,  # noqa: UP045
    part: Annotated[Optional[str], typer.Option(help="Only this part.")] = None,  # noqa: UP045
    report: Annotated[bool, typer.Option("--report", help="Hold each cloud against its laws; count attempts.")] = False,
    allow_outside: Outside = False,
) -> None:
    """Turn a score into MIDI and MusicXML."""
    from stochos.cli.output import targets
    from stochos.cli.report import expectations, fit_table, summary, take_line, trial_table
    from stochos.pipeline import check_source, fits, observe, realize_checked, render, unmet
    from stochos.rendering.files import write_whole

    places = targets(file, output, formats, takes)
    problems: list[Diagnostic] = []
    with guarded():
        with busy("compiling"):
            checked = check_source(_source(file), allow_outside)
            tell(checked.warnings)
            first = checked.score.seed if seed is None else seed
            pieces = [realize_checked(checked, first + take, section, part) for take in range(takes)]
            contents = [render(piece, place) for piece, place in zip(pieces, places, strict=True)]
            write_whole({
                place[name]: data
                for place, content in zip(places, contents, strict=True) for name, data in content.items()
            })  # fmt: skip
        for number, (piece, place) in enumerate(zip(pieces, places, strict=True), 1):
            if takes == 1:
                results().say(summary(piece, place.values(), results()))
            else:
                results().say(take_line(number, piece, place.values()))
            if section is None and part is None:
                found = observe(checked, piece)
                for line in expectations(found, results()):
                    results().say(line)
                problems += unmet(checked, found, piece.seed)
                if report:
                    results().say("\n".join([*fit_table(fits(checked, piece)), *trial_table(piece)]))
        tell(problems)
    if problems:
        messages().say("the files are written; not every expectation is met")
        raise typer.Exit(PROBLEMS)


@app.command()
def check(
    file: Score,
    output_format: Annotated[OutputFormat, typer.Option(help="How problems are written.")] = OutputFormat.FULL,
    allow_outside: Outside = False,
) -> None:
    """Find everything that is wrong with a score."""
    from stochos.diagnostics import SourceError
    from stochos.pipeline import check_source

    try:
        found = check_source(_source(file), allow_outside).warnings
    except SourceError as error:
        found = error.diagnostics
    tell(found, output_format)
    is_wrong = any(not diagnostic.is_warning for diagnostic in found)
    if found and output_format is not OutputFormat.JSON:
        tell_count(found)
    elif not found and output_format is OutputFormat.FULL:
        messages().say(f"{file}: no problems")
    if is_wrong:
        raise typer.Exit(PROBLEMS)


@app.command()
def fmt(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scores, or - for standard input.")],
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 where something would.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; show what would change.")] = False,
) -> None:
    """Lay scores out as they are best read. Comments stay."""
    from stochos.rendering.files import write_whole

    with guarded():
        laid_out = _laid_out(files)
        changed = [(file, old, new) for file, old, new in laid_out if old != new]
        if diff:
            for file, old, new in changed:
                results().write(_difference(file, old, new))
        elif check_only:
            for file, _, _ in changed:
                messages().say(f"{file} would be laid out anew")
        else:
            write_whole({Path(file): new.encode() for file, _, new in changed if file != "-"})
            for file, _, new in laid_out:
                if file == "-":
                    results().write(new)
            for file in dict.fromkeys(file for file, _, _ in changed if file != "-"):
                messages().say(f"{file} laid out anew")
    if changed and (check_only or diff):
        raise typer.Exit(PROBLEMS)


def _laid_out(files: list[str]) -> list[tuple[str, str, str]]:
    """Name, text and layout of each score; SourceError with the problems of all."""
    from stochos.diagnostics import SourceError
    from stochos.format import format_score

    found = []
    problems: list[Diagnostic] = []
    for file in files:
        try:
            source = _source(file)
            found.append((file, source.text, format_score(source)))
        except SourceError as error:
            problems += error.diagnostics
    if problems:
        raise SourceError(problems)
    return found


def _difference(file: str, old: str, new: str) -> str:
    """What a new layout changes, as `diff -u` says it."""
    lines = unified_diff(old.splitlines(True), new.splitlines(True), file, f"{file} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@app.command()
def show(
    file: Score,
    stage: Annotated[Stage, typer.Option(help="Written, meant, what sounds, or what is expected of it.")] = Stage.NOTES,
    json: Annotated[bool, typer.Option("--json", help="Notes as JSON.")] = False,
    seed: Seed = None,
    allow_outside: Outside = False,
) -> None:
    """Show what stochos makes of a score, stage by stage."""
    from stochos.cli import show as shown
    from stochos.cli.report import expectations
    from stochos.parse import parse
    from stochos.pipeline import check_source, observe, realize_checked

    if json and stage is not Stage.NOTES:
        raise typer.BadParameter("only notes are shown as JSON", param_hint="--json")
    with guarded():
        source = _source(file)
        match stage:
            case Stage.TREE:
                results().say(shown.outline(parse(source)))
            case Stage.SCORE:
                results().say(shown.outline(check_source(source, allow_outside).score))
            case Stage.NOTES:
                piece = realize_checked(check_source(source, allow_outside), seed)
                results().say(shown.notes_as_json(piece) if json else shown.notes_as_table(piece))
            case Stage.EXPECT:
                checked = check_source(source, allow_outside)
                piece = realize_checked(checked, seed)
                found = observe(checked, piece)
                for line in expectations(found, results()):
                    results().say(line)
                if not found:
                    messages().say(f"{file}: nothing is expected of it")
                if any(not result.holds for result in found):
                    raise typer.Exit(PROBLEMS)


@app.command()
def game(file: Score, seed: Seed = None, allow_outside: Outside = False) -> None:
    """Solve the games in a score, and say how they go."""
    from stochos.cli.games import told
    from stochos.pipeline import check_source
    from stochos.realize.games import matches

    with guarded():
        checked = check_source(_source(file), allow_outside)
        found = matches(checked.score, checked.files.load_network, seed)
        for match in found:
            results().say(told(match))
        if not found:
            messages().say(f"{file}: nobody plays a game")


@app.command()
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


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network, by name, folder or .mag file.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="A dataset, as `stochos dataset build` makes it.")],
    pieces: Annotated[int, typer.Option(min=0, help="How many pieces are told of one by one.")] = 10,
    csv: Annotated[Optional[Path], typer.Option(help="Write every piece to a .csv file.")] = None,  # noqa: UP045
    plot: Annotated[Optional[Path], typer.Option(help="Write every piece as a dot, .svg or .png.")] = None,  # noqa: UP045
) -> None:
    """Measure how well a network foretells held-out pieces."""
    from stochos.cli import evaluate as evaluating
    from stochos.cli.opened import model_of, opening, tunes_of
    from stochos.neural.evaluation import evaluate as evaluated
    from stochos.rendering.files import write_whole

    if plot is not None and plot.suffix not in {".svg", ".png"}:
        raise typer.BadParameter("a picture ends in .svg or .png", param_hint="--plot")
    with opening():
        network = model_of(model)
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


@app.command()
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


@app.command()
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
        heard = sampling.primer_in(primer_midi) if primer_midi else sampling.primer_of(primer or sampling.MIDDLE_C)
        count = sampling.steps_after(heard, steps)
        choice = sampling.chosen(temperature, threshold, count)
        if threshold is Threshold.HARD and outputs > 1:
            messages().say("with --threshold hard all takes are one: it is written once")
            outputs = 1
        made = takes(melody_model_of(model), heard, choice, outputs, number, Beam(beam, branch, steps_per_iteration))
        files = sampling.files_of(made, heard if include_primer else (), model, number, tempo, output)
        write_whole(files)
    for line in sampling.told(files, made):
        results().say(line)
    results().say(f"seed {number}")


@app.command()
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

    from stochos.cli.opened import melody_model_of, opening, tunes_of
    from stochos.cli.table import table
    from stochos.neural import turing as test

    with opening():
        network = melody_model_of(model)
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


@app.command()
def explain(code: Annotated[str, typer.Argument(help="A code such as STO201.")]) -> None:
    """Explain a problem: why it comes, and what to write."""
    from stochos.cli.explain import explanation, guess

    text = explanation(code)
    if text is None:
        close = guess(code.upper())
        raise typer.BadParameter(f"there is no code `{code}`" + (f"; did you mean {close}?" if close else ""))
    if results().colour:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        results().say(text)


@app.command("list")
def list_(kind: Annotated[Kind, typer.Argument(help="What to list.")]) -> None:
    """List what a score may name."""
    from stochos.cli.catalogue import rows

    found = rows(kind.value)
    width = max((len(name) for name, _ in found), default=0)
    for name, about in found:
        results().say(f"{name:{width}}  {about}".rstrip())


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name; NAME.stoch is written.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a small score to start from."""
    from stochos.cli.starter import starter

    path = Path(name if name.endswith(".stoch") else f"{name}.stoch")
    _write_new(path, starter(path.stem), force)


@app.command()
def law(
    text: Annotated[
        str, typer.Argument(metavar="PROCESS", help='As in a score: "normal(mean: C4, sd: 6st)"; or a name.')
    ],
    plot: Annotated[Optional[Path], typer.Option(help="Write its picture, .svg or .png.")] = None,  # noqa: UP045
    midi: Annotated[Optional[Path], typer.Option(help="Write some notes of it.")] = None,  # noqa: UP045
    seed: Annotated[int, typer.Option(min=0, help="Draw from this seed.")] = 1,
) -> None:
    """Show what a law, or any other process, draws."""
    from stochos.cli.card import card
    from stochos.cli.examples import complete
    from stochos.cli.law import see
    from stochos.cli.portrait import portrait
    from stochos.rendering.files import write_whole
    from stochos.rendering.midi import write_midi

    if plot is not None and plot.suffix not in {".svg", ".png"}:
        raise typer.BadParameter("a picture ends in .svg or .png", param_hint="--plot")
    with guarded():
        seen = see(complete(text), seed)
        files = {} if plot is None else {plot: portrait(seen).written(plot.suffix[1:])}
        files |= {} if midi is None else {midi: write_midi(seen.piece)}
        for line in card(seen, results()):
            results().say(line)
        write_whole(files)
    for path in files:
        results().say(f"wrote {path}")


@app.command()
def sieve(
    text: Annotated[str, typer.Argument(metavar="SIEVE", help='Residue classes, such as "8@0 | 3@2 & 4@1".')],
    add: Annotated[Optional[int], typer.Option(help="Also its metabola: this added to every index.")] = None,  # noqa: UP045
) -> None:
    """Say what a sieve holds, and its simplest form."""
    from stochos.cli.sieve import described
    from stochos.music.sieve import SieveError, parse_sieve

    try:
        found = parse_sieve(text)
    except SieveError as wrong:
        raise typer.BadParameter(f"{wrong.message} (at character {wrong.offset + 1})", param_hint="SIEVE") from None
    for line in described(found, add):
        results().say(line)


@app.command()
def gallery(
    name: Annotated[Optional[str], typer.Argument(help="A study; without it, all are listed.")] = None,  # noqa: UP045
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a study after a work of the canon, to compile and change."""
    from stochos.cli.starter import studies, title_of
    from stochos.diagnostics import nearest

    found = studies()
    if name is None:
        for study, text in found.items():
            results().say(f"{study:{max(map(len, found))}}  {title_of(text)}")
        return
    if name not in found:
        close = nearest(name, found)
        raise typer.BadParameter(f"no study is called `{name}`" + (f"; did you mean `{close}`?" if close else ""))
    _write_new(Path(f"{name}.stoch"), found[name], force)


def _write_new(path: Path, score: str, force: bool) -> None:
    """A score to start from, where none is yet."""
    from stochos.rendering.files import write_whole

    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force writes over it")
    with guarded():
        write_whole({path: score.encode()})
    results().say(f"wrote {path}; `stochos compile {quote(str(path))}` plays it out")


def _source(file: str):  # type: ignore[no-untyped-def] # Source, which is only loaded here
    from stochos.pipeline import read_source, source_of

    return source_of("<stdin>", sys.stdin.buffer.read()) if file == "-" else read_source(file)


def main() -> None:
    """The `stochos` command."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # networks are small: sharing costs more than it saves
    load_numpy_later()
    run(app)
