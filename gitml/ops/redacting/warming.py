"""Filling the vendor package's cache of compiled rules, so that no hook has to wait the three seconds it takes once."""


def aside() -> None:
    """Do it in a process of its own; returns at once. Where the package is missing there is nothing to fill."""
    from gitml.git.process import detach
    from gitml.redact.vendor_package import installed, warm

    if installed():
        detach(warm)
