"""What a test raises that is not run."""


class Skipped(Exception):
    """This test cannot run here; says why."""
