"""``gitml clean``: a module a type, each of which looks and takes; ``kinds`` lists them."""
