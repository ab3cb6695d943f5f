"""What we promise about speed, measured: each piece of work beside its peer, in the same run."""
