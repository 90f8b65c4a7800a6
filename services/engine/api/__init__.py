"""One file per resource family: parameters in, check state, one engine call, plain dict out."""
