"""Torture: kills, generated requests, files and links, full disks, stepped clocks and two apps at once, by seed.

    python -m benchmarks.torture --seconds 1200 --seed 7 [--only kills,files] [--case N]

A family is a module with run(campaign): it draws numbered cases from the seed until its share of the time has passed,
counts what it did, and notes every fault with the command that repeats its case. What a case draws depends on the seed,
the family and the case's number only; when a kill hits depends on the machine too.
"""
