"""Sources, one file each: copy a neighbour, name it as the source, end it with `LOADER`."""
