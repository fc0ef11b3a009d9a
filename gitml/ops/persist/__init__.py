"""How records get into history apart from riding along: the choice of the way, and the ways of their own."""
