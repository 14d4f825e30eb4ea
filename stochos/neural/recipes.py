"""How each network that stochos ships is trained: a row each."""

from dataclasses import dataclass

from stochos.neural import harmony
from stochos.neural.bundle import Config
from stochos.neural.chorale import FRAME


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    rate      Adam's step at its greatest; it falls to nothing by a cosine over the epochs
    dropout   share of each layer's outputs left out
    batch     tunes, or stretches of them, a step of training
    patience  epochs without a better held-out loss before stopping
    clip      greatest norm of a gradient
    transpose a tune is heard so many semitones higher or lower at most, anew in every epoch
    plainer   share of the stretches of four bars that a network told of chords hears over plainer ones or none, anew in
              every epoch
    plain     epochs in which a network that looks back does not do so yet, which take half as long
    steps     batches in all, where that is not said by the epochs
    window    long tunes are learned in stretches of so many events, of which the first hears what was before it but
              remembers nothing; 0: whole
    loss      what is made less, a name in `training.LEARNERS`
    after     the network whose manner this is
    """

    epochs: int = 60
    rate: float = 3e-3
    dropout: float = 0.2
    batch: int = 32
    patience: int = 8
    clip: float = 1.0
    seed: int = 1
    transpose: int = 0
    plainer: float = 0.0
    plain: int = 0
    steps: int | None = None
    window: int = 0
    loss: str = "nats"
    after: str = "Magenta's `basic_rnn`"


RECIPES = {
    "basic": (Config("basic", "lstm", (128, 128), 48, 83), Recipe()),
    # Tried: heard up to six semitones higher or lower, anew in each of 12 epochs, it had 1.021 nats at the end.
    "mono": (
        Config("mono", "lstm", (128, 128), 0, 127),
        Recipe(epochs=16, after="Magenta's `mono_rnn` and Martin's melody RNN"),
    ),
    # Tried, in held-out nats a sixteenth: taught the farthest repeat, as Magenta teaches, where several classes mean an
    # event, lookback had 0.721 after 25 epochs of 40, and attention, before it looked back, 0.758 after 15 of 30.
    # Taught the event, however it is said, they had 0.699 after 25 of 30 and 0.711 after 15 of 28.
    "lookback": (Config("lookback", "lstm", (128, 128), 48, 83), Recipe(epochs=30, after="Magenta's `lookback_rnn`")),
    "attention": (
        Config("attention", "lstm", (128, 128), 48, 83, attention=40),
        Recipe(epochs=28, plain=18, after="Magenta's `attention_rnn`"),
    ),
    "gru": (Config("basic", "gru", (128, 128), 48, 83), Recipe(epochs=20, after="MusiGAN's GRU")),
    "gan": (
        Config("basic", "bars", (12, 192, 192, 24), 48, 83, noise=32),
        Recipe(
            epochs=16, rate=2e-3, dropout=0.0, batch=64, patience=16, window=96, loss="duel",
            after="MidiNet and MusiGAN",
        ),
    ),
    "note": (
        Config("note", "lstm", (128, 128), 0, 127),
        Recipe(
            epochs=7, rate=5e-3, dropout=0.1, batch=64, patience=3, window=192, after="the note RNN of TensorFlow"
        ),
    ),
    "chorale": (
        Config("chorale", "lstm", (128, 128), 31, 84),
        Recipe(
            epochs=30, rate=4e-3, dropout=0.25, batch=16, patience=6, window=64 * FRAME, after="Liang's BachBot"
        ),
    ),
    # Tried, in held-out nats a sixteenth, 96 units: told the next chord and how far it is as well 0.366, without 0.363,
    # so it is not told; never told of chords 0.577. Of 128 units: in all twelve keys 0.437 after 8 epochs, where in one
    # key it was at 0.40 by then.
    "harmony": (
        Config("harmony", "lstm", (128,), harmony.LOWEST, harmony.HIGHEST),
        Recipe(
            epochs=25, rate=5e-3, dropout=0.4, batch=16, patience=6, plainer=0.2, window=64 * harmony.FRAME,
            after="Lackner's composer",
        ),
    ),
}
