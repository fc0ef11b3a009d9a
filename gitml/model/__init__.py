"""Pure data: records, events, times, the bytes of a line. Imports nothing of gitml but ``errors``."""
