"""The search of seeds for a run that breaks an invariant, and the shrinking of its plan."""
