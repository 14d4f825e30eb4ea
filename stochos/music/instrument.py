"""Instruments: names, General MIDI programs, ranges, clefs; percussion names and their place on the staff."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from stochos.music.pitch import parse_pitch


@dataclass(frozen=True, slots=True)
class Instrument:
    """What plays a part.

    name           for the page: "Violoncello"
    abbreviation   "Vc."
    program        General MIDI program, 0..127
    low, high      playable range, MIDI numbers at sounding pitch
    clef           usual clef: "treble" "bass" "alto" "tenor" "treble8vb" "percussion", or "grand": two staves
    is_percussion  a kit on MIDI channel 10: pitches are drum keys, written by name
    """

    name: str
    abbreviation: str
    program: int
    low: int
    high: int
    clef: str
    is_percussion: bool = False


GRAND = "grand"  # treble and bass, joined by a brace

# General MIDI program, counted from 0 | professional range, sounding | clef | abbreviation | name; other names
_PITCHED = """
0 | A0..C8 | grand | Pno. | Piano; Acoustic Grand Piano; Grand Piano; Acoustic Piano; Pianoforte; Keyboard; Klavier
1 | A0..C8 | grand | Br. Pno. | Bright Acoustic Piano; Bright Piano
2 | A0..C8 | grand | E. Gr. Pno. | Electric Grand Piano
3 | A0..C8 | grand | Hnk. Pno. | Honky-tonk Piano
4 | E1..G7 | grand | E. Pno. | Electric Piano; Electric Piano 1; Rhodes
5 | E1..G7 | grand | E. Pno. 2 | Electric Piano 2
6 | F1..F6 | grand | Hpschd. | Harpsichord; Cembalo
7 | F1..E6 | grand | Clv. | Clavinet; Clavi; Clavichord
8 | C4..C8 | grand | Cel. | Celesta; Celeste
9 | F5..E8 | treble | Glock. | Glockenspiel; Orchestral Bells
10 | C4..C8 | treble | Mus. Box | Music Box
11 | F3..F6 | treble | Vib. | Vibraphone; Vibes
12 | C2..C7 | treble | Mar. | Marimba
13 | F4..C8 | treble | Xyl. | Xylophone
14 | C4..G5 | treble | T. Bells | Tubular Bells; Chimes
14 | C2..C7 | treble | Ch. Bells | Church Bells; Bells; Bell
14 | C2..C8 | treble | Hndbl. | Handbells; Hand Bells
15 | D3..E6 | treble | Dulc. | Dulcimer; Hammered Dulcimer; Cimbalom; Santoor; Santur
16 | C2..C7 | grand | E. Org. | Electric Organ; Drawbar Organ; Hammond Organ
17 | C2..C7 | grand | Perc. Org. | Percussive Organ
18 | C2..C7 | grand | Rock Org. | Rock Organ
19 | C1..C8 | grand | Org. | Organ; Church Organ; Pipe Organ
20 | F1..F6 | grand | Hm. | Reed Organ; Harmonium
21 | E2..A6 | treble | Acc. | Accordion
22 | C4..C7 | treble | Hmca. | Harmonica; Mouth Organ
23 | C2..B6 | treble | Band. | Tango Accordion; Bandoneon; Bandoneón; Concertina
24 | E2..B5 | treble8vb | Gtr. | Guitar; Acoustic Guitar (nylon); Classical Guitar; Nylon Guitar; Acoustic Guitar
24 | G2..F5 | treble8vb | Lute | Lute; Theorbo
24 | G4..C6 | treble | Uke. | Ukulele
25 | E2..E6 | treble8vb | St. Gtr. | Steel Guitar; Acoustic Guitar (steel); Steel String Guitar; Folk Guitar
25 | G3..E6 | treble | Mand. | Mandolin
26 | E2..E6 | treble8vb | J. Gtr. | Jazz Guitar; Electric Guitar (jazz)
27 | E2..E6 | treble8vb | E. Gtr. | Electric Guitar; Electric Guitar (clean); Clean Guitar
28 | E2..E6 | treble8vb | M. Gtr. | Muted Guitar; Electric Guitar (muted)
29 | E2..E6 | treble8vb | O. Gtr. | Overdriven Guitar
30 | E2..E6 | treble8vb | D. Gtr. | Distortion Guitar; Distorted Guitar
31 | E2..E7 | treble8vb | Gtr. Harm. | Guitar Harmonics
32 | E1..G4 | bass | Ac. Bs. | Acoustic Bass; Jazz Bass; Upright Bass
33 | B0..G4 | bass | E. Bs. | Electric Bass; Electric Bass (finger); Bass Guitar; Fingered Bass
34 | B0..G4 | bass | Pk. Bs. | Picked Bass; Electric Bass (pick)
35 | B0..G4 | bass | Frtl. Bs. | Fretless Bass
36 | B0..G4 | bass | Slap Bs. | Slap Bass 1; Slap Bass
37 | B0..G4 | bass | Slap Bs. 2 | Slap Bass 2
38 | C0..C6 | bass | Syn. Bs. | Synth Bass 1; Synth Bass
39 | C0..C6 | bass | Syn. Bs. 2 | Synth Bass 2
40 | G3..A7 | treble | Vln. | Violin; Violino; Geige
41 | C3..E6 | alto | Vla. | Viola; Bratsche
41 | D3..E6 | alto | V. d'am. | Viola d'amore
42 | C2..C6 | bass | Vc. | Violoncello; Cello; 'Cello
42 | D2..D5 | bass | Vdg. | Viola da gamba; Viol
43 | C1..G4 | bass | Cb. | Contrabass; Double Bass; String Bass; Contrabasso; Kontrabass
44 | C1..A7 | treble | Trem. | Tremolo Strings
45 | C1..A7 | treble | Pizz. | Pizzicato Strings
46 | B0..G#7 | grand | Hp. | Harp; Orchestral Harp; Arpa
47 | C2..C4 | bass | Timp. | Timpani; Kettledrums; Pauken
48 | C1..A7 | treble | Str. | Strings; String Ensemble 1; String Ensemble; String Orchestra; StringInstrument
49 | C1..A7 | treble | Sl. Str. | Slow Strings; String Ensemble 2
50 | C1..A7 | treble | Syn. Str. | Synth Strings 1; Synth Strings; SynthStrings 1
51 | C1..A7 | treble | Syn. Str. 2 | Synth Strings 2; SynthStrings 2
52 | E2..C6 | treble | Ch. | Choir; Choir Aahs; Chorus; Vocals
52 | B3..D6 | treble | S. | Soprano
52 | A3..B5 | treble | Mez. | Mezzo-soprano; Mezzo
52 | F3..F5 | treble | A. | Alto; Contralto; Countertenor
52 | B2..C5 | treble8vb | T. | Tenor
52 | G2..A4 | bass | Bar. | Baritone
52 | D2..E4 | bass | B. | Bass; Basso
53 | D2..C6 | treble | V. | Voice; Voice Oohs; Vocalist
54 | D2..C6 | treble | Syn. V. | Synth Voice; Synth Choir
55 | C1..C7 | treble | Orch. Hit | Orchestra Hit
56 | E3..D6 | treble | Tpt. | Trumpet; Trumpet in C; Trumpet in Bb; Tromba
56 | E3..C6 | treble | Cnt. | Cornet; Cornet in Bb
56 | E3..B5 | treble | Flghn. | Flugelhorn
56 | E4..G6 | treble | Picc. Tpt. | Piccolo Trumpet
57 | C2..F5 | bass | Tbn. | Trombone; Tenor Trombone; Posaune
57 | G2..A5 | alto | A. Tbn. | Alto Trombone
57 | A#0..B4 | bass | B. Tbn. | Bass Trombone
57 | D1..F4 | bass | Cb. Tbn. | Contrabass Trombone
57 | A#1..C5 | bass | Euph. | Euphonium; Baritone Horn; Tenor Tuba
58 | C1..F4 | bass | Tba. | Tuba; Bass Tuba
59 | E3..D6 | treble | M. Tpt. | Muted Trumpet
60 | B1..F5 | treble | Hn. | Horn; French Horn; Horn in F; Corno
61 | C1..D6 | treble | Brs. | Brass; Brass Section; BrassInstrument
62 | C1..C7 | treble | Syn. Brs. | Synth Brass 1; Synth Brass; SynthBrass 1
63 | C1..C7 | treble | Syn. Brs. 2 | Synth Brass 2; SynthBrass 2
64 | G#3..E6 | treble | S. Sax. | Soprano Saxophone; Soprano Sax
65 | C#3..A5 | treble | A. Sax. | Alto Saxophone; Alto Sax; Saxophone; Sax
66 | G#2..E5 | treble | T. Sax. | Tenor Saxophone; Tenor Sax
67 | C2..A4 | bass | Bar. Sax. | Baritone Saxophone; Baritone Sax
67 | G#1..E4 | bass | B. Sax. | Bass Saxophone; Bass Sax
68 | A#3..A6 | treble | Ob. | Oboe; Hautbois
68 | G#3..E6 | treble | Ob. d'am. | Oboe d'amore
69 | E3..C6 | treble | E. Hn. | English Horn; Cor Anglais
70 | A#1..E5 | bass | Bsn. | Bassoon; Fagotto; Fagott
70 | A#0..C4 | bass | Cbsn. | Contrabassoon; Double Bassoon; Contrafagotto
71 | C#3..A#6 | treble | Cl. | Clarinet; Clarinet in Bb; Clarinet in A; Bb Clarinet; A Clarinet; Klarinette
71 | G3..C7 | treble | Eb Cl. | Eb Clarinet; Clarinet in Eb; E-flat Clarinet; Piccolo Clarinet; Sopranino Clarinet
71 | F2..C6 | treble | Bst. Hn. | Basset Horn
71 | A#1..G5 | treble | B. Cl. | Bass Clarinet; Bass Clarinet in Bb
71 | A#0..G4 | bass | Cb. Cl. | Contrabass Clarinet
72 | D5..C8 | treble | Picc. | Piccolo; Piccolo Flute
73 | B3..D7 | treble | Fl. | Flute; Flauto; Flöte; Transverse Flute; Woodwind; WoodwindInstrument
73 | G3..G6 | treble | A. Fl. | Alto Flute
73 | C3..C6 | treble | B. Fl. | Bass Flute
74 | C4..D7 | treble | Rec. | Recorder; Blockflöte
74 | F5..G7 | treble | Sn. Rec. | Sopranino Recorder
74 | C5..D7 | treble | S. Rec. | Soprano Recorder; Descant Recorder
74 | F4..G6 | treble | A. Rec. | Alto Recorder; Treble Recorder
74 | C4..D6 | treble | T. Rec. | Tenor Recorder
74 | F3..G5 | bass | B. Rec. | Bass Recorder
75 | C4..C7 | treble | Pn. Fl. | Pan Flute; Pan Pipes; Panpipes
76 | C3..C7 | treble | Bott. | Blown Bottle
77 | D4..D7 | treble | Shk. | Shakuhachi
78 | C5..C8 | treble | Whis. | Whistle; Slide Whistle
78 | D5..D7 | treble | T. Whis. | Tin Whistle; Penny Whistle
79 | C4..C7 | treble | Oc. | Ocarina
80 | C0..C9 | treble | Sq. | Square Lead; Lead 1 (square); Synth Lead
81 | C0..C9 | treble | Saw. | Sawtooth Lead; Lead 2 (sawtooth)
82 | C0..C9 | treble | Clp. | Calliope Lead; Lead 3 (calliope)
83 | C0..C9 | treble | Chf. | Chiff Lead; Lead 4 (chiff)
84 | C0..C9 | treble | Chrg. | Charang Lead; Lead 5 (charang)
85 | C0..C9 | treble | V. Ld. | Voice Lead; Lead 6 (voice)
86 | C0..C9 | treble | Fif. | Fifths Lead; Lead 7 (fifths)
87 | C0..C9 | treble | B. Ld. | Bass Lead; Lead 8 (bass + lead)
88 | C0..C9 | treble | N. A. | New Age Pad; Pad 1 (new age); Synth Pad; Synthesizer; Sampler
89 | C0..C9 | treble | Warm | Warm Pad; Pad 2 (warm)
90 | C0..C9 | treble | Poly. | Polysynth Pad; Pad 3 (polysynth)
91 | C0..C9 | treble | Ch. Pad | Choir Pad; Pad 4 (choir)
92 | C0..C9 | treble | Bow. | Bowed Pad; Pad 5 (bowed)
93 | C0..C9 | treble | Met. | Metallic Pad; Pad 6 (metallic)
94 | C0..C9 | treble | Halo | Halo Pad; Pad 7 (halo)
95 | C0..C9 | treble | Swp. | Sweep Pad; Pad 8 (sweep)
96 | C0..C9 | treble | Rain | Rain; FX 1 (rain)
97 | C0..C9 | treble | Sndtr. | Soundtrack; FX 2 (soundtrack)
98 | C0..C9 | treble | Crys. | Crystal; FX 3 (crystal)
99 | C0..C9 | treble | Atm. | Atmosphere; FX 4 (atmosphere)
100 | C0..C9 | treble | Brt. | Brightness; FX 5 (brightness)
101 | C0..C9 | treble | Gob. | Goblins; FX 6 (goblins)
102 | C0..C9 | treble | Ech. | Echoes; FX 7 (echoes)
103 | C0..C9 | treble | Sci-fi | Sci-fi; FX 8 (sci-fi)
104 | C2..C6 | treble | Sit. | Sitar
105 | C3..E6 | treble8vb | Bjo. | Banjo
106 | C3..C6 | treble | Sham. | Shamisen
107 | D2..C6 | treble | Koto | Koto
108 | C3..C6 | treble | Kal. | Kalimba; Thumb Piano; Mbira
109 | A2..A5 | treble | Bag. | Bagpipes; Bag pipe; Bagpipe
110 | G3..A7 | treble | Fid. | Fiddle
111 | A3..C6 | treble | Shn. | Shanai; Shehnai; Shenai
112 | C4..C8 | treble | Tk. Bell | Tinkle Bell; Sleigh Bells
113 | C2..C7 | treble | Agg. | Agogo; Agogo Bells
114 | C3..G6 | treble | St. Dr. | Steel Drum; Steel Drums; Steelpan; Steel Pan
115 | C2..C7 | treble | Wd. Bl. | Woodblock; Wood Block; Temple Block; Temple Blocks
116 | C2..C6 | bass | Taiko | Taiko; Taiko Drum
117 | C2..C6 | bass | Mel. Tom | Melodic Tom
118 | C1..C7 | bass | Syn. Dr. | Synth Drum
119 | C1..C7 | treble | Rev. Cym. | Reverse Cymbal
120 | C-1..G9 | treble | Fret | Guitar Fret Noise
121 | C-1..G9 | treble | Brth. | Breath Noise
122 | C-1..G9 | treble | Sea | Seashore
123 | C-1..G9 | treble | Bird | Bird Tweet
124 | C-1..G9 | treble | Tel. | Telephone Ring; Telephone
125 | C-1..G9 | treble | Hlc. | Helicopter
126 | C-1..G9 | treble | Appl. | Applause
127 | C-1..G9 | treble | Gun | Gunshot
"""

# General MIDI kit | abbreviation | name; other names. Their notes are names of `PERCUSSION`.
_KITS = """
0 | Dr. | Drum kit; Drums; Drumset; Drum set; Standard Kit
0 | Perc. | Percussion; UnpitchedPercussion; Unpitched Percussion
8 | Rm. Kit | Room Kit
16 | Pw. Kit | Power Kit
24 | E. Kit | Electronic Kit
25 | 808 | TR-808 Kit; 808 Kit
32 | Jz. Kit | Jazz Kit
40 | Br. Kit | Brush Kit
48 | Orch. Kit | Orchestra Kit
0 | S. D. | Snare Drum; Side Drum
0 | T. D. | Tenor Drum
0 | B. D. | Bass Drum
0 | Toms | Tom-toms; Tom-Tom; Tom-Tom Drum
0 | Cym. | Cymbals; Suspended Cymbal; Crash Cymbals; Splash Cymbals; Ride Cymbals; Hi-Hat Cymbal
0 | F. Cym. | Finger Cymbals; Sizzle Cymbal
0 | Tam. | Tam-tam; Gong
0 | Tri. | Triangle
0 | Tamb. | Tambourine
0 | Cbl. | Cowbell
0 | Cast. | Castanets
0 | Mrcs. | Maracas
0 | Bgo. | Bongos; Bongo Drums
0 | Cga. | Congas; Conga Drum
0 | Timb. | Timbales
0 | Clv. | Claves
0 | Guiro | Guiro
0 | Cab. | Cabasa
0 | Vslap. | Vibraslap
0 | Cuica | Cuica
0 | Whip | Whip
0 | Ratch. | Ratchet
0 | Siren | Siren
0 | Sand. | Sandpaper Blocks
0 | Mach. | Wind Machine
"""

# General MIDI drum key | place and notehead on a five-line staff | name; other names
_DRUMS = """
35 | E4 normal | kick2; acoustickick; bassdrum2
36 | F4 normal | kick; bassdrum
37 | C5 x | rim; sidestick; rimshot
38 | C5 normal | snare; snaredrum
39 | C5 slash | clap; handclap
40 | C5 diamond | snare2; electricsnare
41 | G4 normal | floortom; lowfloortom; floortom2
42 | G5 x | hihat; closedhat; closedhihat; hat
43 | A4 normal | highfloortom; hifloortom; floortom1
44 | D4 x | pedalhat; pedalhihat; hihatpedal; foothat
45 | B4 normal | lowtom; tom3
46 | G5 circle-x | openhat; openhihat; hihatopen
47 | D5 normal | midtom; lowmidtom; tom2
48 | E5 normal | highmidtom; himidtom
49 | A5 x | crash; crashcymbal; cymbal; crash1
50 | F5 normal | hightom; hitom; tom1
51 | F5 x | ride; ridecymbal; ride1
52 | C6 x | china; chinesecymbal
53 | F5 diamond | ridebell; bell
54 | B4 diamond | tambourine; tamb
55 | D6 x | splash; splashcymbal
56 | E5 triangle | cowbell
57 | B5 x | crash2
58 | E5 x | vibraslap
59 | D5 x | ride2
60 | E5 diamond | hibongo; bongo; bongos; highbongo
61 | D5 diamond | lobongo; lowbongo
62 | B4 x | muteconga; mutehiconga
63 | B4 slash | conga; congas; openconga; hiconga; highconga
64 | A4 slash | lowconga; loconga
65 | E5 slash | timbale; timbales; hitimbale; hightimbale
66 | D5 slash | lowtimbale; lotimbale
67 | G5 triangle | agogo; hiagogo; highagogo
68 | F5 triangle | lowagogo; loagogo
69 | A4 x | cabasa
70 | A4 diamond | maracas; shaker; maraca
71 | C6 diamond | whistle; shortwhistle
72 | C6 circle-x | longwhistle
73 | G4 x | guiro; shortguiro
74 | G4 slash | longguiro
75 | G4 triangle | claves; clave
76 | D5 triangle | woodblock; hiwoodblock; highwoodblock
77 | C5 triangle | lowwoodblock; lowoodblock
78 | B4 triangle | mutecuica
79 | B4 circle-x | cuica; opencuica
80 | A5 diamond | mutetriangle; closedtriangle
81 | A5 triangle | triangle; opentriangle
"""


def find_instrument(name: str) -> Instrument | None:
    """Find the instrument called `name`, whatever its capitals, or None.

    A player's number stays on the page: "Violin 2" and "Horn IV" are a Violin and a Horn so named.
    """
    found = _BY_NAME.get(_folded(name))
    numbered = _NUMBERED.fullmatch(name.strip())
    if found is None and numbered and (player := _BY_NAME.get(_folded(numbered[1]))):
        return replace(player, name=f"{player.name} {numbered[2]}", abbreviation=f"{player.abbreviation} {numbered[2]}")
    return found


@cache
def percussion_staff(key: int) -> tuple[str, int, str]:
    """Place a drum key on a percussion staff: step, octave (as in treble clef), notehead as MusicXML calls it."""
    place, notehead = _STAFF.get(key, ("C5", "square"))
    return place[0], int(place[1:]), notehead


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";")]


def _midi(name: str) -> int:
    pitch = parse_pitch(name)
    assert pitch is not None, name
    return pitch.midi


def _catalogue() -> list[tuple[Instrument, list[str]]]:
    """Every instrument with its names, its own first; in order of General MIDI, kits last."""
    catalogue = []
    for program, span, clef, abbreviation, cell in _rows(_PITCHED):
        names, (low, high) = _names(cell), span.split("..")
        catalogue.append((Instrument(names[0], abbreviation, int(program), _midi(low), _midi(high), clef), names))
    for program, abbreviation, cell in _rows(_KITS):
        names = _names(cell)
        catalogue.append((Instrument(names[0], abbreviation, int(program), 35, 81, "percussion", True), names))
    return catalogue


_CATALOGUE = _catalogue()
_BY_NAME = {_folded(name): instrument for instrument, names in _CATALOGUE for name in names}
_NUMBERED = re.compile(r"(.+?) +(\d{1,2}|I{1,3}|IV|V|VI{1,3})")
_STAFF: dict[int, tuple[str, str]] = {int(key): (cell.split()[0], cell.split()[1]) for key, cell, _ in _rows(_DRUMS)}

INSTRUMENTS: dict[str, Instrument] = {instrument.name: instrument for instrument, _ in _CATALOGUE}
"""Every instrument under its own name."""

INSTRUMENT_NAMES: tuple[str, ...] = tuple(name for _, names in _CATALOGUE for name in names)
"""Every name that `find_instrument` knows, to guess from."""

PERCUSSION: dict[str, int] = {name: int(key) for key, _, cell in _rows(_DRUMS) for name in _names(cell)}
"""General MIDI drum key of each percussion name; the first name of a key is its own."""
