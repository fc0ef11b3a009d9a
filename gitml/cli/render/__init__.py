"""Records as a terminal shows them."""
