"""The budgets, measured: each module measures one thing and says how; all of them in one run, so that ratios hold."""
