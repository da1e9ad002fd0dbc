"""What an MTA raises that cannot run here."""


class Unusable(Exception):
    """This MTA cannot run on this machine as it is; says what to do."""
