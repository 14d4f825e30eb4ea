"""What will sound, as files: a MIDI performance and a MusicXML page, written whole or not at all."""
