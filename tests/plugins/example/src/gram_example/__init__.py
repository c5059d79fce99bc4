"""A price model and a source of gold prices, as any package may add them."""
