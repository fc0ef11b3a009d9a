"""Folding committed parts into the base. ``plan`` looks and builds aside, ``apply`` puts it in place."""
