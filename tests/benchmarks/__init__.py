"""`make bench`: the product's figures, each beside what it is compared with, in one run."""
