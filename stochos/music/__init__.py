"""The vocabulary of music: pitches, time, instruments, scales. Standard library only."""
