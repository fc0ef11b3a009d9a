"""From a record of an older layout to one of gitml's, one module a stream. Pure: no files, no clock."""
