"""How much disk all of it takes, how fast that grows, and what may be lost before it is recorded."""
