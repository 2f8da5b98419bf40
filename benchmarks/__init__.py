"""Speed, memory and calls: `make bench`. Figures are ratios against a peer, or against a limit, in the same run."""
