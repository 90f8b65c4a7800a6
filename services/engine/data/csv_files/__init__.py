"""CSV files of imports: where they are read from, the rules of their cells, and checks before an import."""
