"""The command line of an installation: run, serve, demo, check. It is above everything else, and draws nothing."""
