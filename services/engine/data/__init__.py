"""Datasets: schemas, import, export, and the arrays that recipes train on."""
