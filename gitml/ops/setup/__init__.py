"""Setting a repository up, taking all of it out again, and finding what is wrong.

``init`` and ``uninstall`` make a ``Plan`` of files with their bytes before and after; a dry run prints the same plan.
Every change to a file that is not gitml's own is an insertion of gitml's text and nothing else, so that undoing it
needs no copy of the user's bytes: ``inserts`` remembers what was inserted where, and takes exactly that out.
"""
