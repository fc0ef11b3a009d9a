"""Reading: streams as a person or a program sees them."""
