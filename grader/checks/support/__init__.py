"""What several checks share: comparisons, strategies, oracles and laws."""
