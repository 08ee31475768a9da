"""The demonstration: a made-up company, set up and driven through the product's own HTTP API."""
