"""Jobs that read and write data sets: imports, exports, and what a data set holds for a training."""
